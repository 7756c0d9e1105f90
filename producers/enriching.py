"""What became known later changes the facts of the case: an enrichment, or a regrade of harm."""

from datetime import date
from typing import Any

import msgspec

from producers import coded, times
from producers.facts import FLAG_BITS, CaseState
from producers.follow_ups import EnrichedBody, HarmRegradedBody
from producers.refusals import Fault, Refused, wrong
from producers.visit import Visit
from rules.london import day_of
from schemas.event_types import Patient

_ABOUT_A_PATIENT = {"nhs_number", "name", "date_of_birth", "relevant_person"}


def enrich(visit: Visit, state: CaseState, body: EnrichedBody) -> CaseState:
    """The facts after an enrichment. Raises `Refused` for what cannot be, or belongs elsewhere."""
    if not body.model_fields_set - {"type", "at", "by_role", "reason", "patient"} and not body.model_extra:
        raise wrong("", "says nothing new.", "Give at least one field that became known.")
    if body.model_extra and "harm" in body.model_extra:
        mend = "Send a harm_regraded with axis, from, to and reason."
        raise wrong("/harm", "is not enriched but regraded, because a deadline may hang on it.", mend)
    facts = state.facts
    occurred = body.occurred_at if body.occurred_at is not None else facts.occurred_at
    noticed = body.noticed_at if body.noticed_at is not None else None
    aware = noticed if noticed is not None else facts.aware_at
    known = None if facts.aware_assumed and noticed is None else aware
    times.check(visit.now, occurred_at=occurred, noticed_at=known, reported_at=facts.reported_at)
    facts = msgspec.structs.replace(
        facts,
        occurred_at=occurred,
        aware_at=aware,
        aware_assumed=facts.aware_assumed and noticed is None,
        patients=_patients(visit, state, body),
    )
    state = msgspec.structs.replace(state, facts=facts, flags=_flags(state, body))
    if body.could_have_been is not None:
        state = msgspec.structs.replace(state, potential=body.could_have_been)
    state = _with_provider(visit, state, body.provider) if body.provider else state
    return _with_codes(visit, state, body)


def _with_codes(visit: Visit, state: CaseState, body: EnrichedBody) -> CaseState:
    """The ward, the type and the factors; a code that is not known stays in the vault with the words."""
    said: dict[str, Any] = {}
    if body.ward:
        said["ward_ref"] = visit.vault.ward_ref(state.facts.providers[0].code, body.ward)
    elif body.provider:
        said["ward_ref"] = None  # the reference was that of a ward of another provider
    if (kind := coded.incident_type(body.incident_type, [])) is not None:
        said["incident_type"] = kind
    if body.factors is not None:
        said["factor_codes"] = ",".join(coded.factors(body.factors, []))
    return msgspec.structs.replace(state, **said)


def _patients(visit: Visit, state: CaseState, body: EnrichedBody) -> tuple[Patient, ...]:
    there = state.facts.patients
    if not body.model_fields_set & _ABOUT_A_PATIENT:
        return there
    if body.date_of_birth and date.fromisoformat(body.date_of_birth) > day_of(visit.now):
        raise wrong("/date_of_birth", "is in the future.", "Check the year.")
    refs = ", ".join(patient.ref for patient in there[:20])
    ref = body.patient or (there[0].ref if len(there) == 1 else None)
    if ref is None or state.patient(ref) is None:
        raise wrong("/patient", f"must name one of {refs}.", "Say which patient this is about.")
    if body.relevant_person is None:
        return there
    person = body.relevant_person
    return tuple(
        msgspec.structs.replace(patient, relation=person.relation, why=person.why)
        if patient.ref == ref
        else patient
        for patient in there
    )


def _flags(state: CaseState, body: EnrichedBody) -> int:
    flags = state.flags
    for name, answer in (
        ("harm_may_still_follow", body.harm_may_still_follow),
        ("immediate_risk", body.immediate_risk),
        ("never_event_proposed", None if body.never_event_type is None else True),
    ):
        if answer is not None:
            flags = flags | FLAG_BITS[name] if answer else flags & ~FLAG_BITS[name]
    return flags


def _with_provider(visit: Visit, state: CaseState, code: str) -> CaseState:
    """The reporting provider was another one; as the directory knew it when the case was reported."""
    if code in state.provider_codes()[1:]:
        mend = "Name a provider that the case does not have yet."
        raise wrong("/provider", f"{code} is another provider of this case already.", mend)
    found, known = visit.provider(code, state.facts.reported_at)
    if not known:
        day = day_of(state.facts.reported_at)
        raise wrong("/provider", f"{code} is not in the directory on {day}.", "Check the code.")
    others = state.facts.providers[1:]
    facts = msgspec.structs.replace(state.facts, providers=(found, *others))
    flags = state.flags & ~FLAG_BITS["provider_not_known"]
    if any(other.type == "not_known" for other in others):
        flags |= FLAG_BITS["provider_not_known"]
    return msgspec.structs.replace(state, facts=facts, flags=flags)


def regrade(state: CaseState, ref: str, body: HarmRegradedBody) -> CaseState:
    """The facts after a regrade; what it starts from must be what stands. Fills in `from` where not said."""
    patient = state.patient(ref)
    assert patient is not None
    current = patient.physical if body.axis == "physical" else patient.psychological
    if body.from_grade is None:
        body.from_grade = current
    if body.from_grade != current:
        detail = f"is {body.from_grade}, but the {body.axis} harm of {ref} now stands at {current}."
        fault = Fault(
            "/from", detail, f"Look at the case again; if the regrade still holds, send from {current}."
        )
        raise Refused(409, "Somebody regraded this before you", [fault])
    if body.to_grade == current:
        raise wrong("/to", f"is {current}, which it is already.", "Nothing needs to be sent.")
    if body.axis == "psychological" and body.to_grade == "fatal":
        raise wrong("/to", "is fatal; psychological harm ends at severe.", "Regrade the physical harm.")
    if not (body.reason or "").strip():
        raise wrong("/reason", "is missing.", "Say why the grade changes.")
    after = msgspec.structs.replace(patient, **{body.axis: body.to_grade})
    patients = tuple(after if one.ref == ref else one for one in state.facts.patients)
    return msgspec.structs.replace(state, facts=msgspec.structs.replace(state.facts, patients=patients))
