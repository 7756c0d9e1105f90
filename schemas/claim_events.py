"""Events about claims, openness and avoidability, for the indemnity rule (requirements A5, A6; law.md §7).

Money is in whole pounds. Free text lies in the vault; here are its keyed hashes.
"""

from typing import Literal

from schemas.event_types import CaseEvent, FollowUp

Finding = Literal["open", "not_open", "cannot_say"]
Decision = Literal["none", "reduce", "remove"]
ReimbursementState = Literal["proposed", "decided", "disputed", "settled"]
FoundBy = Literal["court", "cqc", "commissioner", "provider"]
Avoidability = Literal["avoidable", "unavoidable", "cannot_say"]
Audience = Literal["family", "coroner", "regulator", "internal"]
Confidence = Literal["high", "medium", "low", "not_said"]
Discovered = Literal["provider", "somebody_else", "not_said"]


class ClaimOpened(CaseEvent, frozen=True, kw_only=True):
    claim_id: str
    provider: str | None = None


class ClaimClosed(CaseEvent, frozen=True, kw_only=True):
    claim_id: str
    reason_hash: str | None = None


class OpennessFindingRecorded(CaseEvent, frozen=True, kw_only=True):
    claim_id: str
    finding: Finding
    reason_hash: str | None = None


class IndemnityDecisionRecorded(CaseEvent, frozen=True, kw_only=True):
    claim_id: str
    decision: Decision
    trust_share_percent: int | None = None
    reason_hash: str | None = None


class ReimbursementRecorded(CaseEvent, frozen=True, kw_only=True):
    claim_id: str
    status: ReimbursementState
    percent: int
    reason_hash: str | None = None


class PatientPaid(CaseEvent, frozen=True, kw_only=True):
    claim_id: str
    pounds: int


class ContraventionRecorded(FollowUp, frozen=True, kw_only=True):
    found_by: FoundBy
    reason_hash: str | None = None


class AvoidabilityStated(CaseEvent, frozen=True, kw_only=True):
    verdict: Avoidability
    to: Audience
    confidence: Confidence
    found_by: Discovered
    evidence_hashes: tuple[str, ...]
    patient: str | None = None


class MaterialFactRecorded(CaseEvent, frozen=True, kw_only=True):
    reason_hash: str | None = None
    patient: str | None = None


class MaterialFactShared(CaseEvent, frozen=True, kw_only=True):
    fact_event_id: str


CLAIM_EVENTS: tuple[type[CaseEvent], ...] = (
    ClaimOpened,
    ClaimClosed,
    OpennessFindingRecorded,
    IndemnityDecisionRecorded,
    ReimbursementRecorded,
    PatientPaid,
    ContraventionRecorded,
    AvoidabilityStated,
    MaterialFactRecorded,
    MaterialFactShared,
)
