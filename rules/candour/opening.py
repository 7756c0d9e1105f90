"""When a duty comes about: by harm at or above the threshold, by a person's choice, or after another duty.

Law.md §1.3 (thresholds by class of provider), §1.8 (which instrument brings which duty), §1.9.1 and §1.9.2.
"""

from collections.abc import Container

from rules.candour.draft import Draft
from rules.candour.policy import Bound, Duty, Instrument, Policy, reaches, worst
from rules.candour.standing import concerns, determined
from rules.candour.state import ANSWERED, Obligation
from rules.identity import obligation_id
from schemas.event_types import MAY_STILL_FOLLOW, CaseEvent, CaseFacts, Grade, Instant, Patient, Provider
from schemas.outcome_types import ObligationOpened

WHATEVER_THE_HARM = "A never event is told to the patient or family as soon as possible, whatever the harm."

ASSUMED = "Nobody said when it was noticed: taken as the time of the report."


def grade_of(patient: Patient) -> Grade:
    """The worse of the two axes; the psychological one has no fatal level."""
    return worst(patient.physical, patient.psychological)


def open_by_harm(
    draft: Draft,
    event: CaseEvent,
    patient: Patient,
    provider: Provider,
    reported_at: Instant,
    aware_at: Instant,
    *,
    first_report: bool,
    chosen: bool = False,
    owed: Container[tuple[str, str]] = (),
) -> None:
    """Open what binds this provider towards this patient, counted from these two times.

    `first_report`: also the duty to report. `chosen`: a person opens it, whatever the harm. `owed`: families
    of instruments and the duties that are owed under them already.
    """
    grade = grade_of(patient)
    may_follow = bool(event.flags & MAY_STILL_FOLLOW) and first_report
    for instrument, bound in draft.policy.binding(provider, reported_at, aware_at):
        suspected = bound.harm_may_still_follow and may_follow
        if not (chosen or reaches(grade, bound.harm) or suspected):
            continue
        because = _reasons(
            draft.policy, instrument, bound, event.facts, provider, patient, grade, suspected, chosen
        )
        for duty in instrument.duty:
            if (instrument.family, duty.name) in owed:
                continue
            if duty.opens == "harm" or (duty.opens == "report" and first_report):
                starts_at = aware_at if duty.starts == "aware_at" else reported_at
                waits = bound.provisional and duty.opens == "harm"
                _open(draft, event, patient, provider, instrument, bound, duty, starts_at, because, waits)


def open_by_never_event(draft: Draft, event: CaseEvent, code: str, aware_at: Instant, counted: bool) -> None:
    """Open what this provider owes every patient of the case because of a never event (law.md CLK-13).

    Chosen by when it occurred; by the report while that is not known. `aware_at`: when it was recognised.
    """
    facts = event.facts
    provider = next((one for one in facts.providers if one.code == code), facts.providers[0])
    occurred_at = facts.reported_at if facts.occurred_at is None else facts.occurred_at
    for instrument, bound in draft.policy.binding_by_occurrence(provider, occurred_at):
        waits = bound.provisional and not counted
        asked = ("Provisional until the patient safety team confirms or rejects it.",) if waits else ()
        for duty in instrument.duty:
            if duty.opens == "never_event":
                for patient in facts.patients:
                    because = (WHATEVER_THE_HARM, *asked)
                    _open(draft, event, patient, provider, instrument, bound, duty, aware_at, because, waits)


def open_after(draft: Draft, event: CaseEvent, tell: Obligation) -> None:
    """Open what follows once the relevant person was told, or once the investigation was completed."""
    instrument = draft.state.instrument(tell)
    for duty in instrument.duty:
        starts_at = follows_at(draft, tell, duty)
        if starts_at is None:
            continue
        patient = _named(event.facts.patients, tell)
        provider = _provider(event.facts.providers, tell)
        bound = next((one for one in instrument.bound if one.binds(provider)), instrument.bound[0])
        because = ("It follows from the duty to tell under the same instrument.",)
        waits = bound.provisional and not determined(draft.case.evidence, tell)
        _open(draft, event, patient, provider, instrument, bound, duty, starts_at, because, waits, tell)


def _named(patients: tuple[Patient, ...], tell: Obligation) -> Patient:
    nobody = Patient(ref=tell.patient, physical="not_known", psychological="not_known", relation="patient")
    return next((one for one in patients if one.ref == tell.patient), nobody)


def _provider(providers: tuple[Provider, ...], tell: Obligation) -> Provider:
    unknown = Provider(code=tell.provider, type="not_known", nhs_contract=False, scheme_member=False)
    return next((one for one in providers if one.code == tell.provider), unknown)


def follows_at(draft: Draft, tell: Obligation, duty: Duty) -> Instant | None:
    """When a duty that follows from the duty to tell starts; None while it does not."""
    if duty.opens == "told":
        return tell.settled_at if tell.status in ANSWERED else None
    if duty.opens == "investigation_completed" and tell.status not in ("stood_down", "merged"):
        return investigated_at(draft, tell)
    return None


def investigated_at(draft: Draft, tell: Obligation) -> Instant | None:
    """When the findings came to be owed: nothing was while there was no duty to tell."""
    for one in draft.case.evidence:
        if one.kind == "investigation_completed" and one.counts and concerns(one, tell):
            return max(one.at, tell.opened_at)
    return None


def _open(
    draft: Draft,
    event: CaseEvent,
    patient: Patient,
    provider: Provider,
    instrument: Instrument,
    bound: Bound,
    duty: Duty,
    starts_at: Instant,
    because: tuple[str, ...],
    provisional: bool,
    after: Obligation | None = None,
) -> None:
    """`after`: the duty from which this one follows, under the same version of the policy."""
    id = obligation_id(draft.case_id, patient.ref, provider.code, duty.name, instrument.id)
    if id in draft.case.obligations:
        return
    due_at, target_at, reason = deadlines(draft, duty, starts_at)
    facts = event.facts
    if facts.aware_assumed and duty.starts == "aware_at":
        because = (*because, ASSUMED)
    if reason:
        because = (*because, reason)
    speaker = draft.speaker
    opened = ObligationOpened(
        subject=id,
        revision=1,
        case_id=draft.case_id,
        recorded_at=speaker.recorded_at,
        cause=speaker.cause,
        because=(duty.clause, *because),
        policy_version=after.policy_version if after else speaker.policy_version,
        calendar_version=speaker.calendar_version,
        patient=patient.ref,
        provider=provider.code,
        provider_type=provider.type,
        duty=duty.name,
        instrument=instrument.id,
        basis=instrument.basis,
        threshold=bound.threshold,
        provisional=provisional,
        harm=grade_of(patient),
        aware_at=facts.aware_at,
        aware_assumed=facts.aware_assumed,
        reported_at=facts.reported_at,
        starts_at=starts_at,
        due_days=duty.due_working_days,
        target_days=duty.target_working_days,
        due_at=due_at,
        target_at=target_at,
        owner_role=duty.owner_role,
        relation=patient.relation,
        relation_why=patient.why,
    )
    draft.take(opened)


def deadlines(draft: Draft, duty: Duty, starts_at: Instant) -> tuple[Instant | None, Instant | None, str]:
    """Due time, target time, and a reason where the calendar gives none though days are set."""
    calendar = draft.calendar
    days = duty.due_working_days if duty.due_working_days is not None else duty.target_working_days
    when = None if days is None else calendar.due(starts_at, days)
    reason = ""
    if days is not None and when is None:
        reason = (
            f"{calendar.describe()}: no time can be given until a calendar that reaches further is adopted."
        )
    return (when, None, reason) if duty.due_working_days is not None else (None, when, reason)


def _reasons(
    policy: Policy,
    instrument: Instrument,
    bound: Bound,
    facts: CaseFacts,
    provider: Provider,
    patient: Patient,
    grade: Grade,
    suspected: bool,
    chosen: bool,
) -> tuple[str, ...]:
    if chosen:
        why = "A person opened this duty; no rule asks for it."
    elif suspected and not reaches(grade, bound.harm):
        why = f"Harm may still follow for {patient.ref}; {bound.threshold}."
    else:
        why = f"Harm to {patient.ref} is graded {grade}; {bound.threshold}."
    reasons = [why]
    if bound.provisional:
        limb = ", naming the limb of 20(9)" if bound.asks_for_limb else ""
        reasons.append(f"Provisional until a named role determines whether the incident is notifiable{limb}.")
    occurred_at = facts.occurred_at
    began = policy.commencement(provider, instrument.family)
    if instrument.basis == "statute" and occurred_at is not None and occurred_at < began:
        reasons.append(
            "It occurred before the regulation was in force for this provider and came to light after: "
            "whether the regulation reaches it is not settled."
        )
    return tuple(reasons)
