"""Brings back to the log of cases what was found over many of them: clusters, repeats after an alert.

Reads `safety.patterns` and records `PatternDetected` on the newest case of the pattern, through the same
outbox as everything else; what is withdrawn over there is retracted here. The id of each event follows from
that of the outcome, and how far was read is kept in the same transaction: ended between any two steps, it
goes on, and what it meets again is known. It needs no key of the vault.
"""

import logging
import os
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple
from uuid import UUID

import httpx
from confluent_kafka import Consumer, KafkaException, TopicPartition
from msgspec import structs
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from producers import outbox
from producers.connections import engine
from producers.facts import from_plain
from producers.now import clock as port
from producers.refusals import NotReady
from producers.tables import cases, courier, events
from rules.identity import name_based
from rules.rule import outcome_id
from schemas.codec import Codec, Undecodable
from schemas.contracts import snake
from schemas.escalation_events import PatternDetected
from schemas.event_types import CaseEvent, EventRetracted, Instant, Record
from schemas.outcome_types import Outcome
from schemas.pattern_types import PatternFound, PatternOver
from schemas.registry import RegistryCodec, RegistryRefused
from schemas.topics import PARTITIONS, PATTERNS, RULES

log = logging.getLogger(__name__)

SYSTEM = "system"
BATCH = 500
_EVENTS = UUID("3f3d1c0e-2a54-4d0f-8f26-0a1b5c9a7d61")
_BROUGHT = ("cluster", "repeat_after_alert")
_NOTE_SECONDS = 5.0
_PAUSE_SECONDS = 0.5
_UNHEALTHY_SECONDS = 30.0
_FAILED = 70  # sysexits' EX_SOFTWARE
_PASSING = (DBAPIError, NoConnection, NotReady, KafkaException, httpx.HTTPError, RegistryRefused)


class Come(NamedTuple):
    """A record of `safety.patterns` and where it lies; None where it is of no concern here."""

    partition: int
    offset: int
    record: Record | None


class Courier(threading.Thread):
    """Through any absence of PostgreSQL, Kafka and the registry, until `stop`."""

    def __init__(self, *, database: str, kafka: str, registry: str, clock: Literal["system", "manual"]):
        super().__init__(daemon=True, name="courier")
        self._kafka, self._registry = kafka, registry
        self._engine = engine(database, connections=1)
        self._clock = port(clock)
        self._stop_asked = threading.Event()
        self._waits_since: float | None = None
        self.state = "starting"

    def stop(self) -> None:
        self._stop_asked.set()

    def ready(self) -> tuple[bool, dict[str, object]]:
        """Waiting for long is not ready."""
        waits = 0.0 if self._waits_since is None else time.monotonic() - self._waits_since
        return waits < _UNHEALTHY_SECONDS, {"courier": self.state}

    def run(self) -> None:
        while not self._stop_asked.is_set():
            try:
                self._carry()
            except _PASSING as error:
                if self.state != "waits":
                    log.warning("the courier waits: %s", error)
                self.state = "waits"
                self._waits_since = self._waits_since or time.monotonic()
                self._stop_asked.wait(_PAUSE_SECONDS)
            except BaseException:
                # Whatever this is, the process starts anew from what PostgreSQL holds, and says so.
                log.critical("the courier stumbled", exc_info=True)
                logging.shutdown()
                os._exit(_FAILED)
        self._engine.dispose()

    def _carry(self) -> None:
        codec = RegistryCodec(self._registry)
        with self._engine.connect() as connection:
            start = reached(connection)
            door_codec = outbox.codec_of(connection)
        reader = _reader(self._kafka, start)
        come: list[Come] = []
        noted = time.monotonic()
        try:
            while not self._stop_asked.is_set():
                read = list(_decoded(reader, codec))
                come += read
                # Nearly all of it is the memory of the patterns: how far that was read may be noted later.
                if any(one.record for one in read) or time.monotonic() - noted > _NOTE_SECONDS:
                    with self._engine.begin() as connection:
                        bring(connection, door_codec, come, self._clock.open(connection).now)
                    come, noted = [], time.monotonic()
                    self.state, self._waits_since = "carrying", None
        finally:
            reader.close()
            codec.close()


def bring(connection: Connection, codec: Codec, come: Sequence[Come], now: Instant) -> int:
    """One transaction: the events that follow, each once, and how far was read. How many were new."""
    new = 0
    for one in come:
        match one.record:
            case PatternFound() if one.record.pattern in _BROUGHT:
                new += _found(connection, codec, one.record, now)
            case PatternOver() if one.record.why == "withdrawn":
                new += _withdrawn(connection, codec, one.record, now)
    ends: dict[int, int] = {}
    for one in come:
        ends[one.partition] = max(ends.get(one.partition, 0), one.offset + 1)
    if ends:
        rows = [{"partition": partition, "next_offset": end} for partition, end in ends.items()]
        statement = upsert(courier).values(rows)
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=[courier.c.partition], set_={"next_offset": statement.excluded.next_offset}
            )
        )
    return new


def reached(connection: Connection) -> dict[int, int]:
    """The offset of each partition that comes next."""
    rows = connection.execute(select(courier.c.partition, courier.c.next_offset))
    return {row.partition: row.next_offset for row in rows}


def event_id_of(pattern_id: str) -> str:
    """Of the event that says on a case that this pattern was found."""
    return name_based(_EVENTS, pattern_id)


def pattern_id_of(found: Outcome) -> str:
    return outcome_id(RULES[PATTERNS], found)


def _found(connection: Connection, codec: Codec, found: PatternFound, now: Instant) -> int:
    pattern_id = pattern_id_of(found)
    event_id = event_id_of(pattern_id)
    common = _common(connection, found.newest_case, event_id, now)
    if common is None:
        return 0
    record = PatternDetected(
        **common,  # type: ignore[arg-type]
        pattern_id=pattern_id,
        pattern=found.pattern,  # type: ignore[arg-type]
        grouped_by=found.grouped_by,  # type: ignore[arg-type]
        group_ref=found.group_ref,
        count=found.count,
        window_days=found.window_days,
        first_at=found.first_at,
        last_at=found.last_at,
    )
    _append(connection, codec, record)
    return 1


def _withdrawn(connection: Connection, codec: Codec, over: PatternOver, now: Instant) -> int:
    """Nothing where it had never been brought, or a person has retracted it already."""
    found_id = event_id_of(pattern_id_of(structs.replace(over, revision=over.found_revision)))
    told = connection.execute(
        select(events.c.retracted_by).where(events.c.event_id == found_id).with_for_update()
    ).one_or_none()
    if told is None or told.retracted_by is not None:
        return 0
    event_id = event_id_of(pattern_id_of(over))
    common = _common(connection, over.found_case, event_id, now)
    if common is None:
        return 0
    retraction = EventRetracted(
        **common,  # type: ignore[arg-type]
        retracted_event_id=found_id,
        retracted_type=snake(PatternDetected.__name__),
    )
    _append(connection, codec, retraction)
    connection.execute(update(events).where(events.c.event_id == found_id).values(retracted_by=event_id))
    return 1


def _common(connection: Connection, case_id: str, event_id: str, now: Instant) -> dict[str, object] | None:
    """What every record of the case has; None where this one was brought before, or there is no such case."""
    if connection.execute(select(events.c.event_id).where(events.c.event_id == event_id)).first():
        return None
    held = select(cases.c.state).where(cases.c.case_id == case_id).with_for_update(read=True)
    state = connection.execute(held).scalar_one_or_none()
    if state is None:
        log.error("a pattern was found on case %s, which the door does not know", case_id)
        return None
    return {
        **from_plain(state).copied(),
        "event_id": event_id,
        "case_id": case_id,
        "at": now,
        "recorded_at": now,
        "by_role": SYSTEM,
    }


def _append(connection: Connection, codec: Codec, record: CaseEvent) -> None:
    row = {
        "event_id": record.event_id,
        "case_id": record.case_id,
        "type": snake(type(record).__name__),
        "at": record.at,
        "recorded_at": record.recorded_at,
        "changes": {},
    }
    connection.execute(insert(events), row)
    outbox.put(connection, [outbox.case_row(codec, record)])


def _reader(kafka: str, start: dict[int, int]) -> Consumer:
    reader = Consumer(
        {
            "bootstrap.servers": kafka,
            "group.id": "candour-courier",  # required by the client; positions lie in PostgreSQL
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "auto.offset.reset": "error",
            "queued.max.messages.kbytes": 1024,
            "reconnect.backoff.max.ms": 1000,
            "log_level": 0,
        }
    )
    reader.assign([TopicPartition(PATTERNS, one, start.get(one, 0)) for one in range(PARTITIONS)])
    return reader


def _decoded(reader: Consumer, codec: RegistryCodec) -> Iterator[Come]:
    first = reader.poll(0.2)
    for message in () if first is None else (first, *reader.consume(BATCH - 1, 0)):
        error = message.error()
        if error is not None:
            raise KafkaException(error)
        value, partition, offset = message.value(), message.partition(), message.offset()
        assert partition is not None
        assert offset is not None
        record = None
        if codec.kind_of(value) in (PatternFound, PatternOver, None):
            try:
                record = codec.decode(value)
            except Undecodable as failed:
                log.error("passed over %s/%s/%s: %s", PATTERNS, partition, offset, failed)
        yield Come(partition, offset, record)
