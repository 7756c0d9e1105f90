"""Brings every obligation of a case into line with its evidence, and says what has changed."""

from collections.abc import Iterable
from typing import NamedTuple

from rules.candour.draft import Draft
from rules.candour.evidence import FIRST_GRADING
from rules.candour.ledger import spoken_of
from rules.candour.opening import deadlines, follows_at, investigated_at, open_after
from rules.candour.policy import Duty
from rules.candour.standing import (
    DETERMINATION,
    LIMB_NOT_NAMED,
    NOTED,
    NOTHING_OWED_THERE,
    Standing,
    closes,
    concerns,
    judge,
    limb_not_named,
    reopens,
)
from rules.candour.state import UNSETTLED, Obligation, State
from rules.identity import obligation_id
from rules.london import in_time, in_words, passed
from schemas.event_types import CaseEvent, Instant, Provider
from schemas.outcome_types import (
    BreachWithdrawn,
    Evidence,
    ObligationConfirmed,
    ObligationDischarged,
    ObligationDisputed,
    ObligationMerged,
    ObligationMet,
    ObligationMetLate,
    ObligationRedated,
    ObligationReopened,
    ObligationStoodDown,
)

BEFORE_COMMENCEMENT = (
    "The regulation was not in force for this provider by then: whether it reaches this is not settled."
)
RETRACTED = "What this duty rested on was entered by mistake and has been retracted."


def settle(draft: Draft, event: CaseEvent) -> None:
    """First the duties that stand by themselves, then those that follow from them."""
    by_itself = ("report", "harm", "never_event")
    first = [one for one in draft.case.obligations.values() if _opens(draft, one) in by_itself]
    for obligation in first:
        _settle(draft, obligation)
    for obligation in first:
        if obligation.duty == "tell":
            open_after(draft, event, obligation)
    for obligation in list(draft.case.obligations.values()):
        if _opens(draft, obligation) in ("told", "investigation_completed"):
            _settle(draft, obligation)


def settle_new(draft: Draft) -> None:
    """Where nothing is known but the report, only the duty to report has its answer already."""
    for obligation in draft.case.obligations.values():
        if draft.state.duty(obligation).met_by_report:
            _settle(draft, obligation)


def redate(draft: Draft) -> None:
    """A new calendar moves what is not settled, visibly, and dates what could not be dated."""
    for obligation in draft.case.obligations.values():
        if moves(draft.state, obligation):
            _settle(draft, obligation)


def moves(state: State, obligation: Obligation) -> bool:
    """Whether its dates follow the calendar in force: what is settled keeps those that it was settled by."""
    if obligation.status in (*UNSETTLED, "met_late"):
        return True
    duty = state.duty(obligation)
    undated = obligation.due_at is None and obligation.target_at is None
    return undated and (duty.due_working_days is not None or duty.target_working_days is not None)


def _opens(draft: Draft, obligation: Obligation) -> str:
    return draft.state.duty(obligation).opens


def _settle(draft: Draft, obligation: Obligation) -> None:
    duty, due_at = draft.state.duty(obligation), obligation.due_at
    instrument = draft.state.instrument(obligation)
    rests_at = _rests_at(draft, obligation, duty)
    statute = instrument.basis == "statute"
    unnamed = statute and limb_not_named(draft.case.evidence, obligation)
    noted = (NOTED[LIMB_NOT_NAMED],) if unnamed else ()
    if rests_at is None:
        standing = Standing("stood_down", done_in_time=True, because=RETRACTED)
    else:
        dates = _dates(draft, obligation, duty, rests_at)
        standing = judge(obligation, duty, instrument.basis, draft.case.evidence, dates.due_at)
        if standing.status in (*UNSETTLED, "met_late"):  # what had kept its dates follows the calendar again
            dates = _dates(draft, obligation, duty, rests_at, keep=False)
            standing = judge(obligation, duty, instrument.basis, draft.case.evidence, dates.due_at)
        if obligation.status == "stood_down" and standing.status != "stood_down":
            _reopen(draft, obligation, standing, dates, *noted)
        elif obligation.status not in ("stood_down", "merged"):
            _redate(draft, obligation, dates)
    _withdraw_breach(draft, obligation, standing, moved=obligation.due_at != due_at)
    if (standing.status, standing.settled_at) != (obligation.status, obligation.settled_at):
        _say(draft, obligation, standing, *noted)
    elif statute and standing.status == "open" and not unnamed and _was_unnamed(draft, obligation):
        draft.say_of(obligation, ObligationConfirmed, "The limb of Regulation 20(9) has been named.")
    if standing.disputed != obligation.disputed:
        told = (
            "The family says that it was not told."
            if standing.disputed
            else "The family no longer disputes it."
        )
        draft.say_of(obligation, ObligationDisputed, told, disputed=standing.disputed)


def _rests_at(draft: Draft, obligation: Obligation, duty: Duty) -> Instant | None:
    """When the obligation starts by what is known now; None where nothing is left that it rests on."""
    again, known = _since_opened_again(draft, obligation)
    if duty.opens in ("told", "investigation_completed"):
        tell = draft.case.obligations[tell_of(draft.case_id, obligation)]
        if _rests_at(draft, tell, draft.state.duty(tell)) is None:
            return None
        at = investigated_at(draft, tell)
        if duty.opens == "told":
            # once discharged or closed after it had been told, what followed from the telling stands
            at = follows_at(draft, tell, duty)
            closed = tell.status in ("merged", "stood_down", "discharged")
            at = obligation.starts_at if at is None and closed else at
        return max(at, again.at) if at is not None and again is not None else at
    if duty.opens == "never_event":
        rests = spoken_of(draft.case.evidence, obligation)
    else:
        rests = again is not None or obligation.opened_by not in draft.case.withdrawn
    return _start(draft, obligation, duty, again, known) if rests else None


def tell_of(case_id: str, obligation: Obligation) -> str:
    """The id of the duty to tell from which this one follows."""
    return obligation_id(case_id, obligation.patient, obligation.provider, "tell", obligation.instrument)


def _since_opened_again(draft: Draft, obligation: Obligation) -> tuple[Evidence | None, list[Evidence]]:
    """The regrade or choice that opened it again, if what had closed it before still stands; and what counts
    towards its start: after a person had closed it, only what came to be known since."""
    follows = _opens(draft, obligation) in ("told", "investigation_completed")
    origin = draft.case.obligations[tell_of(draft.case_id, obligation)] if follows else obligation
    mistaken, closed = origin.opened_by in draft.case.withdrawn, False
    statute = draft.state.instrument(obligation).basis == "statute"
    again: Evidence | None = None
    known: list[Evidence] = []
    for one in draft.case.evidence:
        if not one.counts:
            continue
        if (mistaken or closed) and reopens(obligation.id) in one.marks:
            again = one
            if closed and FIRST_GRADING not in one.marks:
                known = []
            mistaken = closed = False
        known.append(one)
        denied = one.kind == DETERMINATION and "no" in one.marks and concerns(one, obligation)
        closed = closed or closes(obligation.id) in one.marks or (statute and denied)
    return again, known


def _start(
    draft: Draft, obligation: Obligation, duty: Duty, again: Evidence | None, known: Iterable[Evidence]
) -> Instant:
    """Duties counted from a report start with the earliest awareness and report that came to be known; others
    with a linked report too, if by its harm and its day it made a duty of it."""
    reported_at, aware_at = obligation.reported_at, obligation.aware_at
    by_awareness = duty.starts == "aware_at"
    if again is None:
        opened_at = obligation.opened_at
        by_report = opened_at == (aware_at if by_awareness else reported_at)
    else:
        opened_at, by_report = again.at, FIRST_GRADING in again.marks
    linked = []
    for one in known:
        if one.kind == "case_linked":
            at = one.aware_at if by_awareness else one.reported_at
            linked += [at] if at is not None and (by_report or _owed_by(draft, obligation, one, at)) else []
        elif one.aware_at is not None:
            aware_at = one.aware_at
    counted_from = aware_at if by_awareness else reported_at
    return min([counted_from if by_report else opened_at, *linked])


def _owed_by(draft: Draft, obligation: Obligation, link: Evidence, at: Instant) -> bool:
    """Whether the report that is linked brought a duty such as this one."""
    if NOTHING_OWED_THERE in link.marks or _opens(draft, obligation) == "never_event":
        return False
    return at >= _commencement(draft, obligation)


class _Dates(NamedTuple):
    starts_at: Instant
    due_at: Instant | None
    target_at: Instant | None
    reason: str


def _dates(
    draft: Draft, obligation: Obligation, duty: Duty, starts_at: Instant, *, keep: bool = True
) -> _Dates:
    """By the calendar in force now; what is settled keeps its dates unless its start moves."""
    if keep and starts_at == obligation.starts_at and not moves(draft.state, obligation):
        return _Dates(starts_at, obligation.due_at, obligation.target_at, "")
    return _Dates(starts_at, *deadlines(draft, duty, starts_at))


def _redate(draft: Draft, obligation: Obligation, dates: _Dates) -> None:
    statute = draft.state.instrument(obligation).basis == "statute"
    earlier = obligation.starts_at, obligation.due_at, obligation.target_at
    if earlier == dates[:3]:
        return
    was, now = (
        in_words(when) if when else "not known"
        for when in (earlier[1] or earlier[2], dates.due_at or dates.target_at)
    )
    moved = f"The time set has moved: was {was}, is {now}."
    if was == now:
        stays = "the time set stays as it was" if dates.due_at or dates.target_at else "no time is set"
        moved = f"It counts from {in_words(dates.starts_at)} now; {stays}."
    draft.say_of(
        obligation,
        ObligationRedated,
        moved,
        *((dates.reason,) if dates.reason else ()),
        *((BEFORE_COMMENCEMENT,) if statute and dates.starts_at < _commencement(draft, obligation) else ()),
        calendar_version=draft.calendar.version,
        starts_at=dates.starts_at,
        due_at=dates.due_at,
        target_at=dates.target_at,
        earlier_starts_at=earlier[0],
        earlier_due_at=earlier[1],
        earlier_target_at=earlier[2],
    )


def _commencement(draft: Draft, obligation: Obligation) -> Instant:
    """When an instrument of its family first bound such a provider."""
    provider = Provider(
        code=obligation.provider, type=obligation.provider_type, nhs_contract=True, scheme_member=False
    )
    return draft.policy.commencement(provider, draft.state.instrument(obligation).family)


def _reopen(draft: Draft, obligation: Obligation, standing: Standing, dates: _Dates, *noted: str) -> None:
    draft.say_of(
        obligation,
        ObligationReopened,
        standing.because or "What had settled this duty no longer stands.",
        *noted,
        calendar_version=draft.calendar.version,
        provisional=obligation.provisional and standing.status == "provisional",
        starts_at=dates.starts_at,
        due_at=dates.due_at,
        target_at=dates.target_at,
    )


def _withdraw_breach(draft: Draft, obligation: Obligation, standing: Standing, *, moved: bool) -> None:
    """`moved`: by this record, whose own time says nothing of a due time that had passed before it came."""
    if not obligation.breached or standing.status == "merged":
        return
    due_at = obligation.due_at
    if standing.in_time:
        because = f"What came to be known since shows that there was no breach. {standing.because}"
    elif moved and (due_at is None or not passed(draft.speaker.recorded_at, due_at)):
        because = "The due time has moved, and it has not passed."
    else:
        return
    draft.say_of(obligation, BreachWithdrawn, because, due_at=due_at)


def _was_unnamed(draft: Draft, obligation: Obligation) -> bool:
    """Whether no limb was named before the evidence that this record brings."""
    evidence = draft.case.evidence
    brought = bool(evidence) and evidence[-1].event_id == draft.speaker.cause
    return brought and limb_not_named(evidence[:-1], obligation)


def _say(draft: Draft, obligation: Obligation, standing: Standing, *noted: str) -> None:
    """`noted`: what is said beside the reason as long as the duty stands."""
    because = standing.because or "What had settled this duty no longer stands."
    match standing.status:
        case "met":
            draft.say_of(obligation, ObligationMet, because, *noted, satisfied_at=standing.settled_at)
        case "met_late":
            late = "It is dated after the due time: the duty was met late, and the breach stands."
            draft.say_of(
                obligation, ObligationMetLate, because, late,
                satisfied_at=standing.settled_at, due_at=obligation.due_at,
            )  # fmt: skip
        case "discharged":
            at, due = standing.settled_at, obligation.due_at
            after = due is not None and at is not None and not in_time(at, due) and not standing.in_time
            draft.say_of(
                obligation, ObligationDischarged, because, *noted,
                *(("It is dated after the due time, and undoes no breach.",) if after else ()),
                discharged_at=at,
            )  # fmt: skip
        case "stood_down":
            draft.say_of(obligation, ObligationStoodDown, because, never_notifiable=standing.never_notifiable)
        case "merged":
            draft.say_of(obligation, ObligationMerged, because, into_case_id=standing.into_case)
        case "open" if obligation.status == "provisional":
            draft.say_of(obligation, ObligationConfirmed, because, *noted)
        case _:
            _reopen(
                draft,
                obligation,
                standing,
                _Dates(obligation.starts_at, obligation.due_at, obligation.target_at, ""),
                *noted,
            )
