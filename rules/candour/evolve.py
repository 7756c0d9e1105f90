"""Hears one outcome of the candour rule. The only way in which its memory changes."""

from functools import lru_cache
from sys import intern

from rules.calendar import Calendar
from rules.candour.standing import CONTACT
from rules.candour.state import UNSETTLED, Case, Obligation, State, one_of
from rules.london import SECOND, in_time
from schemas.event_types import Instant
from schemas.outcome_types import (
    BreachWithdrawn,
    DeadlineWarned,
    EvidenceTaken,
    EvidenceWithdrawn,
    ObligationBreached,
    ObligationConfirmed,
    ObligationDischarged,
    ObligationDisputed,
    ObligationMerged,
    ObligationMet,
    ObligationMetLate,
    ObligationOpened,
    ObligationRedated,
    ObligationReopened,
    ObligationStoodDown,
    Outcome,
    TargetPassed,
)


def apply(state: State, outcome: Outcome) -> None:
    case_id = outcome.case_id
    if state.hear(outcome) or case_id is None:
        return
    case = state.cases.get(case_id)
    if case is None:
        case = state.cases[case_id] = Case()
    obligation = remember(case, outcome)
    if _asks_again(outcome):
        for one in case.obligations.values():
            _set_alarm(state, one)
    if obligation is not None:
        state.owners[obligation.id] = case_id
        _set_alarm(state, obligation)


def remember(case: Case, outcome: Outcome) -> Obligation | None:
    """Change what is known of one case; answers the obligation that was spoken of, if one was."""
    if isinstance(outcome, ObligationOpened):
        case.obligations[outcome.subject] = opened = _opened(outcome)
        return opened
    obligation = case.obligations.get(outcome.subject)
    if obligation is not None:
        obligation.revision = outcome.revision
        _change(obligation, outcome)
        return obligation
    match outcome:
        case EvidenceTaken():
            case.evidence = (*case.evidence, outcome.evidence)
        case EvidenceWithdrawn():
            case.withdrawn = (*case.withdrawn, outcome.retracted_event_id)
            case.evidence = tuple(one for one in case.evidence if one.event_id != outcome.retracted_event_id)
    if _asks_again(outcome):
        for one in case.obligations.values():
            if one.due_at is not None and not one.breached:
                one.spoken_until = min(one.spoken_until, one.due_at - SECOND)
    case.revision = outcome.revision
    return None


def _asks_again(outcome: Outcome) -> bool:
    """Whether what showed that a due time had passed without a breach may show it no longer."""
    if isinstance(outcome, EvidenceTaken):
        return outcome.evidence.kind in CONTACT
    return isinstance(outcome, EvidenceWithdrawn)


def _opened(outcome: ObligationOpened) -> Obligation:
    starts_at = outcome.starts_at
    return Obligation(
        id=outcome.subject,
        patient=intern(outcome.patient),  # what a million obligations have in common is kept once
        provider=intern(outcome.provider),
        provider_type=intern(outcome.provider_type),
        duty=intern(outcome.duty),
        instrument=intern(outcome.instrument),
        policy_version=intern(outcome.policy_version or ""),
        calendar_version=intern(outcome.calendar_version) if outcome.calendar_version else None,
        provisional=outcome.provisional,
        harm=intern(outcome.harm),
        reported_at=starts_at if outcome.reported_at == starts_at else outcome.reported_at,
        aware_at=starts_at if outcome.aware_at == starts_at else outcome.aware_at,
        opened_at=starts_at,
        opened_by=outcome.cause,
        starts_at=starts_at,
        due_at=one_of(outcome.due_at),
        target_at=one_of(outcome.target_at),
        status="provisional" if outcome.provisional else "open",
        revision=outcome.revision,
    )


def _change(obligation: Obligation, outcome: Outcome) -> None:
    match outcome:
        case ObligationMet():
            obligation.status, obligation.settled_at = "met", outcome.satisfied_at
        case ObligationConfirmed():
            obligation.status = "open"
        case DeadlineWarned():
            obligation.spoken_until = max(obligation.spoken_until, outcome.recorded_at)
        case TargetPassed():
            obligation.spoken_until = outcome.target_at + SECOND
        case ObligationBreached():
            obligation.breached = True
            obligation.spoken_until = outcome.due_at + SECOND
        case BreachWithdrawn():
            obligation.breached = False
            obligation.spoken_until = min(obligation.spoken_until, (outcome.due_at or 0) - SECOND)
        case ObligationMetLate():
            obligation.status, obligation.settled_at = "met_late", outcome.satisfied_at
        case ObligationDischarged():
            obligation.status, obligation.settled_at = "discharged", outcome.discharged_at
        case ObligationStoodDown():
            obligation.status, obligation.settled_at = "stood_down", None
        case ObligationMerged():
            obligation.status, obligation.settled_at = "merged", None
        case ObligationReopened():
            obligation.status, obligation.settled_at = "provisional" if outcome.provisional else "open", None
            _date(obligation, outcome)
        case ObligationRedated():
            _date(obligation, outcome)
            obligation.calendar_version = outcome.calendar_version
        case ObligationDisputed():
            obligation.disputed = outcome.disputed


def _date(obligation: Obligation, outcome: ObligationReopened | ObligationRedated) -> None:
    if (obligation.due_at, obligation.target_at) != (outcome.due_at, outcome.target_at):
        obligation.spoken_until = 0
    obligation.starts_at = outcome.starts_at
    obligation.due_at = outcome.due_at
    obligation.target_at = outcome.target_at


def stages(state: State, obligation: Obligation) -> list[tuple[Instant, str, int]]:
    """When ticks have something to say: (from when, `due` or `target`, working days ahead; 0 once passed)."""
    deadline = obligation.due_at if obligation.due_at is not None else obligation.target_at
    if deadline is None or state.calendar is None:
        return []
    of = "due" if obligation.due_at is not None else "target"
    warnings = state.duty(obligation).warn_working_days
    return [one for one in _stages(state.calendar, deadline, of, warnings) if one[0] > obligation.starts_at]


@lru_cache(maxsize=65536)
def _stages(
    calendar: Calendar, deadline: Instant, of: str, warnings: tuple[int, ...]
) -> list[tuple[Instant, str, int]]:
    ahead = ((calendar.ahead(deadline, days), of, days) for days in warnings)
    return sorted(
        [(deadline + SECOND, of, 0), *((when, of, days) for when, of, days in ahead if when is not None)]
    )


def _set_alarm(state: State, obligation: Obligation) -> None:
    if obligation.alarm is not None:
        state.alarms.discard(obligation.alarm, obligation.id)
    obligation.alarm = None
    late = obligation.status == "met_late" or discharged_late(obligation)
    if obligation.breached or not (obligation.status in UNSETTLED or late):
        return
    for when, _, days in stages(state, obligation):
        if when > obligation.spoken_until and not (late and days):
            obligation.alarm = when
            state.alarms.add(when, obligation.id)
            return


def discharged_late(obligation: Obligation) -> bool:
    at, due_at = obligation.settled_at, obligation.due_at
    if obligation.status != "discharged" or at is None or due_at is None:
        return False
    return not in_time(at, due_at)
