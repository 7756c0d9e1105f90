"""One case, as it is or was known at a time: its events, what was said of it, and whether it is settled."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, select

from schemas.event_types import Instant
from sinks.escalation import Escalation, SeriousClock
from sinks.never_event import NeverEvent
from sinks.obligation import Obligation
from sinks.tables import case_events, cases, obligations, outcomes, progress
from views.reading import fold_at, load, settled_up_to
from views.reading_escalations import clocks_of_case, of_case
from views.reading_facts import with_facts
from views.reading_never_events import of_case as never_event_of_case

Payload = Mapping[str, Any]


class Case(Struct, frozen=True, kw_only=True):
    """`events` and `outcomes`: (type, payload), in the order of the log.

    `providers`: those of today, whatever was known then; they decide whose case it is.
    """

    case_id: str
    providers: Sequence[str]
    events: Sequence[tuple[str, Payload]]
    outcomes: Sequence[tuple[str, Payload]]
    obligations: Sequence[Obligation]
    never_event: NeverEvent | None
    escalations: Sequence[Escalation]
    serious_clocks: Sequence[SeriousClock]
    quarantined: Sequence[Payload]
    settled: bool

    @property
    def latest(self) -> Payload:
        """The event that says what the case is about."""
        return self.events[-1][1]

    @property
    def retracted(self) -> dict[str, str]:
        """Each event that was retracted, and the event that did it."""
        return {
            payload["retracted_event_id"]: payload["event_id"]
            for kind, payload in self.events
            if kind == "event_retracted"
        }


def read_case(connection: Connection, case_id: str, as_at: Instant | None) -> Case | None:
    """None when nothing of the case has come here (or had been recorded by that time)."""
    events = case_events.c
    mine = [events.case_id == case_id] + ([] if as_at is None else [events.recorded_at <= as_at])
    rows = connection.execute(
        select(events.type, events.payload, events.partition, events.offset)
        .where(*mine)
        .order_by(events.offset)
    ).all()
    if not rows:
        return None
    said = _outcomes(connection, case_id, as_at)
    return Case(
        case_id=case_id,
        providers=_providers(connection, case_id),
        events=[(row.type, row.payload) for row in rows],
        outcomes=said,
        obligations=_obligations(connection, case_id, as_at),
        never_event=never_event_of_case(connection, case_id, as_at),
        escalations=of_case(connection, case_id, as_at),
        serious_clocks=clocks_of_case(connection, case_id, as_at),
        quarantined=_quarantined(said),
        settled=_settled(connection, rows[-1].partition, rows[-1].offset, as_at),
    )


def _providers(connection: Connection, case_id: str) -> list[str]:
    known = select(cases.c.providers).where(cases.c.case_id == case_id)
    return [provider["code"] for provider in connection.scalar(known) or ()]


def _outcomes(connection: Connection, case_id: str, as_at: Instant | None) -> list[tuple[str, Payload]]:
    said = outcomes.c
    mine = [said.case_id == case_id] + ([] if as_at is None else [said.recorded_at <= as_at])
    rows = connection.execute(select(said.type, said.payload).where(*mine).order_by(said.offset))
    return [(row.type, row.payload) for row in rows]


def _obligations(connection: Connection, case_id: str, as_at: Instant | None) -> list[Obligation]:
    mine = select(obligations).where(obligations.c.case_id == case_id)
    now = load(connection.execute(mine.order_by(obligations.c.opened_at, obligations.c.id)).mappings())
    if as_at is None:
        return with_facts(connection, now)
    then = fold_at(connection, [obligation.id for obligation in now], as_at)
    found = [then[obligation.id] for obligation in now if obligation.id in then]
    return with_facts(connection, found, as_at)


def _quarantined(said: Sequence[tuple[str, Payload]]) -> list[Payload]:
    """Each rule that had set the case aside, and had not read it again."""
    aside: dict[str, Payload] = {}
    for kind, payload in said:
        if kind == "case_quarantined":
            aside[payload["rule"]] = payload
        elif kind == "case_read_again":
            aside.pop(payload["rule"], None)
    return list(aside.values())


def _settled(connection: Connection, partition: int, last_offset: int, as_at: Instant | None) -> bool:
    if as_at is not None:
        newest = settled_up_to(connection, partition)
        return newest is not None and as_at <= newest
    decided = connection.scalar(select(progress.c.engine_offset).where(progress.c.partition == partition))
    return decided is not None and last_offset < decided
