"""The bodies of follow-ups about escalations and the serious-incident process."""

from typing import Literal

from producers.body_types import Answer, Body, Id, Said, Time
from producers.follow_up_body import FollowUpBody
from schemas.escalation_events import Act, InvestigationLevel, SeriousGrade


class EscalationAcknowledgedBody(FollowUpBody):
    type: Literal["escalation_acknowledged"]
    escalation_id: Id


class EscalationActedBody(FollowUpBody):
    type: Literal["escalation_acted"]
    escalation_id: Id
    act: Act
    reason: Said


class SeriousIncidentDeclaredBody(FollowUpBody):
    type: Literal["serious_incident_declared"]
    grade: SeriousGrade = "not_graded"
    investigation: InvestigationLevel = "not_said"


class SteisReportedBody(FollowUpBody):
    type: Literal["steis_reported"]


class InitialReviewSubmittedBody(FollowUpBody):
    type: Literal["initial_review_submitted"]


class FinalReportSubmittedBody(FollowUpBody):
    type: Literal["final_report_submitted"]
    root_cause: Answer = None
    lessons: Answer = None
    action_plan: Answer = None


class InvestigationExtendedBody(FollowUpBody):
    """The commissioner agreed to a later date."""

    type: Literal["investigation_extended"]
    extended_to: Time
    reason: Said


class CommissionerUpdatedBody(FollowUpBody):
    type: Literal["commissioner_updated"]


class SeriousIncidentClosedBody(FollowUpBody):
    type: Literal["serious_incident_closed"]
    actions_finished: Answer = None
    actions_monitored: Answer = None


class SeriousIncidentDeloggedBody(FollowUpBody):
    type: Literal["serious_incident_delogged"]
    commissioner_agreed: Answer = None
    reason: Said


ESCALATION_BODIES: tuple[type[Body], ...] = (
    EscalationAcknowledgedBody,
    EscalationActedBody,
    SeriousIncidentDeclaredBody,
    SteisReportedBody,
    InitialReviewSubmittedBody,
    FinalReportSubmittedBody,
    InvestigationExtendedBody,
    CommissionerUpdatedBody,
    SeriousIncidentClosedBody,
    SeriousIncidentDeloggedBody,
)
