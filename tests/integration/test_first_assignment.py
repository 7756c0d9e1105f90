"""A partition that was never committed is read from its beginning, whatever was fetched and dropped before.

While Faust rebalances it has no active partitions, and a fetch that was under way then hands out those of
all partitions, to nobody. Faust seeks to the committed offsets afterwards; where there are none, nowhere.
"""

import asyncio
from typing import Any, cast
from uuid import uuid4

import faust
import pytest
from confluent_kafka import Producer

from command.topics import create_topics
from stream_apps.transport import behind_barrier
from tests.stack import Stack

pytestmark = [pytest.mark.real, pytest.mark.timeout(120)]
RECORDS = 5


class Hearing:
    def sift(self, partition: int, records: list[Any]) -> list[Any]:
        return records

    def heard(self, partition: int) -> int | None:
        return None


async def nothing(*_: Any, **__: Any) -> None:
    return None


async def read(kafka: str, topic: str, committed: int) -> tuple[list[int], list[int]]:
    """The offsets that a fetch during a rebalance takes away, and those that come after the seek."""
    app = faust.App(
        f"seek-{topic}",
        broker=f"aiokafka://{kafka}",
        store="memory://",
        autodiscover=False,
        consumer_auto_offset_reset="earliest",
    )
    transport = behind_barrier(app, nothing, Hearing())
    consumer = cast(
        Any,
        transport.create_consumer(nothing, on_partitions_revoked=nothing, on_partitions_assigned=nothing),
    )
    app._consumer = consumer
    await consumer.start()
    try:
        await consumer.subscribe([topic])
        while not consumer.assignment():
            await asyncio.sleep(0.05)
        (here,) = consumer.assignment()
        if committed:
            assert await consumer._commit({here: committed})
        consumer.resume_flow()

        async def offsets() -> list[int]:
            found: list[int] = []
            while RECORDS - 1 not in found:
                fetched = await consumer._thread.getmany(set(), 5.0)
                found += [record.offset for records in fetched.values() for record in records]
            return found

        dropped = await offsets()
        await consumer.perform_seek()
        async with asyncio.timeout(20):
            return dropped, await offsets()
    finally:
        await consumer.stop()


@pytest.mark.parametrize("committed", [0, 3])
def test_what_was_fetched_for_nobody_comes_again(infra: Stack, committed: int) -> None:
    topic = f"seek-{uuid4().hex}"
    create_topics(infra.kafka, {topic: 1})
    producer = Producer({"bootstrap.servers": infra.kafka})
    for _ in range(RECORDS):
        producer.produce(topic, b"anything", partition=0)
    assert producer.flush(30) == 0
    dropped, again = asyncio.run(read(infra.kafka, topic, committed))
    assert dropped == [*range(RECORDS)]
    assert again == [*range(committed, RECORDS)]
