"""Escalations, and the times of serious incidents, as they are and as they were."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, FromClause, func, select, true, tuple_

from schemas.event_types import Instant
from schemas.outcome_types import Outcome
from sinks.database import one
from sinks.escalation import Escalation, SeriousClock, clock_step, step
from sinks.tables import escalations, outcomes, serious_clocks
from views.reading import outcome_of

S = TypeVar("S", Escalation, SeriousClock)
CHANGING = ("provider", "owner_role")
WAITS_FROM = ("escalation_raised", "escalation_returned")

Ranked = tuple[int, Instant, str]
"""Urgency, first raising and id of the last escalation on a page. A later policy may change its urgency."""


class Wanted(Struct, frozen=True, kw_only=True):
    """Which escalations; None and empty mean any."""

    states: tuple[str, ...] = ()
    provider: str | None = None
    owner_role: str | None = None
    trigger: str | None = None
    case_id: str | None = None

    def unchanging(self) -> list[ColumnElement[bool]]:
        names = ("trigger", "case_id")
        return [escalations.c[name] == value for name in names if (value := getattr(self, name)) is not None]

    def changing(self) -> list[ColumnElement[bool]]:
        """An escalation climbs, and its provider may be corrected."""
        found = [
            escalations.c[name] == value for name in CHANGING if (value := getattr(self, name)) is not None
        ]
        return [*found, escalations.c.state.in_(self.states)] if self.states else found

    def fits(self, escalation: Escalation) -> bool:
        """The same as `changing`, of an escalation as it was."""
        same = all(getattr(self, name) in (None, getattr(escalation, name)) for name in CHANGING)
        return same and (not self.states or escalation.state in self.states)


def page(
    connection: Connection, wanted: Wanted, *, after: Ranked | None, limit: int, as_at: Instant | None
) -> tuple[list[Escalation], Ranked | None]:
    """The most urgent first, of those the first raised; and where the next page begins, None for the last."""
    found: list[Escalation] = []
    while len(found) <= limit:
        size = limit + 1 if as_at is None else max(limit + 1, 200)
        candidates = _candidates(connection, wanted, after, size, as_at)
        if as_at is None:
            found += candidates
        else:
            then = at(connection, [one.id for one in candidates], as_at)
            found += [one for one in then if wanted.fits(one)]
        if len(candidates) < size:
            break
        after = _place(candidates[-1])
    if len(found) <= limit:
        return found, None
    return found[:limit], _place(found[limit - 1])


def _place(one: Escalation) -> Ranked:
    return one.urgency, one.first_raised_at, one.id


def _candidates(
    connection: Connection, wanted: Wanted, after: Ranked | None, size: int, as_at: Instant | None
) -> list[Escalation]:
    """As they stand, but with the urgency of then: a policy adopted in between may have changed it."""
    known, conditions = escalations.c, wanted.unchanging()
    chosen = select(escalations)
    urgency: ColumnElement[int] = known.urgency
    if as_at is None:
        conditions += wanted.changing()
    else:
        then = _urgency_then(as_at)
        urgency = then.c.urgency
        others = (column for column in known if column is not known.urgency)
        chosen = select(*others, urgency).join(then, true())
    order = (urgency, known.first_raised_at, known.id)
    if after is not None:
        conditions.append(tuple_(*order) > tuple_(*after))
    return load(connection.execute(chosen.where(*conditions).order_by(*order).limit(size)).mappings())


def _urgency_then(as_at: Instant) -> FromClause:
    """No row for one that was not yet raised."""
    said = outcomes.c
    mine = (said.subject == escalations.c.id) & (said.type == "escalation_raised")
    return (
        select(said.payload["urgency"].as_integer().label("urgency"))
        .where(mine, said.recorded_at <= as_at)
        .order_by(said.revision.desc())
        .limit(1)
        .lateral("then")
    )


def load(rows: Iterable[Any]) -> list[Escalation]:
    return [one(row, Escalation) for row in rows]


def escalation(connection: Connection, id: str) -> Escalation | None:
    row = connection.execute(select(escalations).where(escalations.c.id == id)).mappings().first()
    return None if row is None else one(row, Escalation)


def waits_since(connection: Connection, id: str) -> int:
    """The revision from which it waits to be taken on: one acknowledgement answers it."""
    mine = (outcomes.c.subject == id) & outcomes.c.type.in_(WAITS_FROM)
    return connection.scalar(select(func.max(outcomes.c.revision)).where(mine)) or 0


def of_case(connection: Connection, case_id: str, as_at: Instant | None) -> list[Escalation]:
    """The most urgent first."""
    mine = select(escalations).where(escalations.c.case_id == case_id)
    order = (escalations.c.urgency, escalations.c.first_raised_at, escalations.c.id)
    now = load(connection.execute(mine.order_by(*order)).mappings())
    return now if as_at is None else sorted(at(connection, [one.id for one in now], as_at), key=_place)


def clocks_of_case(connection: Connection, case_id: str, as_at: Instant | None) -> list[SeriousClock]:
    mine = select(serious_clocks).where(serious_clocks.c.case_id == case_id)
    order = (serious_clocks.c.starts_at, serious_clocks.c.due_at.nulls_last(), serious_clocks.c.id)
    rows = connection.execute(mine.order_by(*order)).mappings()
    now = [one(row, SeriousClock) for row in rows]
    return now if as_at is None else _fold(connection, [clock.id for clock in now], as_at, clock_step)


def at(connection: Connection, ids: Sequence[str], as_at: Instant) -> list[Escalation]:
    """How these stood by what was recorded up to then, in their order; those not yet raised are left out."""
    return _fold(connection, ids, as_at, step)


def _fold(
    connection: Connection,
    ids: Sequence[str],
    as_at: Instant,
    step_of: Callable[[S | None, Outcome], S | None],
) -> list[S]:
    mine = (outcomes.c.subject == func.any(list(ids))) & (outcomes.c.recorded_at <= as_at)
    said = (
        select(outcomes.c.type, outcomes.c.payload)
        .where(mine)
        .order_by(outcomes.c.subject, outcomes.c.revision)
    )
    standing: dict[str, S] = {}
    for kind, payload in connection.execute(said):
        outcome = outcome_of(kind, payload)
        if outcome is not None and (after := step_of(standing.get(outcome.subject), outcome)) is not None:
            standing[outcome.subject] = after
    return [standing[id] for id in ids if id in standing]
