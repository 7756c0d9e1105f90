"""What every rule remembers of one partition beside its cases: policy, calendar, quarantines, and alarms.

All of it follows from outcomes that every rule can say: `PolicyTaken`, `CalendarTaken`, `CaseQuarantined`,
`CaseReadAgain`. A rule's own state is a subclass with its cases.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, Generic, Protocol, TypeVar

from rules.alarms import Alarms
from rules.calendar import Calendar
from rules.calendar import parse as parse_calendar
from rules.speaker import Speaker
from schemas.event_types import CalendarAdopted, Instant, PolicyAdopted
from schemas.outcome_types import CalendarTaken, CaseQuarantined, CaseReadAgain, Outcome, PolicyTaken


class Versioned(Protocol):
    """An adopted policy."""

    @property
    def version(self) -> str: ...


P = TypeVar("P", bound=Versioned)


@dataclass(slots=True)
class PartitionState(Generic[P]):
    """`rule` is the name under which its policy is adopted, `parse` reads the adopted content.

    `parse` gives the same object for the same content, and raises `PolicyRefused`.
    """

    rule: ClassVar[str]
    parse: ClassVar[Callable[[str], object]]

    alarms: Alarms = field(default_factory=Alarms)
    quarantine: dict[str, tuple[int, int | None]] = field(default_factory=dict)  # case id -> revision, offset
    partition_revision: int = 0
    as_of: Instant = 0  # of the newest tick that made the rule speak
    policy: P | None = None
    policies: dict[str, P] = field(default_factory=dict)
    calendar: Calendar | None = None

    def quarantined_at(self, case_id: str) -> int | None:
        return self.quarantine[case_id][1] if case_id in self.quarantine else None

    def shared_revision(self, subject: str) -> int:
        """The revision last heard of `quarantine:ID` or `partition:P`; 0 for any other subject."""
        kind, _, name = subject.partition(":")
        if kind == "quarantine":
            return self.quarantine[name][0] if name in self.quarantine else 0
        return self.partition_revision if kind == "partition" else 0

    def due(self, as_of: Instant) -> list[str]:
        """The ids whose alarm a tick of this time reaches, in the order of their alarms."""
        return self.alarms.due(as_of)

    def move_alarm(self, id: str, before: Instant | None, after: Instant | None) -> None:
        if before != after:
            if before is not None:
                self.alarms.discard(before, id)
            if after is not None:
                self.alarms.add(after, id)

    def concerns(self, record: PolicyAdopted | CalendarAdopted) -> bool:
        """Whether adopting this is news to the rule."""
        return isinstance(record, CalendarAdopted) or record.rule == self.rule

    def adopt(self, record: PolicyAdopted | CalendarAdopted) -> list[Outcome]:
        """What a rule says when a policy of its own, or a calendar, is adopted; nothing on a repeat."""
        subject, revision = f"partition:{record.partition}", self.partition_revision + 1
        held = {"sha256": record.sha256, "content": record.content}
        if isinstance(record, CalendarAdopted):
            calendar = parse_calendar(record.content)
            if self.calendar is calendar:
                return []
            speaker = Speaker.of(record, self.policy.version if self.policy else None, calendar.version)
            return [speaker.say(CalendarTaken, subject, revision, None, calendar.describe(), **held)]
        policy = self.read(record.content)
        if self.policy is not None and self.policy.version == policy.version:
            return []
        speaker = Speaker.of(record, policy.version, self.calendar.version if self.calendar else None)
        told = "In force for what follows in this partition; what was decided before keeps its policy."
        return [speaker.say(PolicyTaken, subject, revision, None, told, **held)]

    def hear(self, outcome: Outcome) -> bool:
        """Take in what every rule can say, and how late it is. Whether that was all there is to it."""
        if outcome.cause.startswith("tick:"):
            self.as_of = max(self.as_of, outcome.recorded_at)
        match outcome:
            case PolicyTaken():
                self.partition_revision = outcome.revision
                self.policy = self.read(outcome.content)
                self.policies[self.policy.version] = self.policy
            case CalendarTaken():
                self.partition_revision = outcome.revision
                self.calendar = parse_calendar(outcome.content)
            case CaseQuarantined() if outcome.case_id:
                self.quarantine[outcome.case_id] = (outcome.revision, outcome.source_offset)
            case CaseReadAgain() if outcome.case_id:
                self.quarantine[outcome.case_id] = (outcome.revision, None)
            case _:
                return False
        return True

    def read(self, content: str) -> P:
        parsed: P = type(self).parse(content)  # type: ignore[assignment]
        return parsed
