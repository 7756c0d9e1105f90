"""What rules share: the two functions that make a rule, the state they leave, and the quarantine.

A rule is pure. `decide` looks at what it has said, at one record, and at what earlier rules drew from that
record, and answers with what is to be said now. `evolve` hears one thing said. State changes through
`evolve` alone, so whatever must be remembered is an outcome, and the outcome topic rebuilds the state.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol, TypeVar

from rules.alarms import Alarms
from rules.identity import OUTCOMES, name_based
from schemas.event_types import ClockTick, Record
from schemas.outcome_types import CaseQuarantined, CaseReadAgain, Outcome
from schemas.topics import CASE_EVENTS

T = TypeVar("T")

Path = tuple[str, ...]
"""To an article of a policy: the name or the title of each article on the way, the outermost first."""


class Held(NamedTuple):
    """What a verdict rests on, and whether it counts: what was refused or taken back does not.

    `what`: the id of a record; or what an earlier rule said, as `subject#revision`, or as `subject#type` for
    the newest of this type.
    """

    what: str
    counts: bool = True


def outcome_id(rule: str, outcome: Outcome) -> str:
    """The same for the same thing said, whoever says it again: two kinds at one revision clash visibly."""
    return name_based(OUTCOMES, f"{rule}|{outcome.case_id}|{outcome.subject}|{outcome.revision}")


class State(Protocol):
    """What a rule remembers of one partition."""

    @property
    def alarms(self) -> Alarms:
        """When ticks concern it next."""

    def revision(self, subject: str) -> int:
        """The revision last heard of this subject, 0 if none."""

    def quarantined_at(self, case_id: str) -> int | None:
        """The offset at which the rule stumbled over this case, if it did and was not released."""


@dataclass(frozen=True, eq=False)
class Rule:
    """`concerned` names the cases a record touches, in order; `about` decides one of them.

    `about` gets None for what concerns the partition as a whole. `passes_over` says, from a record's type
    and its first three bytes, that the rule needs nothing of it: (type, harm, potential, flags). `hears`
    tells which words of earlier rules matter to it: where none does and it passes over the record, nothing
    follows. `order` sorts the outcomes of a tick. `source` is the topic it hears: the rules of one app all
    hear the same one. `clauses` and `held` say why, after the record: the articles of the policy that a
    verdict rests on, given the record that it names as its cause, and the evidence. What only remembers a
    record is no verdict: it rests on no article.
    """

    name: str
    topic: str
    new_state: Callable[[], Any]
    concerned: Callable[[Any, Record, Sequence[Outcome]], Iterable[str | None]]
    about: Callable[[Any, str | None, Record, Sequence[Outcome]], list[Outcome]]
    apply: Callable[[Any, Outcome], None]
    passes_over: Callable[[type[Record], int, int, int], bool]
    order: Callable[[Outcome], Any]
    hears: Callable[[Outcome], bool] = lambda outcome: False
    source: str = CASE_EVENTS
    clauses: Callable[[Any, Outcome, Record], Iterable[Path]] = lambda state, outcome, cause: ()
    held: Callable[[Any, Outcome], Iterable[Held]] = lambda state, outcome: ()

    def decide(self, state: Any, record: Record, heard: Sequence[Outcome], offset: int) -> list[Outcome]:
        """All that follows from this record at this offset of its partition.

        A case over which the rule stumbles is quarantined: the rule says so, and nothing more about it.
        """
        said = [outcome for part in self.slices(state, record, heard, offset) for outcome in part]
        return self.in_order(record, said, lambda outcome: outcome)

    def in_order(self, record: Record, said: list[T], outcome_of: Callable[[T], Outcome]) -> list[T]:
        """What is said of a tick by deadline, then subject; what is of one subject stays by revision."""
        if not isinstance(record, ClockTick):
            return said
        return sorted(said, key=lambda word: self.order(outcome_of(word)))

    def slices(
        self, state: Any, record: Record, heard: Sequence[Outcome], offset: int
    ) -> Iterator[list[Outcome]]:
        """The same, case by case: a tick may concern a hundred thousand."""
        for case_id in self.concerned(state, record, heard):
            if case_id is None:
                yield self.about(state, None, record, heard)
                continue
            if state.quarantined_at(case_id) is not None:
                continue
            try:
                yield self.about(state, case_id, record, heard)
            except Exception as error:  # whatever it is, the other cases go on
                yield [self._quarantine(state, case_id, record, offset, error)]

    def evolve(self, state: Any, outcome: Outcome) -> None:
        """Hear one thing said. A revision that was heard before is passed over."""
        if outcome.revision > state.revision(outcome.subject):
            self.apply(state, outcome)

    def release(self, state: Any, whose: str, record: Record, offset: int) -> CaseReadAgain:
        """Lift the quarantine of a case, or a provider; the engine then reads it again from `offset`."""
        subject = quarantine_subject(whose)
        return CaseReadAgain(
            subject=subject,
            revision=state.revision(subject) + 1,
            case_id=whose,
            recorded_at=time_of(record),
            cause=cause_of(record),
            because=("A person released the case; it is read again from where the rule stumbled.",),
            rule=self.name,
            source_offset=offset,
        )

    def _quarantine(
        self, state: Any, case_id: str, record: Record, offset: int, error: Exception
    ) -> CaseQuarantined:
        subject = quarantine_subject(case_id)
        return CaseQuarantined(
            subject=subject,
            revision=state.revision(subject) + 1,
            case_id=case_id,
            recorded_at=time_of(record),
            cause=cause_of(record),
            because=("The rule stumbled over this case and says nothing about it until it is mended.",),
            rule=self.name,
            error=type(error).__name__,
            source_offset=offset,
        )


def quarantine_subject(case_id: str) -> str:
    return f"quarantine:{case_id}"


def time_of(record: Record) -> int:
    """When what follows from this record is recorded: with the record, or at the tick's time."""
    at: int = record.as_of if isinstance(record, ClockTick) else record.recorded_at  # type: ignore[attr-defined]
    return at


def cause_of(record: Record) -> str:
    cause: str = f"tick:{record.as_of}" if isinstance(record, ClockTick) else record.event_id  # type: ignore[attr-defined]
    return cause
