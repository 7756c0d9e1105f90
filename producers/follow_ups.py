"""The bodies of follow-ups, one for each record type that a person may add to a case.

`type` is the record's name in snake case. Each may name `patient`, `provider` or `obligation_id`.
"""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, TypeAdapter

from producers.body_types import (
    NOT_SURE,
    Answer,
    BirthDate,
    Body,
    NeverEventType,
    NhsNumber,
    PatientRef,
    PhysicalGrade,
    ProviderCode,
    Said,
    Short,
    Time,
)
from producers.claim_bodies import (
    AvoidabilityStatedBody,
    ClaimClosedBody,
    ClaimOpenedBody,
    ContraventionBody,
    IndemnityDecisionBody,
    MaterialFactRecordedBody,
    MaterialFactSharedBody,
    OpennessFindingBody,
    PatientPaidBody,
    ReimbursementBody,
)
from producers.escalation_bodies import (
    CommissionerUpdatedBody,
    EscalationAcknowledgedBody,
    EscalationActedBody,
    FinalReportSubmittedBody,
    InitialReviewSubmittedBody,
    InvestigationExtendedBody,
    SeriousIncidentClosedBody,
    SeriousIncidentDeclaredBody,
    SeriousIncidentDeloggedBody,
    SteisReportedBody,
)
from producers.follow_up_body import AboutObligations, FollowUpBody
from producers.never_event_bodies import NeverEventConfirmedBody, NeverEventRejectedBody
from producers.reports import MOST_FACTORS, RelevantPerson
from schemas.event_types import Axis, ContactResult, DeclinedBy, FeedbackOutcome, Means

Limb = Annotated[str, Field(pattern=r"^[A-Za-z0-9_().]{1,40}$")]


class EnrichedBody(FollowUpBody):
    """What became known later: the patient, the times, the provider. Grades are regraded instead."""

    answers_not_sure: ClassVar[frozenset[str]] = frozenset({"could_have_been", "never_event_type"})
    type: Literal["enriched"]
    patient: PatientRef | None = None
    nhs_number: NhsNumber | None = None
    name: Short | None = None
    date_of_birth: BirthDate | None = None
    relevant_person: RelevantPerson | None = None
    what_happened: Said | None = None
    ward: Short | None = None
    provider: ProviderCode | None = None
    occurred_at: Time | None = None
    noticed_at: Time | None = None
    harm_may_still_follow: Answer = None
    immediate_risk: Answer = None
    could_have_been: PhysicalGrade | None = None
    never_event_type: NeverEventType | None = None
    incident_type: Short | None = None
    factors: list[Short] | None = Field(default=None, max_length=MOST_FACTORS)


class HarmRegradedBody(AboutObligations):
    answers_not_sure: ClassVar[frozenset[str]] = frozenset({"from"})
    type: Literal["harm_regraded"]
    axis: Axis = "physical"
    from_grade: PhysicalGrade | None = Field(default=None, alias="from")
    to_grade: PhysicalGrade = Field(alias="to")
    second_person_role: Short | None = None


class Criteria(Body):
    unexpected: Answer = None
    regulated_activity: Answer = None
    harm: Answer = None


class DeterminationBody(AboutObligations):
    type: Literal["notifiable_determination_recorded"]
    decision: bool = Field(strict=True)
    criteria: Criteria
    limb: Limb | None = Field(default=None, description="The limb of Regulation 20(9), for other providers.")


class EventRetractedBody(FollowUpBody):
    type: Literal["event_retracted"]
    event_id: str = Field(max_length=40)
    reason: Said


class CaseLinkedBody(FollowUpBody):
    type: Literal["case_linked"]
    duplicate_of: str = Field(max_length=300)


def _not_clear(told: Any) -> Any:
    return None if told == NOT_SURE else told


class FamilyAccountGivenBody(AboutObligations):
    type: Literal["family_account_given"]
    told: Annotated[Answer, BeforeValidator(_not_clear)] = Field(
        description="What they say of it; `not_sure` or null where that is not clear."
    )


class ContactAttemptedBody(AboutObligations):
    type: Literal["contact_attempted"]
    means: Means
    result: ContactResult


class Elements(Body):
    facts: Answer = None
    enquiries: Answer = None
    apology: Answer = None
    written_record: Answer = None
    support_offered: Answer = None
    written_notification_offered: Answer = None


class RelevantPersonNotifiedBody(AboutObligations):
    """The relevant person was told; what was not said to be part of it counts as not part of it."""

    type: Literal["relevant_person_notified"]
    in_person: Answer = None
    elements: Elements = Field(default_factory=Elements)


class SupportOfferedBody(AboutObligations):
    type: Literal["support_offered"]


class Contents(Body):
    facts: Answer = None
    enquiries: Answer = None
    results: Answer = None
    apology: Answer = None


class WrittenNotificationSentBody(AboutObligations):
    type: Literal["written_notification_sent"]
    contents: Contents = Field(default_factory=Contents)


class StepByStepExplanationGivenBody(AboutObligations):
    type: Literal["step_by_step_explanation_given"]


class InvestigationCompletedBody(AboutObligations):
    type: Literal["investigation_completed"]


class FindingsSharedBody(AboutObligations):
    type: Literal["findings_shared"]


class ContactDeclinedBody(AboutObligations):
    type: Literal["contact_declined"]
    by: DeclinedBy = "relevant_person"
    evidence: Said


class ObligationStoodDownBody(AboutObligations):
    type: Literal["obligation_stood_down"]
    never_notifiable: Answer = None
    reason: Said
    second_person_role: Short | None = None


class CandourOptedInBody(AboutObligations):
    type: Literal["candour_opted_in"]


class FeedbackGivenBody(FollowUpBody):
    """To whoever reported: what came of it. Who that is, it neither says nor asks."""

    type: Literal["feedback_given"]
    outcome: FeedbackOutcome = "not_known"
    what_changed: Said = Field(
        description="For whoever holds the receipt of the report: name no patient and no colleague."
    )


class CaseReleasedBody(FollowUpBody):
    type: Literal["case_released"]
    rule: Literal["candour", "never_events", "escalation", "indemnity", "signals"] = "candour"


AnyFollowUp = Annotated[
    EnrichedBody
    | HarmRegradedBody
    | DeterminationBody
    | EventRetractedBody
    | CaseLinkedBody
    | FamilyAccountGivenBody
    | ContactAttemptedBody
    | RelevantPersonNotifiedBody
    | SupportOfferedBody
    | WrittenNotificationSentBody
    | StepByStepExplanationGivenBody
    | InvestigationCompletedBody
    | FindingsSharedBody
    | ContactDeclinedBody
    | ObligationStoodDownBody
    | CandourOptedInBody
    | FeedbackGivenBody
    | CaseReleasedBody
    | NeverEventConfirmedBody
    | NeverEventRejectedBody
    | EscalationAcknowledgedBody
    | EscalationActedBody
    | SeriousIncidentDeclaredBody
    | SteisReportedBody
    | InitialReviewSubmittedBody
    | FinalReportSubmittedBody
    | InvestigationExtendedBody
    | CommissionerUpdatedBody
    | SeriousIncidentClosedBody
    | SeriousIncidentDeloggedBody
    | ClaimOpenedBody
    | ClaimClosedBody
    | OpennessFindingBody
    | IndemnityDecisionBody
    | ReimbursementBody
    | PatientPaidBody
    | ContraventionBody
    | AvoidabilityStatedBody
    | MaterialFactRecordedBody
    | MaterialFactSharedBody,
    Field(discriminator="type"),
]

FOLLOW_UP: TypeAdapter[AnyFollowUp] = TypeAdapter(AnyFollowUp)
