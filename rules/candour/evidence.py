"""What a follow-up says, in the words of the rule: marks that proofs are made of, and whether it counts."""

from rules.candour.draft import Draft
from rules.candour.evolve import discharged_late
from rules.candour.policy import RANK, Note, reaches, worst
from rules.candour.standing import LIMB_NOT_NAMED, NOTHING_OWED_THERE, WITHOUT_REPORT, concerns
from rules.candour.state import UNSETTLED, Obligation
from rules.london import day_of, in_time, in_words
from schemas.contracts import snake
from schemas.event_types import (
    CaseEvent,
    CaseLinked,
    ContactAttempted,
    ContactDeclined,
    Enriched,
    FamilyAccountGiven,
    FollowUp,
    HarmRegraded,
    NotifiableDeterminationRecorded,
    ObligationStoodDown,
    RelevantPersonNotified,
    WrittenNotificationSent,
)
from schemas.outcome_types import Evidence

MINUTE = 60_000
FIRST_GRADING = "first_grading"
"""The mark on a record that opens again what counts from the report."""


def evidence_of(draft: Draft, event: CaseEvent, objections: list[str], *more: str) -> Evidence:
    """The evidence in a record; with objections it does not count."""
    if not objections and _leads_nowhere(draft, event):
        more = (NOTHING_OWED_THERE, *more)
    follow_up = event if isinstance(event, FollowUp) else None
    return Evidence(
        event_id=event.event_id,
        kind=snake(type(event).__name__),
        at=event.at,
        recorded_at=event.recorded_at,
        patient=follow_up.patient if follow_up else None,
        provider=follow_up.provider if follow_up else None,
        obligation_id=follow_up.obligation_id if follow_up else None,
        marks=(*more, *_marks(event)),
        counts=not objections,
        reported_at=_earlier_report(event),
        aware_at=_awareness(event),
    )


def _earlier_report(event: CaseEvent) -> int | None:
    return event.other_reported_at if isinstance(event, CaseLinked) and event.side == "primary" else None


def notes_of(draft: Draft, event: CaseEvent) -> tuple[Note, ...]:
    """What there is to note beside the evidence, of what the policy in force asks to be noted."""
    found: list[Note] = []
    if isinstance(event, NotifiableDeterminationRecorded) and _leaves_limb_open(draft, event):
        found.append(LIMB_NOT_NAMED)
    if not isinstance(event, HarmRegraded | Enriched) and _without_report(draft, event):
        found.append(WITHOUT_REPORT)
    return tuple(note for note in found if note in draft.policy.readings.noted)


def _leaves_limb_open(draft: Draft, event: NotifiableDeterminationRecorded) -> bool:
    about = draft.case.obligations.get(event.obligation_id or "")
    code = about.provider if about else event.provider
    return event.decision and event.limb is None and draft.policy.asks_for_limb(event.facts, code)


def _without_report(draft: Draft, event: CaseEvent) -> bool:
    """By the facts that it carries a duty was owed before it, and nothing was ever said of the case."""
    facts = event.facts
    if draft.case.revision or draft.case.obligations or facts.kind not in draft.policy.readings.kinds:
        return False
    worst_off = worst(*(grade for one in facts.patients for grade in (one.physical, one.psychological)))
    return any(
        reaches(worst_off, bound.harm) and any(duty.opens == "harm" for duty in instrument.duty)
        for provider in facts.providers
        for instrument, bound in draft.policy.binding(provider, facts.reported_at, facts.aware_at)
    )


def _awareness(event: CaseEvent) -> int | None:
    if isinstance(event, CaseLinked):
        return event.other_aware_at if event.side == "primary" else None
    if isinstance(event, Enriched) and "noticed_at" in event.changed:
        return event.facts.aware_at
    return None


def _marks(event: CaseEvent) -> tuple[str, ...]:
    match event:
        case RelevantPersonNotified():
            return _true(
                in_person=event.in_person,
                facts=event.facts_given,
                enquiries=event.enquiries,
                apology=event.apology,
                written_record=event.written_record,
                support_offered=event.support_offered,
                written_notification_offered=event.written_notification_offered,
            )
        case WrittenNotificationSent():
            return _true(
                facts=event.facts_given,
                enquiries=event.enquiries,
                results=event.results,
                apology=event.apology,
            )
        case ContactAttempted():
            return (event.means, event.result)
        case ContactDeclined():
            return (event.by,)
        case NotifiableDeterminationRecorded():
            return ("yes" if event.decision else "no", *((event.limb,) if event.limb else ()))
        case FamilyAccountGiven():
            return ("not_clear" if event.not_clear else "told" if event.told else "not_told",)
        case HarmRegraded():
            return (event.axis, event.from_grade, event.to_grade)
        case CaseLinked():
            return (event.side, event.other_case_id)
        case ObligationStoodDown():
            return _true(
                never_notifiable=event.never_notifiable, second_person=bool(event.second_person_role)
            )
        case Enriched():
            return event.changed
    return ()


def _true(**marks: bool) -> tuple[str, ...]:
    return tuple(name for name, holds in marks.items() if holds)


def objections_of(draft: Draft, event: CaseEvent) -> list[str]:
    """Why a record does not count."""
    found = []
    tolerance = draft.policy.readings.future_tolerance_minutes
    if event.at > event.recorded_at + tolerance * MINUTE:
        found.append(f"It is dated {in_words(event.at)}, after it was recorded: it cannot count.")
    occurred_at = event.facts.occurred_at
    if occurred_at is not None and event.at < occurred_at:
        found.append(f"It is dated {in_words(event.at)}, before the incident occurred: it cannot count.")
    if isinstance(event, FollowUp) and event.obligation_id is None:
        if event.patient is None and len(event.facts.patients) > 1:
            found.append("The case has several patients, and it does not say which: it cannot count.")
        of_all = isinstance(event, HarmRegraded) and draft.policy.readings.regrade_of_every_provider
        if event.provider is None and len(event.facts.providers) > 1 and not of_all:
            found.append("The case has several providers, and it does not say which: it cannot count.")
    match event:
        case NotifiableDeterminationRecorded():
            if event.decision != (event.unexpected and event.regulated_activity and event.harm_test):
                found.append("The criteria contradict the decision: it cannot count.")
        case ObligationStoodDown():
            found += _stand_down_lacks(draft, event)
        case CaseLinked(side="duplicate") if _leads_nowhere(draft, event):
            if any(one.status != "stood_down" for one in draft.case.obligations.values()):
                found.append(
                    f"The other case is graded {event.other_harm}: nothing would be owed there. "
                    "Grade its harm first; until then the duty stays here."
                )
    return found


def _leads_nowhere(draft: Draft, event: CaseEvent) -> bool:
    """Whether it is linked with a case that is graded below what opens a duty."""
    threshold = draft.policy.readings.second_person_below
    return isinstance(event, CaseLinked) and not reaches(event.other_harm, threshold)


def closed_by(draft: Draft, event: ObligationStoodDown) -> list[Obligation]:
    """The duties that are there for this stand-down to close: not what was done already, unless it names
    that, or unless it is the report, which stays done."""
    return [
        one
        for one in draft.case.obligations.values()
        if closable(event, one)
        or (concerns(_target(event), one) and (event.obligation_id or draft.state.duty(one).met_by_report))
    ]


def closable(event: ObligationStoodDown, obligation: Obligation) -> bool:
    """Whether this stand-down is about it, and it is not settled."""
    late = event.never_notifiable and (
        obligation.status == "met_late" or obligation.breached or discharged_late(obligation)
    )
    return concerns(_target(event), obligation) and (obligation.status in UNSETTLED or late)


def _stand_down_lacks(draft: Draft, event: ObligationStoodDown) -> list[str]:
    """Law.md §1.9.4: not after the due time. §1.9.7: a second person when harm fell below the threshold, or
    near the due or target time."""
    meant = [one for one in closed_by(draft, event) if event.obligation_id or closable(event, one)]
    if not meant:
        return ["No open duty of this case is meant."]
    if event.never_notifiable:
        alone = "To say that a matter was never notifiable takes a second person."
        return [] if event.second_person_role else [alone]
    passed = [one.due_at for one in meant if one.due_at and not in_time(event.recorded_at, one.due_at)]
    if passed:
        return [
            f"The due time has passed, {in_words(min(passed))}: closing the duty would not undo that. It can "
            "still be met or discharged, or two persons can record that it was never notifiable."
        ]
    if event.second_person_role:
        return []
    readings = draft.policy.readings
    near = readings.second_person_within_working_days
    lacks = []
    for one in meant:
        was = _worst_graded(draft, one)
        if reaches(was, readings.second_person_below) and _fell_below(
            event, one, readings.second_person_below
        ):
            lacks.append(f"Harm was graded down from {was} to below {readings.second_person_below}: ")
        deadline = one.due_at if one.due_at is not None else one.target_at
        if deadline is not None:
            days = draft.calendar.between(day_of(event.recorded_at), day_of(deadline))
            if abs(days) <= near:
                lacks.append(f"The time set, {in_words(deadline)}, is within {near} working days: ")
    return [f"{reason}closing the duty then takes a second person." for reason in dict.fromkeys(lacks)]


def _target(event: FollowUp) -> Evidence:
    return Evidence(
        event_id=event.event_id,
        kind="",
        at=event.at,
        recorded_at=event.recorded_at,
        patient=event.patient,
        provider=event.provider,
        obligation_id=event.obligation_id,
        marks=(),
        counts=True,
    )


def _worst_graded(draft: Draft, obligation: Obligation) -> str:
    """The gravest grade of this patient's harm: with which the duty opened, or of any regrade that stands."""
    regrades = [
        grade
        for one in draft.case.evidence
        if one.kind == "harm_regraded" and one.counts and one.patient in (None, obligation.patient)
        for grade in one.marks[-2:]
    ]
    opened = [] if obligation.opened_by in draft.case.withdrawn else [obligation.harm]
    return max([*opened, *regrades], key=RANK.__getitem__, default="not_known")


def _fell_below(event: CaseEvent, obligation: Obligation, threshold: str) -> bool:
    patient = next((one for one in event.facts.patients if one.ref == obligation.patient), None)
    if patient is None:
        return False
    return max(RANK[patient.physical], RANK[patient.psychological]) < RANK[threshold]
