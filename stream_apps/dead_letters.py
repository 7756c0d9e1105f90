"""Records that cannot be read: set aside with all that is needed to try again, listed, and put back.

A letter keeps key, value and headers as they were (headers under `original.NAME`), and says in headers of its
own from where it came and what was wrong. Putting it back appends the original bytes to the partition they
came from; a note in the same topic then marks the letter as handled.
"""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from schemas.topics import DEAD_LETTERS
from stream_apps.outcome_log import WRITER, Die
from stream_apps.partition_reader import PartitionReader

Headers = list[tuple[str, bytes]]
ORIGINAL = "original."
REPLAYED = "replayed-as"
KEPT_WHOLE = 4 * 1024 * 1024 - 64 * 1024  # what the broker takes, less our headers


class DeadLetterBox(Protocol):
    async def put(self, letter: "DeadLetter") -> None:
        """Returns when the letter is delivered."""


@dataclass(frozen=True)
class DeadLetter:
    topic: str
    partition: int
    offset: int
    error: str
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()
    replayed_as: int | None = None  # its new offset, once it was put back

    @property
    def place(self) -> tuple[str, int, int]:
        return self.topic, self.partition, self.offset

    def on_wire(self) -> tuple[bytes | None, Headers]:
        """Value and headers. What is too large to be kept twice stays where it is: the log is for ever."""
        own: Headers = [
            ("topic", self.topic.encode()),
            ("partition", str(self.partition).encode()),
            ("offset", str(self.offset).encode()),
            ("error", self.error.encode(errors="replace")[:4096]),
        ]
        original = [(ORIGINAL + name, value) for name, value in self.headers]
        size = (
            len(self.value or b"") + len(self.key or b"") + sum(len(n) + len(v or b"") for n, v in original)
        )
        if size > KEPT_WHOLE:
            return None, [*own, ("left-in-place", str(size).encode())]
        return self.value, own + original


class DeadLetters:
    """The writing end. The producer is made for the first letter: most processes never meet one."""

    def __init__(self, kafka: str, die: Die, deadline: float = 30.0) -> None:
        self._kafka = kafka
        self._die = die
        self._deadline = deadline
        self._producer: Producer | None = None

    async def put(self, letter: DeadLetter) -> None:
        if self._producer is None:
            self._producer = Producer(WRITER | {"bootstrap.servers": self._kafka})
        delivered: list[KafkaError | None] = []
        value, headers = letter.on_wire()
        self._producer.produce(
            DEAD_LETTERS,
            key=letter.key,
            value=value,
            headers=[*headers],
            on_delivery=lambda error, _: delivered.append(error),
        )
        give_up = time.monotonic() + self._deadline
        while not delivered:
            if time.monotonic() > give_up:
                self._die(f"dead letter not delivered in {self._deadline} s")
            self._producer.poll(0)
            await asyncio.sleep(0.002)
        if delivered[0]:
            self._die(f"dead letter not delivered: {delivered[0]}")


def listed(kafka: str) -> list[DeadLetter]:
    """Each dead letter once, in the order in which they came, handled ones included."""
    letters: dict[tuple[str, int, int], DeadLetter] = {}
    with PartitionReader(kafka) as reader:
        for partition in range(reader.partitions(DEAD_LETTERS)):
            for message in reader.messages(DEAD_LETTERS, partition):
                letter = _read(message)
                known = letters.get(letter.place)
                if known is None or letter.replayed_as is not None:
                    letters[letter.place] = letter
    return list(letters.values())


def replay(kafka: str, letters: Iterable[DeadLetter]) -> int:
    """Append the original bytes to where they came from, once each; returns how many were put back.

    Ended in between, a letter may be put back twice: a repeat of a record is ordinary.
    """
    producer = Producer(WRITER | {"bootstrap.servers": kafka, "message.timeout.ms": 30_000})
    count = 0
    for letter in letters:
        if letter.replayed_as is None:
            key, value, headers = _original(kafka, letter)
            offset = _appended(producer, letter.topic, letter.partition, key, value, headers)
            _, own = letter.on_wire()
            _appended(
                producer, DEAD_LETTERS, -1, key, value=None, headers=[*own, (REPLAYED, str(offset).encode())]
            )
            count += 1
    return count


def _appended(
    producer: Producer, topic: str, partition: int, key: bytes | None, value: bytes | None, headers: Headers
) -> int:
    done: list[tuple[KafkaError | None, Message]] = []
    producer.produce(
        topic,
        partition=partition,
        key=key,
        value=value,
        headers=[*headers],
        on_delivery=lambda error, message: done.append((error, message)),
    )
    while not done:
        producer.poll(0.1)
    error, message = done[0]
    if error:
        raise KafkaException(error)
    offset = message.offset()
    assert offset is not None
    return offset


def _original(kafka: str, letter: DeadLetter) -> tuple[bytes | None, bytes | None, Headers]:
    if letter.value is not None:
        return letter.key, letter.value, list(letter.headers)
    with PartitionReader(kafka) as reader:
        for message in reader.messages(letter.topic, letter.partition, letter.offset, letter.offset + 1):
            return _bytes(message.key()), _bytes(message.value()), headers_of(message)
    raise LookupError(f"{letter.topic}/{letter.partition} has no record {letter.offset}")


def _read(message: Message) -> DeadLetter:
    headers = headers_of(message)
    own = dict(headers)
    return DeadLetter(
        topic=own["topic"].decode(),
        partition=int(own["partition"]),
        offset=int(own["offset"]),
        error=own["error"].decode(),
        key=_bytes(message.key()),
        value=_bytes(message.value()),
        headers=tuple((n.removeprefix(ORIGINAL), v) for n, v in headers if n.startswith(ORIGINAL)),
        replayed_as=int(own[REPLAYED]) if REPLAYED in own else None,
    )


def headers_of(message: Message) -> Headers:
    found = message.headers() or []
    pairs = found.items() if isinstance(found, dict) else found
    return [(str(name), _bytes(value) or b"") for name, value in pairs]


def _bytes(found: str | bytes | None) -> bytes | None:
    return found.encode() if isinstance(found, str) else found
