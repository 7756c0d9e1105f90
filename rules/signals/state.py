"""What the signals rule remembers of one partition: which duties are open until when, and what was asked.

All of it follows from the rule's own outcomes through `evolve`. A case takes room once a duty with a due time
was opened in it, or something was asked about it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from msgspec import Struct

from rules.heard import Heard
from rules.partition import PartitionState
from rules.signals.policy import Policy, parse
from schemas.event_types import Instant


class Signal(Struct, frozen=True, kw_only=True, gc=False):
    """`about`: the record that it is about. `standing`: whether it is still asked. `changed_at`: the time of
    recording of what it was last asked or ended for."""

    revision: int
    about: str
    changed_at: Instant
    standing: bool = True


class Case(Struct, gc=False):
    revision: int = 0
    duties: dict[str, Instant] = {}  # by obligation: until when
    signals: dict[str, Signal] = {}
    heard: tuple[str, ...] = ()  # events that made the rule ask, or stop asking


@dataclass(slots=True)
class State(PartitionState[Policy]):
    rule: ClassVar[str] = "signals"
    parse: ClassVar[Callable[[str], Policy]] = parse

    cases: dict[str, Case] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)  # id of a signal -> case id
    heard: Heard = field(default_factory=Heard, compare=False, repr=False)

    def case(self, case_id: str) -> Case:
        return self.cases.get(case_id) or Case()

    def revision(self, subject: str) -> int:
        """The revision last heard of a signal, `case:ID`, `quarantine:ID`, `partition:P`; 0 if none."""
        owner = self.owners.get(subject)
        if owner is not None:
            return self.cases[owner].signals[subject].revision
        kind, _, name = subject.partition(":")
        if kind == "case":
            return self.cases[name].revision if name in self.cases else 0
        return self.shared_revision(subject)
