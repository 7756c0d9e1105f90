"""Events about taking action: acknowledgements, acts, deliveries, serious incidents (law.md §6)."""

from typing import Literal

from schemas.event_types import CaseEvent, Instant

Act = Literal[
    "made_safe",
    "service_paused",
    "staff_moved",
    "investigation_started",
    "referred",
    "no_action_needed",
    "other",
]
Channel = Literal["board", "email", "webhook"]
DeliveryStep = Literal[
    "produced", "sent", "delivered", "displayed", "failed", "dropped", "unknown"
]  # fmt: skip
SeriousGrade = Literal["grade_0", "grade_1", "grade_2", "not_graded"]
InvestigationLevel = Literal["concise", "comprehensive", "independent", "not_said"]
PatternKind = Literal["cluster", "repeat_after_alert"]
GroupedBy = Literal["ward", "incident_type", "factor"]


class EscalationAcknowledged(CaseEvent, frozen=True, kw_only=True):
    escalation_id: str


class EscalationActed(CaseEvent, frozen=True, kw_only=True):
    escalation_id: str
    act: Act
    reason_hash: str | None = None


class DeliveryRecorded(CaseEvent, frozen=True, kw_only=True):
    escalation_id: str
    level: int
    channel: Channel
    step: DeliveryStep
    attempt: int


class SeriousIncidentDeclared(CaseEvent, frozen=True, kw_only=True):
    grade: SeriousGrade
    investigation: InvestigationLevel
    reason_hash: str | None = None


class SteisReported(CaseEvent, frozen=True, kw_only=True):
    pass


class InitialReviewSubmitted(CaseEvent, frozen=True, kw_only=True):
    pass


class FinalReportSubmitted(CaseEvent, frozen=True, kw_only=True):
    root_cause: bool
    lessons: bool
    action_plan: bool


class InvestigationExtended(CaseEvent, frozen=True, kw_only=True):
    extended_to: Instant
    reason_hash: str | None = None


class CommissionerUpdated(CaseEvent, frozen=True, kw_only=True):
    pass


class SeriousIncidentClosed(CaseEvent, frozen=True, kw_only=True):
    actions_finished: bool
    actions_monitored: bool


class SeriousIncidentDelogged(CaseEvent, frozen=True, kw_only=True):
    commissioner_agreed: bool
    reason_hash: str | None = None


class PatternDetected(CaseEvent, frozen=True, kw_only=True):
    pattern_id: str
    pattern: PatternKind
    grouped_by: GroupedBy
    group_ref: str
    count: int
    window_days: int
    first_at: Instant
    last_at: Instant


ESCALATION_EVENTS: tuple[type[CaseEvent], ...] = (
    EscalationAcknowledged,
    EscalationActed,
    DeliveryRecorded,
    SeriousIncidentDeclared,
    SteisReported,
    InitialReviewSubmitted,
    FinalReportSubmitted,
    InvestigationExtended,
    CommissionerUpdated,
    SeriousIncidentClosed,
    SeriousIncidentDelogged,
    PatternDetected,
)
