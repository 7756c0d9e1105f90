"""What changed since an earlier release, cell by cell, each with its reasons.

The reasons come from the ledger as it stood at both times, event by event, so that they sum up to the change.
"""

from collections import Counter, defaultdict
from typing import NamedTuple, get_args

import msgspec

from rules.publication.cells import Cell, Measure, cells_of, labels
from rules.publication.ledger import WITHDRAWN, Entry, Ledger
from rules.publication.policy import TableName
from rules.publication.terms import Terms
from rules.publication.windows import Window
from schemas.never_event_types import Withdrawal

OTHER_POLICY = "other_policy"
TAKES_AWAY = frozenset({"confirmed", "returned_to_review", OTHER_POLICY}) | {
    *("restated_date", "restated_organisation", "restated_type"),
    *(WITHDRAWN, *(f"{WITHDRAWN}_{why}" for why in get_args(Withdrawal))),
}
"""The reasons for which a figure may fall; `confirmed` takes it from what was under review."""


class NotComparable(ValueError):
    """Two releases of two financial years, or a shorter window after a longer one: no difference is made."""


class Because(msgspec.Struct, frozen=True, kw_only=True):
    reason: str
    says: str
    change: int


class CellChange(msgspec.Struct, frozen=True, kw_only=True):
    """`part` is empty for a whole row; `before` and `after` are the figures of the two releases."""

    table: TableName
    row: str
    part: str
    label: str
    part_label: str
    measure: Measure
    before: int
    after: int
    because: tuple[Because, ...]


def require_comparable(terms: Terms, earlier: Window, later: Window) -> None:
    """Raises `NotComparable`. One financial year compares with itself, its months with the same months."""
    if terms.policy.follows_signed and later.last < earlier.last:
        raise NotComparable(f"{later.named} ends before {earlier.named}, and windows only grow")
    if earlier.first != later.first or terms.policy.year_of(earlier.last) != terms.policy.year_of(later.last):
        raise NotComparable(f"{earlier.named} and {later.named} are of two financial years")


class Stood(NamedTuple):
    """The ledger as at a release, by the terms of that release, and its window."""

    ledger: Ledger
    window: Window
    terms: Terms


def changes(then: Stood, recast: Ledger, now: Stood) -> tuple[CellChange, ...]:
    """In the order of the tables. Raises `NotComparable`.

    `recast`: the ledger as at `then`, by the terms of now. What lies between it and what was released then is
    another policy's doing; what lies between it and now has happened to an event.
    """
    require_comparable(now.terms, then.window, now.window)
    reasons: defaultdict[Cell, Counter[str]] = defaultdict(Counter)
    stood, again, stands = (
        ledger.within(window)
        for ledger, window in ((then.ledger, then.window), (recast, then.window), (now.ledger, now.window))
    )
    scopes = recast, now.ledger
    if not now.terms.policy.follows_signed:
        scopes = recast._replace(out_of_scope={}), now.ledger._replace(out_of_scope={})
    for case in stood.keys() | stands.keys():
        left, kept, came = (_cells(entries.get(case)) for entries in (stood, again, stands))
        for cell in left ^ came:
            if (cell in left) == (cell in kept):
                why = _why(case, again.get(case), stands.get(case), *scopes, then.window, cell)
            else:
                why = OTHER_POLICY
            reasons[cell][why] += 1 if cell in came else -1
    before, after = _counts(stood), _counts(stands)
    return tuple(
        _change(then, now, cell, before[cell], after[cell], reasons[cell])
        for cell in sorted(reasons)
        if any(reasons[cell].values())
    )


def _cells(entry: Entry | None) -> frozenset[Cell]:
    return cells_of(entry.place) if entry else frozenset()


def _counts(entries: dict[str, Entry]) -> Counter[Cell]:
    return Counter(cell for entry in entries.values() for cell in cells_of(entry.place))


def _change(
    then: Stood, now: Stood, cell: Cell, before: int, after: int, reasons: Counter[str]
) -> CellChange:
    """What no list of now names any more is called as it was then."""
    label, part_label = labels(cell, now.terms if after else then.terms)
    says = now.terms.policy.reasons
    because = tuple(
        Because(reason=reason, says=says.get(reason, reason), change=change)
        for reason, change in sorted(reasons.items())
        if change
    )
    return CellChange(
        table=cell.table,
        row=cell.row,
        part=cell.part,
        label=label,
        part_label=part_label,
        measure=cell.measure,
        before=before,
        after=after,
        because=because,
    )


def _why(
    case: str,
    then: Entry | None,
    now: Entry | None,
    before: Ledger,
    after: Ledger,
    earlier: Window,
    cell: Cell,
) -> str:
    if then is None and now is not None:
        if now.day not in earlier:
            return "new_period"
        if case in before.gone:
            return "reinstated"
        if case in before.out_of_scope:
            return "restated_organisation"
        return "restated_date" if case in before.entries else "reported_late"
    if then is not None and now is None:
        if case in after.out_of_scope:
            return "restated_organisation"
        return after.gone.get(case, "restated_date")
    assert then is not None
    assert now is not None
    if then.place.counted != now.place.counted:
        return "confirmed" if now.place.counted else "returned_to_review"
    if cell.table == "by_month":
        return "restated_date"
    if cell.table == "by_organisation" and then.place.organisation != now.place.organisation:
        return "restated_organisation"
    return "restated_type"
