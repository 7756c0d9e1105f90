"""Keeps the read model up with the log: reads what has come, writes it with its offsets, again and again.

Whatever goes wrong (Kafka or PostgreSQL away, a rebuild, kill -9), it starts again from the offsets that
PostgreSQL holds, which are those of the rows that it holds.
"""

import threading
import time
from contextlib import closing

import httpx
import psycopg
import structlog
from confluent_kafka import KafkaException
from prometheus_client import Counter, Gauge, Histogram
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from health.pauses import short_pauses
from schemas.codec import Codec
from schemas.registry import RegistryCodec, RegistryRefused
from schemas.topics import CASE_EVENTS, PATTERNS
from sinks.alarms import raise_alarm
from sinks.arrivals import Arrivals, read
from sinks.database import engine
from sinks.log import Log, LogAway, LogLost, Place
from sinks.process import Pulse, answering, ending
from sinks.settled import EngineOffsets, Settling
from sinks.writing import Busy, positions, write

WAIT_SECONDS = 0.1
NOBODY_WAITS = (CASE_EVENTS, PATTERNS)
"""What the board shows at once are duties, escalations and reviews."""
_RETRY_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0)
_STEADY_SECONDS = 10.0
_PASSING = (SQLAlchemyError, psycopg.Error, KafkaException, httpx.HTTPError, RegistryRefused, LogAway, Busy)
"""What goes by: the other side is away, or somebody else is writing."""

log = structlog.get_logger()
records_total = Counter(
    "candour_sink_records_total", "Records taken from the log, also those passed over", ["topic"]
)
passed_over_total = Counter("candour_sink_passed_over_total", "Records that nobody can read", ["topic"])
lag_seconds = Gauge(
    "candour_sink_lag_seconds", "Age of the oldest record of the last batch when it was written"
)
batch_seconds = Histogram(
    "candour_sink_batch_seconds",
    "Time from a batch in hand to its commit",
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2),
)


def run(
    *, database: str, kafka: str, registry: str, health_port: int, stop: threading.Event | None = None
) -> None:
    """Returns after SIGTERM, or when `stop` is set. Raises `SystemExit` when the log lost what comes next."""
    ends = ending(stop)
    with answering("sink", health_port) as pulse:
        store, offsets = engine(database, ping=False), EngineOffsets(kafka)
        short_pauses()
        try:
            _keep_up(store, kafka, registry, offsets, pulse, ends)
        except LogLost as error:
            with store.begin() as connection:
                raise_alarm(connection, "the log is not what it was", "the read model", str(error))
            raise SystemExit(f"candour sink: {error}") from error
        finally:
            offsets.close()
            store.dispose()


def _keep_up(
    store: Engine, kafka: str, registry: str, offsets: EngineOffsets, pulse: Pulse, stop: threading.Event
) -> None:
    """Pass after pass: each starts from the offsets in PostgreSQL and ends when something went wrong."""
    failures = 0
    while not stop.is_set():
        began = time.monotonic()
        try:
            with closing(RegistryCodec(registry)) as codec:
                _one_pass(store, kafka, codec, offsets, pulse, stop)
        except _PASSING as error:
            failures = 1 if time.monotonic() - began > _STEADY_SECONDS else failures + 1
            log.warning("the read model waits", reason=_line(error), error=type(error).__name__)
            stop.wait(_RETRY_SECONDS[min(failures, len(_RETRY_SECONDS)) - 1])


def _one_pass(
    store: Engine, kafka: str, codec: Codec, offsets: EngineOffsets, pulse: Pulse, stop: threading.Event
) -> None:
    with store.connect() as connection:
        reached, settling = positions(connection), Settling(connection)
    source = Log(kafka, reached, can_wait=NOBODY_WAITS)
    try:
        while not stop.is_set():
            entries = source.batch(WAIT_SECONDS)
            arrivals = read(entries, codec)
            if take(store, arrivals, offsets, settling, reached):
                count(arrivals)
            oldest = min((entry.timestamp for entry in entries), default=None)
            lag_seconds.set(0 if oldest is None else max(0, time.time() - oldest / 1000))
            pulse.beat()
    finally:
        source.close()


def take(
    store: Engine, arrivals: Arrivals, offsets: EngineOffsets, settling: Settling, reached: dict[Place, int]
) -> bool:
    """Write a batch, and what is settled by it; moves `reached` on. Whether there was anything to write."""
    after = reached | arrivals.next_offsets
    settled = offsets.settled(after, settling)
    if not arrivals.next_offsets and not settled:
        return False
    with batch_seconds.time(), store.begin() as connection:
        write(connection, arrivals, settling.take(arrivals.ticks, settled), reached)
    reached.update(after)
    return True


def count(arrivals: Arrivals) -> None:
    for topic, number in arrivals.records.items():
        records_total.labels(topic).inc(number)
    for (topic, partition), offset, reason in arrivals.passed_over:
        passed_over_total.labels(topic).inc()
        log.warning("passed over", topic=topic, partition=partition, offset=offset, reason=reason)


def _line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "")
