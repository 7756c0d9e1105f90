"""A case tried out: what is said takes effect on a copy at once, on the memory only through `evolve`."""

from typing import Any

from rules.never_events.evolve import remember
from rules.never_events.policy import Policy
from rules.never_events.state import Case, State, entry_of
from rules.speaker import Speaker
from schemas.event_types import Record
from schemas.outcome_types import Outcome


class Draft:
    def __init__(self, state: State, case_id: str, record: Record) -> None:
        if state.policy is None:
            raise LookupError("the rule speaks of a case before its policy was adopted in the partition")
        self.policies = state.policies
        self.policy: Policy = state.policy
        self.case_id = case_id
        known = state.cases.get(case_id)
        self.case = known.copy() if known else Case()
        self.speaker = Speaker.of(record, self.policy.version, None)
        self.said: list[Outcome] = []

    def say_of_case(self, kind: type[Outcome], /, *because: str, **fields: Any) -> None:
        self._take(kind, f"case:{self.case_id}", self.case.revision, because, fields)

    def say_of_entry(self, kind: type[Outcome], /, *because: str, **fields: Any) -> None:
        revision = self.case.entry.revision if self.case.entry else 0
        self._take(kind, entry_of(self.case_id), revision, because, fields)

    def _take(
        self, kind: type[Outcome], subject: str, last: int, because: tuple[str, ...], fields: dict[str, Any]
    ) -> None:
        outcome = self.speaker.say(kind, subject, last + 1, self.case_id, *because, **fields)
        remember(self.case, outcome)
        self.said.append(outcome)
