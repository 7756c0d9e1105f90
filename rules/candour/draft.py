"""A case tried out: what is said takes effect on a copy at once, on the memory only through `evolve`."""

from typing import Any, TypeVar

from rules.candour.evolve import remember
from rules.candour.policy import Policy
from rules.candour.state import Case, Obligation, State
from rules.speaker import Speaker
from schemas.event_types import Record
from schemas.outcome_types import Outcome

Said = TypeVar("Said", bound=Outcome)


class Draft:
    def __init__(self, state: State, case_id: str, record: Record) -> None:
        if state.policy is None or state.calendar is None:
            raise LookupError("a case event stands before the policy and the calendar of its partition")
        self.state = state
        self.policy: Policy = state.policy
        self.calendar = state.calendar
        self.case_id = case_id
        known = state.cases.get(case_id)
        self.case = known.copy() if known else Case()
        self.speaker = Speaker.of(record, self.policy.version, self.calendar.version)
        self.said: list[Outcome] = []

    def say_of_case(self, kind: type[Said], *because: str, **fields: Any) -> Said:
        subject = f"case:{self.case_id}"
        return self.take(
            self.speaker.say(kind, subject, self.case.revision + 1, self.case_id, *because, **fields)
        )

    def say_of(self, obligation: Obligation, kind: type[Said], *because: str, **fields: Any) -> Said:
        fields = {
            "policy_version": obligation.policy_version,
            "calendar_version": obligation.calendar_version,
        } | fields
        return self.take(
            self.speaker.say(kind, obligation.id, obligation.revision + 1, self.case_id, *because, **fields)
        )

    def take(self, outcome: Said) -> Said:
        """Say this, and let it take effect on the copy."""
        remember(self.case, outcome)
        self.said.append(outcome)
        return outcome
