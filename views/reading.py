"""Obligations as they are and as they were: one fold, over all outcomes or those recorded up to a time."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct, convert
from sqlalchemy import ColumnElement, Connection, func, select, tuple_

from schemas.contracts import snake
from schemas.event_types import Instant
from schemas.outcome_types import Outcome
from schemas.topics import CASE_EVENTS, OUTCOME_TYPES, PARTITIONS
from sinks.database import one
from sinks.obligation import Obligation, step
from sinks.tables import obligations, offsets, outcomes, progress
from views.reading_facts import with_facts

KINDS: dict[str, type[Outcome]] = {
    snake(kind.__name__): kind for kinds in OUTCOME_TYPES.values() for kind in kinds
}

Cursor = tuple[Instant, str]
"""The opening and the id of the last obligation on a page; both never change."""


class Wanted(Struct, frozen=True, kw_only=True):
    """Which obligations; None and empty mean any."""

    states: tuple[str, ...] = ()
    provider: str | None = None
    duty: str | None = None
    instrument: str | None = None
    owner_role: str | None = None
    case_id: str | None = None
    due_before: Instant | None = None

    def unchanging(self) -> list[ColumnElement[bool]]:
        """What an obligation keeps from its opening on."""
        names = ("provider", "duty", "instrument", "owner_role", "case_id")
        return [obligations.c[name] == value for name in names if (value := getattr(self, name)) is not None]

    def changing(self) -> list[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool]] = []
        if self.states:
            conditions.append(obligations.c.state.in_(self.states))
        if self.due_before is not None:
            conditions.append(obligations.c.due_at < self.due_before)
        return conditions

    def fits(self, obligation: Obligation) -> bool:
        """The same as `changing`, of an obligation as it was."""
        due_at = obligation.due_at
        early = self.due_before is None or (due_at is not None and due_at < self.due_before)
        return early and (not self.states or obligation.state in self.states)


def page(
    connection: Connection, wanted: Wanted, *, after: Cursor | None, limit: int, as_at: Instant | None
) -> tuple[list[Obligation], Cursor | None]:
    """In order of opening, and where the next page begins, None for the last one."""
    found: list[Obligation] = []
    while len(found) <= limit:
        size = limit + 1 if as_at is None else max(limit + 1, 200)
        candidates = _candidates(connection, wanted, after, size, as_at)
        if as_at is None:
            found += candidates
        else:
            then = fold_at(connection, [candidate.id for candidate in candidates], as_at)
            known = (then.get(candidate.id) for candidate in candidates)
            found += [obligation for obligation in known if obligation and wanted.fits(obligation)]
        if len(candidates) < size:
            break
        after = (candidates[-1].opened_at, candidates[-1].id)
    further = (found[limit - 1].opened_at, found[limit - 1].id) if len(found) > limit else None
    return with_facts(connection, found[:limit], as_at), further


def _candidates(
    connection: Connection, wanted: Wanted, after: Cursor | None, size: int, as_at: Instant | None
) -> list[Obligation]:
    conditions = wanted.unchanging()
    conditions += wanted.changing() if as_at is None else [obligations.c.opened_at <= as_at]
    if after is not None:
        conditions.append(tuple_(obligations.c.opened_at, obligations.c.id) > tuple_(*after))
    order = (obligations.c.opened_at, obligations.c.id)
    return load(
        connection.execute(select(obligations).where(*conditions).order_by(*order).limit(size)).mappings()
    )


def load(rows: Iterable[Any]) -> list[Obligation]:
    return [one(row, Obligation) for row in rows]


def fold_at(connection: Connection, ids: Sequence[str], as_at: Instant) -> dict[str, Obligation]:
    """How these obligations stood by what was recorded up to then; those not yet opened are left out."""
    mine = (outcomes.c.subject == func.any(list(ids))) & (outcomes.c.recorded_at <= as_at)
    said = (
        select(outcomes.c.type, outcomes.c.payload)
        .where(mine)
        .order_by(outcomes.c.subject, outcomes.c.revision)
    )
    standing: dict[str, Obligation] = {}
    for kind, payload in connection.execute(said):
        outcome = outcome_of(kind, payload)
        if outcome is not None and (after := step(standing.get(outcome.subject), outcome)) is not None:
            standing[outcome.subject] = after
    return standing


def outcome_of(kind: str, payload: Mapping[str, Any]) -> Outcome | None:
    """None for a type of a later release."""
    return convert(payload, KINDS[kind]) if kind in KINDS else None


def settled_up_to(connection: Connection, partition: int | None = None) -> Instant | None:
    """The newest tick whose consequences stand here, in one partition or in all of them."""
    mine = [] if partition is None else [progress.c.partition == partition]
    ticks = list(connection.scalars(select(progress.c.settled_as_of).where(*mine)))
    whole = len(ticks) == (PARTITIONS if partition is None else 1)
    return min(ticks) if whole and None not in ticks else None


def all_decided(connection: Connection) -> bool:
    """Whether nothing that is known here still waits for the engine."""
    decided = connection.execute(select(progress.c.partition, progress.c.engine_offset))
    engine = {row.partition: row.engine_offset for row in decided}
    mine = select(offsets.c.partition, offsets.c.next_offset).where(offsets.c.topic == CASE_EVENTS)
    return all(engine.get(partition, 0) >= offset for partition, offset in connection.execute(mine))


def is_settled(connection: Connection, as_at: Instant | None) -> bool:
    """Whether a list read now, or as at a time, can still change by what is known already."""
    if as_at is None:
        return all_decided(connection)
    newest = settled_up_to(connection)
    return newest is not None and as_at <= newest
