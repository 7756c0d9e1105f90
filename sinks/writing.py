"""Writes one batch with its offsets in one short transaction: the read model has each record exactly once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import structlog
from msgspec.structs import asdict
from prometheus_client import Counter
from sqlalchemy import Connection, Table, delete, func, insert, select, text, tuple_

from schemas.event_types import CaseEvent
from schemas.outcome_types import CaseQuarantined, CaseReadAgain, Outcome
from sinks import tables
from sinks.alarms import raise_alarm
from sinks.arrivals import Arrivals
from sinks.database import Row, one, upsert
from sinks.log import TOPICS, Place
from sinks.rows import case_row
from sinks.standings import STANDINGS, Standing

BOARD = "board"
"""The channel that says: there is something new to see."""

ONE_WRITER = 7_203_002
"""The advisory lock that whoever writes the read model holds."""

CLASH = "same id, other content"

log = structlog.get_logger()
clashes_total = Counter("candour_clashes_total", "Ids met again with another content")

Arrived = TypeVar("Arrived")


class Busy(Exception):
    """Somebody else writes the read model, a rebuild for instance: wait, and read on from where it ended."""


def positions(connection: Connection) -> dict[Place, int]:
    """The next offset of each partition that was ever read."""
    rows = connection.execute(select(tables.offsets))
    return {(row.topic, row.partition): row.next_offset for row in rows if row.topic in TOPICS}


def take_turn(connection: Connection, before: Mapping[Place, int]) -> None:
    """Be the only writer until the transaction ends. Raises `Busy`, also if somebody wrote since `before`."""
    # A transaction that a crash takes back takes its offsets back too, so nothing need wait for the disk.
    turn = select(
        func.pg_try_advisory_xact_lock(ONE_WRITER), func.set_config("synchronous_commit", "off", True)
    )
    if not connection.execute(turn).one()[0]:
        raise Busy("the read model is being rebuilt, or a second sink is running")
    if positions(connection) != dict(before):
        raise Busy("the read model was written by somebody else in between")


def write(connection: Connection, arrivals: Arrivals, progress: Sequence[Row]) -> None:
    """The batch, whole, with the rows of `read.progress` that change by it."""
    events = _insert_new(connection, tables.case_events, arrivals.events)
    outcomes = _insert_new(connection, tables.outcomes, arrivals.outcomes)
    for id in arrivals.clashes:
        _clash(connection, id)
    _write_cases(connection, events)
    said = [outcome for outcome, _ in outcomes if outcome is not None]
    for standing in STANDINGS:
        rule = standing.rule
        own = [outcome for outcome, row in outcomes if outcome is not None and row["rule"] == rule]
        _write_standing(connection, standing, own)
    _write_quarantines(connection, said)
    upsert(connection, tables.progress, progress)
    offsets = [
        {"topic": topic, "partition": partition, "next_offset": offset}
        for (topic, partition), offset in arrivals.next_offsets.items()
    ]
    upsert(connection, tables.offsets, offsets)
    connection.execute(text(f"NOTIFY {BOARD}"))


def _insert_new(
    connection: Connection, table: Table, arrived: Mapping[str, tuple[Arrived, Row]]
) -> list[tuple[Arrived, Row]]:
    """What was never seen is inserted and given back; what comes again must be the same."""
    if not arrived:
        return []
    (key,) = table.primary_key
    known = connection.execute(select(key, table.c.sha256).where(key == func.any(list(arrived)))).all()
    fresh = dict(arrived)
    for id, sha256 in known:
        if fresh.pop(id)[1]["sha256"] != bytes(sha256):
            _clash(connection, id)
    if fresh:
        connection.execute(insert(table), [row for _, row in fresh.values()])
    return list(fresh.values())


def _clash(connection: Connection, id: str) -> None:
    clashes_total.inc()
    log.error("the same id came with another content; the first one stands", id=id)
    told = (
        f"{id} came a second time with another content. The first one stands. "
        "Run `candour verify`, and find out who else writes to the log."
    )
    raise_alarm(connection, CLASH, id, told)


def _write_cases(connection: Connection, events: Iterable[tuple[CaseEvent, Row]]) -> None:
    latest = {event.case_id: case_row(event, row) for event, row in events}
    upsert(connection, tables.cases, list(latest.values()))


def _write_standing(connection: Connection, standing: Standing, said: Iterable[Outcome]) -> None:
    by_subject: dict[str, list[Outcome]] = {}
    for outcome in said:
        by_subject.setdefault(outcome.subject, []).append(outcome)
    if not by_subject:
        return
    table = standing.table
    rows = connection.execute(select(table).where(table.c.id == func.any(list(by_subject))))
    before = {row["id"]: one(row, standing.kind) for row in rows.mappings()}
    changed = []
    for subject, outcomes in by_subject.items():
        stands = before.get(subject)
        for outcome in outcomes:
            stands = standing.step(stands, outcome)
        if stands is not None:
            changed.append(asdict(stands))
    upsert(connection, table, changed)


def _write_quarantines(connection: Connection, said: Iterable[Outcome]) -> None:
    last = {
        (outcome.case_id, outcome.rule): outcome
        for outcome in said
        if isinstance(outcome, CaseQuarantined | CaseReadAgain)
    }
    table = tables.quarantines
    released = [key for key, outcome in last.items() if isinstance(outcome, CaseReadAgain)]
    if released:
        connection.execute(delete(table).where(tuple_(table.c.case_id, table.c.rule).in_(released)))
    rows = [
        {
            "case_id": outcome.case_id,
            "rule": outcome.rule,
            "error": outcome.error,
            "source_offset": outcome.source_offset,
            "recorded_at": outcome.recorded_at,
        }
        for outcome in last.values()
        if isinstance(outcome, CaseQuarantined)
    ]
    upsert(connection, table, rows)
