"""How an obligation stands: a fold over the evidence that is about it, in the order of the log.

Law.md §1.9 is the specification: 3 determination, 4 met and late, 6 discharge, 7 stand-down, 8 whom evidence
is about, 9 retraction, 10 duplicates, 11 dispute. Time plays no part here; ticks say breaches.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from rules.candour.policy import Duty
from rules.candour.state import UNSETTLED, Obligation, Status
from rules.london import in_time
from schemas.event_types import Instant
from schemas.outcome_types import Evidence


@dataclass(slots=True)
class Standing:
    status: Status
    due_at: Instant | None = None
    settled_at: Instant | None = None
    disputed: bool = False
    in_time: bool = (
        False  # something satisfied or discharged it in time, or it was never owed: no breach stands
    )
    never_notifiable: bool = False
    into_case: str = ""
    because: str = ""
    attempted: bool = False
    declined_at: Instant | None = None
    marks: set[str] = field(default_factory=set)  # of cumulative proofs so far
    marked_at: Instant = 0


def concerns(evidence: Evidence, obligation: Obligation) -> bool:
    """Whether the evidence is about this patient, provider and obligation; what it leaves open fits all."""
    return (
        evidence.obligation_id in (None, obligation.id)
        and evidence.patient in (None, obligation.patient)
        and evidence.provider in (None, obligation.provider)
    )


def reopens(obligation_id: str) -> str:
    """The mark on a regrade or a choice that opens a duty again which had been stood down."""
    return f"reopens {obligation_id}"


def judge(
    obligation: Obligation, duty: Duty, basis: str, evidence: Iterable[Evidence], due_at: Instant | None
) -> Standing:
    """Where the obligation stands after this evidence. `basis` is that of its instrument."""
    standing = Standing("provisional" if obligation.provisional else "open", due_at=due_at)
    if duty.met_by_report:
        _satisfy(standing, obligation.reported_at, "The report itself is what this duty asks for.")
    for one in evidence:
        if one.counts and concerns(one, obligation):
            _weigh(standing, obligation, duty, basis, one)
    return standing


def _weigh(standing: Standing, obligation: Obligation, duty: Duty, basis: str, one: Evidence) -> None:
    match one.kind:
        case "family_account_given":
            standing.disputed = "not_told" in one.marks
        case "contact_attempted" | "contact_declined":
            if duty.discharged_by_decline:
                _contact(standing, obligation, one)
        case "notifiable_determination_recorded":
            if basis == "statute":
                _determine(standing, "yes" in one.marks)
        case "obligation_stood_down":
            _stand_down(standing, one)
        case "case_linked":
            if "duplicate" in one.marks and standing.status in UNSETTLED:
                standing.status, standing.into_case = "merged", one.marks[-1]
                standing.because = "This report is a duplicate; the duty is owed under the other case."
        case "harm_regraded" | "candour_opted_in":
            if reopens(obligation.id) in one.marks and standing.status == "stood_down":
                standing.status = "provisional" if obligation.provisional else "open"
                standing.in_time = standing.never_notifiable = False
                standing.because = "Harm was graded up again, or a person opened the duty again."
    for proof in duty.satisfied_by:
        if proof.event != one.kind:
            continue
        if proof.cumulative:
            standing.marks.update(one.marks)
            standing.marked_at = max(standing.marked_at, one.at)
            if proof.marks <= standing.marks:
                _satisfy(standing, standing.marked_at, "All that the law asks for was given in writing.")
        elif proof.marks.issubset(one.marks):
            _satisfy(standing, one.at, "All that is asked for was done.")


def _satisfy(standing: Standing, at: Instant, because: str) -> None:
    timely = standing.due_at is None or in_time(at, standing.due_at)
    match standing.status:
        case "provisional" | "open" | "discharged":
            # what was discharged in time is no longer late when contact is made after all
            standing.status = "met" if timely or standing.in_time else "met_late"
        case "met_late" if timely:
            standing.status = "met"
        case "met" if standing.settled_at is not None and at < standing.settled_at:
            pass  # an earlier date of the same thing
        case _:
            return
    standing.settled_at, standing.because = at, because
    standing.in_time = standing.in_time or timely


def _contact(standing: Standing, obligation: Obligation, one: Evidence) -> None:
    if one.kind == "contact_attempted":
        standing.attempted = True
        if (
            "reached" in one.marks
            and standing.status == "discharged"
            and one.at >= (standing.settled_at or 0)
        ):
            standing.status = "provisional" if obligation.provisional else "open"
            standing.declined_at = standing.settled_at = None
            standing.because = "Contact was made again after all."
    else:
        standing.declined_at = one.at
    if standing.declined_at is None or not standing.attempted or standing.status not in UNSETTLED:
        return
    if standing.due_at is None or in_time(standing.declined_at, standing.due_at):
        standing.status, standing.settled_at = "discharged", standing.declined_at
        standing.in_time = True
        standing.because = (
            "The relevant person declined or could not be contacted, and attempts are logged; "
            "this discharges the duty and does not count as met."
        )


def _determine(standing: Standing, notifiable: bool) -> None:
    if notifiable and (standing.status == "provisional" or standing.because == NOT_NOTIFIABLE):
        standing.status = "open"
        standing.because = "A determination found this to be a notifiable safety incident."
    elif not notifiable and standing.status in UNSETTLED:
        standing.status, standing.because = "stood_down", NOT_NOTIFIABLE


NOT_NOTIFIABLE = "A determination found this not to be a notifiable safety incident."


def _stand_down(standing: Standing, one: Evidence) -> None:
    never = "never_notifiable" in one.marks
    before_due = standing.due_at is None or in_time(one.recorded_at, standing.due_at)
    if (standing.status in UNSETTLED and before_due) or (
        never and standing.status in (*UNSETTLED, "met_late")
    ):
        standing.status = "stood_down"
        standing.never_notifiable = never
        standing.in_time = True
        standing.because = (
            "Two persons recorded that the matter was never notifiable."
            if never
            else "A person closed the duty before it was due, with a reason."
        )
