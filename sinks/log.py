"""Reads the log from given positions, in batches of what has come and no more, so that nothing waits."""

import time
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple, cast

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from schemas.topics import CASE_EVENTS, PARTITIONS, RULES

TOPICS = (CASE_EVENTS, *RULES)
BATCH = 1000
_LINGER_SECONDS = 0.004
"""What comes at the same moment comes in one transaction; longer put all of it later and saved nothing."""
_COMPANY_SECONDS = 0.05
"""How long what nobody waits for may wait, to be written with others or with what is waited for."""

_Headers = list[tuple[str, str | bytes | None]]
Place = tuple[str, int]
"""A topic and one of its partitions."""

PLACES = [(topic, partition) for topic in TOPICS for partition in range(PARTITIONS)]

_LOST = (KafkaError.OFFSET_OUT_OF_RANGE, KafkaError._AUTO_OFFSET_RESET)
_STALE = (KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_PARTITION, KafkaError._UNKNOWN_TOPIC)


class Entry(NamedTuple):
    """One record as it lies on the log. `headers`: of an outcome; an event says all in its value."""

    topic: str
    partition: int
    offset: int
    key: bytes
    value: bytes
    headers: dict[str, bytes]
    timestamp: int


class LogLost(RuntimeError):
    """The log does not have what comes next: another Kafka, or a topic made anew."""


class LogAway(Exception):
    """The client must be made anew: after a broker's restart it can go on looking for what it once knew."""


class Log:
    """All partitions of the topics read here (or those given), each from its own position.

    `linger`: how many seconds more may come in the same batch after the first record. What came while the
    batch before was being written has waited already, and is given at once.
    `can_wait`: topics whose records wait a little for others, of these topics or not.
    """

    def __init__(
        self,
        kafka: str,
        positions: Mapping[Place, int],
        places: Sequence[Place] = PLACES,
        linger: float = _LINGER_SECONDS,
        can_wait: Collection[str] = (),
    ) -> None:
        self._linger, self._can_wait = linger, can_wait
        self._consumer = Consumer(
            {
                "bootstrap.servers": kafka,
                "group.id": "candour-read-model",  # required by the client; positions lie in PostgreSQL
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
                "auto.offset.reset": "error",
                "fetch.queue.backoff.ms": 5,
                "queued.max.messages.kbytes": 16384,
                "reconnect.backoff.max.ms": 1000,
                "log_level": 0,
            }
        )
        self._consumer.assign([TopicPartition(*place, positions.get(place, 0)) for place in places])

    def batch(self, seconds: float) -> list[Entry]:
        """What has come, after waiting for the first at most so long. Raises `LogLost` and `LogAway`."""
        came, linger = self._consumer.consume(BATCH, 0), 0.0
        if not came:
            came, linger = self._next(seconds), self._linger
        until, newest = time.monotonic() + _COMPANY_SECONDS, came
        while newest and len(came) < BATCH and all(one.topic() in self._can_wait for one in newest):
            newest = self._next(until - time.monotonic())
            came, linger = [*came, *newest], self._linger
        if newest:
            came += self._consumer.consume(BATCH, linger)
        return [_entry(message) for message in came if self._is_record(message)]

    def _next(self, seconds: float) -> list[Message]:
        message = self._consumer.poll(max(0.0, seconds))
        return [] if message is None else [message]

    def close(self) -> None:
        self._consumer.close()

    def _is_record(self, message: Message) -> bool:
        error = message.error()
        if error is None:
            return True
        if error.code() in _LOST:
            raise LogLost(
                f"{message.topic()} partition {message.partition()} does not have offset {message.offset()}, "
                "which the read model would read next. If this is the right Kafka, run `candour rebuild`."
            )
        if error.fatal() or error.code() in _STALE:
            raise LogAway(str(error))
        return False  # the broker is away for a while: librdkafka tries again by itself


def _entry(message: Message) -> Entry:
    topic, partition, offset = message.topic(), message.partition(), message.offset()
    if topic is None or partition is None or offset is None:
        raise LogAway("the client gave a record that lies nowhere")
    # To take the headers out is dear, and there are many events.
    pairs = [] if topic == CASE_EVENTS else cast(_Headers, message.headers() or [])
    headers = {name: _bytes(value) for name, value in pairs}
    key, value = _bytes(message.key()), _bytes(message.value())
    return Entry(topic, partition, offset, key, value, headers, message.timestamp()[1])


def _bytes(value: str | bytes | None) -> bytes:
    return value.encode() if isinstance(value, str) else value or b""
