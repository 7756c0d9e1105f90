"""The guarded loop around one record: whatever happens, Faust never sees an exception.

- no rule needs it: `sift` takes it out before Faust makes an event of it;
- cannot be read: to the dead letters, delivered before going on;
- the registry is away: tried again for a while, holding the partition, which shows as lag;
- a rule stumbles over a case: the engine quarantines that case, the others go on;
- anything else, a cancelled wait included: the process ends before the record is acknowledged.

Between the slices of a long record the event loop gets its turn. That breaks no order: one coroutine takes
all records of this process one by one; the record is not yet acknowledged, so no commit can pass it; a
rebalance waits for it; and an engine built meanwhile hears the record again and finds its own words, or some
of them, on the log. Cancelled in between, Faust would acknowledge a record half said: hence the exit.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol, TypeVar

import httpx

from schemas.codec import Codec, Undecodable, schema_id
from schemas.event_types import ClockTick, Record
from stream_apps import figures
from stream_apps.dead_letters import DeadLetter, DeadLetterBox
from stream_apps.engine import Engine, Unsaid
from stream_apps.faults import point
from stream_apps.outcome_log import Die
from stream_apps.peek import Peek


class Message(Protocol):
    """What Faust hands over of a record."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None

    @property
    def headers(self) -> object: ...


class Fetched(Protocol):
    """What the consumer has of a record, before Faust has seen it."""

    offset: int
    value: bytes | None


F = TypeVar("F", bound=Fetched)


class OutcomeWriter(Protocol):
    def flush(self, seconds: float) -> int: ...

    def write(self, partition: int, unsaid: Unsaid) -> None: ...

    def serve(self) -> None: ...


class Runner:
    def __init__(
        self,
        engines: Mapping[int, Engine],
        codec: Codec,
        peek: Peek,
        outcomes: OutcomeWriter,
        dead_letters: DeadLetterBox,
        die: Die,
        patience: float = 300.0,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`patience`: seconds that the registry may be away."""
        self._engines = engines
        self._codec = codec
        self._peek = peek
        self._outcomes = outcomes
        self._dead_letters = dead_letters
        self._die = die
        self._patience = patience
        self._pause = pause

    def sift(self, partition: int, records: Sequence[F]) -> list[F]:
        """Those of a partition's next records that must be heard; the others are passed over."""
        engine = self._engines.get(partition)
        if engine is None:  # `hear` will say so
            return list(records)
        needed: list[F] = []
        overlooked = range(0)
        for record in records:
            offset = record.offset
            if not self._peek.passes(record.value) or engine.waits_for(offset):
                needed.append(record)
            elif offset == overlooked.stop:
                overlooked = range(overlooked.start, offset + 1)
            else:
                engine.overlook(overlooked)
                overlooked = range(offset, offset + 1)
        engine.overlook(overlooked)
        figures.PASSED.inc(len(records) - len(needed))
        return needed

    def heard(self, partition: int) -> int | None:
        """The offset up to which all is done; None while there is no engine for the partition."""
        engine = self._engines.get(partition)
        return engine.next if engine else None

    async def hear(self, message: Message) -> None:
        """Returns when the record may be acknowledged, and never raises."""
        try:
            await self._hear(message)
        except BaseException as error:
            self._die(f"record {message.partition}/{message.offset}: {error!r}")

    async def _hear(self, message: Message) -> None:
        engine = self._engines[message.partition]
        offset, value = message.offset, message.value
        if offset < engine.next:
            figures.REPEATED.inc()
            return
        began = time.perf_counter()
        try:
            record = await self._decoded(value)
        except Undecodable as error:
            await self._set_aside(message, error)
            engine.pass_over(offset)
            return
        for number, part in enumerate(engine.hear(offset, record)):
            if number:
                await self._pause(0)
            self._write(message.partition, part)
        self._outcomes.serve()
        self._show(engine, record, time.perf_counter() - began)

    def _write(self, partition: int, part: list[Unsaid]) -> None:
        if part:
            point("after_decide")
        for unsaid in part:
            self._outcomes.write(partition, unsaid)
            point("between_outcomes", self._outcomes.flush)
            figures.OUTCOMES.labels(unsaid.said.rule, type(unsaid.said.outcome).__name__).inc()

    async def _decoded(self, value: bytes | None) -> Record:
        """Raises `Undecodable`, or the last error of a registry that stayed away too long."""
        number = schema_id(value)
        give_up = time.monotonic() + self._patience
        wait = 0.1
        while not Codec.knows(self._codec, number):
            try:
                # In a thread: the registry may take its time, and the loop has other things to do.
                if not await asyncio.to_thread(self._codec.knows, number):
                    break
            except httpx.HTTPError:
                if time.monotonic() > give_up:
                    raise
                await self._pause(wait)
                wait = min(2 * wait, 5.0)
        return self._codec.decode(value)

    async def _set_aside(self, message: Message, error: Undecodable) -> None:
        found = message.headers or ()
        pairs = found.items() if isinstance(found, Mapping) else found
        await self._dead_letters.put(
            DeadLetter(
                message.topic,
                message.partition,
                message.offset,
                str(error),
                message.key,
                message.value,
                tuple((str(name), bytes(value or b"")) for name, value in pairs),  # type: ignore[attr-defined]
            )
        )
        figures.DEAD_LETTERS.inc()

    def _show(self, engine: Engine, record: Record, seconds: float) -> None:
        figures.HEARD.inc()
        figures.DECIDE.observe(seconds)
        if isinstance(record, ClockTick):
            figures.tick(engine.partition, record.as_of)
            figures.QUARANTINED.labels(engine.partition).set(engine.quarantined)
