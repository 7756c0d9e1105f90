"""A follow-up becomes a record that carries the facts of the case as they are after it."""

from typing import Any
from uuid import uuid4

from producers import (
    claims,
    deciders,
    escalations,
    limbs,
    linking,
    never_events,
    obligations,
    retracting,
    times,
)
from producers import follow_ups as bodies
from producers.claim_bodies import ClaimOpenedBody
from producers.enriching import enrich, regrade
from producers.escalation_bodies import EscalationAcknowledgedBody, EscalationActedBody
from producers.facts import CaseState, changed
from producers.follow_up_body import AboutObligations, FollowUpBody
from producers.follow_up_fields import READ, READ_OF_CASE, Fields
from producers.never_event_bodies import NeverEventConfirmedBody
from producers.providers import NOT_KNOWN
from producers.refusals import Fault, Refused, wrong
from producers.role_names import OTHER, role_code
from producers.roles import Caller, require_sight
from producers.said import needs_vault, said
from producers.visit import OpenCase, Visit
from schemas import event_types as records
from schemas.cloud_events import rfc3339
from schemas.event_types import CaseEvent, Enriched, Instant


def follow_up(visit: Visit, case_id: str, body: bodies.AnyFollowUp, caller: Caller | None) -> dict[str, Any]:
    """Take in a follow-up; gives the answer of `POST /api/cases/{case_id}/events`. Raises `Refused`."""
    if isinstance(body, bodies.CaseLinkedBody):
        linking.primary_of(visit, case_id, body)
    case = visit.case(case_id)
    _require_sight(visit, case, caller)
    at = body.at if body.at is not None else visit.now
    times.check(visit.now, at=at)
    _check_not_before(case, at)
    event_id = str(uuid4())
    common = _common(visit, case, event_id, at, body, caller)
    content, aside = said(body)
    name = content.pop("by_name", None)
    notes = _notes(content) + deciders.notes(body.type, name)
    if isinstance(body, bodies.CaseLinkedBody):
        linking.link(visit, case, body, common)
    elif isinstance(body, bodies.EventRetractedBody):
        retracting.retract(visit, case, body, common, caller)
    else:
        before = case.state
        record = _record(visit, case, body, common)
        visit.append(case, record, changes=changed(before, case.state))
        notes += limbs.notes(visit.connection, record) + _of_correction(before, case.state)
    if needs_vault(content, aside):
        visit.keep(case, event_id, content, aside)
    if name is not None:
        visit.keep_reporter(case, event_id, {"name": name})
    return {
        "event_id": event_id,
        "case_id": case_id,
        "recorded_at": rfc3339(visit.now),
        "kept_aside": sorted(aside),
        "notes": notes,
    }


def _require_sight(visit: Visit, case: OpenCase, caller: Caller | None) -> None:
    """Also for a provider that a correction took out: its duties stand until somebody answers them."""
    codes = case.state.provider_codes()
    if caller is not None and not caller.sees(codes):
        codes = (*codes, *obligations.corrected(changes for _, changes in visit.events_of(case)))
    require_sight(caller, codes)


def _common(
    visit: Visit, case: OpenCase, event_id: str, at: Instant, body: FollowUpBody, caller: Caller | None
) -> Fields:
    role = role_code(body.by_role) or (caller.role if caller else "")
    return {
        "event_id": event_id,
        "case_id": case.case_id,
        "at": at,
        "recorded_at": visit.now,
        "by_role": role,
        **case.state.copied(),
    }


def _record(visit: Visit, case: OpenCase, body: bodies.AnyFollowUp, common: Fields) -> CaseEvent:
    reason = case.hashed(body.reason)
    if isinstance(body, bodies.EnrichedBody):
        visit.change(case, enrich(visit, case.state, body))
        return Enriched(
            **{**common, **case.state.copied()},
            changed=_named(body),
            reason_hash=reason,
            never_event_type=body.never_event_type,
        )
    if isinstance(body, bodies.CaseReleasedBody):
        return records.CaseReleased(**common, rule=body.rule, reason_hash=reason)
    if isinstance(body, NeverEventConfirmedBody):
        never_events.check_confirmed(visit, case, body)
    if isinstance(body, EscalationAcknowledgedBody | EscalationActedBody):
        escalations.check(visit, case, body.escalation_id)
    if type(body) in READ_OF_CASE:
        return _of_case(visit, case, body, common, reason)
    assert isinstance(body, AboutObligations)
    about = _about(visit, case, body)
    if isinstance(body, bodies.HarmRegradedBody):
        visit.change(case, regrade(case.state, about["patient"], body))
        common = {**common, **case.state.copied()}
    kind, read = READ[type(body)]
    fields = read(body)
    if isinstance(body, bodies.ContactDeclinedBody):
        fields["evidence_hash"] = case.hashed(body.evidence)
    if "reason_hash" in kind.__struct_fields__:
        fields["reason_hash"] = reason
    return kind(**common, **about, **fields)


def _of_case(
    visit: Visit, case: OpenCase, body: bodies.AnyFollowUp, common: Fields, reason: str | None
) -> CaseEvent:
    kind, read_of_case = READ_OF_CASE[type(body)]
    fields = read_of_case(body, case)
    for name, there in (
        ("patient", tuple(one.ref for one in case.state.facts.patients)),
        ("provider", case.state.provider_codes()),
    ):
        if fields.get(name) is not None or (name == "provider" and isinstance(body, ClaimOpenedBody)):
            fields[name] = _one(name, fields[name], there)
    if "reason_hash" in kind.__struct_fields__:
        fields["reason_hash"] = reason
    record = kind(**common, **fields)
    claims.take(visit, case, record)
    return record


def _named(body: bodies.EnrichedBody) -> tuple[str, ...]:
    """Which fields were said; never what was said in them."""
    apart = {"type", "at", "by_role", "reason", "patient"}
    ref = f"patients/{body.patient or 'p1'}/"
    personal = {"nhs_number", "name", "date_of_birth", "relevant_person"}
    fields = sorted(body.model_fields_set & set(type(body).model_fields) - apart)
    return tuple(ref + name if name in personal else name for name in fields)


def _about(visit: Visit, case: OpenCase, body: AboutObligations) -> Fields:
    """Patient, provider and obligation: as named, as follows from the obligation, or as there is but one."""
    state = case.state
    patient, provider = body.patient, body.provider
    if case.duplicate_of is not None and body.obligation_id is None:
        detail = (
            f"This case was linked to {case.duplicate_of}, where the incident goes on and duties are owed."
        )
        mend = f"Record it in case {case.duplicate_of}; or name the obligation of this case that is meant."
        raise Refused(409, "This case is a duplicate", [Fault("", detail, mend)])
    if body.obligation_id is not None:
        subject = obligations.subject_of(visit, case, body.obligation_id)
        if subject is None:
            mend = "Take the id from the case's obligations."
            raise wrong("/obligation_id", "is no obligation that this case can have.", mend)
        for name, told, meant in (("patient", patient, subject[0]), ("provider", provider, subject[1])):
            if told is not None and told != meant:
                raise wrong(f"/{name}", f"is {told}, but that obligation is about {meant}.", "Leave one out.")
        return {"patient": subject[0], "provider": subject[1], "obligation_id": body.obligation_id}
    refs = tuple(one.ref for one in state.facts.patients)
    everybody = isinstance(body, bodies.HarmRegradedBody)  # harm is of a patient, whoever provided the care
    return {
        "patient": _one("patient", patient, refs),
        "provider": _one("provider", provider, state.provider_codes(), may_be_all=everybody),
        "obligation_id": None,
    }


def _one(name: str, told: str | None, there: tuple[str, ...], may_be_all: bool = False) -> str | None:
    listed = ", ".join(there[:20])
    if told is not None:
        if told not in there:
            raise wrong(f"/{name}", f"is {told}; this case has {listed}.", f"Name the {name} of this case.")
        return told
    if len(there) > 1:
        if may_be_all:
            return None
        raise wrong(f"/{name}", f"is missing, and this case has several: {listed}.", "Say which is meant.")
    return there[0]


def _check_not_before(case: OpenCase, at: Instant) -> None:
    occurred = case.state.facts.occurred_at
    if occurred is not None and at < occurred:
        detail = f"is {rfc3339(at)}, before the incident occurred, {rfc3339(occurred)}."
        fault = Fault("/at", detail, "Correct the time, or correct when it occurred by an enrichment.")
        raise Refused(422, "These times cannot be right", [fault])


def _of_correction(before: CaseState, after: CaseState) -> list[str]:
    gone = set(before.provider_codes()) - {NOT_KNOWN, *after.provider_codes()}
    return [
        f"What {code} owed stands: where it never was its incident, let two people of it record so by an "
        "obligation_stood_down that names the obligation and says never_notifiable."
        for code in sorted(gone)
    ]


def _notes(content: dict[str, Any]) -> list[str]:
    return [
        f"{name} is not a role that the log can name; it says `other`, and your words are kept in the vault."
        for name in ("by_role", "second_person_role")
        if role_code(content.get(name)) == OTHER
    ]
