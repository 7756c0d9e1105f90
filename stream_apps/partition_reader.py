"""Reads whole partitions in batches: of the input for a fold, of an outcome log for recovery."""

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Self

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

BATCH = 10_000
PATIENCE = 30.0  # seconds of silence with something left to read
READER = {
    "group.id": "candour-reader",  # never joined, nothing is ever committed under it
    "enable.auto.commit": False,
    "auto.offset.reset": "error",
    "fetch.queue.backoff.ms": 5,  # its default of a second leaves a fast reader idle
    # A fetch that waits at the end of one partition would hold up the first fetch of the next.
    "fetch.wait.max.ms": 5,
    "queued.min.messages": 100_000,
    "queued.max.messages.kbytes": 64 * 1024,
    "fetch.message.max.bytes": 8 * 1024 * 1024,
    "fetch.max.bytes": 64 * 1024 * 1024,
    "receive.message.max.bytes": 128 * 1024 * 1024,
}
_COORDINATOR = {
    KafkaError.NOT_COORDINATOR,
    KafkaError.COORDINATOR_NOT_AVAILABLE,
    KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
}
_PASSING = {KafkaError._ALL_BROKERS_DOWN, KafkaError._TRANSPORT, KafkaError._TIMED_OUT}


class PartitionReader:
    """One use, one consumer: an idle one can go on with stale metadata after a broker restart."""

    def __init__(self, kafka: str, **config: str | int | bool) -> None:
        self._consumer = Consumer(READER | {"bootstrap.servers": kafka} | config)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._consumer.close()

    def bounds(self, topic: str, partition: int) -> tuple[int, int]:
        """First offset and high watermark, as they are now."""
        found = self._consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=PATIENCE)
        if found is None:
            raise TimeoutError(f"no answer about {topic}/{partition} in {PATIENCE} s")
        return found

    def partitions(self, topic: str) -> int:
        found = self._consumer.list_topics(topic, timeout=PATIENCE).topics[topic]
        if found.error:
            raise KafkaException(found.error)
        return len(found.partitions)

    def batches(
        self, topic: str, partition: int, start: int | None = None, end: int | None = None
    ) -> Iterator[list[Message]]:
        """Messages from `start` up to `end`, by default all there is now. Raises TimeoutError on silence."""
        first, high = self.bounds(topic, partition)
        position = first if start is None else start
        stop = high if end is None else min(end, high)
        if position >= stop:
            return
        if position < first:
            raise LookupError(f"{topic}/{partition} begins at {first}: what came before is gone")
        consume = self._consumer.consume
        self._consumer.assign([TopicPartition(topic, partition, position)])
        heard = time.monotonic()
        while position < stop:
            # Never asks for more than there is: at the tail it would wait for the whole timeout.
            messages = consume(min(BATCH, stop - position), 0.5)
            if messages:
                if messages[-1].error() or messages[0].error():
                    messages = _sound(messages)
                if messages:
                    heard = time.monotonic()
                    position = _offset(messages[-1]) + 1
                    yield messages
                    continue
            if time.monotonic() - heard > PATIENCE:
                raise TimeoutError(f"{topic}/{partition} silent at {position} of {stop}")

    def whole(self, topics: Iterable[str], partition: int) -> Iterator[list[Message]]:
        """All that several topics hold of a partition now, each in its order. Raises TimeoutError on silence.

        Far quicker than one after the other where there is little: each assignment waits for its first fetch.
        """
        bounds = {topic: self.bounds(topic, partition) for topic in topics}
        ends = {topic: high for topic, (first, high) in bounds.items() if first < high}
        if not ends:
            return
        left = sum(high - bounds[topic][0] for topic, high in ends.items())
        self._consumer.assign([TopicPartition(topic, partition, bounds[topic][0]) for topic in ends])
        heard = time.monotonic()
        while left:
            found = _sound(self._consumer.consume(min(BATCH, left), 0.5))
            messages = [one for one in found if _offset(one) < ends[one.topic() or ""]]  # else written since
            if messages:
                heard = time.monotonic()
                left -= len(messages)
                yield messages
            elif time.monotonic() - heard > PATIENCE:
                raise TimeoutError(f"partition {partition} silent with {left} records left of {[*ends]}")

    def messages(
        self, topic: str, partition: int, start: int | None = None, end: int | None = None
    ) -> Iterator[Message]:
        for batch in self.batches(topic, partition, start, end):
            for message in batch:
                if not message.error():
                    yield message


def committed(kafka: str, group: str, topic: str, partitions: Sequence[int]) -> dict[int, int]:
    """The group's committed offset of each partition, 0 where there is none."""
    give_up = time.monotonic() + PATIENCE
    while True:
        consumer = Consumer({"bootstrap.servers": kafka, "group.id": group, "enable.auto.commit": False})
        try:
            wanted = [TopicPartition(topic, partition) for partition in partitions]
            found = consumer.committed(wanted, timeout=PATIENCE)
            for position in found:
                if position.error:
                    raise KafkaException(position.error)
            return {position.partition: max(position.offset, 0) for position in found}
        except KafkaException as error:
            # A broker that has only just started does not yet know who keeps the offsets.
            if error.args[0].code() not in _COORDINATOR or time.monotonic() > give_up:
                raise
            time.sleep(0.2)
        finally:
            consumer.close()


def _sound(messages: list[Message]) -> list[Message]:
    """Without the reports of passing trouble; raises for the rest."""
    for message in messages:
        error = message.error()
        if error and error.code() not in _PASSING:
            raise KafkaException(error)
    return [message for message in messages if not message.error()]


def _offset(message: Message) -> int:
    offset = message.offset()
    assert offset is not None
    return offset
