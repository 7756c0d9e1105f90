"""Hears one outcome of the escalation rule. The only way in which its memory changes."""

from sys import intern

from rules.escalation.routing import levels_at
from rules.escalation.state import Case, Escalation, SeriousTime, State
from rules.london import SECOND
from schemas.escalation_types import (
    EscalationClimbed,
    EscalationClosed,
    EscalationOverdue,
    EscalationRaised,
    EscalationReturned,
    EscalationTaken,
    GroundFallen,
    GroundTaken,
    SeriousClockMet,
    SeriousClockMissed,
    SeriousClockRedated,
    SeriousClockReopened,
    SeriousClockStarted,
    SeriousClockWithdrawn,
    SeriousMissWithdrawn,
    SeriousStepTaken,
    SeriousStepWithdrawn,
)
from schemas.event_types import Instant
from schemas.outcome_types import Outcome


def apply(state: State, outcome: Outcome) -> None:
    case_id = outcome.case_id
    if state.hear(outcome) or case_id is None:
        return
    case = state.cases.get(case_id)
    if case is None:
        case = state.cases[case_id] = Case()
    spoken_of = remember(case, outcome)
    if spoken_of is not None:
        state.owners[spoken_of.id] = case_id
        if isinstance(spoken_of, Escalation):
            spoken_of.top = is_top(state, spoken_of, outcome.recorded_at)
        after = _alarm(spoken_of)
        state.move_alarm(spoken_of.id, spoken_of.alarm, after)
        spoken_of.alarm = after


def is_top(state: State, escalation: Escalation, when: Instant) -> bool:
    """Whether there is no level above: the top one keeps it."""
    policy, trigger = state.policy_of(escalation), state.trigger_of(escalation)
    return escalation.level >= len(levels_at(policy, trigger, escalation.provider_type, when))


def remember(case: Case, outcome: Outcome) -> Escalation | SeriousTime | None:
    """Change what is known of one case; answers the escalation or clock that was spoken of, if one was."""
    if not outcome.cause.startswith("tick:") and outcome.cause not in case.heard:
        case.heard = (*case.heard, outcome.cause)
    if isinstance(outcome, EscalationRaised):
        return _raise(case, outcome)
    if isinstance(outcome, SeriousClockStarted):
        return _start(case, outcome)
    escalation = case.escalations.get(outcome.subject)
    if escalation is not None:
        escalation.revision = outcome.revision
        _change(escalation, outcome)
        return escalation
    clock = case.clocks.get(outcome.subject)
    if clock is not None:
        clock.revision = outcome.revision
        _change_clock(clock, outcome)
        return clock
    match outcome:
        case SeriousStepTaken():
            case.steps = (*case.steps, outcome)
            case.revision = outcome.revision
        case SeriousStepWithdrawn():
            case.steps = tuple(one for one in case.steps if one.event_id != outcome.retracted_event_id)
            case.revision = outcome.revision
    return None


def _raise(case: Case, outcome: EscalationRaised) -> Escalation:
    """The first time, or again after it was closed."""
    before = case.escalations.get(outcome.subject)
    case.escalations[outcome.subject] = raised = Escalation(
        id=outcome.subject,
        trigger=intern(outcome.trigger),
        about=outcome.about,
        provider=intern(outcome.provider),
        provider_type=intern(outcome.provider_type),
        policy_version=intern(outcome.policy_version or ""),
        grounds=(*before.grounds, outcome.ground) if before else (outcome.ground,),
        level=outcome.level,
        owner_role=intern(outcome.owner_role),
        acknowledge_by=outcome.acknowledge_by,
        act_by=outcome.act_by,
        revision=outcome.revision,
        placed_at=outcome.raised_at,
        alarm=before.alarm if before else None,
    )
    return raised


def _change(escalation: Escalation, outcome: Outcome) -> None:
    match outcome:
        case GroundTaken():
            escalation.grounds = (*escalation.grounds, outcome.ground)
        case GroundFallen():
            escalation.grounds = tuple(one for one in escalation.grounds if one != outcome.ground)
        case EscalationClimbed():
            _place(escalation, outcome)
        case EscalationReturned():
            _place(escalation, outcome)
            escalation.provider, escalation.provider_type = outcome.provider, intern(outcome.provider_type)
            escalation.placed_at = outcome.recorded_at
            escalation.status, escalation.how = "waiting", None
            escalation.taken_by = escalation.closed_by = None
        case EscalationTaken():
            escalation.status, escalation.taken_by = "taken", outcome.cause
        case EscalationOverdue():
            escalation.overdue = True
        case EscalationClosed():
            escalation.status, escalation.how, escalation.closed_by = "closed", outcome.how, outcome.cause


def _place(escalation: Escalation, outcome: EscalationClimbed | EscalationReturned) -> None:
    escalation.level, escalation.owner_role = outcome.level, intern(outcome.owner_role)
    escalation.acknowledge_by, escalation.act_by = outcome.acknowledge_by, outcome.act_by
    escalation.overdue = False


def _start(case: Case, outcome: SeriousClockStarted) -> SeriousTime:
    case.clocks[outcome.subject] = started = SeriousTime(
        id=outcome.subject,
        clock=outcome.clock,
        framework=intern(outcome.framework),
        policy_version=intern(outcome.policy_version or ""),
        starts_at=outcome.starts_at,
        due_at=outcome.due_at,
        revision=outcome.revision,
    )
    return started


def _change_clock(clock: SeriousTime, outcome: Outcome) -> None:
    match outcome:
        case SeriousClockRedated():
            clock.starts_at, clock.due_at = outcome.starts_at, outcome.due_at
        case SeriousClockMet():
            clock.status = "met_late" if outcome.late else "met"
            clock.satisfied_at = outcome.satisfied_at
        case SeriousClockMissed():
            clock.missed = True
        case SeriousMissWithdrawn():
            clock.missed = False
        case SeriousClockReopened():
            clock.status, clock.satisfied_at = "open", None
        case SeriousClockWithdrawn():
            clock.status, clock.satisfied_at = "withdrawn", None


def _alarm(one: Escalation | SeriousTime) -> Instant | None:
    """The first second at which a tick has something to say of it."""
    if isinstance(one, SeriousTime):
        waits = one.status == "open" and not one.missed and one.due_at is not None
        return one.due_at + SECOND if waits and one.due_at is not None else None
    if one.status == "closed":
        return None
    times = []
    if one.status == "waiting" and not one.top:
        times.append(one.acknowledge_by)
    if not one.overdue:
        times.append(one.act_by)
    return min(times) + SECOND if times else None
