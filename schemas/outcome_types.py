"""What every rule, and what the candour rule, says, as Python types; `outcomes/*.avsc` define them.

Times are whole milliseconds since 1970-01-01T00:00:00Z (`Instant`).
"""

from schemas.event_types import Instant, Record


class Outcome(Record, frozen=True, kw_only=True):
    subject: str
    revision: int
    case_id: str | None = None
    recorded_at: Instant
    cause: str
    because: tuple[str, ...]
    policy_version: str | None = None
    calendar_version: str | None = None


class Evidence(Record, frozen=True, kw_only=True):
    event_id: str
    kind: str
    at: Instant
    recorded_at: Instant
    patient: str | None = None
    provider: str | None = None
    obligation_id: str | None = None
    marks: tuple[str, ...]
    counts: bool
    reported_at: Instant | None = None
    aware_at: Instant | None = None


class PolicyTaken(Outcome, frozen=True, kw_only=True):
    sha256: str
    content: str


class CalendarTaken(Outcome, frozen=True, kw_only=True):
    sha256: str
    content: str


class EvidenceTaken(Outcome, frozen=True, kw_only=True):
    evidence: Evidence


class EvidenceWithdrawn(Outcome, frozen=True, kw_only=True):
    retracted_event_id: str


class ObligationOpened(Outcome, frozen=True, kw_only=True):
    patient: str
    provider: str
    provider_type: str
    duty: str
    instrument: str
    basis: str
    threshold: str
    provisional: bool
    harm: str
    aware_at: Instant
    aware_assumed: bool
    reported_at: Instant
    starts_at: Instant
    due_days: int | None = None
    target_days: int | None = None
    due_at: Instant | None = None
    target_at: Instant | None = None
    owner_role: str
    relation: str
    relation_why: str | None = None


class ObligationConfirmed(Outcome, frozen=True, kw_only=True):
    pass


class DeadlineWarned(Outcome, frozen=True, kw_only=True):
    of: str
    deadline: Instant
    working_days_ahead: int
    as_of: Instant
    provider: str | None = None
    provider_type: str | None = None


class TargetPassed(Outcome, frozen=True, kw_only=True):
    target_at: Instant
    as_of: Instant


class ObligationBreached(Outcome, frozen=True, kw_only=True):
    due_at: Instant
    as_of: Instant
    provider: str | None = None
    provider_type: str | None = None


class BreachWithdrawn(Outcome, frozen=True, kw_only=True):
    due_at: Instant | None = None


class ObligationMet(Outcome, frozen=True, kw_only=True):
    satisfied_at: Instant


class ObligationMetLate(Outcome, frozen=True, kw_only=True):
    satisfied_at: Instant
    due_at: Instant


class ObligationDischarged(Outcome, frozen=True, kw_only=True):
    discharged_at: Instant


class ObligationStoodDown(Outcome, frozen=True, kw_only=True):
    never_notifiable: bool


class StandDownRefused(Outcome, frozen=True, kw_only=True):
    event_id: str


class ObligationReopened(Outcome, frozen=True, kw_only=True):
    provisional: bool
    starts_at: Instant
    due_at: Instant | None = None
    target_at: Instant | None = None


class ObligationMerged(Outcome, frozen=True, kw_only=True):
    into_case_id: str


class ObligationDisputed(Outcome, frozen=True, kw_only=True):
    disputed: bool


class ObligationRedated(Outcome, frozen=True, kw_only=True):
    starts_at: Instant
    due_at: Instant | None = None
    target_at: Instant | None = None
    earlier_starts_at: Instant
    earlier_due_at: Instant | None = None
    earlier_target_at: Instant | None = None


class CaseQuarantined(Outcome, frozen=True, kw_only=True):
    rule: str
    error: str
    source_offset: int


class CaseReadAgain(Outcome, frozen=True, kw_only=True):
    rule: str
    source_offset: int


SHARED_OUTCOMES: tuple[type[Outcome], ...] = (PolicyTaken, CalendarTaken, CaseQuarantined, CaseReadAgain)
"""What every rule can say."""

OBLIGATION_OUTCOMES: tuple[type[Outcome], ...] = (
    EvidenceTaken,
    EvidenceWithdrawn,
    ObligationOpened,
    ObligationConfirmed,
    DeadlineWarned,
    TargetPassed,
    ObligationBreached,
    BreachWithdrawn,
    ObligationMet,
    ObligationMetLate,
    ObligationDischarged,
    ObligationStoodDown,
    StandDownRefused,
    ObligationReopened,
    ObligationMerged,
    ObligationDisputed,
    ObligationRedated,
)
