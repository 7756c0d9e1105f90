"""What the candour rule remembers of one partition: cases, evidence, obligations, and what is due next.

All of it follows from the rule's own outcomes through `evolve`. A case takes room only once something was
said of it.
"""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from functools import lru_cache
from typing import ClassVar, Literal

from msgspec import Struct

from rules.candour.policy import Duty, Instrument, Policy, parse
from rules.partition import PartitionState
from schemas.event_types import Instant
from schemas.outcome_types import Evidence

Status = Literal["provisional", "open", "met", "met_late", "discharged", "stood_down", "merged"]

UNSETTLED: tuple[Status, ...] = ("provisional", "open")
ANSWERED: tuple[Status, ...] = ("met", "met_late")


@lru_cache(maxsize=4096)
def one_of(instant: Instant | None) -> Instant | None:
    """The same number, always as the same object: of a million obligations many are due on one day."""
    return instant


class Obligation(Struct, kw_only=True, gc=False):
    """A duty owed to one patient by one provider under one instrument. Whether it is breached stands beside
    its status: a breach is said by a tick and withdrawn by evidence."""

    id: str
    patient: str
    provider: str
    provider_type: str
    duty: str
    instrument: str
    policy_version: str
    calendar_version: str | None
    provisional: bool
    harm: str
    reported_at: Instant
    aware_at: Instant
    opened_at: Instant  # the start it was opened with
    opened_by: str
    starts_at: Instant
    due_at: Instant | None
    target_at: Instant | None
    status: Status
    revision: int = 1
    breached: bool = False
    disputed: bool = False
    settled_at: Instant | None = None
    spoken_until: Instant = 0  # nothing more is to be said of warnings and deadlines up to here
    alarm: Instant | None = None  # the next tick from here on concerns it


class Case(Struct, gc=False):
    revision: int = 0
    evidence: tuple[Evidence, ...] = ()  # in the order of the log
    withdrawn: tuple[str, ...] = ()  # event ids of records entered by mistake
    obligations: dict[str, Obligation] = {}  # a new one for each case

    def heard(self, event_id: str) -> bool:
        """Whether something was said because of this event: then this is an echo of it."""
        return (
            event_id in self.withdrawn
            or any(event_id == evidence.event_id for evidence in self.evidence)
            or any(event_id == obligation.opened_by for obligation in self.obligations.values())
        )

    def copy(self) -> "Case":
        """A case that can be tried out without touching this one."""
        return Case(
            self.revision,
            self.evidence,
            self.withdrawn,
            {id: copy(obligation) for id, obligation in self.obligations.items()},
        )


@dataclass(slots=True)
class State(PartitionState[Policy]):
    rule: ClassVar[str] = "candour"
    parse: ClassVar[Callable[[str], Policy]] = parse

    cases: dict[str, Case] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)  # obligation id -> case id

    def case(self, case_id: str) -> Case:
        return self.cases.get(case_id) or Case()

    def revision(self, subject: str) -> int:
        """The revision last heard of an obligation, `case:ID`, `quarantine:ID`, `partition:P`; 0 if none."""
        owner = self.owners.get(subject)
        if owner is not None:
            return self.cases[owner].obligations[subject].revision
        kind, _, name = subject.partition(":")
        if kind == "case":
            return self.cases[name].revision if name in self.cases else 0
        return self.shared_revision(subject)

    def duty(self, obligation: Obligation) -> Duty:
        """As the policy had it under which the obligation was opened: later policies do not judge it."""
        return self.policies[obligation.policy_version].duties[obligation.instrument, obligation.duty]

    def instrument(self, obligation: Obligation) -> Instrument:
        return self.policies[obligation.policy_version].instruments[obligation.instrument]
