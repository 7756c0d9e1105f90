"""Checks of a release before anybody is asked to sign it; kept as evidence of due diligence.

Each says what was compared and what was found. One that fails stops the release.
"""

import re
from collections.abc import Iterator
from datetime import date

import msgspec

from rules.london import first_second
from rules.publication.cells import Cell, Measure
from rules.publication.changes import TAKES_AWAY, CellChange
from rules.publication.figures import NOT_KNOWN, Figure
from rules.publication.ledger import TOGETHER
from rules.publication.policy import TableName
from rules.publication.release import Release, canonical, instant_of, read
from rules.publication.windows import Window

_MONTH = re.compile(rf"\d{{4}}-\d{{2}}|{NOT_KNOWN}")
_KIND = re.compile(rf"\d{{4}}/\d{{1,2}}|{NOT_KNOWN}")
_SUBTYPE = re.compile(r"[a-z][a-z0-9_]{0,59}")
_ORGANISATION = re.compile(rf"[A-Z0-9]{{3,10}}|{TOGETHER}|{NOT_KNOWN}")
_WHOLE = re.compile("")
_GRAIN: dict[TableName, tuple[re.Pattern[str], re.Pattern[str]]] = {
    "totals": (_WHOLE, _WHOLE),
    "by_month": (_MONTH, _WHOLE),
    "by_type": (_KIND, re.compile(rf"|{_SUBTYPE.pattern}")),
    "by_organisation": (_ORGANISATION, re.compile(rf"|{_KIND.pattern}")),
}
"""What a row and a part of each table may be called."""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """`id` names it for programs; `told` says in a sentence what was compared and what was found."""

    id: str
    passed: bool
    told: str


def figures_of(one: Release) -> dict[Cell, int]:
    """Each number that is published, by its cell; noughts are left out."""
    found: dict[Cell, int] = {}

    def take(table: TableName, row: str, part: str, figure: Figure) -> None:
        numbers: dict[Measure, int] = {"meets_definition": figure.count, "under_review": figure.under_review}
        for measure, number in numbers.items():
            if number:
                found[Cell(table, row, part, measure)] = number

    take("totals", "", "", one.totals)
    for month in one.by_month:
        take("by_month", month.code, "", month)
    for kind in one.by_type:
        take("by_type", kind.code, "", kind)
        for subtype in kind.subtypes:
            take("by_type", kind.code, subtype.code, subtype)
    for organisation in one.by_organisation:
        take("by_organisation", organisation.code, "", organisation)
        for of_kind in organisation.types:
            take("by_organisation", organisation.code, of_kind.code, of_kind)
    return found


def all_figures(one: Release) -> Iterator[Figure]:
    yield from (one.totals, *one.by_month)
    for kind in one.by_type:
        yield from (kind, *kind.subtypes)
    for organisation in one.by_organisation:
        yield from (organisation, *organisation.types)


def checks(one: Release, again: bytes, earlier: Release | None) -> list[Check]:
    """`again`: the canonical JSON made a second time, on its own. `earlier`: the release it supersedes."""
    return [
        _made_twice(one, again),
        _reads_back(one),
        _window(one),
        _tables(one),
        _caveats(one),
        _changes(one, earlier),
        _nothing_typed(one),
        _differencing(one),
    ]


def _made_twice(one: Release, again: bytes) -> Check:
    same = canonical(one) == again
    told = "Made a second time it is the same bytes." if same else "Made a second time it is not the same."
    return Check(id="made_twice", passed=same, told=told)


def _reads_back(one: Release) -> Check:
    try:
        same = read(canonical(one)) == one
    except (msgspec.MsgspecError, ValueError) as error:
        return Check(id="valid", passed=False, told=f"It does not read back: {error}.")
    return Check(id="valid", passed=same, told="Read back from its JSON it is the same release.")


def _window(one: Release) -> Check:
    window = Window(date.fromisoformat(one.window_from), date.fromisoformat(one.window_to))
    months = [figure.code for figure in one.by_month if figure.code != NOT_KNOWN]
    whole = months == list(window.months())
    over = first_second(window.last) < instant_of(one.as_of)
    told = (
        f"{len(months)} months from {window.first} to {window.last}, each with one row, as at a later time."
        if whole and over
        else f"The rows {', '.join(months)} are not those of {window.first} to {window.last}, once each, "
        f"or the window was not over at {one.as_of}."
    )
    return Check(id="window", passed=whole and over, told=told)


def _tables(one: Release) -> Check:
    sums = {"month": one.by_month, "type": one.by_type, "organisation": one.by_organisation}
    wrong = [f"by {name}" for name, rows in sums.items() if not _adds_up(one.totals, rows)]
    wrong += [f"sub-types of {kind.code}" for kind in one.by_type if not _adds_up(kind, kind.subtypes)]
    wrong += [f"types at {each.code}" for each in one.by_organisation if not _adds_up(each, each.types)]
    told = (
        f"Months, types and organisations each add up to {one.totals.count} that meet the definition and "
        f"{one.totals.under_review} under review; so do sub-types and the types at each organisation."
        if not wrong
        else f"These do not add up to their total: {', '.join(wrong)}."
    )
    return Check(id="tables_agree", passed=not wrong, told=told)


def _adds_up(total: Figure, parts: tuple[Figure, ...]) -> bool:
    counted = sum(part.count for part in parts) == total.count
    return counted and sum(part.under_review for part in parts) == total.under_review


def _caveats(one: Release) -> Check:
    held = {caveat.id for caveat in one.caveats}
    figures = list(all_figures(one))
    wrong = [each.label for each in figures if not set(each.caveats) <= held or each.as_of != one.as_of]
    told = (
        "Each figure names its caveats, what it counts, how far it was reviewed, and as at when it holds."
        if not wrong
        else f"These name a caveat that is not in the release, or another time: {', '.join(wrong[:5])}."
    )
    return Check(id="caveats", passed=not wrong, told=told)


def _changes(one: Release, earlier: Release | None) -> Check:
    if one.compared is None:
        return Check(id="changes_add_up", passed=True, told="The first of its year: it changes no figure.")
    if earlier is None or earlier.id != one.compared.id:
        told = f"{one.compared.id} is not there to compare with."
        return Check(id="changes_add_up", passed=False, told=told)
    before, after = figures_of(earlier), figures_of(one)
    listed = {Cell(each.table, each.row, each.part, each.measure): each for each in one.changes}
    moved = {cell for cell in before.keys() | after.keys() if before.get(cell, 0) != after.get(cell, 0)}
    wrong = [cell for cell in moved if cell not in listed]
    for cell, each in listed.items():
        adds_up = each.before + sum(why.change for why in each.because) == each.after
        if (each.before, each.after) != (before.get(cell, 0), after.get(cell, 0)) or not adds_up:
            wrong.append(cell)
    told = (
        f"{len(moved)} figures differ from {earlier.id}; each is listed, and its reasons add up."
        if not wrong
        else f"Not listed, or not adding up, against {earlier.id}: "
        + "; ".join(" ".join(filter(None, cell)) for cell in sorted(wrong)[:5])
        + "."
    )
    return Check(id="changes_add_up", passed=not wrong, told=told)


def _nothing_typed(one: Release) -> Check:
    """Codes of months, types, sub-types and organisations only: nothing that a reporter could have typed."""
    wrong = [each.code for each in one.by_month if not _MONTH.fullmatch(each.code)]
    wrong += [each.code for each in one.by_type if not _KIND.fullmatch(each.code)]
    wrong += [sub.code for each in one.by_type for sub in each.subtypes if not _SUBTYPE.fullmatch(sub.code)]
    wrong += [each.code for each in one.by_organisation if not _ORGANISATION.fullmatch(each.code)]
    told = (
        "No free text, ward, day or person: rows are months, types or sub-types of a list, or organisations."
        if not wrong
        else f"{len(wrong)} rows are named by something that is no code."
    )
    return Check(id="nothing_personal", passed=not wrong, told=told)


def _differencing(one: Release) -> Check:
    """What somebody learns who subtracts the release before from this one: what `changes` lists, no more.

    So each of these stands at the grain at which releases count, never by ward, day or case; and no figure
    falls without a revision that says why.
    """
    finer = [each for each in one.changes if not _at_the_grain(each)]
    unsaid = [each for each in one.changes if not _falls_by_revision(each)]
    single = sum(
        1
        for each in one.changes
        if each.table == "by_organisation" and each.part and abs(each.after - each.before) == 1
    )
    told = (
        f"Taken from the release before, {len(one.changes)} figures differ, {single} of them by one event of "
        "a type at an organisation. None is finer than a month, a type with sub-type, or an organisation "
        "with type, all published in any case; and none falls but by a revision with its reason."
        if not finer and not unsaid
        else f"Taken from the release before, {len(finer)} figures show more than a month, a type with "
        f"sub-type, or an organisation with type, and {len(unsaid)} fall without a revision that says why."
    )
    return Check(id="differencing", passed=not finer and not unsaid, told=told)


def _at_the_grain(each: CellChange) -> bool:
    row, part = _GRAIN[each.table]
    return bool(row.fullmatch(each.row) and part.fullmatch(each.part))


def _falls_by_revision(each: CellChange) -> bool:
    """Whatever takes away is a revision, and those make up for the fall, if there is one."""
    taken = [why for why in each.because if why.change < 0]
    revised = all(why.reason in TAKES_AWAY for why in taken)
    return revised and each.before - each.after <= -sum(why.change for why in taken)
