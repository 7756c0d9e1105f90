"""Decides one case again from its own records, and compares that with what was said at the time.

A case depends on its own records, on what its partition adopted, and on the first tick that reaches each of
its alarms; nothing else in the partition can change a verdict about it. So only these are heard:

- the case's records, policies and calendars, whose places the read model knows;
- for every alarm that the rules set, the first tick on the log that is not earlier (`Ticks.first`, which
  looks into the log); and each tick that something was said of, so that what it said can be judged.

Where this way leads to any difference, the caller decides the whole partition again (`stream_apps.retelling`)
before anybody is told of it. So a short reading can only find agreement; a difference is found by the log.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from typing import Any, Protocol

import msgspec

from rules.rule import Held, Path, Rule, cause_of
from schemas.contracts import snake
from schemas.event_types import CaseEvent, ClockTick, Instant, Record
from schemas.outcome_types import CaseQuarantined, Outcome, PolicyTaken
from stream_apps.decision import Deliberation, Encode, Quarantines, Reread, Said

Records = Mapping[int, Record]
"""By offset."""


class Unproven(Exception):
    """The short way does not lead to an answer; the whole partition has to be decided again."""


class Ticks(Protocol):
    """The ticks of one partition, as they lie on the log."""

    def first(
        self, after: int, before: int, as_of: Instant, likely: int | None
    ) -> tuple[int, ClockTick] | None:
        """The first tick between these offsets, neither included, whose time is not earlier than `as_of`.

        `likely`: where it probably lies.
        """


@dataclass(frozen=True, kw_only=True)
class Stood:
    """An outcome as it lies on the log. `outcome` is None for a type that is not known here."""

    id: str
    rule: str
    type: str
    topic: str
    offset: int
    source_offset: int | None
    part: str | None
    sha256: bytes
    subject: str
    revision: int
    recorded_at: Instant
    cause: str
    outcome: Outcome | None


@dataclass(frozen=True, kw_only=True)
class Follows:
    """What follows from a record today. `clauses`: the articles of its policy that it rests on. `held`: the
    evidence that the rule held about it then."""

    id: str
    rule: str
    outcome: Outcome
    payload: bytes
    offset: int
    part: str
    cause: Record
    clauses: tuple[Path, ...] = ()
    held: tuple[Held, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Difference:
    field: str
    said: Any
    follows: Any


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One verdict. `said` None: it is not on the log; `follows` None: it follows from no record."""

    said: Stood | None
    follows: Follows | None
    differences: tuple[Difference, ...] = ()

    @property
    def agrees(self) -> bool:
        return self.said is not None and self.follows is not None and not self.differences

    @property
    def outcome(self) -> Outcome | None:
        """As it was said; as it follows, where it was not said."""
        if self.said is not None and self.said.outcome is not None:
            return self.said.outcome
        return self.follows.outcome if self.follows is not None else None


@dataclass
class Told:
    """What one reading of the log came to. `policies`: content by rule and version."""

    follows: list[Follows] = field(default_factory=list)
    policies: dict[tuple[str, str], str] = field(default_factory=dict)
    records: dict[int, Record] = field(default_factory=dict)


_Why = tuple[tuple[Path, ...], tuple[Held, ...]]


class Hearing:
    """Hears records of one partition, and keeps what is said about one case and about the partition."""

    def __init__(
        self,
        rules: Sequence[Rule],
        encode: Encode,
        partition: int,
        case_id: str,
        reread: Reread,
        obeyed: Quarantines,
    ) -> None:
        self._deliberation = Deliberation(rules, encode, partition, reread, obeyed)
        self._case_id = case_id
        self._records: dict[str, Record] = {}  # of the case, by their events
        self._newest: dict[str, str] = {}  # what was said last, by subject and type
        self.told = Told()

    @property
    def next_alarm(self) -> Instant | None:
        """A tick from then on concerns somebody; among the records of one case, that case."""
        firsts = (state.alarms.first for state in self._deliberation.states.values())
        return min((first for first in firsts if first is not None), default=None)

    def hear(self, offset: int, record: Record) -> None:
        if isinstance(record, CaseEvent) and record.case_id == self._case_id:
            self._records[record.event_id] = record
        said: list[Said] = []
        reasons: list[_Why] = []
        for part in self._deliberation.take(offset, record):
            for word in part:
                # A released case is read again record by record: each is asked for when it is remembered.
                if said and word.outcome.cause != said[-1].outcome.cause:
                    reasons += [self._why(one, record) for one in said[len(reasons) :]]
                said.append(word)
        reasons += [self._why(one, record) for one in said[len(reasons) :]]
        for number, (word, why) in enumerate(zip(said, reasons, strict=True), 1):
            if self._concerns(word.outcome):
                self._keep(offset, f"{number}/{len(said)}", record, word, why)

    def _concerns(self, outcome: Outcome) -> bool:
        return outcome.case_id is None or outcome.case_id == self._case_id

    def _why(self, word: Said, record: Record) -> "_Why":
        outcome = word.outcome
        if outcome.case_id != self._case_id:
            return (), ()
        rule, state = self._deliberation.rules[word.rule], self._deliberation.states[word.rule]
        self._newest[f"{outcome.subject}#{snake(type(outcome).__name__)}"] = (
            f"{outcome.subject}#{outcome.revision}"
        )
        cause = self._records.get(outcome.cause, record)
        held = (one._replace(what=self._newest.get(one.what, one.what)) for one in rule.held(state, outcome))
        return tuple(rule.clauses(state, outcome, cause)), tuple(held)

    def _keep(self, offset: int, part: str, record: Record, word: Said, why: "_Why") -> None:
        outcome = word.outcome
        if isinstance(outcome, PolicyTaken) and outcome.policy_version is not None:
            self.told.policies[word.rule, outcome.policy_version] = outcome.content
        self.told.records[offset] = record
        clauses, held = why
        self.told.follows.append(
            Follows(
                id=word.id, rule=word.rule, outcome=outcome, payload=word.payload,
                offset=offset, part=part, cause=record, clauses=clauses, held=held,
            )
        )  # fmt: skip


def recomputed(
    hearing: Hearing, records: Records, until: int, newest_tick: Instant | None, ticks: Ticks, likely: Records
) -> Told:
    """What follows from the records, and from the ticks between them that their alarms ask for.

    `until`: the first offset that is not weighed yet; `newest_tick`: the time reached before it. `likely`:
    ticks that something was said of, by offset. A record is never recorded earlier than the time of a tick
    before it (the door sees to that), so an alarm later than the next record needs no look at the log.

    Raises `Unproven`.
    """
    known = {**records, **likely}
    places = sorted(offset for offset in known if offset < until)
    for offset, after in pairwise([*places, until]):
        hearing.hear(offset, known[offset])
        reached = _recorded_at(known[after]) if after in known else newest_tick
        _hear_ticks(hearing, offset, after, reached, ticks, likely)
    return hearing.told


def _hear_ticks(
    hearing: Hearing, offset: int, after: int, reached: Instant | None, ticks: Ticks, likely: Records
) -> None:
    """The ticks between two records that reach an alarm."""
    heard: Instant | None = None
    while (alarm := hearing.next_alarm) is not None and reached is not None and alarm <= reached:
        if heard is not None and alarm <= heard:
            raise Unproven("a rule leaves an alarm behind: every later tick would concern the case")
        found = ticks.first(offset, after, alarm, after if after in likely else None)
        if found is None:
            return
        offset, tick = found
        heard = tick.as_of
        hearing.hear(offset, tick)


def quarantines_said(said: Iterable[Stood]) -> Quarantines:
    """Each quarantine that was said of the case, as it must be obeyed."""
    return {
        (one.source_offset, one.rule, str(one.outcome.case_id), one.outcome.source_offset): one.outcome.error
        for one in said
        if isinstance(one.outcome, CaseQuarantined) and one.source_offset is not None
    }


def rereading(records: Records) -> Reread:
    """A released case is read again from what is in hand."""

    def reread(partition: int, start: int, end: int, case_id: str) -> Iterator[tuple[int, Record]]:
        for offset in sorted(records):
            record = records[offset]
            if start <= offset < end and isinstance(record, CaseEvent) and record.case_id == case_id:
                yield offset, record

    return reread


def compared(said: Sequence[Stood], follows: Sequence[Follows], clashes: Iterable[str] = ()) -> list[Finding]:
    """Each verdict once, in the order in which it came to be. `clashes`: ids that came with two contents."""
    due = {one.id: one for one in follows}
    there = {one.id: one for one in said}
    clashing = set(clashes)
    findings = [
        Finding(
            said=there.get(id),
            follows=due.get(id),
            differences=tuple(_differences(there.get(id), due.get(id), id in clashing)),
        )
        for id in dict.fromkeys([*due, *there])
    ]
    return sorted(findings, key=_place)


def _place(finding: Finding) -> tuple[int, int, int]:
    if finding.said is not None:
        source = finding.said.source_offset
        part = (finding.said.part or "").partition("/")[0]
        return (-1 if source is None else source, int(part) if part.isdigit() else 0, finding.said.offset)
    assert finding.follows is not None
    return (finding.follows.offset, int(finding.follows.part.partition("/")[0]), 0)


def _differences(said: Stood | None, follows: Follows | None, clashes: bool) -> Iterator[Difference]:
    if clashes:
        yield Difference(field="content", said="two contents under one id", follows="one content")
    if said is None or follows is None:
        return
    if said.source_offset != follows.offset:
        yield Difference(field="source_offset", said=said.source_offset, follows=follows.offset)
    # Of the outcomes of a tick those of other cases are counted too.
    if not isinstance(follows.cause, ClockTick) and said.part != follows.part:
        yield Difference(field="part", said=said.part, follows=follows.part)
    # The bytes may differ by the id of the schema alone, after an upgrade.
    if said.sha256 == sha256(follows.payload).digest() or said.outcome == follows.outcome:
        return
    mine, other = _plain(said.outcome), _plain(follows.outcome)
    names = [name for name in {**mine, **other} if mine.get(name) != other.get(name)]
    if not names:
        yield Difference(field="content", said="other bytes than its fields make", follows="its fields")
    for name in names:
        yield Difference(field=name, said=mine.get(name), follows=other.get(name))


def _plain(outcome: Outcome | None) -> dict[str, Any]:
    if outcome is None:
        return {}
    plain: dict[str, Any] = {"type": type(outcome).__name__, **msgspec.to_builtins(outcome)}
    return plain


def _recorded_at(record: Record) -> Instant:
    at: Instant = record.as_of if isinstance(record, ClockTick) else record.recorded_at  # type: ignore[attr-defined]
    return at


def about_same(record: Record, cause: str) -> bool:
    """Whether this record is the cause that an outcome names."""
    return cause_of(record) == cause
