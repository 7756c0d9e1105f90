"""The records of `safety.escalations` as Python types; the `.avsc` files in `outcomes/` are the definition.

Times are whole milliseconds since 1970-01-01T00:00:00Z (`Instant`). The subject is the escalation's id.
"""

from typing import Literal

from schemas.escalation_events import Act, Channel, DeliveryStep
from schemas.event_types import Instant
from schemas.outcome_types import Outcome

Closing = Literal["acted", "withdrawn", "merged"]


class EscalationRaised(Outcome, frozen=True, kw_only=True):
    trigger: str
    about: str | None = None
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


class EscalationClimbed(Outcome, frozen=True, kw_only=True):
    level: int
    owner_role: str
    next_step: str
    acknowledge_by: Instant
    act_by: Instant
    as_of: Instant


class EscalationTaken(Outcome, frozen=True, kw_only=True):
    level: int
    by_role: str
    acknowledged_at: Instant


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


ESCALATION_OUTCOMES: tuple[type[Outcome], ...] = (
    EscalationRaised,
    EscalationClimbed,
    EscalationTaken,
    EscalationClosed,
    DeliveryHeard,
)
