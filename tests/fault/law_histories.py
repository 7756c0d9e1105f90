"""Random histories in the notation of the law, of every rule: late, early, doubled, while days pass."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime

from rules.case_rules import RULES
from rules.london import instant
from schemas.event_types import Instant, Record
from tests.golden.golden import GoldenCase, adoptions
from tests.spec.notation import ticks

MINUTE, DAY = 60_000, 86_400_000
REPORTS = (
    "harm=moderate", "harm=moderate", "harm=low", "harm=not_known", "harm=severe danger",
    "harm=moderate by=NZZ", "harm=moderate by=VZZ", "harm=none by=??? provider_not_known",
    "harm=severe never_event=2011/1", "harm=none kind=near_miss potential=fatal",
)  # fmt: skip
FOLLOW_UPS = (
    "told", "told", "told without=apology", "attempt", "declined", "letter facts enquiries apology",
    "explained", "investigated", "findings", "determined yes", "determined no", "regrade low moderate",
    "regrade moderate low", "opt_in", "stand_down second=director", "family not_told", "linked primary",
    "confirm 2011/1", "reject", "acknowledged death_or_severe_harm by=director",
    "acted death_or_severe_harm", "declared grade_2", "steis", "claim C-1", "finding C-1 not_open",
    "decision C-1 reduce share=40", "fact", "enrich by=RYY",
)  # fmt: skip


class LawHistories:
    """Of one partition: a few cases at a time, each in its turn left behind."""

    def __init__(self, chance: random.Random, prefix: str, partition: int) -> None:
        self._chance, self._prefix, self._partition = chance, prefix, partition
        self._now: Instant = instant(
            datetime(2014, 11, 3, 9, tzinfo=UTC)
        )  # soon the statute binds beside the contract
        self._cases: list[GoldenCase] = []
        self._begun = 0
        self._first: list[Record] = list(adoptions(RULES, partition))

    def next(self) -> Iterator[Record]:
        """The next record, or two of the same; what was adopted before any."""
        yield from self._first
        self._first = []
        roll = self._chance.random
        self._now += self._chance.choice((MINUTE, MINUTE, 10 * MINUTE))
        if roll() < 0.08:
            self._now += self._chance.choice((MINUTE, DAY, DAY, 3 * DAY))
            yield ticks(self._now - self._chance.choice((0, 0, 0, DAY)), self._partition)
            return
        if len(self._cases) < 20 or roll() < 0.1:
            self._begun += 1
            self._cases = [*self._cases[-30:], GoldenCase(f"{self._prefix}{self._begun}")]
            case, words = self._cases[-1], f"report {self._chance.choice(REPORTS)}"
        else:
            case, words = self._chance.choice(self._cases), self._chance.choice(FOLLOW_UPS)
            if "mistake" in case.labels and roll() < 0.1:
                words = "retract mistake"
            elif roll() < 0.1:
                words = f"mistake: {words}"
        at = datetime.fromtimestamp(self._now / 1000, UTC)
        for record in case.records(f"{at:%Y-%m-%d %H:%M}Z {words}"):
            yield record
            if roll() < 0.1:
                yield record
