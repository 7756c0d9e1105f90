"""Entries of the ledger of never events, as they are and as they were."""

from collections.abc import Sequence

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, func, select, tuple_

from schemas.event_types import Instant
from sinks.database import one as read_row
from sinks.never_event import NeverEvent, step
from sinks.tables import never_events, outcomes
from views.reading import Cursor, outcome_of


class Wanted(Struct, frozen=True, kw_only=True):
    """Which entries; None and empty mean any. All but the case may change while an entry lives."""

    states: tuple[str, ...] = ()
    provider: str | None = None
    list_version: str | None = None
    type_no: int | None = None
    case_id: str | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        asked = ("provider", "list_version", "type_no")
        found = [
            never_events.c[name] == value for name in asked if (value := getattr(self, name)) is not None
        ]
        return [*found, never_events.c.state.in_(self.states)] if self.states else found

    def fits(self, entry: NeverEvent) -> bool:
        """The same as `conditions`, of an entry as it was."""
        asked = ("provider", "list_version", "type_no")
        alike = all(getattr(self, name) in (None, getattr(entry, name)) for name in asked)
        return alike and (not self.states or entry.state in self.states)


def page(
    connection: Connection, wanted: Wanted, *, after: Cursor | None, limit: int, as_at: Instant | None
) -> tuple[list[NeverEvent], Cursor | None]:
    """In the order in which they were first spoken of; and where the next page begins, None for the last."""
    found: list[NeverEvent] = []
    while len(found) <= limit:
        size = limit + 1 if as_at is None else max(limit + 1, 200)
        candidates = _candidates(connection, wanted, after, size, as_at)
        if as_at is None:
            found += candidates
        else:
            then = entries_at(connection, [one.id for one in candidates], as_at)
            known = (then.get(one.id) for one in candidates)
            found += [entry for entry in known if entry and wanted.fits(entry)]
        if len(candidates) < size:
            break
        after = (candidates[-1].opened_at, candidates[-1].id)
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], (last.opened_at, last.id)


def of_case(connection: Connection, case_id: str, as_at: Instant | None) -> NeverEvent | None:
    """The one entry that a case can have."""
    mine = select(never_events).where(never_events.c.case_id == case_id)
    row = connection.execute(mine).mappings().first()
    if row is None:
        return None
    now = read_row(row, NeverEvent)
    return now if as_at is None else entries_at(connection, [now.id], as_at).get(now.id)


def entries_at(connection: Connection, ids: Sequence[str], as_at: Instant) -> dict[str, NeverEvent]:
    """How these stood by what was recorded up to then; those not yet spoken of are left out."""
    mine = (outcomes.c.subject == func.any(list(ids))) & (outcomes.c.recorded_at <= as_at)
    order = (outcomes.c.subject, outcomes.c.revision)
    chosen = select(outcomes.c.type, outcomes.c.payload).where(mine).order_by(*order)
    found: dict[str, NeverEvent] = {}
    for kind, payload in connection.execute(chosen):
        outcome = outcome_of(kind, payload)
        if outcome is not None and (after := step(found.get(outcome.subject), outcome)) is not None:
            found[outcome.subject] = after
    return found


def _candidates(
    connection: Connection, wanted: Wanted, after: Cursor | None, size: int, as_at: Instant | None
) -> list[NeverEvent]:
    conditions = wanted.conditions() if as_at is None else [never_events.c.opened_at <= as_at]
    if wanted.case_id is not None:
        conditions.append(never_events.c.case_id == wanted.case_id)
    if after is not None:
        conditions.append(tuple_(never_events.c.opened_at, never_events.c.id) > tuple_(*after))
    order = (never_events.c.opened_at, never_events.c.id)
    chosen = select(never_events).where(*conditions).order_by(*order).limit(size)
    return [read_row(row, NeverEvent) for row in connection.execute(chosen).mappings()]
