"""What follows from one record, given what the candour rule has said before.

Out of order, repeated, late, contradictory, dated in the future: each is ordinary and has its answer here.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, cast

from msgspec.structs import replace

from rules.calendar import parse as parse_calendar
from rules.candour.draft import Draft
from rules.candour.evidence import (
    FIRST_GRADING,
    closable,
    closed_by,
    evidence_of,
    notes_of,
    objections_of,
)
from rules.candour.evolve import stages
from rules.candour.ledger import LEDGER, spoken, take_ledger
from rules.candour.opening import grade_of, open_by_harm
from rules.candour.policy import LOWEST_HARM, RANK, Policy, reaches, worst
from rules.candour.settle import moves, redate, settle, settle_new, tell_of
from rules.candour.standing import NOTED, closes, judge, reopens
from rules.candour.state import Case, Obligation, State
from rules.london import in_words
from rules.speaker import Speaker
from schemas.event_types import (
    CORE_EVENTS,
    MAY_STILL_FOLLOW,
    CalendarAdopted,
    CandourOptedIn,
    CaseEvent,
    CaseReleased,
    ClockTick,
    Enriched,
    EventRetracted,
    FeedbackGiven,
    FollowUp,
    Grade,
    HarmRegraded,
    Instant,
    ObligationStoodDown,
    Patient,
    PolicyAdopted,
    Provider,
    Record,
    Reported,
    SupportOffered,
)
from schemas.outcome_types import (
    DeadlineWarned,
    EvidenceTaken,
    EvidenceWithdrawn,
    ObligationBreached,
    Outcome,
    StandDownRefused,
    TargetPassed,
)

LOWEST_THRESHOLD = RANK[LOWEST_HARM]
HEARD = frozenset(CORE_EVENTS) - {SupportOffered, FeedbackGiven, CaseReleased}
"""Nothing follows for this rule from any other record."""


def passes_over(kind: type[Record], harm: int, potential: int, flags: int) -> bool:
    """Nothing follows from support offered or feedback, nor from a report below every threshold. Potential
    harm opens nothing (law.md §1.9.2)."""
    if kind is Reported:
        return harm < LOWEST_THRESHOLD and not flags & MAY_STILL_FOLLOW
    return kind not in HEARD


def hears(outcome: Outcome) -> bool:
    return isinstance(outcome, LEDGER)


def concerned(state: State, record: Record, heard: Sequence[Outcome]) -> Iterable[str | None]:
    match record:
        case ClockTick():
            return () if record.as_of <= state.as_of else _cases(state, state.due(record.as_of))
        case PolicyAdopted():
            return (None,) if state.concerns(record) else ()
        case CalendarAdopted():
            return (None, *sorted(state.cases))
        case CaseEvent() if type(record) in HEARD or spoken(heard):
            return (record.case_id,)
    return ()


def about(state: State, case_id: str | None, record: Record, heard: Sequence[Outcome]) -> list[Outcome]:
    match record:
        case ClockTick() if case_id is not None:
            return _tick(state, case_id, record)
        case PolicyAdopted():
            return state.adopt(record)
        case CalendarAdopted():
            return state.adopt(record) if case_id is None else _recount(state, case_id, record)
        case CaseEvent():
            return _hear(state, record, spoken(heard))
    return []


def order(outcome: Outcome) -> tuple[int, str]:
    """Outcomes of a tick go by deadline, then by obligation."""
    match outcome:
        case ObligationBreached():
            return outcome.due_at, outcome.subject
        case DeadlineWarned():
            return outcome.deadline, outcome.subject
        case TargetPassed():
            return outcome.target_at, outcome.subject
    return 0, outcome.subject


def _cases(state: State, obligations: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(state.owners[id] for id in obligations))


# -- what people record -------------------------------------------------------------------------------------


def _hear(state: State, event: CaseEvent, ledger: Sequence[Outcome]) -> list[Outcome]:
    draft = Draft(state, event.case_id, event)
    again = type(event) not in HEARD or draft.case.heard(event.event_id)
    match event:
        case _ if again:
            pass
        case EventRetracted() if event.retracted_event_id not in draft.case.withdrawn:
            draft.say_of_case(
                EvidenceWithdrawn,
                "A record was entered by mistake; what rested on it is judged again.",
                retracted_event_id=event.retracted_event_id,
            )
        case EventRetracted():
            again = True
        case Reported():
            _report(draft, event)
        case _:
            _follow_up(draft, event)
    if not take_ledger(draft, event, ledger) and again:
        return []
    if draft.case.evidence or draft.case.withdrawn:
        settle(draft, event)
    else:
        settle_new(draft)
    return draft.said


def _report(draft: Draft, event: Reported) -> None:
    if event.facts.kind not in draft.policy.readings.kinds:
        return
    facts = event.facts
    for patient in facts.patients:
        for provider in facts.providers:
            open_by_harm(
                draft, event, patient, provider, facts.reported_at, facts.aware_at, first_report=True
            )


def _follow_up(draft: Draft, event: CaseEvent) -> None:
    notes, objections = notes_of(draft, event), objections_of(draft, event)
    opens = False if objections else _open_from(draft, event)
    marks = _opens_again(draft, event)
    if isinstance(event, ObligationStoodDown):
        marks = [closes(one.id) for one in closed_by(draft, event)]
    evidence = evidence_of(draft, event, objections, *marks, *notes)
    remembered = draft.case.revision or draft.case.obligations
    if isinstance(event, HarmRegraded | Enriched) and not (opens or remembered or objections):
        return  # a grade below the threshold of a case that nothing was ever said of
    noted = (NOTED[note] for note in notes)
    draft.say_of_case(EvidenceTaken, _reason(event), *objections, *noted, evidence=evidence)
    if isinstance(event, ObligationStoodDown) and objections:
        for obligation in list(draft.case.obligations.values()):
            if closable(event, obligation):
                draft.say_of(obligation, StandDownRefused, *objections, event_id=event.event_id)


def _reason(event: CaseEvent) -> str:
    what = {"Enriched": "More is known about the case."}
    return what.get(type(event).__name__, f"Recorded, dated {in_words(event.at)}.")


def _open_from(draft: Draft, event: CaseEvent) -> bool:
    """Open what a regrade, a correction or a person's choice asks for; says whether it asks for anything."""
    before = len(draft.said)
    asks = False
    for patient, provider, reported_at, aware_at, first in _asked(draft, event):
        open_by_harm(
            draft, event, patient, provider, reported_at, aware_at, first_report=first,
            chosen=isinstance(event, CandourOptedIn), owed=_owed(draft, event, patient, provider),
        )  # fmt: skip
        asks = not isinstance(event, Enriched)
    return asks or len(draft.said) > before


class _Asked(NamedTuple):
    """What an event asks of a provider towards a patient, from when, and whether as a report does."""

    patient: Patient
    provider: Provider
    reported_at: Instant
    aware_at: Instant
    first: bool


def _asked(draft: Draft, event: CaseEvent) -> Iterator[_Asked]:
    facts, readings = event.facts, draft.policy.readings
    if isinstance(event, HarmRegraded | Enriched) and facts.kind not in readings.kinds:
        return
    match event:
        case Enriched():
            for patient in facts.patients:
                for graded, reported_at, aware_at in _counted_from(draft, event, patient):
                    for provider in facts.providers:
                        yield _Asked(graded, provider, reported_at, aware_at, first=True)
        case HarmRegraded() | CandourOptedIn():
            for patient in _meant(event.patient, facts.patients):
                first = False
                if isinstance(event, HarmRegraded):
                    if not _rises(draft.policy, event, patient):
                        continue
                    first = _before(event, patient) == "not_known"
                reported_at, aware_at = (facts.reported_at, facts.aware_at) if first else (event.at, event.at)
                for provider in _providers(event.provider, facts.providers):
                    yield _Asked(patient, provider, reported_at, aware_at, first)


def _rises(policy: Policy, event: HarmRegraded, patient: Patient) -> bool:
    """Whether harm is graded worse by this, and at a threshold or above it."""
    grade = grade_of(patient)
    return RANK[_before(event, patient)] < RANK[grade] and policy.reached(grade)


def _before(event: HarmRegraded, patient: Patient) -> Grade:
    """The worse of the two axes before this regrade; not known while nobody had graded either."""
    return worst(event.from_grade, patient.psychological if event.axis == "physical" else patient.physical)


def _owed(draft: Draft, event: CaseEvent, patient: Patient, provider: Provider) -> set[tuple[str, str]]:
    """What this provider owes this patient already, by family of instruments (law.md §1.8) and duty.

    What was stood down may open again, but not by a correction. What bound by a report that has not come
    counts from that, where its harm reached a threshold before this regrade.
    """
    theirs = [
        (draft.state.instrument(one).family, one)
        for one in draft.case.obligations.values()
        if _between(one, patient, provider)
    ]
    if isinstance(event, Enriched):
        return {(family, duty.name) for family, one in theirs for duty in draft.state.instrument(one).duty}
    owed = {(family, one.duty) for family, one in theirs if one.status != "stood_down"}
    if isinstance(event, HarmRegraded):
        spoken_of, before = {family for family, _ in theirs}, _before(event, patient)
        by_report = draft.policy.binding(provider, event.facts.reported_at, event.facts.aware_at)
        owed |= {
            (instrument.family, duty.name)
            for instrument, bound in by_report
            if reaches(before, bound.harm) and instrument.family not in spoken_of
            for duty in instrument.duty
        }
    return owed


def _between(obligation: Obligation, patient: Patient, provider: Provider) -> bool:
    return (obligation.patient, obligation.provider) == (patient.ref, provider.code)


def _counted_from(
    draft: Draft, event: Enriched, patient: Patient
) -> Iterator[tuple[Patient, Instant, Instant]]:
    """The times of report and awareness from which what a correction brings to light may count, each with the
    patient as graded then: those of the report, and each regrade up.

    The grades go back from those of today to those of the report, and then forward, regrade by regrade.
    """
    by_report = event.facts.reported_at, event.facts.aware_at
    if not draft.policy.reached(grade_of(patient)):
        yield patient, *by_report  # for harm that may still follow
        return
    regrades = [
        (one, *cast(tuple[str, Grade, Grade], one.marks[-3:]))
        for one in draft.case.evidence
        if one.kind == "harm_regraded" and one.patient in (None, patient.ref)
    ]
    for _, axis, was, _ in reversed(regrades):
        patient = replace(patient, **{axis: was})
    yield patient, *by_report
    for one, axis, _, became in regrades:
        before, patient = grade_of(patient), replace(patient, **{axis: became})
        if one.counts and RANK[before] < RANK[grade_of(patient)]:
            yield patient, *(by_report if before == "not_known" else (one.at, one.at))


def _opens_again(draft: Draft, event: CaseEvent) -> list[str]:
    """Marks for the duties stood down that this regrade or choice opens again: under the versions that bind
    at its time and where nothing else of their family is owed, with what follows from them. And for duties
    that it opens, where they were determined beforehand not to be owed. And for those whose provider is named
    anew, which owes from the report, as one that becomes known later."""
    if isinstance(event, Enriched):
        anew = [reopens(one.id) for one in draft.case.obligations.values() if _named_anew(draft, event, one)]
        return [*anew, FIRST_GRADING] if anew else []
    again: list[str] = []
    for patient, provider, reported_at, aware_at, first in _asked(draft, event):
        owed = _owed(draft, event, patient, provider)
        bound = {one.id for one, _ in draft.policy.binding(provider, reported_at, aware_at)}
        for one in draft.case.obligations.values():
            if not _between(one, patient, provider):
                continue
            duty, instrument = draft.state.duty(one), draft.state.instrument(one)
            match one.status, duty.opens:
                case "stood_down", "told" | "investigation_completed":
                    tell = draft.case.obligations[tell_of(draft.case_id, one)]
                    opens = tell.status != "stood_down" or reopens(tell.id) in again
                case "stood_down", "harm" | "report":
                    meant = isinstance(event, FollowUp) and event.obligation_id in (None, one.id)
                    opens = meant and one.instrument in bound and (instrument.family, duty.name) not in owed
                case _ if one.opened_by == event.event_id:
                    standing = judge(one, duty, instrument.basis, draft.case.evidence, one.due_at)
                    opens = standing.status == "stood_down"
                case _:
                    opens = False
            again += [reopens(one.id)] if opens else []
        again += [FIRST_GRADING] if again and first else []
    return again


def _named_anew(draft: Draft, event: Enriched, obligation: Obligation) -> bool:
    """Whether its provider, or one more, is named again after the record that had named it was a mistake."""
    patient = next((one for one in event.facts.patients if one.ref == obligation.patient), None)
    return (
        obligation.status == "stood_down"
        and obligation.opened_by in draft.case.withdrawn
        and "provider" in event.changed
        and any(one.code == obligation.provider for one in event.facts.providers)
        and patient is not None
        and draft.policy.reached(grade_of(patient))
        and draft.state.duty(obligation).opens in ("report", "harm")
        and not any(one.counts and closes(obligation.id) in one.marks for one in draft.case.evidence)
    )


def _meant(ref: str | None, patients: tuple[Patient, ...]) -> tuple[Patient, ...]:
    return patients if ref is None else tuple(one for one in patients if one.ref == ref)


def _providers(code: str | None, providers: tuple[Provider, ...]) -> tuple[Provider, ...]:
    return providers if code is None else tuple(one for one in providers if one.code == code)


# -- what the clock, the law and the calendar bring ----------------------------------------------------------


def _tick(state: State, case_id: str, tick: ClockTick) -> list[Outcome]:
    case = state.cases[case_id]
    said: list[Outcome] = []
    for obligation in case.obligations.values():
        if obligation.alarm is not None and obligation.alarm <= tick.as_of:
            said += _fall_due(state, case_id, case, obligation, tick)
    return said


def _fall_due(
    state: State, case_id: str, case: Case, obligation: Obligation, tick: ClockTick
) -> list[Outcome]:
    speaker = Speaker.of(tick, obligation.policy_version, obligation.calendar_version)
    reached = [
        stage for stage in stages(state, obligation) if obligation.spoken_until < stage[0] <= tick.as_of
    ]
    deadline = obligation.due_at if obligation.due_at is not None else obligation.target_at
    if deadline is None or not reached:
        return []
    duty = state.duty(obligation)
    whose = {"provider": obligation.provider, "provider_type": obligation.provider_type}
    if any(days == 0 for _, _, days in reached):
        revision = obligation.revision + 1
        if obligation.due_at is None:
            return [
                speaker.say(
                    TargetPassed, obligation.id, revision, case_id,
                    f"The target of {in_words(deadline)} has passed. "
                    f"It is {duty.target_label}: nothing is late.",
                    target_at=deadline, as_of=tick.as_of,
                )
            ]  # fmt: skip
        basis = state.instrument(obligation).basis
        if judge(obligation, duty, basis, case.evidence, obligation.due_at).in_time:
            return [
                speaker.say(
                    DeadlineWarned, obligation.id, revision, case_id,
                    "The due time has passed. The duty had been discharged in time: no breach.",
                    of="due", deadline=deadline, working_days_ahead=0, as_of=tick.as_of, **whose,
                )
            ]  # fmt: skip
        return [
            speaker.say(
                ObligationBreached, obligation.id, revision, case_id,
                f"It was due by {in_words(deadline)}; the clock of the log reached {in_words(tick.as_of)}, "
                "and nothing recorded before satisfies the duty in time.",
                duty.clause, due_at=deadline, as_of=tick.as_of, **whose,
            )
        ]  # fmt: skip
    return [
        speaker.say(
            DeadlineWarned, obligation.id, obligation.revision + number, case_id,
            f"{days} working day{'s' if days > 1 else ''} to {in_words(deadline)}"
            + (f", {duty.target_label}." if of == "target" else "."),
            of=of, deadline=deadline, working_days_ahead=days, as_of=tick.as_of, **whose,
        )
        for number, (_, of, days) in enumerate(reached, 1)
    ]  # fmt: skip


def _recount(state: State, case_id: str, record: CalendarAdopted) -> list[Outcome]:
    """Move the open deadlines of one case to the new calendar."""
    calendar = parse_calendar(record.content)
    case = state.cases[case_id]
    if state.calendar is calendar or not any(moves(state, one) for one in case.obligations.values()):
        return []
    draft = Draft(state, case_id, record)
    draft.calendar = calendar
    redate(draft)
    return draft.said
