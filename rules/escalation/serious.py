"""The clocks of the serious-incident frameworks (law.md §6): by version, grade and kind of investigation.

A person declares a serious incident; the day of the declaration chooses the version. What was recorded is
kept in the order of the log, and every clock is judged by all of it and by the days that the steps are dated,
so that late and retracted steps need nothing of their own. What is declared again after it was taken off has
clocks of its own. These are expectations of a framework: a time missed breaches no duty of candour.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from rules.escalation.contents import Framework, SeriousClock
from rules.escalation.draft import Draft
from rules.escalation.months import after_months, updates_due
from rules.escalation.policy import Policy
from rules.escalation.state import Case, SeriousTime, State
from rules.identity import serious_clock_id
from rules.london import HOUR, SECOND, day_of, in_time, in_words, last_second, passed
from schemas.contracts import snake
from schemas.escalation_events import (
    CommissionerUpdated,
    FinalReportSubmitted,
    InitialReviewSubmitted,
    InvestigationExtended,
    SeriousIncidentClosed,
    SeriousIncidentDeclared,
    SeriousIncidentDelogged,
    SteisReported,
)
from schemas.escalation_types import (
    Clock,
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
from schemas.event_types import CaseEvent, Instant, Record

MINUTE = 60 * SECOND

STEPS: frozenset[type[Record]] = frozenset(
    {
        SeriousIncidentDeclared,
        SteisReported,
        InitialReviewSubmitted,
        FinalReportSubmitted,
        InvestigationExtended,
        CommissionerUpdated,
        SeriousIncidentClosed,
        SeriousIncidentDelogged,
    }
)
COMPLETE = {"root_cause", "lessons", "action_plan"}


def framework_words(policy: Policy, when: Instant) -> str:
    """What the framework in force leaves a person to decide; the rule declares nothing."""
    framework = policy.framework(when)
    if framework is None:
        return ""
    steis = framework.clock_for("steis", "", "")
    if steis is None:
        return f"{framework.title}: no category of serious incident and no fixed time; a person decides."
    return (
        f"A person decides whether it is a serious incident ({framework.title}); if so, "
        f"it is reported on StEIS within {steis.working_days} working days."
    )


def never_event_words(framework: Framework | None, grade: str) -> str:
    """Where a never event is graded otherwise than the framework has it: said, and left to a person."""
    asked = framework.never_event if framework else None
    if framework is None or asked is None or grade == asked.grade:
        return ""
    told = f"A never event is {asked.grade} under the {framework.title}; this is {grade}"
    return f"{told}, and stays so until a person grades it.".replace("_", " ")


def never_event_declared_words(draft: Draft) -> str:
    """The same of what is declared already, when a never event comes to be suspected or confirmed."""
    standing = Standing.of(draft.state, draft.case)
    ended = standing is None or standing.delogged()
    return "" if standing is None or ended else never_event_words(standing.framework, standing.grade)


def take_step(draft: Draft, event: CaseEvent) -> None:
    objections = tuple(_objections(draft, event))
    first = event.facts.providers[0] if event.facts.providers else None
    draft.say(
        SeriousStepTaken,
        f"serious:{draft.case_id}",
        draft.case.revision + 1,
        *(objections or (f"Recorded, dated {in_words(event.at)}.", *_notes(draft, event))),
        step=snake(type(event).__name__),
        event_id=event.event_id,
        at=event.at,
        marks=_marks(event),
        counts=not objections,
        until=event.extended_to if isinstance(event, InvestigationExtended) else None,
        provider=first.code if first else "",
        provider_type=first.type if first else "not_known",
        occurred_at=event.facts.occurred_at,
    )


def retract_step(draft: Draft, mistake: str) -> None:
    told = "A step was entered by mistake; what rested on it is judged again."
    subject = f"serious:{draft.case_id}"
    draft.say(SeriousStepWithdrawn, subject, draft.case.revision + 1, told, retracted_event_id=mistake)


def fall_due(draft: Draft, as_of: Instant) -> None:
    """What a tick brings: the times that have passed, and the next month's update."""
    settle(draft)
    for one in list(draft.case.clocks.values()):
        if one.status == "open" and not one.missed and one.due_at is not None and passed(as_of, one.due_at):
            told = f"It was due by {in_words(one.due_at)}, and nothing recorded before meets it."
            draft.say_of(one, SeriousClockMissed, told, due_at=one.due_at, as_of=as_of)


class _Wanted(NamedTuple):
    """A clock as it should stand by what is known."""

    id: str
    clock: SeriousClock
    starts_at: Instant
    due_at: Instant | None
    extended: bool
    satisfied_at: Instant | None


def settle(draft: Draft) -> None:
    """Bring every clock into line with the steps, and say what has changed."""
    wanted = {
        one.id: (standing, one)
        for standing in Standing.each(draft.state, draft.case)
        for one in standing.clocks(draft)
    }
    for id, (standing, one) in wanted.items():
        _judge(draft, draft.case.clocks.get(id) or _start(draft, standing, one), one)
    for clock in list(draft.case.clocks.values()):
        if clock.id not in wanted and clock.status != "withdrawn":
            draft.say_of(clock, SeriousClockWithdrawn, "Nothing asks for it any more.")


class Standing(NamedTuple):
    """What is known of the serious incident, from a declaration until it was taken off, if it was."""

    again: str  # the declaration, where it had been taken off before
    framework: Framework
    grade: str
    investigation: str
    identified_at: Instant
    occurred_at: Instant | None
    steps: tuple[SeriousStepTaken, ...]

    @classmethod
    def of(cls, state: State, case: Case) -> "Standing | None":
        """As it was declared last."""
        return next(reversed(cls.each(state, case)), None)

    @classmethod
    def each(cls, state: State, case: Case) -> "list[Standing]":
        found = []
        for number, steps in enumerate(_declarations(case)):
            declared = [one for one in steps if one.step == DECLARED]
            if not declared:
                continue
            policy = state.policies.get(declared[0].policy_version or "", state.policy)
            framework = policy.framework(declared[0].at) if policy else None
            if framework is None:
                continue
            grade, investigation = declared[-1].marks
            known = grade if grade in framework.grades else "not_graded"
            occurred = next((one.occurred_at for one in reversed(steps) if one.occurred_at is not None), None)
            again = declared[0].event_id if number else ""
            found.append(cls(again, framework, known, investigation, declared[0].at, occurred, tuple(steps)))
        return found

    def id_of(self, case_id: str, name: str) -> str:
        return serious_clock_id(case_id, f"{name} {self.again}" if self.again else name)

    def clock(self, name: Clock) -> SeriousClock | None:
        """What the framework says of this clock for the grade and the kind of investigation."""
        return self.framework.clock_for(name, self.grade, self.investigation)

    def first(self, step: str) -> SeriousStepTaken | None:
        """The earliest by its date, in whichever order they were recorded."""
        return min((one for one in self.steps if one.step == step), key=_dated, default=None)

    def delogged(self) -> bool:
        return self.first(DELOGGED) is not None

    def reported(self) -> bool:
        """Whether the investigation has the report without which it cannot be closed."""
        asks = self.framework.closes_on_complete_report
        return not asks or self._satisfied_at("investigation") is not None

    def clocks(self, draft: Draft) -> Iterator[_Wanted]:
        for name in ("steis", "initial_review", "investigation"):
            clock = self.clock(name)
            if clock is None:
                continue
            wanted = self._wanted(draft, clock)
            if wanted.satisfied_at is not None or not self.delogged():
                yield wanted
        clock = self.clock("update")
        if clock is not None:
            yield from self._updates(draft, clock)

    def _wanted(self, draft: Draft, clock: SeriousClock) -> _Wanted:
        starts_at = self._starts_at(clock)
        due_at = _due(draft, clock, starts_at)
        agreed = [one.until for one in self.steps if one.step == "investigation_extended" and one.until]
        extended = clock.name == "investigation" and bool(agreed)
        return _Wanted(
            self.id_of(draft.case_id, clock.name),
            clock,
            starts_at,
            agreed[-1] if extended else due_at,
            extended,
            self._satisfied_at(clock.name),
        )

    def _starts_at(self, clock: SeriousClock) -> Instant:
        """Where the report or the day of the incident is not known yet, from the declaration until it is."""
        reported = self.first("steis_reported")
        if clock.starts == "reported" and reported is not None:
            return reported.at
        if clock.starts == "incident" and self.occurred_at is not None:
            return self.occurred_at
        return self.identified_at

    def _satisfied_at(self, name: Clock) -> Instant | None:
        match name:
            case "steis":
                step = self.first("steis_reported")
            case "initial_review":
                step = self.first("initial_review_submitted")
            case _:
                asks = self.framework.closes_on_complete_report
                reports = (one for one in self.steps if one.step == "final_report_submitted")
                step = min(
                    (one for one in reports if not asks or set(one.marks) >= COMPLETE),
                    key=_dated,
                    default=None,
                )
        return step.at if step else None

    def _updates(self, draft: Draft, clock: SeriousClock) -> Iterator[_Wanted]:
        """By the same day of each month until it is closed or de-logged, up to the one that is next."""
        ends = [
            one.at for one in self.steps if one.step == DELOGGED or (one.step == CLOSED and self.reported())
        ]
        given = sorted(one.at for one in self.steps if one.step == "commissioner_updated")
        assert clock.monthly_by_day is not None
        known = [one.due_at or 0 for one in draft.case.clocks.values() if one.clock == "update"]
        last_known = max(known, default=0)
        for before, due_at, after in updates_due(self.identified_at, clock.monthly_by_day):
            ended = bool(ends) and min(ends) <= due_at
            done = next((at for at in given if before < at <= after), None)
            id = self.id_of(draft.case_id, f"update {day_of(due_at):%Y-%m}")
            if ended and done is None:
                return
            yield _Wanted(id, clock, before, due_at, False, done)
            if ended:
                return
            ahead = due_at > draft.now and due_at >= last_known
            if ahead and (done is None or not in_time(done, due_at)):
                return


DECLARED, DELOGGED = "serious_incident_declared", "serious_incident_delogged"
CLOSED = "serious_incident_closed"


def _dated(step: SeriousStepTaken) -> Instant:
    return step.at


def _declarations(case: Case) -> list[list[SeriousStepTaken]]:
    """The steps that count, apart for each declaration that came after it was taken off."""
    found: list[list[SeriousStepTaken]] = [[]]
    for step in case.steps:
        if not step.counts:
            continue
        ends = [place for place, one in enumerate(found[-1], 1) if one.step == DELOGGED]
        if step.step == DECLARED and ends:
            found.append(found[-1][ends[-1] :])
            del found[-2][ends[-1] :]
        found[-1].append(step)
    return found


def _due(draft: Draft, clock: SeriousClock, starts_at: Instant) -> Instant | None:
    """None where the framework sets no time, or the calendar does not reach."""
    if clock.hours is not None:
        return starts_at + clock.hours * HOUR
    if clock.working_days is not None:
        return draft.calendar.due(starts_at, clock.working_days)
    if clock.weeks is not None:
        return last_second(day_of(starts_at) + timedelta(weeks=clock.weeks))
    return None if clock.months is None else after_months(starts_at, clock.months)


def _start(draft: Draft, standing: Standing, wanted: _Wanted) -> SeriousTime:
    clock, step = wanted.clock, standing.steps[-1]
    unconfirmed = "unconfirmed" in clock.confidence
    draft.say(
        SeriousClockStarted,
        wanted.id,
        1,
        f"{clock.title}, {standing.framework.title}.",
        *(("The figure is unconfirmed.",) if unconfirmed else ()),
        *(("The framework sets no time.",) if wanted.due_at is None else ()),
        policy_version=standing.steps[0].policy_version,
        clock=clock.name,
        framework=standing.framework.id,
        grade=standing.grade,
        provider=step.provider,
        provider_type=step.provider_type,
        owner_role=clock.owner_role,
        starts_at=wanted.starts_at,
        due_at=wanted.due_at,
    )
    return draft.case.clocks[wanted.id]


def _judge(draft: Draft, clock: SeriousTime, wanted: _Wanted) -> None:
    due_at, at = wanted.due_at, wanted.satisfied_at
    if clock.status == "withdrawn":
        draft.say_of(clock, SeriousClockReopened, "What had ended it no longer stands.")
    if (clock.starts_at, clock.due_at) != (wanted.starts_at, due_at):
        was, now = (in_words(one) if one else "not set" for one in (clock.due_at, due_at))
        why = "The commissioner agreed to another time" if wanted.extended else "The time set has moved"
        draft.say_of(
            clock, SeriousClockRedated, f"{why}: was {was}, is {now}.",
            starts_at=wanted.starts_at, due_at=due_at, earlier_due_at=clock.due_at, extended=wanted.extended,
        )  # fmt: skip
    kept = at is not None and (due_at is None or in_time(at, due_at))
    if clock.missed and (kept or due_at is None or (at is None and not passed(draft.now, due_at))):
        told = "What came to be known since shows that the time was kept, or has not passed."
        draft.say_of(clock, SeriousMissWithdrawn, told, due_at=due_at or 0)
    status = "open" if at is None else "met" if kept else "met_late"
    if (status, at) == (clock.status, clock.satisfied_at):
        return
    if at is None:
        draft.say_of(clock, SeriousClockReopened, "What had met it no longer stands.")
    else:
        told = "Done in time." if kept else "Done after the time set."
        draft.say_of(
            clock, SeriousClockMet, f"{told} It is dated {in_words(at)}.", satisfied_at=at, late=not kept
        )


def _marks(event: CaseEvent) -> tuple[str, ...]:
    match event:
        case SeriousIncidentDeclared():
            return event.grade, event.investigation
        case FinalReportSubmitted():
            given = {
                "root_cause": event.root_cause, "lessons": event.lessons, "action_plan": event.action_plan
            }  # fmt: skip
        case SeriousIncidentClosed():
            given = {"actions_finished": event.actions_finished, "actions_monitored": event.actions_monitored}
        case SeriousIncidentDelogged():
            given = {"commissioner_agreed": event.commissioner_agreed}
        case _:
            given = {}
    return tuple(name for name, holds in given.items() if holds)


def _notes(draft: Draft, event: CaseEvent) -> Iterator[str]:
    if not isinstance(event, SeriousIncidentDeclared):
        return
    standing = Standing.of(draft.state, draft.case)
    if standing is not None and standing.delogged():
        yield "It had been taken off, and is declared again: its times begin anew."
    framework = draft.policy.framework(event.at)
    if _may_be_never_event(draft):
        yield from filter(None, (never_event_words(framework, event.grade),))
    if framework is None:
        yield "No framework is known for that day: no time is set."
    elif framework.note:
        yield framework.note
    elif event.grade not in framework.grades and framework.grades:
        yield "Until it is graded, no time is set for the investigation."
    elif event.grade != "not_graded" and not framework.grades:
        yield "This framework has no grades: the grade changes nothing."


def _may_be_never_event(draft: Draft) -> bool:
    """While an escalation of one rests on something: closed by an act, it is a never event all the same."""
    state = draft.state
    return any(
        one.grounds and state.trigger_of(one).rests_on == "never_event"
        for one in draft.case.escalations.values()
    )


def _objections(draft: Draft, event: CaseEvent) -> Iterator[str]:
    """Why a step does not count (law.md §6, closure, de-logging, extension)."""
    if event.at > event.recorded_at + draft.policy.readings.future_tolerance_minutes * MINUTE:
        yield f"It is dated {in_words(event.at)}, after it was recorded: it cannot count."
    standing = Standing.of(draft.state, draft.case)
    match event:
        case SeriousIncidentClosed():
            yield from _lacks_to_close(standing, event)
        case SeriousIncidentDelogged() if standing is None:
            yield "No serious incident is declared: there is nothing to take off."
        case SeriousIncidentDelogged() if standing and standing.framework.delog_needs_commissioner:
            if not event.commissioner_agreed:
                yield "It is taken off only with the commissioner's agreement."
        case InvestigationExtended():
            id = standing.id_of(draft.case_id, "investigation") if standing else ""
            due_at = draft.case.clocks[id].due_at if id in draft.case.clocks else None
            if due_at is not None and not in_time(event.at, due_at):
                yield f"The time was out on {in_words(due_at)}: what was agreed later does not undo that."


def _lacks_to_close(standing: Standing | None, event: SeriousIncidentClosed) -> Iterator[str]:
    if standing is None:
        yield "No serious incident is declared: there is nothing to close."
        return
    framework = standing.framework
    if not standing.reported():
        yield "It is closed only after a full report with root cause, lessons and an action plan with dates."
    if event.actions_finished:
        return
    for one in framework.actions_must_finish:
        if (one.grade, one.investigation) == (standing.grade, standing.investigation):
            yield "After an independent investigation of this grade the actions must be finished first."
            return
    if not event.actions_monitored:
        yield "Its actions are neither finished nor monitored."
