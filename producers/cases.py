"""What the door knows of a case, for who asks before the read model has heard of it."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select

from producers.connections import transaction
from producers.facts import CaseState, from_plain
from producers.refusals import unknown_case, unknown_report
from producers.tables import cases, events, receipts
from schemas.event_types import Instant


@dataclass(frozen=True)
class KnownEvent:
    event_id: str
    type: str
    at: Instant
    recorded_at: Instant
    retracted_by: str | None


@dataclass(frozen=True)
class KnownCase:
    case_id: str
    state: CaseState
    duplicate_of: str | None
    recorded_at: Instant
    events: tuple[KnownEvent, ...]


def known(connection: Connection, case_id: str) -> KnownCase | None:
    """The facts of a case and its events in the order of the log; None where there is no such case."""
    found = connection.execute(select(cases).where(cases.c.case_id == require_id(case_id))).first()
    if found is None:
        return None
    rows = connection.execute(
        select(events.c.event_id, events.c.type, events.c.at, events.c.recorded_at, events.c.retracted_by)
        .where(events.c.case_id == found.case_id)
        .order_by(events.c.seq)
    )
    timeline = tuple(KnownEvent(*row) for row in rows)
    return KnownCase(found.case_id, from_plain(found.state), found.duplicate_of, found.recorded_at, timeline)


def case_exists(database: str, case_id: str) -> bool:
    with transaction(database) as connection:
        return known(connection, case_id) is not None


@dataclass(frozen=True)
class Received:
    """`receipt`: as it was handed out."""

    case_id: str
    receipt: str


def received(connection: Connection, report_id: str) -> Received:
    """The report with this number, which stands on its receipt. Raises `Refused` (404)."""
    wanted = _id(report_id)
    mine = select(receipts.c.case_id, receipts.c.receipt).where(receipts.c.report_id == wanted)
    found = connection.execute(mine).first() if wanted else None
    if found is None:
        raise unknown_report(report_id)
    return Received(*found)


def require_id(text: str) -> str:
    """The id in its usual spelling. Raises `Refused` (404) for what is no id at all."""
    found = _id(text)
    if found is None:
        raise unknown_case(text[:60])
    return found


def _id(text: str) -> str | None:
    try:
        return str(UUID(text))
    except ValueError:
        return None
