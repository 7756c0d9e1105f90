"""A case tried out: what is said takes effect on a copy at once, on the memory only through `evolve`."""

from typing import Any, TypeVar

from rules.calendar import Calendar
from rules.escalation.evolve import remember
from rules.escalation.policy import Policy
from rules.escalation.state import Case, Escalation, SeriousTime, State
from rules.speaker import Speaker
from schemas.event_types import Instant, Record
from schemas.outcome_types import Outcome

Said = TypeVar("Said", bound=Outcome)


class Draft:
    def __init__(
        self, state: State, policy: Policy, calendar: Calendar, case_id: str, record: Record
    ) -> None:
        self.state = state
        self.policy = policy
        self.calendar = calendar
        self.case_id = case_id
        known = state.cases.get(case_id)
        self.case = known.copy() if known else Case()
        self.speaker = Speaker.of(record, policy.version, calendar.version)
        self.said: list[Outcome] = []

    @property
    def now(self) -> Instant:
        return self.speaker.recorded_at

    def say(self, kind: type[Said], subject: str, revision: int, *because: str, **fields: Any) -> Said:
        """Say this, and let it take effect on the copy."""
        outcome = self.speaker.say(kind, subject, revision, self.case_id, *because, **fields)
        remember(self.case, outcome)
        self.said.append(outcome)
        return outcome

    def say_of(self, one: Escalation | SeriousTime, kind: type[Said], *because: str, **fields: Any) -> Said:
        fields = {"policy_version": one.policy_version} | fields
        return self.say(kind, one.id, one.revision + 1, *because, **fields)
