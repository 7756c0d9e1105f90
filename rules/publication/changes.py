"""What changed since an earlier release, cell by cell, each with its reasons.

The reasons come from the ledger as it stood at both times, event by event, so that they sum up to the change.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import get_args

import msgspec

from rules.publication.cells import Cell, Measure, cells_of, labels
from rules.publication.ledger import Entry, Ledger
from rules.publication.policy import TableName
from rules.publication.terms import Terms
from rules.publication.windows import Window
from schemas.never_event_types import Withdrawal

TAKES_AWAY = frozenset({"confirmed", "returned_to_review"}) | {
    *("restated_date", "restated_organisation", "restated_type"),
    *(f"withdrawn_{why}" for why in get_args(Withdrawal)),
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


def changes(
    terms: Terms, before: Ledger, earlier: Window, after: Ledger, later: Window
) -> tuple[CellChange, ...]:
    """In the order of the tables. Raises `NotComparable`."""
    require_comparable(terms, earlier, later)
    reasons: defaultdict[Cell, Counter[str]] = defaultdict(Counter)
    then, now = before.within(earlier), after.within(later)
    for case in then.keys() | now.keys():
        for cell, reason, change in _moves(case, then.get(case), now.get(case), before, after, earlier):
            reasons[cell][reason] += change
    stood, stands = _counts(then), _counts(now)
    return tuple(
        _change(terms, cell, stood[cell], stands[cell], reasons[cell])
        for cell in sorted(reasons)
        if any(reasons[cell].values())
    )


def _counts(entries: dict[str, Entry]) -> Counter[Cell]:
    return Counter(cell for entry in entries.values() for cell in cells_of(entry.place))


def _change(terms: Terms, cell: Cell, before: int, after: int, reasons: Counter[str]) -> CellChange:
    label, part_label = labels(cell, terms)
    because = tuple(
        Because(reason=reason, says=terms.policy.reasons.get(reason, reason), change=change)
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


def _moves(
    case: str, then: Entry | None, now: Entry | None, before: Ledger, after: Ledger, earlier: Window
) -> Iterator[tuple[Cell, str, int]]:
    """The cells that an event left (-1) and came to (1), with why."""
    left = cells_of(then.place) if then else frozenset()
    came = cells_of(now.place) if now else frozenset()
    for cell in left - came:
        yield cell, _why(case, then, now, before, after, earlier, cell), -1
    for cell in came - left:
        yield cell, _why(case, then, now, before, after, earlier, cell), 1


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
        return "restated_date" if case in before.entries else "reported_late"
    if then is not None and now is None:
        return f"withdrawn_{after.gone[case]}" if case in after.gone else "restated_date"
    assert then is not None
    assert now is not None
    if then.place.counted != now.place.counted:
        return "confirmed" if now.place.counted else "returned_to_review"
    if cell.table == "by_month":
        return "restated_date"
    if cell.table == "by_organisation" and then.place.organisation != now.place.organisation:
        return "restated_organisation"
    return "restated_type"
