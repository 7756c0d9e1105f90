"""What follows from one record, given what the escalation rule has said before.

Out of order, repeated, late, retracted, acknowledged twice: each is ordinary and has its answer here.
"""

from collections.abc import Iterable, Sequence

from rules.calendar import parse as parse_calendar
from rules.escalation.draft import Draft
from rules.escalation.hearing import RAISING, SETTLING, cases_heard, hear, heard_of, ledger_spoke
from rules.escalation.policy import reaches
from rules.escalation.raising import climb, close, lose_ground, send_back, take_ground
from rules.escalation.refused import LOWEST_HARM, LOWEST_POTENTIAL
from rules.escalation.serious import STEPS, fall_due, framework_words, retract_step, settle, take_step
from rules.escalation.state import Escalation, State
from rules.escalation.triggers import grounds_in
from schemas.escalation_events import (
    DeliveryRecorded,
    EscalationAcknowledged,
    EscalationActed,
    PatternDetected,
)
from schemas.escalation_types import (
    DeliveryHeard,
    EscalationClimbed,
    EscalationOverdue,
    EscalationTaken,
    SeriousClockMissed,
    SeriousClockStarted,
)
from schemas.event_types import (
    IMMEDIATE_RISK,
    MAY_STILL_FOLLOW,
    NEVER_EVENT_PROPOSED,
    CalendarAdopted,
    CaseEvent,
    CaseLinked,
    ClockTick,
    Enriched,
    EventRetracted,
    HarmRegraded,
    PolicyAdopted,
    Provider,
    Record,
    Reported,
)
from schemas.outcome_types import Outcome

ACTIONS: frozenset[type[Record]] = frozenset({EscalationAcknowledged, EscalationActed, DeliveryRecorded})
HEARD: frozenset[type[Record]] = frozenset(
    (Reported, Enriched, HarmRegraded, EventRetracted, CaseLinked, PatternDetected, *ACTIONS, *STEPS)
)
"""Nothing follows for this rule from any other record of a case itself, only from what earlier rules said."""

ABOUT_DUTIES = ("breach", "warning")
"""What rests on these hears what becomes of its duty."""

FLAGS = IMMEDIATE_RISK | NEVER_EVENT_PROPOSED | MAY_STILL_FOLLOW


def passes_over(kind: type[Record], harm: int, potential: int, flags: int) -> bool:
    """Nothing follows from a report below every threshold with none of the flags that bring somebody."""
    if kind is Reported:
        return harm < LOWEST_HARM and potential < LOWEST_POTENTIAL and not flags & FLAGS
    return kind not in HEARD and issubclass(kind, CaseEvent)


def hears(outcome: Outcome) -> bool:
    return isinstance(outcome, RAISING + SETTLING)


def concerned(state: State, record: Record, heard: Sequence[Outcome]) -> Iterable[str | None]:
    match record:
        case PolicyAdopted():
            return (None,) if state.concerns(record) else ()
        case CalendarAdopted():
            return (None, *sorted(id for id, case in state.cases.items() if case.steps))
    if state.policy is None or state.calendar is None:
        return ()  # a log older than this rule: it begins when its policy is adopted
    match record:
        case ClockTick():
            due = state.due(record.as_of) if record.as_of > state.as_of else []
            return dict.fromkeys((*(state.owners[id] for id in due), *cases_heard(heard)))
        case CaseEvent():
            told_of = record.case_id in state.cases or any(isinstance(one, RAISING) for one in heard)
            return (record.case_id,) if type(record) in HEARD or (heard and told_of) else ()
    return ()


def about(state: State, case_id: str | None, record: Record, heard: Sequence[Outcome]) -> list[Outcome]:
    if case_id is None:
        return state.adopt(record) if isinstance(record, PolicyAdopted | CalendarAdopted) else []
    policy, calendar = state.policy, state.calendar
    if isinstance(record, CalendarAdopted):
        calendar = parse_calendar(record.content)
    if policy is None or calendar is None:
        return []
    draft = Draft(state, policy, calendar, case_id, record)
    match record:
        case ClockTick():
            _tick(draft, record)
            hear(draft, heard_of(case_id, heard))
        case CalendarAdopted():
            settle(draft)
        case CaseEvent():
            told = heard_of(case_id, heard)
            if type(record) in HEARD and record.event_id not in draft.case.heard:
                _hear(draft, record, told)
            hear(draft, told)
    return draft.said


def order(outcome: Outcome) -> tuple[int, str]:
    """Outcomes of a tick go by the time that passed, then by what they are about."""
    match outcome:
        case EscalationClimbed():
            return outcome.waited_until, outcome.subject
        case EscalationOverdue():
            return outcome.act_by, outcome.subject
        case SeriousClockMissed():
            return outcome.due_at, outcome.subject
        case SeriousClockStarted():  # before it can be missed: a late tick brings both
            return outcome.starts_at, outcome.subject
    return outcome.recorded_at, outcome.subject


# -- what people record -------------------------------------------------------------------------------------


def _hear(draft: Draft, event: CaseEvent, told: Sequence[Outcome]) -> None:
    match event:
        case EscalationAcknowledged() | EscalationActed() | DeliveryRecorded():
            _act(draft, event)
        case EventRetracted():
            _retract(draft, event)
        case _ if type(event) in STEPS:
            take_step(draft, event)
            settle(draft)
        case _:
            _take_grounds(draft, event, told)
    if isinstance(event, CaseLinked) and event.side == "duplicate":
        _merge(draft, event)
    if isinstance(event, Enriched | EventRetracted):
        _reroute(draft, event)


def _take_grounds(draft: Draft, event: CaseEvent, told: Sequence[Outcome]) -> None:
    for trigger, about, because in grounds_in(draft.policy, event):
        if trigger.rests_on == "never_event" and ledger_spoke(told):
            continue
        reasons = [because]
        if trigger.rests_on in ("harm", "never_event"):
            reasons.append(framework_words(draft.policy, event.recorded_at))
        take_ground(draft, trigger, about, event.event_id, _provider(event), *filter(None, reasons))


def _provider(event: CaseEvent) -> tuple[str, str]:
    """The reporting one: it acts first, whoever else was there."""
    none = Provider(code="", type="not_known", nhs_contract=False, scheme_member=False)
    first = next(iter(event.facts.providers), none)
    return first.code, first.type


def _act(draft: Draft, event: EscalationAcknowledged | EscalationActed | DeliveryRecorded) -> None:
    """Nothing follows for an escalation that this case does not have, nor from a second acknowledgement, nor
    from what was recorded before it was raised or sent back: that may be an echo of what did nothing then."""
    one = draft.case.escalations.get(event.escalation_id)
    if one is None or not (isinstance(event, DeliveryRecorded) or _is_news(event, one)):
        return
    at = min(event.at, event.recorded_at)
    match event:
        case EscalationAcknowledged() if one.status == "waiting":
            told = "It was taken on: it climbs no further. It is closed by an act."
            draft.say_of(
                one, EscalationTaken, told, level=one.level, by_role=event.by_role, acknowledged_at=at
            )
        case EscalationActed() if one.status != "closed":
            close(draft, one, "acted", "Somebody acted, and recorded what was done.", act=event.act, at=at)
        case DeliveryRecorded():
            told = f"{event.channel}: {event.step}. A delivery closes nothing."
            draft.say_of(
                one, DeliveryHeard, told,
                level=event.level, channel=event.channel, step=event.step, attempt=event.attempt, at=event.at,
            )  # fmt: skip


def _retract(draft: Draft, event: EventRetracted) -> None:
    mistake = event.retracted_event_id
    for one in list(draft.case.escalations.values()):
        if mistake in one.grounds:
            lose_ground(draft, one, (mistake,), "withdrawn", "What it rested on was entered by mistake.")
        if one.status == "taken" and one.taken_by == mistake:
            send_back(draft, one, "That it was taken on was entered by mistake: it waits again.")
        elif one.status == "closed" and one.closed_by == mistake:
            if one.grounds:
                send_back(draft, one, "What had closed it was entered by mistake: it waits again.")
            elif one.how == "acted":
                close(
                    draft, one, "withdrawn", "The act was entered by mistake, and nothing is left to act on."
                )
    if any(step.event_id == mistake for step in draft.case.steps):
        retract_step(draft, mistake)
        settle(draft)


def _merge(draft: Draft, event: CaseLinked) -> None:
    """Law.md §1.9.10: nothing vanishes by a link. Danger is ended by an act alone."""
    for one in list(draft.case.escalations.values()):
        trigger = draft.state.trigger_of(one)
        if one.status == "closed" or trigger.rests_on in ABOUT_DUTIES or not _is_news(event, one):
            continue
        as_grave = reaches(event.other_harm, event.harm) or (
            trigger.harm is not None and reaches(event.other_harm, trigger.harm)
        )
        if trigger.merges == "always" or (trigger.merges == "when_as_grave" and as_grave):
            close(draft, one, "merged", "The case is a duplicate: the other case goes on.")


def _reroute(draft: Draft, event: CaseEvent) -> None:
    """The provider was corrected: the wrong one no longer owns it."""
    provider = _provider(event)
    for one in list(draft.case.escalations.values()):
        follows = draft.state.trigger_of(one).rests_on not in ABOUT_DUTIES
        if follows and _is_news(event, one) and one.status != "closed" and one.provider != provider[0]:
            send_back(
                draft, one, "The provider was corrected: it goes to the one that it is about.",
                level=1, provider=provider,
            )  # fmt: skip


def _is_news(event: CaseEvent, one: Escalation) -> bool:
    """Of a record about which nothing was said only its time tells that it is an echo. It may have the
    provider of an earlier day, or link a case in which nothing was raised by then."""
    return event.recorded_at >= one.placed_at


# -- what the clock brings -----------------------------------------------------------------------------------


def _tick(draft: Draft, tick: ClockTick) -> None:
    if tick.as_of <= draft.state.as_of:
        return
    for one in list(draft.case.escalations.values()):
        if _reached(one, tick):
            climb(draft, one)
    if draft.case.clocks:
        fall_due(draft, tick.as_of)


def _reached(one: Escalation, tick: ClockTick) -> bool:
    return one.alarm is not None and one.alarm <= tick.as_of
