"""The rules of one case in their fixed order, with what each remembers of one partition.

Used by the live engine and by the batch fold alike; knows no Kafka.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import repeat
from operator import attrgetter
from typing import Any, NamedTuple, get_args

from msgspec import structs

from rules.rule import Rule, outcome_id
from schemas.event_types import CaseEvent, CaseReleased, ClockTick, Grade, PolicyAdopted, Record
from schemas.outcome_types import CaseQuarantined, CaseReadAgain, Outcome
from schemas.ward_events import ProviderReleased

Encode = Callable[[Outcome], bytes]
Reread = Callable[[int, int, int, str], Iterable[tuple[int, Record]]]
"""(partition, start, end, whose): the records of a case, or a provider, from start up to, not including,
end, with offsets."""

Quarantines = Mapping[tuple[int, str, str, int], str]
"""Where rules stumbled by what the log says: (offset of the record that was heard, rule, case_id, offset at
which it stumbled) to the name of the error. The two offsets differ when a released case was read again."""

Routing = tuple[type[Record], int, int, int]
"""Type, index of harm, index of potential harm, flags."""

_RELEASES = (CaseReleased, ProviderReleased)
_RANK = {grade: rank for rank, grade in enumerate(get_args(Grade))}
SLICE = 256  # cases between two chances for others to work


class Said(NamedTuple):
    """One thing a rule says, and how it goes on the log."""

    rule: str
    outcome: Outcome
    payload: bytes

    @property
    def id(self) -> str:
        return outcome_id(self.rule, self.outcome)


_OUTCOME = attrgetter("outcome")


class Deliberation:
    """Takes record after record: what follows from it is decided, and then remembered."""

    def __init__(
        self,
        rules: Sequence[Rule],
        encode: Encode,
        partition: int,
        reread: Reread,
        obeyed: Quarantines | None = None,
    ) -> None:
        """`obeyed`: for a fold over what was decided before, perhaps by rules that stumbled then and would
        not now. A quarantine that was said stands."""
        self._encode = encode
        self._partition = partition
        self._reread = reread
        self._checked = [_Checked(rule, encode, obeyed or {}) for rule in rules]
        self.rules = {rule.name: rule for rule in rules}
        self.states: dict[str, Any] = {rule.name: rule.new_state() for rule in rules}
        self.quarantined: set[tuple[str, str | None]] = set()  # for the eye only

    def take(self, offset: int, record: Record) -> Iterator[list[Said]]:
        """All that the rules say about a record; exhaust it. Some slices are empty, to let others work.

        State changes only after the last rule has decided, so whoever is in the middle of it sees the
        state as it was before the record. Raises where a rule stumbles over what is no case's.
        """
        if isinstance(record, _RELEASES):
            yield from self._release(offset, record)
        else:
            yield from self._remember(self._decide(self._checked, offset, offset, record))

    def evolve(self, rule: str, outcome: Outcome) -> None:
        self.rules[rule].evolve(self.states[rule], outcome)
        if isinstance(outcome, CaseQuarantined):
            self.quarantined.add((rule, outcome.case_id))
        elif isinstance(outcome, CaseReadAgain):
            self.quarantined.discard((rule, outcome.case_id))

    def _decide(
        self, rules: Sequence["_Checked"], offset: int, at: int, record: Record
    ) -> Iterator[list[Said]]:
        """`offset`: of the record that is heard; `at`: of the one that is decided, earlier in a release."""
        heard: list[Outcome] = []
        routing = routing_of(record)
        for checked in rules:
            rule = checked.rule
            if routing and passed_over(rule, routing, heard):
                continue  # it was read for another rule
            checked.heard_at = offset, at
            words: list[Said] = []
            slices = rule.slices(self.states[rule.name], record, heard, at)
            for number, outcomes in enumerate(slices, 1):
                payloads = checked.payloads_of(outcomes)
                words += map(Said, repeat(rule.name), outcomes, payloads)
                if not number % SLICE:
                    yield []
            if words:
                words = rule.in_order(record, words, _OUTCOME)
                yield words
                # a new list: the rule before may still look at the old one
                heard = [*heard, *map(_OUTCOME, words)]

    def _remember(self, slices: Iterable[list[Said]]) -> Iterator[list[Said]]:
        """What is decided, and when all of it is, what is remembered of it."""
        drawn: list[Said] = []
        for said in slices:
            drawn += said
            yield said
        for number, (rule, outcome, _) in enumerate(drawn, 1):
            self.evolve(rule, outcome)
            if not number % SLICE:
                yield []

    def _release(self, offset: int, record: CaseReleased | ProviderReleased) -> Iterator[list[Said]]:
        """Lift the quarantine, then hear the case, or the provider, again from where the rule stumbled.

        Rules before the released one have heard those records and are left out; rules after it hear what
        it says now, and meet the record itself as a repeat. Ticks are left out, because what is due by now
        is told by the next one.
        """
        if record.rule not in self.rules:
            return
        rule, state = self.rules[record.rule], self.states[record.rule]
        whose = record.case_id if isinstance(record, CaseReleased) else record.provider
        stumbled: int | None = state.quarantined_at(whose)
        if stumbled is None:
            return
        released = rule.release(state, whose, record, stumbled)
        yield from self._remember([[Said(rule.name, released, self._encode(released))]])
        names = list(self.rules)
        onward = self._checked[names.index(rule.name) :]
        for checked in onward:
            checked.said_at = record.recorded_at
        for at, again in self._reread(self._partition, stumbled, offset, whose):
            if not isinstance(again, (*_RELEASES, ClockTick, PolicyAdopted)):
                yield from self._remember(self._decide(onward, offset, at, again))
        for checked in onward:
            checked.said_at = None


def passed_over(rule: Rule, routing: Routing, heard: Sequence[Outcome]) -> bool:
    """Whether nothing can follow for this rule, neither from the record nor from what was said of it."""
    return rule.passes_over(*routing) and not any(map(rule.hears, heard))


def routing_of(record: Record) -> Routing | None:
    """What a rule may pass over a case's record by, as `Peek` reads it from the first bytes."""
    if not isinstance(record, CaseEvent):
        return None
    return type(record), _RANK[record.harm], _RANK[record.potential], record.flags


class _Checked:
    """A rule that also stumbles when what it says is not fit for the log, so that the case is quarantined.

    On the log it would stop the partition for ever.
    """

    def __init__(self, rule: Rule, encode: Encode, obeyed: Quarantines) -> None:
        self.heard_at = -1, -1
        self.said_at: int | None = None  # while a released case is read again: it is said now
        self._encode = encode
        self._obeyed = obeyed
        self._about = rule.about
        self._payloads: list[bytes] = []
        self.rule = replace(rule, about=self._about_checked)

    def _about_checked(
        self, state: Any, case_id: str | None, record: Record, heard: Sequence[Outcome]
    ) -> list[Outcome]:
        self._payloads = []
        if self._obeyed and case_id is not None:
            offset, at = self.heard_at
            error = self._obeyed.get((offset, self.rule.name, case_id, at))
            if error is not None:
                raise type(error, (Exception,), {})
        outcomes = self._about(state, case_id, record, heard)
        if self.said_at is not None:
            outcomes = [structs.replace(outcome, recorded_at=self.said_at) for outcome in outcomes]
        self._payloads = [self._encode(outcome) for outcome in outcomes]
        return outcomes

    def payloads_of(self, outcomes: list[Outcome]) -> list[bytes]:
        """Of the slice that was yielded last: encoded already, unless it is a quarantine."""
        if len(self._payloads) != len(outcomes):
            return [self._encode(outcome) for outcome in outcomes]
        return self._payloads
