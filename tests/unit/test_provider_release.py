"""A provider over which the patterns rule stumbled is set aside, and read again once a person released it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from rules.patterns import RULE
from schemas.event_types import Record
from schemas.outcome_types import CaseQuarantined, CaseReadAgain, Outcome
from schemas.pattern_types import PatternFound
from schemas.ward_events import ProviderReleased
from stream_apps.decision import Deliberation
from tests.spec.notation import moment
from tests.spec.wards import CODEC, Wards

EIGHT = "2014-01-06 09:00  reports 8 ward=w1 every=1d\n"
AFTER = "2014-01-14 09:00  tick\n"


class Defect:
    """Stumbles over one record until it is mended."""

    def __init__(self, over: Record) -> None:
        self._over: Record | None = over

    def mend(self) -> None:
        self._over = None

    def about(self, state: Any, whose: str | None, record: Record, heard: Sequence[Outcome]) -> list[Outcome]:
        if record == self._over:
            raise KeyError("a defect")
        return RULE.about(state, whose, record, heard)


class Partition:
    """A log of the wards and what the rule, with its defect, says of it."""

    def __init__(self, log: list[Record], defect: Defect) -> None:
        self.log: list[Record] = []
        self.said: list[Outcome] = []
        self._deliberation = Deliberation(
            (replace(RULE, about=defect.about),), CODEC.encode, 0, self._read_again
        )
        for record in log:
            self.take(record)

    def take(self, record: Record) -> list[Outcome]:
        self.log.append(record)
        parts = self._deliberation.take(len(self.log) - 1, record)
        said = [word.outcome for part in parts for word in part]
        self.said += said
        return said

    @property
    def state(self) -> Any:
        return self._deliberation.states[RULE.name]

    def _read_again(self, partition: int, start: int, end: int, whose: str) -> Iterator[tuple[int, Record]]:
        for offset in range(start, end):
            if getattr(self.log[offset], "provider", None) == whose:
                yield offset, self.log[offset]


def released(provider: str = "RXX", rule: str = "patterns") -> ProviderReleased:
    at = moment("2014-01-15T09:00")
    return ProviderReleased(
        event_id="e", provider=provider, rule=rule, at=at, recorded_at=at, by_role="admin"
    )


def kinds(said: Sequence[Outcome]) -> list[str]:
    return [type(one).__name__ for one in said]


def test_what_was_missed_while_it_was_set_aside_is_found_when_it_is_read_again() -> None:
    wards = Wards().tell(EIGHT + AFTER)
    assert [one for one in wards.said if isinstance(one, PatternFound)], "the eight are a cluster"
    defect = Defect(wards.log[3])
    partition = Partition(wards.log, defect)
    (quarantine,) = [one for one in partition.said if isinstance(one, CaseQuarantined)]
    assert (quarantine.case_id, quarantine.source_offset) == ("RXX", 3)
    assert not [one for one in partition.said if isinstance(one, PatternFound)]
    assert partition.state.quarantined_at("RXX") == 3

    defect.mend()
    said = partition.take(released())
    assert isinstance(said[0], CaseReadAgain)
    found = [one for one in said if isinstance(one, PatternFound)]
    assert {one.subject for one in found} == {
        one.subject for one in wards.said if isinstance(one, PatternFound)
    }
    assert {one.recorded_at for one in found} == {released().recorded_at}, "said when it was reached"
    assert partition.state.quarantined_at("RXX") is None


def test_a_defect_that_is_still_there_sets_it_aside_again() -> None:
    wards = Wards().tell(EIGHT)
    partition = Partition(wards.log, Defect(wards.log[3]))
    assert kinds(partition.take(released())) == ["CaseReadAgain", "CaseQuarantined"]
    assert partition.state.quarantined_at("RXX") == 3


def test_who_is_not_set_aside_or_is_another_rules_is_left_as_it_is() -> None:
    wards = Wards().tell(EIGHT)
    partition = Partition(wards.log, Defect(wards.log[3]))
    assert partition.take(released(provider="RYY")) == []
    assert partition.take(released(rule="candour")) == []
    assert partition.state.quarantined_at("RXX") == 3
