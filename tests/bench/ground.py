"""The real Kafka, registry and PostgreSQL for the benchmarks, on a folder that goes when they end."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from schemas.codec import Codec
from schemas.event_types import Record
from schemas.registry import RegistryCodec
from schemas.topics import CASE_EVENTS, DEAD_LETTERS, PARTITIONS, TOPICS
from tests.bench.progress import Show
from tests.bench.records import OnWire, adoptions, tick
from tests.stack import Stack

_LARGEST = 4 * 1024 * 1024
_SECONDS = 60


@dataclass
class Ground:
    kafka: str
    registry: str
    database: str
    folder: Path
    codec: Codec
    partitions: int = PARTITIONS

    def make_topics(self) -> None:
        """All topics, empty: whatever was in them goes."""
        admin = AdminClient({"bootstrap.servers": self.kafka, "log_level": 0})
        names = {**dict.fromkeys(TOPICS, self.partitions), DEAD_LETTERS: 1}
        there = [name for name in names if name in admin.list_topics(timeout=_SECONDS).topics]
        if there:
            for gone in admin.delete_topics(there).values():
                gone.result(_SECONDS)
        config = {"max.message.bytes": str(_LARGEST), "retention.ms": "-1"}
        for name, number in names.items():
            _make(admin, NewTopic(name, number, 1, config=config))

    def producer(self, **config: str | int) -> Producer:
        common: dict[str, str | int] = {"bootstrap.servers": self.kafka, "log_level": 0, "acks": "all"}
        return Producer(common | {"message.max.bytes": _LARGEST} | config)

    def fill(self, records: Iterable[OnWire], show: Show) -> int:
        """Policy and calendar first, then the records, each in the partition of its case."""
        producer = self.producer(**{"linger.ms": 20, "batch.size": 1_000_000})
        number = sum(self.put(producer, record, p) for p in self._all() for record in adoptions(p))
        for key, value in records:
            append(producer, CASE_EVENTS, key, value, self.partition_of(key))
            number += 1
            if not number % 10_000:
                show(number)
        producer.flush(_SECONDS)
        return number

    def tick(self, as_of: int) -> int:
        producer = self.producer()
        number = sum(self.put(producer, tick(partition, as_of), partition) for partition in self._all())
        producer.flush(_SECONDS)
        return number

    def put(self, producer: Producer, record: Record, partition: int) -> int:
        append(producer, CASE_EVENTS, f"partition:{partition}".encode(), self.codec.encode(record), partition)
        return 1

    def partition_of(self, case_id: bytes) -> int:
        return int(case_id[:8], 16) % self.partitions

    def commit(self, group: str) -> None:
        """As if the group had heard all there is."""
        consumer = Consumer({"bootstrap.servers": self.kafka, "group.id": group, "enable.auto.commit": False})
        places = [TopicPartition(CASE_EVENTS, partition) for partition in self._all()]
        for place in places:
            place.offset = consumer.get_watermark_offsets(place, timeout=_SECONDS)[1]
        consumer.commit(offsets=places, asynchronous=False)
        consumer.close()

    def _all(self) -> range:
        return range(self.partitions)


@contextmanager
def ground() -> Iterator[Ground]:
    with tempfile.TemporaryDirectory(prefix="candour-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        with Stack(folder, only="infra") as parts:
            codec = RegistryCodec(parts.registry)
            yield Ground(parts.kafka, parts.registry, parts.database, folder, codec)


def append(producer: Producer, topic: str, key: bytes, value: bytes, partition: int, **more: Any) -> None:
    """Hand it over, waiting while the producer's queue is full."""
    while True:
        try:
            producer.produce(topic, value=value, key=key, partition=partition, **more)
            return
        except BufferError:
            producer.poll(0.05)


def contender(name: str, *arguments: object) -> dict[str, float]:
    """Run one contender in a process of its own, and give what it measured."""
    with begun(name, *arguments) as process:
        assert process.stdout is not None
        answer = process.stdout.read().strip().rpartition("\n")[2]
        process.wait()
    found: dict[str, float] = json.loads(answer)
    return found


@contextmanager
def begun(name: object, *arguments: object) -> Iterator["subprocess.Popen[str]"]:
    """A contender that runs meanwhile; SIGTERM ends it."""
    command = [sys.executable, "-m", "tests.bench.contenders", *map(str, (name, *arguments))]
    with (
        tempfile.TemporaryFile("w+") as complaints,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints, text=True) as process,
    ):
        try:
            yield process
            if process.poll():
                complaints.seek(0)
                raise RuntimeError(f"contender {name} ended with {process.returncode}: {complaints.read()}")
        finally:
            if process.poll() is None:
                process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def _make(admin: AdminClient, topic: NewTopic) -> None:
    """A topic that was just deleted is still there for a moment."""
    give_up = time.monotonic() + _SECONDS
    while True:
        try:
            admin.create_topics([topic])[topic.topic].result(_SECONDS)
            return
        except KafkaException:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.3)
