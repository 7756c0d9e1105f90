"""What the rule remembers of one partition: what people said of a case, and where its ledger entry stands.

All of it follows from the rule's own outcomes through `evolve`. A case takes room once a never event was
proposed or confirmed in it, or once it was found to be a duplicate: an incident is counted once.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from msgspec import Struct

from rules.never_events.policy import Policy, parse
from rules.partition import PartitionState
from schemas.event_types import Instant
from schemas.never_event_types import Gate, Payment, ProposedBy, Statement, WaitsFor, Withdrawal

Status = Literal["proposed", "counted", "withdrawn"]
NO_LIST = "none"


class Cell(Struct, frozen=True, kw_only=True, gc=False):
    """Where an entry is counted, or would be."""

    provider: str
    provider_type: str
    list_version: str
    type_no: int | None
    subtype: str | None
    occurred_at: Instant | None
    reported_at: Instant
    gate: Gate
    payment: Payment
    nhs_contract: bool | None = None


class Entry(Struct, frozen=True, kw_only=True, gc=False):
    """As it was last said; a withdrawn one keeps the cell that it had."""

    revision: int
    status: Status
    cell: Cell
    waits_for: WaitsFor | None = None
    why: Withdrawal | None = None
    by: ProposedBy | None = None


class Case(Struct, gc=False):
    revision: int = 0
    statements: tuple[Statement, ...] = ()  # in the order of the log
    withdrawn: tuple[str, ...] = ()  # event ids of what was entered by mistake
    entry: Entry | None = None

    def heard(self, event_id: str) -> bool:
        """Whether this event was taken in before: then this is an echo of it."""
        return event_id in self.withdrawn or any(event_id == one.event_id for one in self.statements)

    def copy(self) -> "Case":
        """A case that can be tried out without touching this one; all in it never changes."""
        return Case(self.revision, self.statements, self.withdrawn, self.entry)


@dataclass(slots=True)
class State(PartitionState[Policy]):
    rule: ClassVar[str] = "never_events"
    parse: ClassVar[Callable[[str], Policy]] = parse

    cases: dict[str, Case] = field(default_factory=dict)

    def revision(self, subject: str) -> int:
        """The revision last heard of `never_event:ID`, `case:ID`, or the shared ones; 0 if none."""
        kind, _, name = subject.partition(":")
        if kind == "never_event":
            case = self.cases.get(name)
            return case.entry.revision if case and case.entry else 0
        if kind == "case":
            return self.cases[name].revision if name in self.cases else 0
        return self.shared_revision(subject)


def entry_of(case_id: str) -> str:
    """The subject of the one ledger entry of a case."""
    return f"never_event:{case_id}"
