"""How an obligation stands: a fold over the evidence that is about it, in the order of the log.

Law.md §1.9 is the specification: 3 determination, 4 met and late, 6 discharge, 7 stand-down, 8 whom evidence
is about, 9 retraction, 10 duplicates, 11 dispute. Time plays no part here; ticks say breaches.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from rules.candour.policy import Duty, Note
from rules.candour.state import UNSETTLED, Obligation, Status
from rules.london import in_time
from schemas.event_types import Instant
from schemas.outcome_types import Evidence


@dataclass(slots=True)
class Standing:
    """What a fold over the evidence comes to. `done_in_time`: something satisfied it in time, or a person
    closed it; `discharged_in_time`: it stood discharged when its due time passed."""

    status: Status
    due_at: Instant | None = None
    settled_at: Instant | None = None
    disputed: bool = False
    done_in_time: bool = False
    discharged_in_time: bool = False
    never_notifiable: bool = False
    into_case: str = ""
    because: str = ""
    determined: bool | None = None  # what the latest determination found
    done_at: Instant | None = None  # the earliest date of what satisfies it, even while it is closed
    attempted_at: Instant | None = None  # the first attempt to contact
    declined: list[Instant] = field(default_factory=list)
    reached: list[Instant] = field(default_factory=list)  # when contact was made
    letters: list[tuple[Instant, tuple[str, ...]]] = field(default_factory=list)

    @property
    def in_time(self) -> bool:
        """No breach stands."""
        return self.done_in_time or self.discharged_in_time


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


def closes(obligation_id: str) -> str:
    """The mark on a stand-down for each duty that was there to be closed: what opens later stays open."""
    return f"closes {obligation_id}"


def determined(evidence: Iterable[Evidence], obligation: Obligation) -> bool:
    """Whether the latest determination about it found a notifiable safety incident."""
    found = False
    for one in evidence:
        if one.kind == DETERMINATION and one.counts and concerns(one, obligation):
            found = "yes" in one.marks
    return found


def limb_not_named(evidence: Iterable[Evidence], obligation: Obligation) -> bool:
    """Whether the latest determination about it found an incident of 20(9), and did not say by which limb."""
    found = False
    for one in evidence:
        if one.kind == DETERMINATION and one.counts and concerns(one, obligation):
            found = LIMB_NOT_NAMED in one.marks
    return found


def judge(
    obligation: Obligation, duty: Duty, basis: str, evidence: Iterable[Evidence], due_at: Instant | None
) -> Standing:
    """Where the obligation stands after this evidence. `basis` is that of its instrument."""
    standing = Standing("provisional" if obligation.provisional else "open", due_at=due_at)
    if any(proof.event == "reported" for proof in duty.satisfied_by):
        _satisfy(standing, obligation.reported_at, REPORTED)
    for one in evidence:
        if one.counts and concerns(one, obligation):
            _weigh(standing, obligation, duty, basis, one)
    return standing


CONTACT = ("contact_attempted", "relevant_person_notified")
"""Evidence that they were met, so that what a refusal had discharged may be owed again."""
DETERMINATION = "notifiable_determination_recorded"
LIMB_NOT_NAMED: Note = "limb_not_named"
WITHOUT_REPORT: Note = "without_report"
NOTED: dict[Note, str] = {
    LIMB_NOT_NAMED: "The determination names no limb of Regulation 20(9): name it in a further one.",
    WITHOUT_REPORT: "By its facts a duty was owed already, and no report of the case is on the log before "
    "it: it is held, and counts when the report comes.",
}
NOTHING_OWED_THERE = "nothing_owed_there"
"""The mark on a link to a case where nothing would be owed: a duplicate of it, linked while nothing was owed
here, closes nothing that comes about later; and nothing counts from its report that did not from this one."""
REPORTED = "The report itself is what this duty asks for."
DONE = "All that is asked for was done."
IN_WRITING = "All that the law asks for was given in writing."
NO_NEVER_EVENT = "It does not stand as a never event of this provider."
DUPLICATE = "This report is a duplicate; the duty is owed under the other case."
NOT_NOTIFIABLE = "A determination found this not to be a notifiable safety incident."


def _weigh(standing: Standing, obligation: Obligation, duty: Duty, basis: str, one: Evidence) -> None:
    match one.kind:
        case "family_account_given":
            # It is about being told; about another duty only where it names that.
            about = duty.opens in ("harm", "never_event") or one.obligation_id is not None
            if about and "not_clear" not in one.marks:
                standing.disputed = "not_told" in one.marks
        case "contact_attempted" | "contact_declined":
            if duty.discharged_by_decline:
                _contact(standing, obligation, one)
        case "notifiable_determination_recorded":
            if basis == "statute":
                _determine(standing, obligation, "yes" in one.marks)
        case "obligation_stood_down":
            if closes(obligation.id) in one.marks:
                _stand_down(standing, one)
        case "never_event":
            if duty.opens == "never_event":
                _by_ledger(standing, obligation, one)
        case "case_linked":
            if "duplicate" in one.marks and NOTHING_OWED_THERE not in one.marks:
                standing.into_case = one.marks[-1]
                if standing.status in UNSETTLED:
                    standing.status, standing.because = "merged", DUPLICATE
        case "harm_regraded" | "candour_opted_in":
            if reopens(obligation.id) in one.marks and standing.status == "stood_down":
                standing.done_in_time = standing.never_notifiable = False
                standing.determined = None
                _open_again(standing, obligation, "Harm was graded up again, or a person opened it again.")
    for proof in duty.satisfied_by:
        if proof.event == "reported" and one.kind == "case_linked" and one.reported_at is not None:
            _satisfy(standing, one.reported_at, REPORTED)  # the earlier of two reports of one incident
        if proof.event != one.kind:
            continue
        if proof.cumulative:
            standing.letters.append((one.at, one.marks))
            complete_at = _complete(standing.letters, proof.marks)
            if complete_at is not None:
                _satisfy(standing, complete_at, IN_WRITING)
        elif proof.marks.issubset(one.marks):
            _satisfy(standing, one.at, DONE)
    if one.kind == "relevant_person_notified" and "in_person" in one.marks and duty.discharged_by_decline:
        _contact(standing, obligation, one)  # whatever was or was not said: they met


def _complete(letters: list[tuple[Instant, tuple[str, ...]]], needed: frozenset[str]) -> Instant | None:
    """The date of the letter with which all that is needed had been given."""
    given: set[str] = set()
    for at, marks in sorted(letters):
        given.update(marks)
        if needed <= given:
            return at
    return None


def _satisfy(standing: Standing, at: Instant, because: str) -> None:
    standing.done_at = at if standing.done_at is None else min(standing.done_at, at)
    timely = standing.due_at is None or in_time(at, standing.due_at)
    match standing.status:
        case "provisional" | "open" | "discharged":
            # what was discharged in time is not late when contact is made after all
            standing.status = "met" if timely or standing.in_time else "met_late"
        case "met_late" if timely:
            standing.status = "met"
        case "met" | "met_late" if standing.settled_at is not None and at < standing.settled_at:
            pass  # an earlier date of the same thing
        case _:
            return
    standing.settled_at, standing.because = at, because
    standing.done_in_time = standing.done_in_time or timely


def _contact(standing: Standing, obligation: Obligation, one: Evidence) -> None:
    match one.kind:
        case "contact_declined":
            standing.declined.append(one.at)
        case "contact_attempted":
            first = standing.attempted_at
            standing.attempted_at = one.at if first is None else min(first, one.at)
            if "reached" in one.marks:
                standing.reached.append(one.at)
        case _:
            standing.reached.append(one.at)
    _discharge(standing, obligation)


def _discharge(standing: Standing, obligation: Obligation) -> None:
    """A refusal with an attempt discharges, until contact is made at a later date than the refusal."""
    if standing.attempted_at is None or not standing.declined:
        return
    standing.discharged_in_time = any(
        _held(standing, declined_at, standing.attempted_at) for declined_at in standing.declined
    )
    if standing.status in ("met", "met_late"):
        standing.status = "met" if standing.in_time else "met_late"
    holding = [at for at in standing.declined if at >= max(standing.reached, default=at)]
    if holding and standing.status in (*UNSETTLED, "discharged"):
        standing.status, standing.settled_at = "discharged", max(min(holding), standing.attempted_at)
        standing.because = (
            "The relevant person declined or could not be contacted, and attempts are logged; "
            "this discharges the duty and does not count as met."
        )
    elif not holding and standing.status == "discharged":
        _unsettle(standing, obligation, "Contact was made again after all.")


def _held(standing: Standing, declined_at: Instant, attempted_at: Instant) -> bool:
    """Whether the duty stood discharged by this refusal when its due time passed."""
    due_at = standing.due_at
    if due_at is None:
        return True
    contact_again = any(at > declined_at and in_time(at, due_at) for at in standing.reached)
    return in_time(max(declined_at, attempted_at), due_at) and not contact_again


def _unsettle(standing: Standing, obligation: Obligation, because: str) -> None:
    """As it would stand had nothing settled it."""
    standing.settled_at = None
    if standing.into_case:
        standing.status, standing.because = "merged", DUPLICATE
    elif standing.determined is False:
        standing.status, standing.because = "stood_down", NOT_NOTIFIABLE
    else:
        waits = obligation.provisional and not standing.determined
        standing.status, standing.because = "provisional" if waits else "open", because


def _open_again(standing: Standing, obligation: Obligation, because: str) -> None:
    """What was done while it was closed was done."""
    _unsettle(standing, obligation, because)
    _discharge(standing, obligation)
    if standing.done_at is not None:
        _satisfy(standing, standing.done_at, DONE)


def _determine(standing: Standing, obligation: Obligation, notifiable: bool) -> None:
    standing.determined = notifiable
    if not notifiable and standing.status in UNSETTLED:
        standing.status, standing.because = "stood_down", NOT_NOTIFIABLE
    elif notifiable and (
        standing.status == "provisional"
        or (standing.status == "stood_down" and standing.because == NOT_NOTIFIABLE)
    ):
        _open_again(standing, obligation, "A determination found this to be a notifiable safety incident.")


def _by_ledger(standing: Standing, obligation: Obligation, one: Evidence) -> None:
    """What the ledger of never events says is to this duty what a determination is to Regulation 20."""
    standing.determined = True if "counted" in one.marks else None
    if "withdrawn" in one.marks:
        if standing.status in UNSETTLED:
            standing.status, standing.because = "stood_down", NO_NEVER_EVENT
    elif standing.status in UNSETTLED or standing.because == NO_NEVER_EVENT:
        _open_again(standing, obligation, "The ledger of never events counts it.")


def _stand_down(standing: Standing, one: Evidence) -> None:
    never = "never_notifiable" in one.marks
    before_due = standing.due_at is None or in_time(one.recorded_at, standing.due_at)
    late = standing.status in ("met_late", "discharged") and not standing.in_time
    if (standing.status in UNSETTLED and (before_due or never)) or (late and never):
        standing.status, standing.settled_at = "stood_down", None
        standing.never_notifiable = never
        standing.done_in_time = True
        standing.because = (
            "Two persons recorded that the matter was never notifiable."
            if never
            else "A person closed the duty before it was due, with a reason."
        )
