"""Rebuilds the engines of the partitions that came to this process, from the outcome logs alone.

Runs in a thread while Faust keeps all partitions paused. The committed offsets are taken before the ends of
the logs are known: the barrier has put everything below them on the logs.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from confluent_kafka import Message

from rules.rule import Rule
from schemas.codec import Codec
from stream_apps.engine import Engine, Gap
from stream_apps.faults import point
from stream_apps.log_records import rereader, source
from stream_apps.partition_reader import PartitionReader, committed

Going = Callable[[], bool]


class Overtaken(Exception):
    """Another rebalance came; what was read so far is of no use."""


def recall_partitions(
    kafka: str,
    group: str,
    partitions: Sequence[int],
    rules: Sequence[Rule],
    codec: Codec,
    going: Going,
) -> dict[int, Engine]:
    """An engine for each partition, ready to hear from its committed offset on.

    `going` is asked every few records and tells whether these partitions are still ours, else raises
    `Overtaken`; being asked is a sign of life.
    """
    heard = rules[0].source
    engines = {
        partition: Engine(rules, codec.encode, codec.decode, partition, offset, rereader(kafka, codec, heard))
        for partition, offset in committed(kafka, group, heard, partitions).items()
    }
    names = {rule.topic: rule.name for rule in rules}
    with PartitionReader(kafka) as reader:
        for partition, engine in engines.items():
            _recall(engine, names, reader.whole(names, partition), going)
            _, end = reader.bounds(heard, partition)  # after the words about it, which it was there before
            if end < engine.known:
                raise Gap(
                    f"{heard}/{partition} ends at {end}, and {engine.known} records of it were heard: "
                    "it has lost its end, and what comes in that place would pass for heard"
                )
    return engines


def _recall(engine: Engine, names: Mapping[str, str], batches: Iterable[list[Message]], going: Going) -> None:
    recall = engine.recall
    for batch in batches:
        for start in range(0, len(batch), 1000):
            if not going():
                raise Overtaken
            for message in batch[start : start + 1000]:
                value = message.value()
                if value is None:
                    continue
                offset, part = source(message)
                recall(names[message.topic() or ""], offset, part, value)
                point("recovery")
