"""The bodies of follow-ups about claims, openness, avoidability and new facts."""

from typing import Annotated, Literal

from pydantic import Field

from producers.body_types import Body, Id, PatientRef, PersonName, ProviderCode, Said
from producers.follow_up_body import AboutObligations, FollowUpBody
from schemas.claim_events import (
    Audience,
    Avoidability,
    Confidence,
    Decision,
    Discovered,
    Finding,
    FoundBy,
    ReimbursementState,
)

ClaimId = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9/_.-]{0,39}$", description="The scheme's number; never a name."),
]
Percent = Annotated[int, Field(ge=0, le=100, strict=True)]


class _AboutClaim(FollowUpBody):
    claim_id: ClaimId


class _ByAPerson(_AboutClaim):
    by_name: PersonName | None = Field(
        default=None, description="Who finds or decides, by name: sealed in the vault, and never on the log."
    )
    reason: Said


class ClaimOpenedBody(_AboutClaim):
    type: Literal["claim_opened"]
    provider: ProviderCode | None = None


class ClaimClosedBody(_AboutClaim):
    type: Literal["claim_closed"]
    reason: Said


class OpennessFindingBody(_ByAPerson):
    type: Literal["openness_finding_recorded"]
    finding: Finding


class IndemnityDecisionBody(_ByAPerson):
    type: Literal["indemnity_decision_recorded"]
    decision: Decision
    trust_share_percent: Percent | None = None


class ReimbursementBody(_AboutClaim):
    type: Literal["reimbursement_recorded"]
    status: ReimbursementState
    percent: Percent


class PatientPaidBody(_AboutClaim):
    type: Literal["patient_paid"]
    pounds: Annotated[int, Field(ge=0, le=1_000_000_000, strict=True)]


class ContraventionBody(AboutObligations):
    type: Literal["contravention_recorded"]
    found_by: FoundBy
    reason: Said


class AvoidabilityStatedBody(FollowUpBody):
    type: Literal["avoidability_stated"]
    verdict: Avoidability
    to: Audience
    confidence: Confidence = "not_said"
    found_by: Discovered = "not_said"
    evidence_held: Annotated[list[Said], Field(max_length=50)] = Field(default_factory=list)
    patient: PatientRef | None = None


class MaterialFactRecordedBody(FollowUpBody):
    type: Literal["material_fact_recorded"]
    reason: Said
    patient: PatientRef | None = None


class MaterialFactSharedBody(FollowUpBody):
    type: Literal["material_fact_shared"]
    fact_event_id: Id


CLAIM_BODIES: tuple[type[Body], ...] = (
    ClaimOpenedBody,
    ClaimClosedBody,
    OpennessFindingBody,
    IndemnityDecisionBody,
    ReimbursementBody,
    PatientPaidBody,
    ContraventionBody,
    AvoidabilityStatedBody,
    MaterialFactRecordedBody,
    MaterialFactSharedBody,
)
