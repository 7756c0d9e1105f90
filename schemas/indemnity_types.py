"""The records of `indemnity.reviews` as Python types; the `.avsc` files in `outcomes/` are the definition.

Times are whole milliseconds since 1970-01-01T00:00:00Z (`Instant`). What is remembered has the subject
`case:ID`; markers, reviews, payments, updates owed to a family and new facts have ids of their own.
"""

from typing import Literal

from schemas.claim_events import Decision, Finding, ReimbursementState
from schemas.event_types import Instant, Record
from schemas.outcome_types import Outcome

MarkerKind = Literal["breach", "contravention", "contradiction"]
EvidenceHeld = Literal["held_then", "learned_later", "not_known"]
Correction = Literal["self_corrected", "discovered", "not_said"]
ReviewEnd = Literal["markers_withdrawn", "claim_closed", "claim_retracted"]
Refusal = Literal[
    "unknown_claim",
    "claim_open_already",
    "claim_closed",
    "provider_not_named",
    "provider_not_in_the_case",
    "not_a_member",
    "no_finding",
    "share_without_change",
    "share_above_100",
    "unknown_fact",
    "dated_ahead",
]


class Testimony(Record, frozen=True, kw_only=True):
    """One record that the rule remembers. Which fields are said depends on its kind."""

    event_id: str
    kind: str
    at: Instant
    recorded_at: Instant
    by_role: str
    claim_id: str | None = None
    provider: str | None = None
    patient: str | None = None
    word: str | None = None
    to: str | None = None
    found_by: str | None = None
    about: str | None = None
    percent: int | None = None
    pounds: int | None = None
    evidence_hashes: tuple[str, ...] = ()
    scheme_member: bool = False
    providers: tuple[str, ...] = ()
    occurred_at: Instant | None = None
    aware_at: Instant | None = None
    reported_at: Instant | None = None
    due_at: Instant | None = None


class TestimonyTaken(Outcome, frozen=True, kw_only=True):
    testimony: Testimony


class TestimonyWithdrawn(Outcome, frozen=True, kw_only=True):
    retracted_event_id: str


class TestimonyRefused(Outcome, frozen=True, kw_only=True):
    event_id: str
    kind: str
    claim_id: str | None = None
    why: Refusal


class EvidenceMarked(Outcome, frozen=True, kw_only=True):
    kind: MarkerKind
    about: str
    at: Instant
    provider: str | None = None
    patient: str | None = None
    earlier: str | None = None
    evidence: EvidenceHeld | None = None
    correction: Correction | None = None


class MarkerWithdrawn(Outcome, frozen=True, kw_only=True):
    pass


class ReviewSuggested(Outcome, frozen=True, kw_only=True):
    claim_id: str
    provider: str
    basis: str
    markers: tuple[str, ...]
    claim_opened_at: Instant
    occurred_at: Instant | None = None
    aware_at: Instant
    reported_at: Instant
    marked_at: Instant


class ReviewRestated(Outcome, frozen=True, kw_only=True):
    markers: tuple[str, ...]


class ReviewWithdrawn(Outcome, frozen=True, kw_only=True):
    why: ReviewEnd


class OpennessFound(Outcome, frozen=True, kw_only=True):
    claim_id: str
    provider: str
    basis: str
    event_id: str
    finding: Finding
    by_role: str
    found_at: Instant
    claim_opened_at: Instant
    occurred_at: Instant | None = None
    aware_at: Instant
    reported_at: Instant


class FindingWithdrawn(Outcome, frozen=True, kw_only=True):
    event_id: str


class IndemnityDecided(Outcome, frozen=True, kw_only=True):
    event_id: str
    decision: Decision
    trust_share_percent: int | None = None
    by_role: str
    decided_at: Instant


class DecisionWithdrawn(Outcome, frozen=True, kw_only=True):
    event_id: str


class ReimbursementStated(Outcome, frozen=True, kw_only=True):
    event_id: str
    status: ReimbursementState
    percent: int
    by_role: str
    stated_at: Instant


class ReimbursementWithdrawn(Outcome, frozen=True, kw_only=True):
    event_id: str


class PaymentCounted(Outcome, frozen=True, kw_only=True):
    claim_id: str
    event_id: str
    pounds: int
    paid_at: Instant


class PaymentWithdrawn(Outcome, frozen=True, kw_only=True):
    event_id: str
    pounds: int


class FamilyUpdateOwed(Outcome, frozen=True, kw_only=True):
    patient: str | None = None
    told_event_id: str
    told_at: Instant
    found_event_id: str
    found_at: Instant
    evidence: EvidenceHeld
    correction: Correction


class FamilyUpdateGiven(Outcome, frozen=True, kw_only=True):
    given_at: Instant


class FamilyUpdateWithdrawn(Outcome, frozen=True, kw_only=True):
    pass


class FactWaits(Outcome, frozen=True, kw_only=True):
    event_id: str
    patient: str | None = None
    known_at: Instant
    due_at: Instant


class FactTold(Outcome, frozen=True, kw_only=True):
    shared_at: Instant
    in_time: bool


class FactNotShared(Outcome, frozen=True, kw_only=True):
    due_at: Instant
    as_of: Instant


class FactAlarmWithdrawn(Outcome, frozen=True, kw_only=True):
    due_at: Instant


class FactDropped(Outcome, frozen=True, kw_only=True):
    pass


INDEMNITY_OUTCOMES: tuple[type[Outcome], ...] = (
    TestimonyTaken,
    TestimonyWithdrawn,
    TestimonyRefused,
    EvidenceMarked,
    MarkerWithdrawn,
    ReviewSuggested,
    ReviewRestated,
    ReviewWithdrawn,
    OpennessFound,
    FindingWithdrawn,
    IndemnityDecided,
    DecisionWithdrawn,
    ReimbursementStated,
    ReimbursementWithdrawn,
    PaymentCounted,
    PaymentWithdrawn,
    FamilyUpdateOwed,
    FamilyUpdateGiven,
    FamilyUpdateWithdrawn,
    FactWaits,
    FactTold,
    FactNotShared,
    FactAlarmWithdrawn,
    FactDropped,
)
