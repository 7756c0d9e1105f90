"""The one relay: appends the rows of the outbox to the log in an order that no tick can overtake evidence in.

Reads only what is older than every transaction still running, by transaction and then by row. A row leaves
the outbox when it is delivered; only a crash between the two makes a repeat. Each topic keeps its order; what
somebody waits for goes at once, with all that lies before it.

What was delivered is kept for a while. Where the log has lost its end since (a power cut takes what was not
yet on the disk), it is appended again, at the same offsets, before anything else can take its place.
"""

import logging
import signal
import threading
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import psycopg
from confluent_kafka import KafkaError, KafkaException, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]
from prometheus_client import Counter, Gauge

from health import serve
from health.absence import OF_THE_SERVER, OURS
from health.pauses import short_pauses
from producers.appending import Delivered, Row, settings
from producers.connections import libpq
from producers.outbox import CAN_WAIT, CHANNEL
from schemas.topics import CASE_EVENTS, PARTITIONS, WARD_EVENTS

log = logging.getLogger(__name__)

LOCK = 0x63616E64_6F6F7204
BATCH = 1_000
_TURN_SECONDS = 0.25
"""Between two looks at all topics: patterns are over days, so what they are found in goes together."""
_COMPANY_SECONDS = 0.05
"""What nobody waits for is sent with what comes in this time, or with the first that somebody waits for."""
_BLOCKED_SECONDS = 0.002
_PAUSE_SECONDS = 0.5
_UNHEALTHY_SECONDS = 30.0
_LAST = OffsetSpec.latest()  # type: ignore[no-untyped-call]
_TOPICS = (CASE_EVENTS, WARD_EVENTS)
_AT_ONCE = (CASE_EVENTS,)

_PRUNE_SECONDS = 60.0

_READ = """
    WITH gone AS (
        DELETE FROM door.outbox WHERE id = ANY(%(delivered)s) RETURNING id, topic, key, value, headers
    ), kept AS (
        INSERT INTO door.delivered (topic, partition, log_offset, key, value, headers)
        SELECT gone.topic, lies.partition, lies.log_offset, gone.key, gone.value, gone.headers
        FROM gone JOIN unnest(%(delivered)s::bigint[], %(partitions)s::int[], %(offsets)s::bigint[])
            AS lies (id, partition, log_offset) USING (id)
        ON CONFLICT (topic, partition, log_offset) DO UPDATE SET
            key = excluded.key, value = excluded.value, headers = excluded.headers, at = excluded.at
    )
    SELECT id, topic, partition, key, value, headers,
        xid < pg_snapshot_xmin(pg_current_snapshot()) AS ripe,
        (extract(epoch FROM clock_timestamp()) * 1000)::bigint - recorded_at AS age
    FROM door.outbox WHERE topic = ANY(%(topics)s) AND id <> ALL(%(delivered)s)
    ORDER BY xid, id LIMIT %(most)s
"""

_PRUNE = "DELETE FROM door.delivered WHERE at < now() - interval '2 minutes'"
"""What is older the system has put on the disk, whatever the broker asked of it."""
_REACHED = "SELECT topic, partition, max(log_offset) FROM door.delivered GROUP BY 1, 2"
_FROM = """
    SELECT log_offset, topic, partition, key, value, headers FROM door.delivered
    WHERE topic = %s AND partition = %s AND log_offset >= %s ORDER BY log_offset
"""

relayed = Counter("candour_relay_records_total", "Records appended to the log")
oldest_ms = Gauge("candour_outbox_oldest_ms", "Age of the oldest row of the outbox, by its time of recording")


class Relay:
    """Runs in the thread that calls `run`, until `stop`."""

    def __init__(self, database: str, kafka: str, *, linger_ms: int = 0) -> None:
        self._database, self._kafka = database, kafka
        self._linger_ms = linger_ms
        self._stop = threading.Event()
        self._delivered: list[Delivered] = []
        self._pruned_at = 0.0
        self._stuck_since: float | None = None
        self.state = "starting"

    def stop(self) -> None:
        self._stop.set()

    def ready(self) -> tuple[bool, dict[str, object]]:
        """A standby is as ready as the one that works; being stuck for long is not ready."""
        stuck = 0.0 if self._stuck_since is None else time.monotonic() - self._stuck_since
        fine = self.state != "starting" and stuck < _UNHEALTHY_SECONDS
        return fine, {"state": self.state, "stuck_seconds": round(stuck, 1)}

    def run(self) -> None:
        """Through any absence of PostgreSQL and Kafka. Raises `KafkaException` where it must start anew.

        Raises `SystemExit` where the log has lost more than is kept: nothing may take that place.
        """
        if not self._await_topic():
            return
        address = libpq(self._database)
        producer = Producer(settings(self._kafka, self._linger_ms), logger=log)
        try:
            while not self._stop.is_set():
                try:
                    with psycopg.connect(address, autocommit=True, connect_timeout=2, **OURS) as connection:
                        self._serve(connection, producer)
                except psycopg.OperationalError as error:
                    self._hindered("waits for PostgreSQL", error)
        finally:
            if self._stop.is_set():
                producer.purge()  # what is undelivered is still in the outbox
            producer.flush(1)

    def _serve(self, connection: psycopg.Connection[Any], producer: Producer) -> None:
        connection.execute(f"SET application_name = 'candour relay'; {OF_THE_SERVER}")
        while not _first(connection, "SELECT pg_try_advisory_lock(%s)", LOCK):
            self.state = "standby"
            self._stuck_since = None
            if self._stop.wait(_PAUSE_SECONDS):
                return
        connection.execute(f"LISTEN {CHANNEL}")
        if not self._make_whole(connection, producer):
            return
        self.state = "relaying"
        next_turn = 0.0
        while not self._stop.is_set():
            all_topics = time.monotonic() >= next_turn
            rows, blocked = self._read(connection, _TOPICS if all_topics else _AT_ONCE)
            if rows:
                delivered = self._append(producer, rows)
                if delivered is None:
                    return
                self._delivered = delivered
                relayed.inc(len(rows))
            else:
                if all_topics:
                    next_turn = time.monotonic() + _TURN_SECONDS
                producer.poll(0)
                self._rest(connection, blocked, next_turn)
            self._stuck_since = None
        self._read(connection, ())

    def _make_whole(self, connection: psycopg.Connection[Any], producer: Producer) -> bool:
        """Appends again what the log has lost since it was delivered; False where told to stop before."""
        reached = {(topic, at): last for topic, at, last in connection.execute(_REACHED).fetchall()}
        ends = self._ends([*reached])
        if ends is None:
            return False
        lost: list[Row] = []
        for place, last in reached.items():
            end = ends[place]
            rows = [Row(*row) for row in connection.execute(_FROM, (*place, end)).fetchall()]
            if end <= last and [row.id for row in rows] != [*range(end, last + 1)]:
                raise SystemExit(
                    f"candour relay: {place[0]} partition {place[1]} ends at {end}, and {last + 1} records "
                    "were delivered to it; what it lost is not kept here any more. Nothing is appended until "
                    "that is mended: docs/runbook.md, The log has lost its end"
                )
            lost += rows
        if lost:
            log.critical("the log had lost its end: %d records are appended again", len(lost))
        return not lost or self._append(producer, lost) is not None

    def _ends(self, places: Sequence[tuple[str, int]]) -> dict[tuple[str, int], int] | None:
        """Where the log ends in each of these partitions; None where told to stop before it was known."""
        admin = AdminClient({"bootstrap.servers": self._kafka, "log_level": 0})
        asked = {TopicPartition(*place): _LAST for place in places}
        while asked and not self._stop.is_set():
            try:
                found = admin.list_offsets(asked, request_timeout=10)
                return {(one.topic, one.partition): told.result(10).offset for one, told in found.items()}
            except KafkaException as error:
                self._hindered("waits for Kafka", error)
        return None if asked else {}

    def _read(self, connection: psycopg.Connection[Any], topics: Sequence[str]) -> tuple[list[Row], bool]:
        """Puts away what was delivered, and gives what comes next, and whether some of it is not yet ripe."""
        values = {
            "delivered": [one.id for one in self._delivered],
            "partitions": [one.partition for one in self._delivered],
            "offsets": [one.offset for one in self._delivered],
            "topics": list(topics),
            "most": BATCH,
        }
        found = connection.execute(_READ, values).fetchall()
        if self._delivered and time.monotonic() - self._pruned_at > _PRUNE_SECONDS:
            connection.execute(_PRUNE)
            self._pruned_at = time.monotonic()
        self._delivered = []
        oldest_ms.set(found[0][-1] if found else 0)
        rows = [Row(*row) for *row, ripe, _ in found if ripe]
        return rows, len(rows) < len(found)

    def _append(self, producer: Producer, rows: Sequence[Row]) -> list[Delivered] | None:
        """Where each row lies on the log now; None where we were told to stop before."""
        failed: list[KafkaError] = []
        there: list[Delivered] = []

        def delivered(id: int, error: KafkaError | None, message: Message) -> None:
            if error is not None:
                failed.append(error)
            else:
                there.append(Delivered(id, message.partition() or 0, message.offset() or 0))

        for row in rows:
            keyed: dict[str, Any] = {} if row.partition is None else {"partition": row.partition}
            headers: list[tuple[str, str | bytes | None]] = [(name, value) for name, value in row.headers]
            while True:
                try:
                    producer.produce(
                        row.topic,
                        value=row.value,
                        key=row.key,
                        headers=headers,
                        on_delivery=partial(delivered, row.id),
                        **keyed,
                    )
                    break
                except BufferError:
                    producer.poll(0.1)
        while producer.flush(0.5):
            if self._stop.is_set():
                return None
            self.state = "waits for Kafka"
            self._stuck_since = self._stuck_since or time.monotonic()
        if failed:
            raise KafkaException(failed[0])
        self.state = "relaying"
        return there

    def _rest(self, connection: psycopg.Connection[Any], blocked: bool, until: float) -> None:
        """Until something is committed; a moment only, where a row waits for an older transaction to end."""
        if blocked:
            self._stop.wait(_BLOCKED_SECONDS)
            return
        woken = _notified(connection, until)
        company = min(until, time.monotonic() + _COMPANY_SECONDS)
        while woken == {CAN_WAIT} and time.monotonic() < company:
            woken |= _notified(connection, company)

    def _await_topic(self) -> bool:
        """Until the log is there with its partitions: what is produced before would be refused for good."""
        admin = AdminClient({"bootstrap.servers": self._kafka, "log_level": 0})
        while not self._stop.is_set():
            try:
                missing = [name for name in _TOPICS if not _is_there(admin, name)]
                if not missing:
                    return True
                self._hindered(f"waits for the topic {missing[0]}", None)
            except KafkaException as error:
                self._hindered("waits for Kafka", error)
        return False

    def _hindered(self, state: str, error: Exception | None) -> None:
        if self.state != state:
            log.warning("the relay %s: %s", state, error)
        self.state = state
        self._stuck_since = self._stuck_since or time.monotonic()
        self._stop.wait(_PAUSE_SECONDS)


def run(*, database: str, kafka: str, registry: str | None = None, health_port: int = 0) -> None:
    """The relay as a process: until SIGTERM or SIGINT. `registry` is not asked: rows come encoded."""
    relay = Relay(database, kafka)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: relay.stop())
    health = serve(health_port, relay.ready, {"process": "relay"})
    short_pauses()
    try:
        relay.run()
    finally:
        health.close()


def _is_there(admin: AdminClient, name: str) -> bool:
    topic = admin.list_topics(name, timeout=2).topics[name]
    return topic.error is None and len(topic.partitions) == PARTITIONS


def _notified(connection: psycopg.Connection[Any], until: float) -> set[str]:
    """What was said with the notifications that came together; nothing where none came in time."""
    patience = max(0.0, until - time.monotonic())
    return {note.payload for note in connection.notifies(timeout=patience, stop_after=1)}


def _first(connection: psycopg.Connection[Any], statement: str, *values: object) -> Any:
    row = connection.execute(statement, values).fetchone()
    return None if row is None else row[0]
