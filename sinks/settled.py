"""What is settled: decided by the engine, with everything that followed from it standing in the read model.

No outcome is needed to say "nothing followed": the engine's committed offset is read, then the end of the
outcome partition; once the read model has reached that end, all before the committed offset is settled.
"""

import threading
from collections import deque
from collections.abc import Mapping, Sequence

import structlog
from confluent_kafka import KafkaException
from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Connection, select

from schemas.event_types import Instant
from schemas.topics import CASE_EVENTS, PARTITIONS, RULES
from sinks import tables
from sinks.database import Row, one
from sinks.ends import Ends
from sinks.log import Place

POLL_SECONDS = 0.25

log = structlog.get_logger()


class Progress(Struct, kw_only=True):
    """One row of `read.progress`."""

    partition: int
    engine_offset: int = 0
    heard_as_of: Instant | None = None
    heard_offset: int | None = None
    settled_as_of: Instant | None = None


class Settling:
    """The ticks heard since the last settled one, and the progress that follows from them."""

    def __init__(self, connection: Connection) -> None:
        rows = connection.execute(select(tables.progress)).mappings()
        self._progress = {row["partition"]: one(row, Progress) for row in rows}
        self._waiting: dict[int, deque[tuple[int, Instant]]] = {}
        for each in self._progress.values():
            if each.heard_offset is not None and each.heard_as_of is not None:
                self._waiting[each.partition] = deque([(each.heard_offset, each.heard_as_of)])

    def take(
        self, ticks: Mapping[int, Sequence[tuple[int, Instant]]], settled: Mapping[int, int]
    ) -> list[Row]:
        """The rows that change by ticks heard (offset, as_of) and by what the engine has settled."""
        for partition, heard in ticks.items():
            for offset, as_of in heard:
                self._hear(self._of(partition), offset, as_of)
        for partition, engine_offset in settled.items():
            self._settle(self._of(partition), engine_offset)
        return [asdict(self._of(partition)) for partition in sorted({*ticks, *settled})]

    def engine_offset(self, partition: int) -> int:
        return self._of(partition).engine_offset

    def _of(self, partition: int) -> Progress:
        return self._progress.setdefault(partition, Progress(partition=partition))

    def _hear(self, progress: Progress, offset: int, as_of: Instant) -> None:
        if progress.heard_as_of is None or as_of > progress.heard_as_of:  # any other tick is ignored by all
            progress.heard_as_of, progress.heard_offset = as_of, offset
            self._waiting.setdefault(progress.partition, deque()).append((offset, as_of))

    def _settle(self, progress: Progress, engine_offset: int) -> None:
        progress.engine_offset = engine_offset
        waiting = self._waiting.get(progress.partition, deque())
        while waiting and waiting[0][0] < engine_offset:
            progress.settled_as_of = waiting.popleft()[1]


class EngineOffsets:
    """Asks Kafka, in a thread, how far the engine has committed and where the outcomes end after that."""

    def __init__(self, kafka: str) -> None:
        self._kafka = Ends(kafka)
        self._seen: dict[int, tuple[int, dict[Place, int]]] = {}
        """By partition, a commit, and what the read model must have reached for it to be settled."""
        self._settled: dict[int, int] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="engine-offsets", daemon=True)
        self._thread.start()

    def settled(self, reached: Mapping[Place, int], known: Settling) -> dict[int, int]:
        """Per partition, the committed offset that is news and behind which `reached` leaves nothing open."""
        with self._lock:
            self._settled = {partition: known.engine_offset(partition) for partition in range(PARTITIONS)}
            news = {}
            for partition, (committed, needed) in list(self._seen.items()):
                if all(reached.get(place, 0) >= offset for place, offset in needed.items()):
                    del self._seen[partition]
                    if committed != known.engine_offset(partition):
                        news[partition] = committed
            return news

    def look(self) -> None:
        """Ask once. Raises `KafkaException` when Kafka does not answer."""
        committed = self._kafka.committed()
        with self._lock:
            # What still waits for the read model is not replaced: a newer end would always be further off.
            news = [
                partition
                for partition, offset in committed.items()
                if partition not in self._seen and offset != self._settled.get(partition)
            ]
        # Asked after the commit was seen: the outcomes before it lie before these ends.
        ends = self._kafka.of((topic, partition) for topic in RULES for partition in news)
        with self._lock:
            for partition in news:
                needed = {place: end for place, end in ends.items() if place[1] == partition}
                needed[CASE_EVENTS, partition] = committed[partition]
                self._seen[partition] = (committed[partition], needed)

    def close(self) -> None:
        self._stop.set()
        self._thread.join()
        self._kafka.close()

    def _run(self) -> None:
        while not self._stop.wait(POLL_SECONDS):
            try:
                self.look()
            except (KafkaException, TimeoutError) as error:
                log.debug("engine offsets not known", error=str(error))
