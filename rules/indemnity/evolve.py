"""Hears one outcome of the indemnity rule. The only way in which its memory changes."""

from msgspec.structs import replace

from rules.indemnity.state import Case, Fact, Marker, Payment, Review, State, Subject, Update
from schemas import indemnity_types as said
from schemas.outcome_types import Outcome


def apply(state: State, outcome: Outcome) -> None:
    case_id = outcome.case_id
    if state.hear(outcome) or case_id is None:
        return
    case = state.cases.get(case_id)
    if case is None:
        case = state.cases[case_id] = Case()
    before = case.subjects.get(outcome.subject)
    remember(case, outcome)
    after = case.subjects.get(outcome.subject)
    if after is not None:
        state.owners[outcome.subject] = case_id
        state.move_alarm(outcome.subject, _alarm(before), _alarm(after))


def remember(case: Case, outcome: Outcome) -> None:
    """Change what is known of one case."""
    match outcome:
        case said.TestimonyTaken():
            case.testimony = (*case.testimony, outcome.testimony)
        case said.TestimonyRefused():
            case.closed = (*case.closed, outcome.event_id)
        case said.TestimonyWithdrawn():
            mistaken = outcome.retracted_event_id
            case.closed = (*case.closed, mistaken)
            case.testimony = tuple(one for one in case.testimony if one.event_id != mistaken)
        case _:
            case.subjects[outcome.subject] = _changed(case.subjects.get(outcome.subject), outcome)
            return
    case.revision = outcome.revision


def _changed(before: Subject | None, outcome: Outcome) -> Subject:
    revision = outcome.revision
    match outcome:
        case said.EvidenceMarked():
            return Marker(
                revision=revision,
                kind=outcome.kind,
                about=outcome.about,
                at=outcome.at,
                provider=outcome.provider,
                earlier=outcome.earlier,
            )
        case said.PaymentCounted():
            return Payment(revision=revision, event_id=outcome.event_id, pounds=outcome.pounds)
        case said.FamilyUpdateOwed():
            return Update(
                revision=revision,
                told_event_id=outcome.told_event_id,
                found_event_id=outcome.found_event_id,
            )
        case said.FactWaits():
            alarmed = isinstance(before, Fact) and before.alarmed
            return Fact(revision=revision, due_at=outcome.due_at, alarmed=alarmed)
        case said.ReviewSuggested() | said.OpennessFound() if before is None:
            before = Review(revision=revision, claim_id=outcome.claim_id, provider=outcome.provider)
    match before:
        case Review():
            return _reviewed(before, outcome)
        case Marker() | Payment():
            return replace(before, revision=revision, standing=False)
        case Update():
            return _updated(before, outcome)
        case Fact():
            return _waited(before, outcome)
    raise LookupError(f"{type(outcome).__name__} speaks of {outcome.subject}, of which nothing was said")


def _reviewed(before: Review, outcome: Outcome) -> Review:
    known = replace(before, revision=outcome.revision)
    match outcome:
        case said.ReviewSuggested():
            return replace(
                known, suggested=True, ended=None, markers=outcome.markers, provider=outcome.provider
            )
        case said.ReviewRestated():
            return replace(known, ended=None, markers=outcome.markers)
        case said.ReviewWithdrawn():
            return replace(known, suggested=False, ended=outcome.why, markers=())
        case said.OpennessFound():
            return replace(known, finding=outcome.event_id, ended=None, provider=outcome.provider)
        case said.FindingWithdrawn():
            return replace(known, finding=None)
        case said.IndemnityDecided():
            return replace(known, decision=outcome.event_id, ended=None)
        case said.DecisionWithdrawn():
            return replace(known, decision=None)
        case said.ReimbursementStated():
            return replace(known, reimbursement=outcome.event_id)
        case said.ReimbursementWithdrawn():
            return replace(known, reimbursement=None)
    return known


def _updated(before: Update, outcome: Outcome) -> Update:
    known = replace(before, revision=outcome.revision)
    if isinstance(outcome, said.FamilyUpdateGiven):
        return replace(known, given_at=outcome.given_at)
    return replace(known, standing=False)


def _waited(before: Fact, outcome: Outcome) -> Fact:
    known = replace(before, revision=outcome.revision)
    match outcome:
        case said.FactTold():
            return replace(known, shared_at=outcome.shared_at)
        case said.FactNotShared():
            return replace(known, alarmed=True)
        case said.FactAlarmWithdrawn():
            return replace(known, alarmed=False)
    return replace(known, standing=False)


def _alarm(subject: Subject | None) -> int | None:
    return subject.alarm if isinstance(subject, Fact) else None
