"""What another policy would do, as a table, a chart (SVG) and a CSV: shadow output, and it says so."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from io import StringIO
from typing import NamedTuple

from jinja2 import Environment, PackageLoader

from rules import london
from rules.case_rules import RULES
from rules.proposals import Proposal
from stream_apps.what_if import Matter, Row, Shadow
from views.pages import words
from views.pages.chart import stacked

SHADOW = "Shadow output: nothing was written. What was decided keeps the policy it was decided under."
COMPARED = (
    "Compared: whether it is owed or raised, under what, by whom, by when, and how it stands at the end."
)
NOT_COMPARED = {
    "patterns": "they are found over many cases, on the log of wards, and this replays the log of cases",
    "publication": "it says how releases are made and decides no case",
}
FATES = {"comes_in": "Comes in", "goes_out": "Goes out", "changes": "Changes"}
SERIES = {
    "kept": ("Owed under both", "#005eb8", "#ffffff"),
    "now": ("As adopted only: goes out", "#aeb7bd", "#212b32"),
    "proposed": ("Proposed only: comes in", "#ffb81c", "#212b32"),
}
MOST_MONTHS = 24
COLUMNS = (
    "output", "change", "rule", "matter", "under_now", "under_proposed", "case_id", "patient", "provider",
    "starts_on", "owner_now", "owner_proposed", "due_on_now", "due_on_proposed",
    "state_now", "state_proposed", "policy_now", "policy_proposed",
)  # fmt: skip


class Line(NamedTuple):
    """How many of one sort of matter there are, and what happens to them."""

    rule: str
    what: str
    now: int
    proposed: int
    comes_in: int
    goes_out: int
    changes: int


def comparable(wanted: Sequence[Proposal]) -> tuple[list[Proposal], list[str]]:
    """Those that a rule of a case would hear, and a sentence for each other that a folder holds."""
    heard = {rule.name for rule in RULES}
    others = [one.rule for one in wanted if one.rule not in heard]
    return [one for one in wanted if one.rule in heard], [
        f"Not compared is the policy on {name}: {NOT_COMPARED[name]}." for name in others
    ]


def lines(shadow: Shadow) -> list[Line]:
    """One for each rule and what it speaks of."""
    fates: Counter[tuple[str, str, str]] = Counter(
        (row.either.rule, row.either.what, row.fate) for row in shadow.rows
    )
    kinds = dict.fromkeys([*shadow.kept, *((rule, what) for rule, what, _ in fates)])
    return [
        Line(
            rule,
            what,
            shadow.kept[rule, what] + fates[rule, what, "goes_out"] + fates[rule, what, "changes"],
            shadow.kept[rule, what] + fates[rule, what, "comes_in"] + fates[rule, what, "changes"],
            *(fates[rule, what, fate] for fate in FATES),
        )
        for rule, what in sorted(kinds)
    ]


def standing(shadow: Shadow) -> list[tuple[str, str, str, int, int]]:
    """Rule, what, state, and how many stand so as adopted and as proposed; where the two are not equal."""
    keys = sorted({key[:3] for key in shadow.states})
    counted = [(*key, shadow.states[(*key, "now")], shadow.states[(*key, "proposed")]) for key in keys]
    return [one for one in counted if one[3] != one[4]]


def months(shadow: Shadow) -> list[tuple[str, dict[str, int]]]:
    """Each London month in which something starts, with what is kept, goes out and comes in."""
    named = sorted({month for month, _ in shadow.starting})
    return [(month, {side: shadow.starting[month, side] for side in SERIES}) for month in named]


def starting(shadow: Shadow) -> tuple[str, list[tuple[str, dict[str, int]]]]:
    """The same by the year where there are many months: `month` or `year`, and the counts."""
    found = months(shadow)
    return ("year", _by_year(found)) if len(found) > MOST_MONTHS else ("month", found)


def due(shadow: Shadow) -> list[tuple[str, int, int]]:
    """Due and target times by London month, as adopted and as proposed."""
    named = sorted({month for month, _ in shadow.falling_due})
    return [
        (month, shadow.falling_due[month, "now"], shadow.falling_due[month, "proposed"]) for month in named
    ]


def told(shadow: Shadow) -> str:
    """Who would newly be told, in numbers."""
    new, old = len(shadow.newly_told), len(shadow.no_longer_told)
    cases = len({one.case_id for one in shadow.newly_told})
    whom = f"{new:,} patient{'s' * (new != 1)} in {cases:,} case{'s' * (cases != 1)}"
    return f"{whom} would newly have to be told; {old:,} would no longer have to be."


def as_svg(shadow: Shadow, proposed: str) -> str:
    """A chart that stands by itself: title, unit, source and the mark of shadow output are in it."""
    span, rows = starting(shadow)
    chart = stacked(rows, SERIES)
    title = f"Duties and other matters by the {span} in which they start"
    return _svg.render(
        chart=chart, title=title, proposed=proposed, shadow=SHADOW, records=f"{shadow.records:,}"
    )


def _by_year(found: Sequence[tuple[str, dict[str, int]]]) -> list[tuple[str, dict[str, int]]]:
    years: dict[str, Counter[str]] = {}
    for month, counts in found:
        years.setdefault(month[:4], Counter()).update(counts)
    return [(year, dict(counts)) for year, counts in years.items()]


def as_csv(shadow: Shadow, proposed: dict[str, str]) -> str:
    """Every matter that is not the same under both; no names. `proposed`: version by rule."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows(_cells(row, shadow.versions, proposed) for row in shadow.rows)
    return out.getvalue()


def months_csv(shadow: Shadow, proposed: dict[str, str]) -> str:
    """The workload by London month: what starts, and what falls due or reaches its target."""
    out = StringIO()
    writer = csv.writer(out)
    named = ("start_under_both", "start_goes_out", "start_comes_in", "due_now", "due_proposed")
    writer.writerow(("output", "month", *named, "policy_now", "policy_proposed"))
    starts, ends = dict(months(shadow)), {month: (now, then) for month, now, then in due(shadow)}
    versions = [" ".join(of.get(rule, "") for rule in sorted(proposed)) for of in (shadow.versions, proposed)]
    for month in sorted({**starts, **ends}):
        begun = [starts.get(month, {}).get(side, 0) for side in SERIES]
        writer.writerow(("shadow", month, *begun, *ends.get(month, (0, 0)), *versions))
    return out.getvalue()


def _cells(row: Row, now: dict[str, str], proposed: dict[str, str]) -> Iterator[str]:
    one, sides = row.either, (row.now, row.proposed)
    yield from ("shadow", row.fate, one.rule, one.what)
    yield from (side.under if side else "" for side in sides)
    yield from (one.case_id, one.patient, one.provider, f"{london.day_of(one.starts_at)}")
    yield from (side.owner if side else "" for side in sides)
    yield from map(_deadline, sides)
    yield from (side.state if side else "" for side in sides)
    yield now.get(one.rule, "")
    yield proposed.get(one.rule, now.get(one.rule, ""))


def _deadline(matter: Matter | None) -> str:
    if matter is None or matter.deadline is None:
        return ""
    return f"{london.day_of(matter.deadline)}" + (" (target)" if matter.due_at is None else "")


def name(what: str) -> str:
    return words.of(what)


_svg = Environment(
    loader=PackageLoader("views.pages", "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
).get_template("what_if.svg.jinja")
