"""Random histories for the small rules: late, early, doubled, out of order, with bugs and ticks."""

import random
from collections.abc import Iterator
from typing import Any

from schemas.event_types import (
    CaseFacts,
    CaseReleased,
    ClockTick,
    ContactAttempted,
    Patient,
    Provider,
    Record,
    RelevantPersonNotified,
    Reported,
)

HARMS = ("not_known", "none", "low", "moderate", "severe", "fatal")
FACTS = CaseFacts(
    kind="incident",
    reported_at=1,
    aware_at=1,
    aware_assumed=False,
    providers=(Provider(code="RXX", type="nhs_trust", nhs_contract=True, scheme_member=True),),
    patients=(Patient(ref="p1", physical="moderate", psychological="none", relation="patient"),),
)


class Histories:
    """Of one partition. Times are small numbers; cases are named by a prefix and a number."""

    def __init__(self, chance: random.Random, prefix: str = "c") -> None:
        self._chance = chance
        self._prefix = prefix
        self._now = 100
        self._cases = 0
        self._events = 0

    def next(self) -> Iterator[Record]:
        """The next record, or two of the same."""
        roll = self._chance.random
        if roll() < 0.08:
            self._now += self._chance.choice((0, 1, 1, 2, 5))
            as_of = self._now - self._chance.choice((0, 0, 0, 3))
            yield ClockTick(partition=0, as_of=as_of, event_id=f"t{self._event()}")
            return
        if roll() < 0.4 or not self._cases:
            self._cases += 1
            record = self._reported(self._cases) if roll() < 0.7 else self._told(self._cases)
        else:
            number = max(1, self._cases - int(self._chance.expovariate(1 / 40)))
            kinds = (self._told, self._told, self._told, self._reported, self._contacted, self._released)
            record = self._chance.choice(kinds)(number)
        yield record
        if roll() < 0.1:
            yield record

    def records(self, number: int) -> list[Record]:
        return [record for _ in range(number) for record in self.next()]

    def _event(self) -> int:
        self._events += 1
        return self._events

    def _common(self, number: int, at: int) -> dict[str, Any]:
        bug = (
            self._chance.choice(("bug:now", "bug:later", "bug:unfit")) if self._chance.random() < 0.07 else ""
        )
        return {
            "harm": self._chance.choice(HARMS),
            "potential": "none",
            "flags": 0,
            "event_id": f"e{self._event()}",
            "case_id": f"{self._prefix}{number}",
            "at": at,
            "recorded_at": self._now,
            "by_role": bug,
            "facts": FACTS,
        }

    def _reported(self, number: int) -> Record:
        return Reported(**self._common(number, self._now - self._chance.randint(0, 6)), reporter_role="nurse")

    def _told(self, number: int) -> Record:
        return RelevantPersonNotified(
            **self._common(number, self._now - self._chance.randint(0, 12)),
            in_person=True,
            facts_given=True,
            enquiries=True,
            apology=True,
            written_record=True,
            support_offered=True,
            written_notification_offered=True,
        )

    def _contacted(self, number: int) -> Record:
        return ContactAttempted(**self._common(number, self._now), means="letter", result="no_answer")

    def _released(self, number: int) -> Record:
        rule = self._chance.choice(("watch", "watch", "listen", "no such rule"))
        return CaseReleased(**self._common(number, self._now), rule=rule)
