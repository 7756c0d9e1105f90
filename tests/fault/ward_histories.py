"""Random histories of the wards of one provider: reports, their changes, closings, alerts, as days pass."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime

from schemas.event_types import Instant, Record
from tests.spec.notation import moment, ticks
from tests.spec.wards import Wards, adoption

MINUTE, DAY = 60_000, 86_400_000
APART = 1_000_000
"""Between the numbers by which the records of two partitions are known."""


class WardHistories:
    """Of one partition, with a provider of its own."""

    def __init__(self, chance: random.Random, prefix: str, partition: int) -> None:
        self._chance, self._prefix, self._partition = chance, prefix, partition
        self._wards = Wards(count=partition * APART)
        self._now: Instant = moment("2014-01-06T09:00")
        self._first: list[Record] = [adoption(partition)]

    def next(self) -> Iterator[Record]:
        """The next records, some of them twice; what was adopted before any."""
        yield from self._first
        self._first = []
        roll = self._chance.random
        self._now += self._chance.choice((MINUTE, 10 * MINUTE, 60 * MINUTE))
        if roll() < 0.04:
            self._now += self._chance.choice((DAY, DAY, 3 * DAY, 30 * DAY))
            yield ticks(self._now - self._chance.choice((0, 0, 0, DAY)), self._partition)
            return
        for line in self._lines():
            at = datetime.fromtimestamp(self._now / 1000, UTC)
            for record in self._wards.records(f"{at:%Y-%m-%d %H:%M}Z {line} by=R{self._partition}X"):
                self._wards.log.append(record)
                self._now = max(self._now, getattr(record, "recorded_at", self._now))
                yield record
                if roll() < 0.1:
                    yield record

    def _lines(self) -> tuple[str, ...]:
        kind, ward = self._chance.choice(("medication", "device")), self._chance.choice("abcdef")
        known = list(self._wards.cases)[-40:]
        anew = f"{self._prefix}{len(self._wards.cases)}"
        roll = self._chance.random()
        if roll < 0.7 or not known:
            name = self._chance.choice(known) if known and roll < 0.1 else anew
            harm = self._chance.choice(("none", "low", "moderate"))
            return (f"report {name} ward={ward} harm={harm} type={kind} factors=staffing",)
        if roll < 0.8:
            return (f"withdraw {self._chance.choice(known)} duplicate",)
        if roll < 0.93:
            closed = f"close {self._chance.randint(1, 11)}"
            return (closed, "retract") if roll < 0.83 else (closed,)
        return (
            f"alert A-{self._prefix}{self._chance.randint(1, 3)} type={kind}{' back' if roll > 0.98 else ''}",
        )
