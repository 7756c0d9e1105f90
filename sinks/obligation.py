"""How an obligation stands: one fold over its outcomes, for now and for any time before; and what its case
says of awareness and the relevant person, which may be corrected after it was opened."""

from collections.abc import Callable, Iterable
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from schemas import outcome_types as said
from schemas.event_types import Instant, Patient
from schemas.outcome_types import Outcome

State = Literal["provisional", "open", "met", "met_late", "discharged", "breached", "stood_down", "merged"]
UNSETTLED: tuple[State, ...] = ("provisional", "open", "breached")


class Obligation(Struct, frozen=True, kw_only=True):
    """One row of `read.obligations`. Times are `Instant`.

    `breached_at` is the tick of the breach that stands; a duty may be met late or discharged beside it.
    `latest_because` holds the reasons of all that the latest cause brought.
    """

    id: str
    case_id: str
    patient: str
    provider: str
    provider_type: str
    duty: str
    instrument: str
    basis: str
    threshold: str
    harm: str
    owner_role: str
    relation: str
    relation_why: str | None
    state: State
    disputed: bool = False
    warned: bool = False
    opened_at: Instant
    reported_at: Instant
    aware_at: Instant
    aware_assumed: bool
    starts_at: Instant
    due_at: Instant | None
    target_at: Instant | None
    earlier_due_at: Instant | None = None
    earlier_target_at: Instant | None = None
    satisfied_at: Instant | None = None
    discharged_at: Instant | None = None
    breached_at: Instant | None = None
    target_passed_at: Instant | None = None
    merged_into: str | None = None
    policy_version: str | None
    calendar_version: str | None
    opened_because: tuple[str, ...]
    latest_because: tuple[str, ...]
    latest_cause: str
    latest_at: Instant
    revisions: int

    @property
    def because(self) -> tuple[str, ...]:
        """Why it is owed, then why it stands as it does; each reason once."""
        return tuple(dict.fromkeys(self.opened_because + self.latest_because))


class Known(Struct, frozen=True, kw_only=True):
    """What the facts of a case say, by its latest event, that no verdict hangs on."""

    aware_at: Instant
    aware_assumed: bool
    patients: tuple[Patient, ...]

    def linked(self, reported_at: Instant, aware_at: Instant) -> "Known":
        """With a duplicate of it, reported and noticed then: the earliest holds (law.md §1.9.10)."""
        if aware_at >= self.aware_at:
            return self
        return replace(self, aware_at=aware_at, aware_assumed=aware_at == reported_at)


def as_known(before: Obligation, known: Known) -> Obligation:
    """Since when its provider was aware (law.md §1.9.1) and who is to be told, as its case has it."""
    person = next((one for one in known.patients if one.ref == before.patient), None)
    return replace(
        before,
        aware_at=known.aware_at,
        aware_assumed=known.aware_assumed,
        relation=before.relation if person is None else person.relation,
        relation_why=before.relation_why if person is None else person.why,
    )


def fold(outcomes: Iterable[Outcome], before: Obligation | None = None) -> Obligation | None:
    """The obligation after these outcomes of its own, in order; None when none of them opened it."""
    for outcome in outcomes:
        before = step(before, outcome)
    return before


def step(before: Obligation | None, outcome: Outcome) -> Obligation | None:
    """One outcome further. An outcome that is not about an obligation changes nothing."""
    if isinstance(outcome, said.ObligationOpened):
        return _opened(outcome) if before is None else before
    change = CHANGES.get(type(outcome))
    if before is None or change is None or outcome.revision <= before.revisions:
        return before
    same_cause = outcome.cause == before.latest_cause
    return replace(
        before,
        **change(before, outcome),
        policy_version=outcome.policy_version or before.policy_version,
        calendar_version=outcome.calendar_version or before.calendar_version,
        latest_because=(before.latest_because if same_cause else ()) + outcome.because,
        latest_cause=outcome.cause,
        latest_at=outcome.recorded_at,
        revisions=outcome.revision,
    )


def _opened(opened: said.ObligationOpened) -> Obligation:
    assert opened.case_id is not None, "an obligation is owed in a case"
    return Obligation(
        id=opened.subject,
        case_id=opened.case_id,
        patient=opened.patient,
        provider=opened.provider,
        provider_type=opened.provider_type,
        duty=opened.duty,
        instrument=opened.instrument,
        basis=opened.basis,
        threshold=opened.threshold,
        harm=opened.harm,
        owner_role=opened.owner_role,
        relation=opened.relation,
        relation_why=opened.relation_why,
        state=_unsettled(opened.provisional),
        opened_at=opened.recorded_at,
        reported_at=opened.reported_at,
        aware_at=opened.aware_at,
        aware_assumed=opened.aware_assumed,
        starts_at=opened.starts_at,
        due_at=opened.due_at,
        target_at=opened.target_at,
        policy_version=opened.policy_version,
        calendar_version=opened.calendar_version,
        opened_because=opened.because,
        latest_because=opened.because,
        latest_cause=opened.cause,
        latest_at=opened.recorded_at,
        revisions=opened.revision,
    )


Changes = dict[str, Any]


def _unsettled(provisional: bool) -> State:
    return "provisional" if provisional else "open"


def _breached(before: Obligation, breach: said.ObligationBreached) -> Changes:
    # What was done late was done: the breach is noted beside it.
    return {"breached_at": breach.as_of, "state": "met_late" if before.state == "met_late" else "breached"}


def _withdrawn(before: Obligation, _: said.BreachWithdrawn) -> Changes:
    unsettled: State = "open" if before.discharged_at is None else "discharged"
    return {"breached_at": None, "state": unsettled if before.state == "breached" else before.state}


def _discharged(before: Obligation, done: said.ObligationDischarged) -> Changes:
    # After the due time the breach stands (law.md §1.9.6); the discharge is noted beside it.
    state: State = "discharged" if before.breached_at is None else "breached"
    return _settled(state, discharged_at=done.discharged_at)


def _settled(
    state: State, *, satisfied_at: Instant | None = None, discharged_at: Instant | None = None
) -> Changes:
    return {"state": state, "satisfied_at": satisfied_at, "discharged_at": discharged_at}


def _reopened(before: Obligation, again: said.ObligationReopened) -> Changes:
    return {
        **_settled("breached" if before.breached_at is not None else _unsettled(again.provisional)),
        **_dates(before, again),
        "merged_into": None,
    }


def _dates(before: Obligation, new: said.ObligationReopened | said.ObligationRedated) -> Changes:
    dates: Changes = {"starts_at": new.starts_at, "due_at": new.due_at, "target_at": new.target_at}
    if (before.due_at, before.target_at) != (new.due_at, new.target_at):
        dates |= {"warned": False, "target_passed_at": None}  # said of another time
    return dates


def _redated(before: Obligation, redated: said.ObligationRedated) -> Changes:
    return {
        **_dates(before, redated),
        "earlier_due_at": redated.earlier_due_at,
        "earlier_target_at": redated.earlier_target_at,
    }


CHANGES: dict[type[Outcome], Callable[[Obligation, Any], Changes]] = {
    said.ObligationConfirmed: lambda before, _: {
        "state": "open" if before.breached_at is None else "breached"
    },
    said.DeadlineWarned: lambda *_: {"warned": True},
    said.TargetPassed: lambda _, passed: {"target_passed_at": passed.as_of},
    said.ObligationBreached: _breached,
    said.BreachWithdrawn: _withdrawn,
    said.ObligationMet: lambda _, met: _settled("met", satisfied_at=met.satisfied_at),
    said.ObligationMetLate: lambda _, met: _settled("met_late", satisfied_at=met.satisfied_at),
    said.ObligationDischarged: _discharged,
    said.ObligationStoodDown: lambda *_: _settled("stood_down"),
    said.StandDownRefused: lambda *_: {},
    said.ObligationReopened: _reopened,
    said.ObligationMerged: lambda _, merged: {"state": "merged", "merged_into": merged.into_case_id},
    said.ObligationDisputed: lambda _, disputed: {"disputed": disputed.disputed},
    said.ObligationRedated: _redated,
}
