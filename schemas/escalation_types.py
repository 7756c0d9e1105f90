"""The records of `safety.escalations` as Python types; the `.avsc` files in `outcomes/` are the definition.

Times are whole milliseconds since 1970-01-01T00:00:00Z (`Instant`). The subject is the escalation's id, the
clock's id, or `serious:CASE` for what is known of a serious incident.
"""

from typing import Literal

from schemas.escalation_events import Act, Channel, DeliveryStep
from schemas.event_types import Instant
from schemas.outcome_types import Outcome

Closing = Literal["acted", "withdrawn", "merged"]
Clock = Literal["steis", "initial_review", "investigation", "update"]


class EscalationRaised(Outcome, frozen=True, kw_only=True):
    trigger: str
    about: str | None = None
    ground: str
    urgency: int
    level: int
    owner_role: str
    next_step: str
    provider: str
    provider_type: str
    raised_at: Instant
    acknowledge_by: Instant
    act_by: Instant
    informed: tuple[str, ...]


class GroundTaken(Outcome, frozen=True, kw_only=True):
    ground: str


class GroundFallen(Outcome, frozen=True, kw_only=True):
    ground: str


class EscalationClimbed(Outcome, frozen=True, kw_only=True):
    waited_until: Instant
    level: int
    owner_role: str
    next_step: str
    acknowledge_by: Instant
    act_by: Instant
    informed: tuple[str, ...]
    as_of: Instant


class EscalationTaken(Outcome, frozen=True, kw_only=True):
    level: int
    by_role: str
    acknowledged_at: Instant


class EscalationReturned(Outcome, frozen=True, kw_only=True):
    level: int
    owner_role: str
    next_step: str
    provider: str
    provider_type: str
    acknowledge_by: Instant
    act_by: Instant
    informed: tuple[str, ...]


class EscalationOverdue(Outcome, frozen=True, kw_only=True):
    level: int
    act_by: Instant
    as_of: Instant


class EscalationClosed(Outcome, frozen=True, kw_only=True):
    how: Closing
    act: Act | None = None
    closed_at: Instant


class DeliveryHeard(Outcome, frozen=True, kw_only=True):
    level: int
    channel: Channel
    step: DeliveryStep
    attempt: int
    at: Instant


class SeriousStepTaken(Outcome, frozen=True, kw_only=True):
    step: str
    event_id: str
    at: Instant
    marks: tuple[str, ...]
    counts: bool
    until: Instant | None = None
    provider: str
    provider_type: str
    occurred_at: Instant | None = None


class SeriousStepWithdrawn(Outcome, frozen=True, kw_only=True):
    retracted_event_id: str


class SeriousClockStarted(Outcome, frozen=True, kw_only=True):
    clock: Clock
    framework: str
    grade: str
    provider: str
    provider_type: str
    owner_role: str
    starts_at: Instant
    due_at: Instant | None = None


class SeriousClockRedated(Outcome, frozen=True, kw_only=True):
    starts_at: Instant
    due_at: Instant | None = None
    earlier_due_at: Instant | None = None
    extended: bool


class SeriousClockMet(Outcome, frozen=True, kw_only=True):
    satisfied_at: Instant
    late: bool


class SeriousClockMissed(Outcome, frozen=True, kw_only=True):
    due_at: Instant
    as_of: Instant


class SeriousMissWithdrawn(Outcome, frozen=True, kw_only=True):
    due_at: Instant


class SeriousClockReopened(Outcome, frozen=True, kw_only=True):
    pass


class SeriousClockWithdrawn(Outcome, frozen=True, kw_only=True):
    pass


ESCALATION_OUTCOMES: tuple[type[Outcome], ...] = (
    EscalationRaised,
    GroundTaken,
    GroundFallen,
    EscalationClimbed,
    EscalationTaken,
    EscalationReturned,
    EscalationOverdue,
    EscalationClosed,
    DeliveryHeard,
    SeriousStepTaken,
    SeriousStepWithdrawn,
    SeriousClockStarted,
    SeriousClockRedated,
    SeriousClockMet,
    SeriousClockMissed,
    SeriousMissWithdrawn,
    SeriousClockReopened,
    SeriousClockWithdrawn,
)
