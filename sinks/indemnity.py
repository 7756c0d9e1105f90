"""How reviews, markers, updates for families, new facts and payments stand: folds over their outcomes."""

from collections.abc import Callable
from typing import Any, Literal, TypeVar

from msgspec import Struct
from msgspec.structs import replace

from schemas import indemnity_types as said
from schemas.event_types import Instant
from schemas.outcome_types import Outcome

ReviewState = Literal["suggested", "found", "decided", "withdrawn"]
UpdateState = Literal["owed", "given", "withdrawn"]
FactState = Literal["waiting", "not_shared", "shared", "shared_late", "dropped"]
Changes = dict[str, Any]


class Row(Struct, frozen=True, kw_only=True):
    """`opened_at`: when it was first spoken of. `because` holds the reasons of what was said last."""

    id: str
    case_id: str
    opened_at: Instant
    because: tuple[str, ...]
    policy_version: str | None
    latest_cause: str
    latest_at: Instant
    revisions: int


class Review(Row, frozen=True, kw_only=True):
    """One row of `read.reviews`: one claim against one provider, and what persons recorded about it."""

    claim_id: str
    provider: str
    basis: str
    suggested_at: Instant | None = None
    suggested_because: tuple[str, ...] = ()
    markers: tuple[str, ...] = ()
    marked_at: Instant | None = None
    claim_opened_at: Instant
    occurred_at: Instant | None = None
    aware_at: Instant
    reported_at: Instant
    withdrawn_why: str | None = None
    finding: str | None = None
    finding_at: Instant | None = None
    finding_by: str | None = None
    decision: str | None = None
    trust_share_percent: int | None = None
    decided_at: Instant | None = None
    decided_by: str | None = None
    reimbursement_status: str | None = None
    reimbursement_percent: int | None = None
    reimbursement_at: Instant | None = None
    reimbursement_by: str | None = None
    state: ReviewState = "suggested"


class Marker(Row, frozen=True, kw_only=True):
    """One row of `read.markers`: evidence on an incident."""

    kind: str
    about: str
    at: Instant
    provider: str | None = None
    patient: str | None = None
    earlier: str | None = None
    evidence: str | None = None
    correction: str | None = None
    standing: bool = True


class FamilyUpdate(Row, frozen=True, kw_only=True):
    """One row of `read.family_updates`: a family was told `unavoidable`, and it was found avoidable."""

    patient: str | None = None
    told_event_id: str
    told_at: Instant
    found_event_id: str
    found_at: Instant
    evidence: str
    correction: str
    given_at: Instant | None = None
    state: UpdateState = "owed"


class Fact(Row, frozen=True, kw_only=True):
    """One row of `read.facts`: a new material fact and whether the family heard of it."""

    event_id: str
    patient: str | None = None
    known_at: Instant
    due_at: Instant
    shared_at: Instant | None = None
    alarmed_at: Instant | None = None
    state: FactState = "waiting"


class Payment(Row, frozen=True, kw_only=True):
    """One row of `read.payments`: money that the patient got. It knows nothing of reviews."""

    claim_id: str
    event_id: str
    pounds: int
    paid_at: Instant
    standing: bool = True


R = TypeVar("R", bound=Row)


def review_step(before: Review | None, outcome: Outcome) -> Review | None:
    if before is None:
        if not isinstance(outcome, said.ReviewSuggested | said.OpennessFound):
            return None
        before = Review(
            **_opening(outcome),
            claim_id=outcome.claim_id,
            provider=outcome.provider,
            basis=outcome.basis,
            claim_opened_at=outcome.claim_opened_at,
            occurred_at=outcome.occurred_at,
            aware_at=outcome.aware_at,
            reported_at=outcome.reported_at,
        )
    after = _stepped(before, outcome, _REVIEW)
    return replace(after, state=_review_state(after))


def marker_step(before: Marker | None, outcome: Outcome) -> Marker | None:
    if isinstance(outcome, said.EvidenceMarked):
        return _renewed(Marker, before, outcome, _MARKED)
    return before and _stepped(before, outcome, {said.MarkerWithdrawn: lambda *_: {"standing": False}})


def family_update_step(before: FamilyUpdate | None, outcome: Outcome) -> FamilyUpdate | None:
    if isinstance(outcome, said.FamilyUpdateOwed):
        names = (
            "patient",
            "told_event_id",
            "told_at",
            "found_event_id",
            "found_at",
            "evidence",
            "correction",
        )
        return _renewed(FamilyUpdate, before, outcome, names)
    return before and _stepped(before, outcome, _UPDATE)


def fact_step(before: Fact | None, outcome: Outcome) -> Fact | None:
    if isinstance(outcome, said.FactWaits):
        fact = _renewed(Fact, before, outcome, ("event_id", "patient", "known_at", "due_at"))
        alarmed_at = before.alarmed_at if before is not None else None
        return replace(fact, alarmed_at=alarmed_at, state="waiting" if alarmed_at is None else "not_shared")
    return before and _stepped(before, outcome, _FACT)


def payment_step(before: Payment | None, outcome: Outcome) -> Payment | None:
    if isinstance(outcome, said.PaymentCounted):
        return _renewed(Payment, before, outcome, ("claim_id", "event_id", "pounds", "paid_at"))
    return before and _stepped(before, outcome, {said.PaymentWithdrawn: lambda *_: {"standing": False}})


def _opening(outcome: Outcome) -> Changes:
    assert outcome.case_id is not None, "it is of a case"
    return {
        "id": outcome.subject,
        "case_id": outcome.case_id,
        "opened_at": outcome.recorded_at,
        "because": outcome.because,
        "policy_version": outcome.policy_version,
        "latest_cause": "",
        "latest_at": outcome.recorded_at,
        "revisions": 0,
    }


def _stepped(before: R, outcome: Outcome, changes: dict[type[Outcome], Callable[[Any, Any], Changes]]) -> R:
    """One outcome further; one that was heard before changes nothing."""
    change = changes.get(type(outcome))
    if change is None or outcome.revision <= before.revisions:
        return before
    same_cause = outcome.cause == before.latest_cause
    return replace(
        before,
        **change(before, outcome),
        because=tuple(dict.fromkeys((before.because if same_cause else ()) + outcome.because)),
        policy_version=outcome.policy_version or before.policy_version,
        latest_cause=outcome.cause,
        latest_at=outcome.recorded_at,
        revisions=outcome.revision,
    )


def _renewed(kind: type[R], before: R | None, outcome: Outcome, names: tuple[str, ...]) -> R:
    """As it is said now, whatever was said before, except when it was first spoken of."""
    if before is not None and outcome.revision <= before.revisions:
        return before
    opened_at = outcome.recorded_at if before is None else before.opened_at
    fields = _opening(outcome) | {
        "opened_at": opened_at,
        "latest_cause": outcome.cause,
        "revisions": outcome.revision,
    }
    return kind(**fields, **{name: getattr(outcome, name) for name in names})


def _review_state(review: Review) -> ReviewState:
    if review.decision is not None:
        return "decided"
    if review.withdrawn_why is not None:
        return "withdrawn"
    return "suggested" if review.finding is None else "found"


def _suggested(before: Review, outcome: said.ReviewSuggested) -> Changes:
    return {
        "suggested_at": before.suggested_at or outcome.recorded_at,
        "suggested_because": outcome.because,
        "markers": outcome.markers,
        "marked_at": outcome.marked_at,
        "claim_opened_at": outcome.claim_opened_at,
        "provider": outcome.provider,
        "basis": outcome.basis,
        "withdrawn_why": None,
    }


def _restated(_: Review, outcome: said.ReviewRestated) -> Changes:
    return {"markers": outcome.markers, "suggested_because": outcome.because, "withdrawn_why": None}


def _found(_: Review, outcome: said.OpennessFound) -> Changes:
    finding = {"finding": outcome.finding, "finding_at": outcome.found_at, "finding_by": outcome.by_role}
    return {**finding, "provider": outcome.provider, "withdrawn_why": None}


def _decided(_: Review, outcome: said.IndemnityDecided) -> Changes:
    return {
        "decision": outcome.decision,
        "trust_share_percent": outcome.trust_share_percent,
        "decided_at": outcome.decided_at,
        "decided_by": outcome.by_role,
        "withdrawn_why": None,
    }


def _reimbursed(_: Review, outcome: said.ReimbursementStated) -> Changes:
    return {
        "reimbursement_status": outcome.status,
        "reimbursement_percent": outcome.percent,
        "reimbursement_at": outcome.stated_at,
        "reimbursement_by": outcome.by_role,
    }


_REVIEW: dict[type[Outcome], Callable[[Review, Any], Changes]] = {
    said.ReviewSuggested: _suggested,
    said.ReviewRestated: _restated,
    said.ReviewWithdrawn: lambda _, gone: {"withdrawn_why": gone.why, "markers": ()},
    said.OpennessFound: _found,
    said.FindingWithdrawn: lambda *_: dict.fromkeys(("finding", "finding_at", "finding_by")),
    said.IndemnityDecided: _decided,
    said.DecisionWithdrawn: lambda *_: dict.fromkeys(
        ("decision", "trust_share_percent", "decided_at", "decided_by")
    ),
    said.ReimbursementStated: _reimbursed,
    said.ReimbursementWithdrawn: lambda *_: dict.fromkeys(
        ("reimbursement_status", "reimbursement_percent", "reimbursement_at", "reimbursement_by")
    ),
}
_MARKED = ("kind", "about", "at", "provider", "patient", "earlier", "evidence", "correction")
_OWED = ("patient", "told_event_id", "told_at", "found_event_id", "found_at", "evidence", "correction")
_UPDATE: dict[type[Outcome], Callable[[FamilyUpdate, Any], Changes]] = {
    said.FamilyUpdateGiven: lambda _, given: {"state": "given", "given_at": given.given_at},
    said.FamilyUpdateWithdrawn: lambda *_: {"state": "withdrawn"},
}
_FACT: dict[type[Outcome], Callable[[Fact, Any], Changes]] = {
    said.FactTold: lambda _, told: {
        "state": "shared" if told.in_time else "shared_late",
        "shared_at": told.shared_at,
    },
    said.FactNotShared: lambda _, alarm: {"state": "not_shared", "alarmed_at": alarm.as_of},
    said.FactAlarmWithdrawn: lambda *_: {"state": "waiting", "alarmed_at": None},
    said.FactDropped: lambda *_: {"state": "dropped"},
}
