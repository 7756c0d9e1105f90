"""Watches that time goes on: without ticks no breach is ever raised, so silence here is a safety alarm.

Looks every second and keeps what it found in `read.watch`; alarms stand in `read.alarms` until they clear.
"""

import math
import threading
import time
from collections.abc import Mapping
from contextlib import closing

import structlog
from confluent_kafka import KafkaException
from msgspec.structs import asdict
from prometheus_client import Gauge
from sqlalchemy import Connection, Engine, TextClause, case, func, select, text
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from schemas.event_types import Instant
from schemas.topics import CASE_EVENTS, ESCALATIONS, PARTITIONS, PATTERNS, WARD_EVENTS
from sinks.alarms import TIME_STOOD_STILL, clear_alarm, clear_others, raise_alarm, standing
from sinks.database import engine, upsert
from sinks.ends import PATTERNS_GROUP, Ends
from sinks.judging import (
    ENGINE_LIMIT_MS,
    GAP_SHOWN_MS,
    Found,
    Partition,
    judge,
    stood_still,
)
from sinks.log import PLACES, TOPICS, Place
from sinks.notify.tables import deliveries
from sinks.process import answering, ending
from sinks.tables import progress, watch
from sinks.writing import positions

INTERVAL_SECONDS = 1.0
_EVERYTHING = "the whole stream"
_BROUGHT = text("SELECT partition, next_offset FROM door.courier")
_TOLD = text("SELECT partition, next_offset FROM notify.offsets")
_NOTES = text(
    "SELECT id, at, detail, last_tick, stops FROM door.clock_notes "
    "WHERE CASE WHEN stops THEN cleared_at IS NULL ELSE at > :since END ORDER BY id"
)

log = structlog.get_logger()
tick_age = Gauge("candour_tick_age_seconds", "Age of the newest tick heard", ["partition"])
engine_age = Gauge(
    "candour_engine_age_seconds", "Since the engine last moved, while records wait", ["partition"]
)
engine_behind = Gauge("candour_engine_behind_records", "Records the engine has not committed", ["partition"])
sink_behind = Gauge("candour_sink_behind_records", "Records not yet in the read model", ["partition"])
outbox_age = Gauge("candour_outbox_age_seconds", "How long the oldest record has waited for Kafka")
alarms_standing = Gauge("candour_alarms_standing", "Alarms that stand")


def run(
    *,
    database: str,
    kafka: str,
    health_port: int,
    clock: str | None = None,
    door: str | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Returns after SIGTERM, or when `stop` is set.

    `clock`: "system" or "manual"; where it is not given, the newest tick says. A manual clock may be silent.
    `door`: the database of the outbox, where it is another one.
    """
    ends_now, store = ending(stop), engine(database, pool_size=1)
    outbox = engine(door, pool_size=1) if door else store
    wards = Ends(kafka, PATTERNS_GROUP, WARD_EVENTS)
    with answering("watchdog", health_port) as pulse, closing(Ends(kafka)) as asked, closing(wards):
        seen = Seen()
        while not ends_now.is_set():
            try:
                look(store, outbox, asked, seen, clock, wards)
                pulse.beat()
            except SQLAlchemyError as error:
                log.error("the watchdog cannot see: PostgreSQL does not answer", error=type(error).__name__)
            ends_now.wait(INTERVAL_SECONDS)
    for each in {store, outbox}:
        each.dispose()


class Seen:
    """Since when each position has stood where it stands, for want of anything better than looking again."""

    def __init__(self) -> None:
        self.began_at = time.monotonic()
        self._marks: dict[str, tuple[int, float]] = {}

    def stood_ms(self, name: str, position: int, waiting: bool = True) -> int:
        """For how long it has not moved though something waits."""
        now = time.monotonic()
        before, since = self._marks.get(name, (position, now))
        if before != position or not waiting:
            since = now
        self._marks[name] = (position, since)
        return round((now - since) * 1000)

    def watched_ms(self) -> int:
        return round((time.monotonic() - self.began_at) * 1000)


def look(
    store: Engine, outbox: Engine, asked: Ends, seen: Seen, clock: str | None, wards: Ends | None = None
) -> Found:
    """One look, with the alarms that follow. Raises `SQLAlchemyError` when PostgreSQL does not answer.

    `wards`: how far patterns have come, where that is looked at.
    """
    with outbox.connect() as connection:
        manual = clock == "manual" if clock else _manual(connection)
        outbox_age_ms = _outbox_age(connection, seen, manual)
        clock_waits, gaps = _clock_notes(connection)
        brought = _reached(connection, _BROUGHT)
    with store.connect() as connection:
        told, message_age_ms = _reached(connection, _TOLD), _message_age(connection)
    found = Found(
        manual_clock=manual,
        outbox_age_ms=outbox_age_ms,
        partitions=[],
        watched_ms=seen.watched_ms(),
        clock_waits=clock_waits,
        message_age_ms=message_age_ms,
    )
    try:
        committed, ends = asked.committed(), asked.of(PLACES)
        if wards is not None:
            found.patterns_stuck = _stuck(wards, seen, WARD_EVENTS, wards.committed())
        found.courier_stuck = _stuck(asked, seen, PATTERNS, brought)
        found.notifier_stuck = _stuck(asked, seen, ESCALATIONS, told)
    except (KafkaException, TimeoutError) as error:
        log.warning("Kafka does not answer", error=str(error))
        committed, ends = {}, {}
    with store.begin() as connection:  # after Kafka was asked: a write transaction must be short
        connection.execute(text("SET LOCAL synchronous_commit = off"))
        if ends:
            found.partitions = _partitions(connection, committed, ends, seen)
        _keep(connection, found)
        _raise_and_clear(connection, found)
        _tell_gaps(connection, gaps)
        alarms_standing.set(standing(connection))
    return found


def _stuck(asked: Ends, seen: Seen, topic: str, reached: Mapping[int, int] | None) -> list[int]:
    """Where records wait and the one that reads the topic has not moved for too long."""
    if reached is None:
        return []
    ends = asked.of((topic, partition) for partition in range(PARTITIONS))
    stuck = []
    for partition in range(PARTITIONS):
        at, end = reached.get(partition, 0), ends[topic, partition]
        if seen.stood_ms(f"{topic} {partition}", at, at < end) > ENGINE_LIMIT_MS:
            stuck.append(partition)
    return stuck


def _raise_and_clear(connection: Connection, found: Found) -> None:
    for kind, told in judge(found).items():
        if told is None:
            clear_alarm(connection, kind, _EVERYTHING)
        elif raise_alarm(connection, kind, _EVERYTHING, told):
            log.error("alarm", kind=kind, text=told)


def _tell_gaps(connection: Connection, gaps: Mapping[str, str]) -> None:
    """Each by itself, for some hours: what was late in being called late is not to be taken for late."""
    clear_others(connection, TIME_STOOD_STILL, gaps)
    for about, told in gaps.items():
        raise_alarm(connection, TIME_STOOD_STILL, about, told)


def _partitions(
    connection: Connection, committed: dict[int, int], ends: dict[Place, int], seen: Seen
) -> list[Partition]:
    written = positions(connection)
    heard = {row.partition: row.heard_as_of for row in connection.execute(select(progress))}
    found = []
    for partition in range(PARTITIONS):
        decided, end = committed.get(partition, 0), ends[CASE_EVENTS, partition]
        stored = sum(written.get((topic, partition), 0) for topic in TOPICS)
        last = sum(ends[topic, partition] for topic in TOPICS)
        as_of = heard.get(partition)
        found.append(
            Partition(
                number=partition,
                tick_age_ms=None if as_of is None else _now() - as_of,
                engine_behind=max(0, end - decided),
                engine_age_ms=seen.stood_ms(f"engine {partition}", decided, decided < end),
                sink_behind=max(0, last - stored),
                sink_age_ms=seen.stood_ms(f"sink {partition}", stored, stored < last),
            )
        )
    return found


def _keep(connection: Connection, found: Found) -> None:
    now = _now()
    rows = []
    for one in found.partitions:
        label = str(one.number)
        tick_age.labels(label).set(_seconds(one.tick_age_ms))
        engine_age.labels(label).set(one.engine_age_ms / 1000)
        engine_behind.labels(label).set(one.engine_behind)
        sink_behind.labels(label).set(one.sink_behind)
        row = asdict(one) | {
            "measured_at": now,
            "partition": one.number,
            "outbox_age_ms": found.outbox_age_ms,
        }
        rows.append({column.name: row[column.name] for column in watch.c})
    outbox_age.set(_seconds(found.outbox_age_ms))
    upsert(connection, watch, rows)


def _seconds(age_ms: int | None) -> float:
    """What is not known is no number: nought would look as if all were well."""
    return math.nan if age_ms is None else age_ms / 1000


def _manual(connection: Connection) -> bool:
    try:
        newest = connection.execute(
            text("SELECT manual FROM door.ticks ORDER BY as_of DESC LIMIT 1")
        ).scalar()
    except ProgrammingError:  # no door there yet
        connection.rollback()
        return False
    return bool(newest)


def _clock_notes(connection: Connection) -> tuple[str | None, Mapping[str, str]]:
    """Why the clock waits for a person, if it does; and the gaps of late, by the number of their note."""
    try:
        notes = connection.execute(_NOTES, {"since": _now() - GAP_SHOWN_MS}).all()
    except ProgrammingError:
        connection.rollback()
        return None, {}
    waits = [note.detail for note in notes if note.stops]
    gaps = {str(note.id): stood_still(note.last_tick, note.at) for note in notes if not note.stops}
    return (waits[-1] if waits else None), gaps


def _outbox_age(connection: Connection, seen: Seen, manual: bool) -> int | None:
    """With the manual clock times of recording say nothing: it is counted how long the oldest has stood."""
    try:
        oldest = connection.execute(
            text("SELECT id, recorded_at FROM door.outbox ORDER BY xid, id LIMIT 1")
        ).one_or_none()
    except ProgrammingError:
        connection.rollback()
        return None
    if oldest is None:
        return 0
    stood_ms = seen.stood_ms("outbox", oldest.id)
    return stood_ms if manual else max(0, _now() - oldest.recorded_at)


def _reached(connection: Connection, question: TextClause) -> dict[int, int] | None:
    """The offset that comes next in each partition; None where its table is not there."""
    try:
        return {row.partition: row.next_offset for row in connection.execute(question)}
    except ProgrammingError:
        connection.rollback()
        return None


def _message_age(connection: Connection) -> int:
    """Since when the oldest message is due that nobody has in hand, or in hand that was not let go."""
    since = case((deliveries.c.state == "planned", deliveries.c.next_wall), else_=deliveries.c.changed_wall)
    under_way = deliveries.c.state.in_(("planned", "sending", "handed_over"))
    try:
        oldest = connection.scalar(select(func.min(since)).where(under_way))
    except ProgrammingError:
        connection.rollback()
        return 0
    return 0 if oldest is None else max(0, _now() - oldest)


def _now() -> Instant:
    return time.time_ns() // 1_000_000
