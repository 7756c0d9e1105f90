"""What the escalation rule remembers of one partition: escalations, serious incidents, and what is due next.

All of it follows from the rule's own outcomes through `evolve`. A case takes room only once something was
said of it.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from msgspec import Struct

from rules.escalation.contents import Trigger
from rules.escalation.policy import Policy, parse
from rules.partition import PartitionState
from schemas.escalation_types import Clock, Closing, SeriousStepTaken
from schemas.event_types import Instant

Status = Literal["waiting", "taken", "closed"]
ClockStatus = Literal["open", "met", "met_late", "withdrawn"]


class Escalation(Struct, kw_only=True, gc=False):
    """One for each case, trigger and what it is about. While it is not closed, one role owns it."""

    id: str
    trigger: str
    about: str | None
    provider: str
    provider_type: str
    policy_version: str
    grounds: tuple[str, ...]
    level: int
    owner_role: str
    acknowledge_by: Instant
    act_by: Instant
    revision: int
    placed_at: Instant  # the time of recording of what it was last raised or sent back for
    status: Status = "waiting"
    how: Closing | None = None
    taken_by: str | None = None  # the event
    closed_by: str | None = None  # what caused it
    overdue: bool = False
    top: bool = False  # it can climb no further
    alarm: Instant | None = None  # the next tick from here on concerns it


class SeriousTime(Struct, kw_only=True, gc=False):
    """A clock of a serious-incident framework, which is named as it was when the clock was started."""

    id: str
    clock: Clock
    framework: str
    policy_version: str
    starts_at: Instant
    due_at: Instant | None
    status: ClockStatus = "open"
    missed: bool = False
    satisfied_at: Instant | None = None
    revision: int = 1
    alarm: Instant | None = None


class Case(Struct, gc=False):
    revision: int = 0  # of serious:CASE
    heard: tuple[str, ...] = ()  # the events because of which something was said
    escalations: dict[str, Escalation] = {}  # a new one for each case
    steps: tuple[SeriousStepTaken, ...] = ()  # of the serious-incident process, in the order of the log
    clocks: dict[str, SeriousTime] = {}

    def copy(self) -> "Case":
        """A case that can be tried out without touching this one."""
        return Case(
            self.revision,
            self.heard,
            {id: copy(one) for id, one in self.escalations.items()},
            self.steps,
            {id: copy(one) for id, one in self.clocks.items()},
        )


@dataclass(slots=True)
class State(PartitionState[Policy]):
    rule: ClassVar[str] = "escalation"
    parse: ClassVar[Callable[[str], Policy]] = parse

    cases: dict[str, Case] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)  # id of an escalation or a clock -> case id

    def revision(self, subject: str) -> int:
        """The revision last heard of an escalation, a clock, `serious:ID`, or the shared ones; 0 if none."""
        owner = self.owners.get(subject)
        if owner is not None:
            case = self.cases[owner]
            one = case.escalations.get(subject) or case.clocks[subject]
            return one.revision
        kind, _, name = subject.partition(":")
        if kind == "serious":
            return self.cases[name].revision if name in self.cases else 0
        return self.shared_revision(subject)

    def policy_of(self, escalation: Escalation) -> Policy:
        """The one under which it was raised: later policies do not route it."""
        return self.policies[escalation.policy_version]

    def trigger_of(self, escalation: Escalation) -> Trigger:
        return self.policy_of(escalation).triggers[escalation.trigger]
