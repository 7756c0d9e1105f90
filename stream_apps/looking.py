"""Looks into one partition of the input at a few places: single records, and the first tick after a time."""

from collections.abc import Callable, Iterable, Iterator
from typing import cast

from confluent_kafka import Message

from schemas.codec import Codec, Undecodable
from schemas.event_types import ClockTick, Instant, Record
from schemas.topics import CASE_EVENTS
from stream_apps.partition_reader import PartitionReader

WINDOW = 256  # messages looked through at once
_SMALL = {
    "queued.min.messages": 1,
    "queued.max.messages.kbytes": 256,
    "fetch.message.max.bytes": 128 * 1024,
    "fetch.max.bytes": 4 * 1024 * 1024 + 1024,
}
"""A reader of whole partitions fetches megabytes ahead, which a look at one record would wait for."""


class Look(PartitionReader):
    """For one thread, and for as long as one question takes."""

    def __init__(self, kafka: str, codec: Codec, partition: int) -> None:
        super().__init__(kafka, **_SMALL)
        self._codec = codec
        self._partition = partition
        self._ends: dict[str, tuple[int, int]] = {}
        self.seen = 0

    def bounds(self, topic: str, partition: int) -> tuple[int, int]:
        """Asked once: what comes later is no part of the question."""
        if topic not in self._ends:
            self._ends[topic] = super().bounds(topic, partition)
        return self._ends[topic]

    def records(self, offsets: Iterable[int]) -> dict[int, Record]:
        """Those that can be read; neighbours are fetched together."""
        found: dict[int, Record] = {}
        for first, last in _runs(sorted(set(offsets))):
            for offset, message in self._window(first, last + 1):
                try:
                    found[offset] = self._codec.decode(message.value())
                except Undecodable:
                    continue
        wanted = set(offsets)
        return {offset: record for offset, record in found.items() if offset in wanted}

    def ticks(self, start: int, end: int) -> Iterator[tuple[int, ClockTick]]:
        """Those from `start` up to, not including, `end`."""
        for offset, message in self._window(start, end):
            value = message.value()
            if self._codec.kind_of(value) is ClockTick:
                yield offset, cast(ClockTick, self._codec.decode(value))

    def _window(self, start: int, end: int) -> Iterator[tuple[int, Message]]:
        for message in self.messages(CASE_EVENTS, self._partition, start, end):
            offset = message.offset()
            assert offset is not None
            self.seen += 1
            yield offset, message


class TickSearch:
    """Finds a tick by its time with few looks. Ticks of a partition only step forward: the clock sees to
    that, and a relay that repeats some after a crash goes on to the newest again."""

    def __init__(self, ticks: Callable[[int, int], Iterable[tuple[int, ClockTick]]]) -> None:
        """`ticks`: those from one offset up to, not including, another."""
        self._ticks = ticks

    def first(
        self, after: int, before: int, as_of: Instant, likely: int | None
    ) -> tuple[int, ClockTick] | None:
        """The first tick between these offsets that is not earlier; see `explaining.Ticks`."""
        if before - after <= 1:
            return None
        if likely is not None:
            earlier = self._last_tick(after, min(likely, before))
            if earlier is None or earlier[1].as_of < as_of:
                return None if likely >= before else self._next_tick(likely - 1, before)
            before = earlier[0] + 1
        return self._bisect(after, before, as_of)

    def _bisect(self, after: int, before: int, as_of: Instant) -> tuple[int, ClockTick] | None:
        low, high = after, before  # up to `low` every tick is too early; from `high` on, all is known
        first = None
        while high - low > WINDOW:
            middle = (low + high) // 2
            found = self._next_tick(middle, high)
            if found is not None and found[1].as_of < as_of:
                low = found[0]
            else:
                first, high = found or first, middle + 1
        late = (one for one in self._ticks(low + 1, high) if one[1].as_of >= as_of)
        return next(late, first)

    def _next_tick(self, after: int, before: int) -> tuple[int, ClockTick] | None:
        start, size = after + 1, WINDOW
        while start < before:
            end = min(start + size, before)
            for found in self._ticks(start, end):
                return found
            start, size = end, size * 4
        return None

    def _last_tick(self, after: int, before: int) -> tuple[int, ClockTick] | None:
        end, size = before, WINDOW
        while end > after + 1:
            start = max(after + 1, end - size)
            ticks = list(self._ticks(start, end))
            if ticks:
                return max(ticks, key=lambda one: one[1].as_of)
            end, size = start, size * 4
        return None


def _runs(offsets: list[int]) -> Iterator[tuple[int, int]]:
    """First and last of those that lie so close that one fetch brings them all."""
    if not offsets:
        return
    first = last = offsets[0]
    for offset in offsets[1:]:
        if offset - last > WINDOW // 4:
            yield first, last
            first = offset
        last = offset
    yield first, last
