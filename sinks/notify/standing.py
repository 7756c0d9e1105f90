"""What an escalation is to whoever must be told of it: whom it waits for, since when, and until when."""

from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from rules.identity import name_based
from rules.rule import outcome_id
from schemas.escalation_events import DeliveryStep
from schemas.escalation_types import (
    EscalationClimbed,
    EscalationClosed,
    EscalationRaised,
    EscalationReturned,
    EscalationTaken,
)
from schemas.event_types import Instant
from schemas.outcome_types import Outcome
from schemas.topics import ESCALATIONS, RULES

RULE = RULES[ESCALATIONS]
BOARD = "board"
_DELIVERIES = UUID("c0f0d6a5-55b7-4a53-8f0a-2f6b9b1f7d11")


class Standing(Struct, frozen=True, kw_only=True):
    """One row of `notify.escalations`."""

    id: str
    page: str
    case_id: str
    trigger: str
    provider: str
    level: int
    owner_role: str
    next_step: str
    raised_at: Instant
    since: Instant
    acknowledge_by: Instant
    act_by: Instant
    waits: bool
    revision: int


def step(before: Standing | None, outcome: Outcome) -> Standing | None:
    """A revision that was heard before changes nothing."""
    if before is not None and outcome.revision <= before.revision:
        return before
    match outcome:
        case EscalationRaised():
            return Standing(
                id=outcome.subject,
                page=outcome_id(RULE, outcome),
                case_id=outcome.case_id or "",
                trigger=outcome.trigger,
                provider=outcome.provider,
                level=outcome.level,
                owner_role=outcome.owner_role,
                next_step=outcome.next_step,
                raised_at=outcome.raised_at,
                since=outcome.recorded_at,
                acknowledge_by=outcome.acknowledge_by,
                act_by=outcome.act_by,
                waits=True,
                revision=outcome.revision,
            )
        case EscalationClimbed() | EscalationReturned() if before is not None:
            return replace(
                before,
                page=outcome_id(RULE, outcome),
                provider=outcome.provider if isinstance(outcome, EscalationReturned) else before.provider,
                level=outcome.level,
                owner_role=outcome.owner_role,
                next_step=outcome.next_step,
                since=outcome.recorded_at,
                acknowledge_by=outcome.acknowledge_by,
                act_by=outcome.act_by,
                waits=True,
                revision=outcome.revision,
            )
        case EscalationTaken() | EscalationClosed() if before is not None:
            return replace(before, waits=False, revision=outcome.revision)
    return before and replace(before, revision=outcome.revision)


def delivery_id(page: str, contact: str) -> str:
    """The same for the same owner, told of the same outcome by the same way: the idempotency key."""
    return name_based(_DELIVERIES, f"{page}|{contact}")


def step_id(delivery: str, step: DeliveryStep, attempt: int) -> str:
    """The event of a step, so that it is on the log once whoever records it again."""
    return name_based(_DELIVERIES, f"{delivery}|{step}|{attempt}")
