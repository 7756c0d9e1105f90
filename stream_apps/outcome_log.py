"""Writes outcomes: one idempotent producer for all partitions, and the one place that waits for it.

Outcomes of input partition p go to partition p of their rule's topic, unawaited; `settled` tells when all
that was written has been delivered. Whatever would leave a hole on a log ends the process.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from typing import NoReturn

from confluent_kafka import KafkaError, Message, Producer

from schemas.cloud_events import headers
from schemas.contracts import FULL_NAMES
from stream_apps.engine import Unsaid

Die = Callable[[str], NoReturn]

WRITER = {
    "acks": "all",
    "enable.idempotence": True,
    "enable.gapless.guarantee": True,
    "partitioner": "murmur2_random",
    # A message that times out leaves a hole, gapless or not: the barrier has the deadline instead.
    "message.timeout.ms": 0,
    "linger.ms": 1,
    "queue.buffering.max.messages": 500_000,
    "message.max.bytes": 4 * 1024 * 1024,
    "socket.nagle.disable": True,
    "log_level": 3,  # else each start warns that the gapless guarantee is experimental
}


class OutcomeLog:
    """Belongs to the thread of the event loop."""

    def __init__(
        self,
        kafka: str,
        topics: dict[str, str],
        source: str,
        die: Die,
        deadline: float = 30.0,
        **config: str | int | bool,
    ) -> None:
        """`topics`: by rule. `source`: who says it, a URI reference. `deadline`: seconds for a delivery."""
        self._topics = topics
        self._source = source
        self._die = die
        self._deadline = deadline
        self._sent: Counter[tuple[str | None, int | None]] = Counter()
        self._delivered: Counter[tuple[str | None, int | None]] = Counter()
        self._producer = Producer(
            WRITER
            | config
            | {
                "bootstrap.servers": kafka,
                "error_cb": self._on_error,
                "on_delivery": self._on_delivery,
            }
        )

    def write(self, partition: int, unsaid: Unsaid) -> None:
        """Hand it to the producer. Waits only while the producer's queue is full."""
        offset, part, id, (rule, outcome, payload) = unsaid
        topic = self._topics[rule]
        attributes = headers(
            FULL_NAMES[type(outcome)], id, self._source, outcome.recorded_at, outcome.subject
        )
        give_up = None
        while True:
            try:
                self._producer.produce(
                    topic,
                    value=payload,
                    key=outcome.case_id or outcome.subject,
                    partition=partition,
                    headers=[("id", id), ("source_offset", str(offset)), ("part", part), *attributes],
                )
                break
            except BufferError:
                give_up = give_up or time.monotonic() + self._deadline
                if time.monotonic() > give_up:
                    self._die(f"outcomes not delivered in {self._deadline} s, and no room for more")
                self._producer.poll(0.05)
        self._sent[topic, partition] += 1

    def serve(self) -> None:
        """Let delivery reports in."""
        self._producer.poll(0)

    def flush(self, seconds: float) -> int:
        return self._producer.flush(seconds)

    async def settled(self) -> None:
        """Return once all that was written before is on the log; end the process if it takes too long."""
        goal = dict(self._sent)
        give_up = time.monotonic() + self._deadline
        while True:
            self._producer.poll(0)
            if all(self._delivered[at] >= number for at, number in goal.items()):
                return
            if time.monotonic() > give_up:
                self._die(f"outcomes not delivered in {self._deadline} s")
            await asyncio.sleep(0.002)

    def _on_delivery(self, error: KafkaError | None, message: Message) -> None:
        if error:
            self._die(f"outcome not delivered: {error}")
        self._delivered[message.topic(), message.partition()] += 1

    def _on_error(self, error: KafkaError) -> None:
        if error.fatal():
            self._die(f"producer lost: {error}")
