"""The records of `safety.case-events` as Python types; the `.avsc` files in `events/` are the definition.

Times are whole milliseconds since 1970-01-01T00:00:00Z (`Instant`).
"""

from typing import Literal

from msgspec import Struct

Instant = int
Axis = Literal["physical", "psychological"]
LinkSide = Literal["duplicate", "primary"]
Means = Literal["visit", "telephone", "letter", "email", "other"]
ContactResult = Literal["reached", "no_answer", "declined", "uncontactable"]
DeclinedBy = Literal["relevant_person", "cannot_be_contacted"]
FeedbackOutcome = Literal[
    "not_known", "still_looking", "change_planned", "changed", "nothing_changed", "passed_on"
]  # fmt: skip
Grade = Literal["not_known", "none", "low", "moderate", "severe", "fatal"]
Kind = Literal["incident", "near_miss", "hazard", "outcome", "good_care"]
Relation = Literal["patient", "next_of_kin", "parent", "attorney", "advocate"]
RelationReason = Literal["dead", "under_16", "lacks_capacity"]

MAY_STILL_FOLLOW, IMMEDIATE_RISK, NEVER_EVENT_PROPOSED, PROVIDER_NOT_KNOWN, ANONYMOUS = (
    1,
    2,
    4,
    8,
    16,
)  # flags


class Record(Struct, frozen=True, kw_only=True, gc=False):
    """One record of the log, or a part of one."""


class Provider(Record, frozen=True, kw_only=True):
    code: str
    type: str
    nhs_contract: bool
    scheme_member: bool


class Patient(Record, frozen=True, kw_only=True):
    ref: str
    physical: Grade
    psychological: Grade
    relation: Relation
    why: RelationReason | None = None


class CaseFacts(Record, frozen=True, kw_only=True):
    kind: Kind
    reported_at: Instant
    aware_at: Instant
    aware_assumed: bool
    occurred_at: Instant | None = None
    providers: tuple[Provider, ...]
    patients: tuple[Patient, ...]


class CaseEvent(Record, frozen=True, kw_only=True):
    harm: Grade
    potential: Grade
    flags: int
    event_id: str
    case_id: str
    at: Instant
    recorded_at: Instant
    by_role: str
    facts: CaseFacts


class FollowUp(CaseEvent, frozen=True, kw_only=True):
    patient: str | None = None
    provider: str | None = None
    obligation_id: str | None = None


class Reported(CaseEvent, frozen=True, kw_only=True):
    ward_ref: str | None = None
    never_event_type: str | None = None
    reporter_role: str
    narrative_hash: str | None = None
    incident_type: str | None = None
    factors: tuple[str, ...] = ()


class Enriched(CaseEvent, frozen=True, kw_only=True):
    changed: tuple[str, ...]
    reason_hash: str | None = None
    never_event_type: str | None = None


class HarmRegraded(FollowUp, frozen=True, kw_only=True):
    axis: Axis
    from_grade: Grade
    to_grade: Grade
    second_person_role: str | None = None
    reason_hash: str | None = None


class NotifiableDeterminationRecorded(FollowUp, frozen=True, kw_only=True):
    decision: bool
    unexpected: bool
    regulated_activity: bool
    harm_test: bool
    limb: str | None = None
    reason_hash: str | None = None


class EventRetracted(CaseEvent, frozen=True, kw_only=True):
    retracted_event_id: str
    reason_hash: str | None = None
    retracted_type: str | None = None


class CaseLinked(CaseEvent, frozen=True, kw_only=True):
    side: LinkSide
    other_case_id: str
    other_harm: Grade
    other_reported_at: Instant
    other_aware_at: Instant
    reason_hash: str | None = None
    other_never_event: bool = False


class FamilyAccountGiven(FollowUp, frozen=True, kw_only=True):
    told: bool
    not_clear: bool = False


class ContactAttempted(FollowUp, frozen=True, kw_only=True):
    means: Means
    result: ContactResult


class RelevantPersonNotified(FollowUp, frozen=True, kw_only=True):
    in_person: bool
    facts_given: bool
    enquiries: bool
    apology: bool
    written_record: bool
    support_offered: bool
    written_notification_offered: bool


class SupportOffered(FollowUp, frozen=True, kw_only=True):
    pass


class WrittenNotificationSent(FollowUp, frozen=True, kw_only=True):
    facts_given: bool
    enquiries: bool
    results: bool
    apology: bool


class StepByStepExplanationGiven(FollowUp, frozen=True, kw_only=True):
    pass


class InvestigationCompleted(FollowUp, frozen=True, kw_only=True):
    pass


class FindingsShared(FollowUp, frozen=True, kw_only=True):
    pass


class ContactDeclined(FollowUp, frozen=True, kw_only=True):
    by: DeclinedBy
    evidence_hash: str | None = None


class ObligationStoodDown(FollowUp, frozen=True, kw_only=True):
    never_notifiable: bool
    second_person_role: str | None = None
    reason_hash: str | None = None


class CandourOptedIn(FollowUp, frozen=True, kw_only=True):
    reason_hash: str | None = None


class FeedbackGiven(CaseEvent, frozen=True, kw_only=True):
    outcome: FeedbackOutcome
    what_changed_hash: str | None = None


class CaseReleased(CaseEvent, frozen=True, kw_only=True):
    rule: str
    reason_hash: str | None = None


class ClockTick(Record, frozen=True, kw_only=True):
    partition: int
    as_of: Instant
    event_id: str


class PolicyAdopted(Record, frozen=True, kw_only=True):
    partition: int
    event_id: str
    recorded_at: Instant
    rule: str
    version: str
    sha256: str
    content: str


class CalendarAdopted(Record, frozen=True, kw_only=True):
    partition: int
    event_id: str
    recorded_at: Instant
    version: str
    sha256: str
    content: str


CORE_EVENTS: tuple[type[Record], ...] = (
    Reported,
    Enriched,
    HarmRegraded,
    NotifiableDeterminationRecorded,
    EventRetracted,
    CaseLinked,
    FamilyAccountGiven,
    ContactAttempted,
    RelevantPersonNotified,
    SupportOffered,
    WrittenNotificationSent,
    StepByStepExplanationGiven,
    InvestigationCompleted,
    FindingsShared,
    ContactDeclined,
    ObligationStoodDown,
    CandourOptedIn,
    FeedbackGiven,
    CaseReleased,
    ClockTick,
    PolicyAdopted,
    CalendarAdopted,
)
