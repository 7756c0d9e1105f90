"""A case tried out: what is said takes effect on a copy at once, on the memory only through `evolve`."""

from typing import Any, TypeVar

from rules.indemnity.evolve import remember
from rules.indemnity.policy import Policy
from rules.indemnity.state import Case, State, Subject
from rules.speaker import Speaker
from schemas.event_types import Record
from schemas.outcome_types import Outcome

Said = TypeVar("Said", bound=Outcome)
Known = TypeVar("Known", bound=Subject)


class Draft:
    def __init__(self, state: State, case_id: str, record: Record) -> None:
        if state.policy is None:
            raise LookupError("the rule speaks of a case before its policy was adopted in the partition")
        self.policy: Policy = state.policy
        self.case_id = case_id
        known = state.cases.get(case_id)
        self.case = known.copy() if known else Case()
        self.speaker = Speaker.of(record, self.policy.version, None)
        self.said: list[Outcome] = []

    def of(self, subject: str, kind: type[Known]) -> Known | None:
        """What was said of this subject so far."""
        known = self.case.subjects.get(subject)
        return known if isinstance(known, kind) else None

    def all(self, kind: type[Known]) -> dict[str, Known]:
        return {id: one for id, one in self.case.subjects.items() if isinstance(one, kind)}

    def say_of_case(self, kind: type[Said], /, *because: str, **fields: Any) -> Said:
        return self._take(kind, f"case:{self.case_id}", self.case.revision, because, fields)

    def say(self, kind: type[Said], subject: str, /, *because: str, **fields: Any) -> Said:
        known = self.case.subjects.get(subject)
        return self._take(kind, subject, known.revision if known else 0, because, fields)

    def _take(
        self, kind: type[Said], subject: str, last: int, because: tuple[str, ...], fields: dict[str, Any]
    ) -> Said:
        outcome = self.speaker.say(kind, subject, last + 1, self.case_id, *because, **fields)
        remember(self.case, outcome)
        self.said.append(outcome)
        return outcome
