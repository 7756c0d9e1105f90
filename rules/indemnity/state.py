"""What the indemnity rule remembers of one partition: what was testified in a case, and what it said of it.

All of it follows from the rule's own outcomes through `evolve`. A case takes room only once it was marked, or
something about a claim, avoidability, a new fact or a link was recorded in it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from msgspec import Struct

from rules.heard import Heard
from rules.indemnity.policy import Policy, parse
from rules.london import SECOND
from rules.partition import PartitionState
from schemas.event_types import Instant
from schemas.indemnity_types import Testimony


class Marker(Struct, frozen=True, kw_only=True, gc=False):
    """`about`: the obligation, or the event, that it rests on; `earlier`: the event that it contradicts."""

    revision: int
    kind: str
    about: str
    at: Instant
    provider: str | None = None
    earlier: str | None = None
    standing: bool = True


class Review(Struct, frozen=True, kw_only=True, gc=False):
    """What was said of one claim. The acts of persons are named by their events."""

    revision: int
    claim_id: str
    provider: str
    suggested: bool = False
    ended: str | None = None
    markers: tuple[str, ...] = ()
    finding: str | None = None
    decision: str | None = None
    reimbursement: str | None = None


class Payment(Struct, frozen=True, kw_only=True, gc=False):
    """Money that the patient got."""

    revision: int
    event_id: str
    pounds: int
    standing: bool = True


class Update(Struct, frozen=True, kw_only=True, gc=False):
    """Somebody must go back to the family, until `given_at`."""

    revision: int
    told_event_id: str
    found_event_id: str
    standing: bool = True
    given_at: Instant | None = None


class Fact(Struct, frozen=True, kw_only=True, gc=False):
    """A new material fact, and whether the family heard of it. `alarmed`: that it did not was said."""

    revision: int
    due_at: Instant
    standing: bool = True
    shared_at: Instant | None = None
    alarmed: bool = False

    @property
    def alarm(self) -> Instant | None:
        """The next tick from here on concerns it."""
        waits = self.standing and self.shared_at is None and not self.alarmed
        return self.due_at + SECOND if waits else None


Subject = Marker | Review | Payment | Update | Fact


class Case(Struct, gc=False):
    revision: int = 0
    testimony: tuple[Testimony, ...] = ()  # in the order of the log; what was refused is not here
    closed: tuple[str, ...] = ()  # event ids of what was refused, or entered by mistake
    subjects: dict[str, Subject] = {}  # a new one for each case

    def heard(self, event_id: str) -> bool:
        return event_id in self.closed or any(event_id == one.event_id for one in self.testimony)

    def copy(self) -> "Case":
        """A case that can be tried out without touching this one; all else in it never changes."""
        return Case(self.revision, self.testimony, self.closed, dict(self.subjects))


@dataclass(slots=True)
class State(PartitionState[Policy]):
    rule: ClassVar[str] = "indemnity"
    parse: ClassVar[Callable[[str], Policy]] = parse

    cases: dict[str, Case] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)  # id of a marker, review, … -> case id
    heard: Heard = field(default_factory=Heard, compare=False, repr=False)

    def case(self, case_id: str) -> Case:
        return self.cases.get(case_id) or Case()

    def revision(self, subject: str) -> int:
        """The revision last heard of a subject of its own, `case:ID`, `quarantine:ID`, `partition:P`."""
        owner = self.owners.get(subject)
        if owner is not None:
            return self.cases[owner].subjects[subject].revision
        kind, _, name = subject.partition(":")
        if kind == "case":
            return self.cases[name].revision if name in self.cases else 0
        return self.shared_revision(subject)
