"""Why the escalation rule said a thing: the articles of its policy, and the grounds or steps that it held."""

from collections.abc import Iterable, Iterator

from rules.escalation.contents import Framework
from rules.escalation.policy import Policy
from rules.escalation.serious import DECLARED, MINUTE, Standing, framework_words, never_event_words
from rules.escalation.state import Case, Escalation, SeriousTime, State
from rules.london import day_of
from rules.rule import Held, Path
from schemas.escalation_types import (
    Clock,
    DeliveryHeard,
    EscalationClimbed,
    EscalationOverdue,
    EscalationRaised,
    EscalationReturned,
    GroundFallen,
    SeriousStepTaken,
    SeriousStepWithdrawn,
)
from schemas.event_types import Record
from schemas.outcome_types import Outcome

READINGS: Path = ("readings",)
_PLACED = (EscalationRaised, EscalationClimbed, EscalationReturned)
_CLOCK_OF: dict[str, Clock] = {
    "steis_reported": "steis",
    "initial_review_submitted": "initial_review",
    "final_report_submitted": "investigation",
    "investigation_extended": "investigation",
    "commissioner_updated": "update",
}
"""The clock that a step is about; any other step is about the framework as a whole."""


def clauses(state: State, outcome: Outcome, cause: Record) -> Iterable[Path]:
    case = state.cases.get(outcome.case_id or "")
    policy = state.policies.get(outcome.policy_version or "")
    if case is None or policy is None:
        return ()
    if isinstance(outcome, SeriousStepTaken):
        return _step(state, case, policy, outcome)
    escalation, clock = case.escalations.get(outcome.subject), case.clocks.get(outcome.subject)
    if escalation is not None and not isinstance(outcome, DeliveryHeard):
        return _escalated(state, case, policy, escalation, outcome)
    return () if clock is None else (_clock(_standing(state, outcome.case_id or "", clock), clock),)


def held(state: State, outcome: Outcome) -> Iterable[Held]:
    """The grounds of an escalation; of a serious incident the steps since it was declared, all of which a
    clock is judged by, and what was refused."""
    match outcome:
        case SeriousStepTaken():
            return (Held(outcome.event_id, outcome.counts),)
        case SeriousStepWithdrawn():
            return (Held(outcome.retracted_event_id, False),)
        case GroundFallen():
            return (Held(outcome.ground, False),)
    case = state.cases.get(outcome.case_id or "", Case())
    if outcome.subject in case.escalations:
        return map(Held, case.escalations[outcome.subject].grounds)
    if outcome.subject in case.clocks:
        standing = _standing(state, outcome.case_id or "", case.clocks[outcome.subject])
        since = standing.steps if standing else ()
        return [Held(one.event_id, one.counts) for one in case.steps if one in since or not one.counts]
    return ()


def _escalated(state: State, case: Case, policy: Policy, one: Escalation, outcome: Outcome) -> Iterator[Path]:
    """What was to be acted on; where it goes, also the route, the times, and who acts outside."""
    trigger = policy.triggers[one.trigger]
    yield (trigger.name,)
    framework = policy.framework(outcome.recorded_at)
    if framework is not None and framework_words(policy, outcome.recorded_at) in outcome.because:
        yield _within(framework, "steis", "", "")
    standing = Standing.of(state, case)
    if standing is not None:
        yield from _graded(standing.framework, standing.grade, outcome)
    if isinstance(outcome, _PLACED):
        route = policy.route(one.provider_type)
        yield (route.name,)
        tasks = {level.body for level in route.level}
        for body in policy.bodies:
            acts = body.task in tasks and one.provider_type in body.provider_types
            if acts and body.name == outcome.owner_role:
                yield (body.id,)
    if isinstance(outcome, (*_PLACED, EscalationOverdue)):
        yield (policy.urgencies[trigger.urgency].title,)


def _step(state: State, case: Case, policy: Policy, outcome: SeriousStepTaken) -> Iterator[Path]:
    """The clock that the step is about, or the framework; of its declaration, or of the day of the step."""
    if outcome.at > outcome.recorded_at + policy.readings.future_tolerance_minutes * MINUTE:
        yield READINGS
    standing = Standing.of(state, case)
    framework = standing.framework if standing else policy.framework(outcome.at)
    if framework is not None:
        grade, investigation = (standing.grade, standing.investigation) if standing else ("", "")
        yield _within(framework, _CLOCK_OF.get(outcome.step), grade, investigation)
    if outcome.step == DECLARED:
        yield from _graded(policy.framework(outcome.at), outcome.marks[0], outcome)


def _graded(framework: Framework | None, grade: str, outcome: Outcome) -> Iterator[Path]:
    """Where it is said that the framework grades a never event otherwise."""
    told = never_event_words(framework, grade)
    if framework is not None and framework.never_event is not None and told in outcome.because:
        yield (framework.id, framework.never_event.title)


def _standing(state: State, case_id: str, clock: SeriousTime) -> Standing | None:
    """Of the declaration that this clock belongs to; None where that was taken back."""
    month = f" {day_of(clock.due_at):%Y-%m}" if clock.clock == "update" and clock.due_at else ""
    declared = Standing.each(state, state.cases[case_id])
    return next((one for one in declared if one.id_of(case_id, clock.clock + month) == clock.id), None)


def _clock(standing: Standing | None, clock: SeriousTime) -> Path:
    """As the framework has it for what is known by now; where it asks for none, that framework."""
    if standing is None or clock.status == "withdrawn":
        return (standing.framework.id if standing else clock.framework,)
    return _within(standing.framework, clock.clock, standing.grade, standing.investigation)


def _within(framework: Framework, clock: Clock | None, grade: str, investigation: str) -> Path:
    found = framework.clock_for(clock, grade, investigation) if clock else None
    return (framework.id, found.title) if found else (framework.id,)
