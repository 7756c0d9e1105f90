"""A report becomes a case: its facts, its first record, what goes to the vault, and a receipt."""

from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any
from uuid import uuid4

from producers import coded, times
from producers.facts import FLAG_BITS, CaseState
from producers.providers import CODE, NOT_KNOWN, named
from producers.refusals import Fault, Refused, pointer
from producers.reports import Harm, PatientBody, RelevantPerson, ReportBody
from producers.role_names import role_code
from producers.roles import Caller
from producers.said import REPORTER, as_json, said
from producers.visit import OpenCase, Visit
from rules.london import day_of
from schemas.cloud_events import rfc3339
from schemas.event_types import CaseFacts, Grade, Instant, Patient, Provider, Reported

_REACHED_NOBODY = ("near_miss", "hazard", "good_care")


@dataclass
class _Reading:
    """What was understood so far, and what the reporter is told about it."""

    visit: Visit
    reported_at: Instant
    flags: int = 0
    notes: list[str] = field(default_factory=list)

    def provider(self, said: str | None, own: str | None = None) -> Provider:
        """The one that was named, by code or by name; else `own`, that of who is signed in."""
        found = self._named(said) if said else None
        if found is not None:
            return found
        if said and own:
            self.flags |= FLAG_BITS["provider_not_known"]
            self.notes.append(
                f"The provider that you wrote is not in the directory: the report went to {own}, where you "
                "are signed in. Your words are kept in the vault, and the safety team will ask."
            )
        code = own or said
        if code and CODE.fullmatch(code):
            return self._by_code(code)
        self.flags |= FLAG_BITS["provider_not_known"]
        if said:
            self.notes.append("The provider was not given as a code; the words are kept in the vault.")
        else:
            self.notes.append("No provider was named: the safety team will ask which it was.")
        return Provider(code=NOT_KNOWN, type=NOT_KNOWN, nhs_contract=False, scheme_member=False)

    def _named(self, said: str) -> Provider | None:
        found, known = self.visit.provider(said, self.reported_at)
        if known:
            return found
        code = named(self.visit.connection, said, self.reported_at)
        if code is None:
            return None
        self.notes.append(f"The provider that you named was taken for {code}.")
        return self.visit.provider(code, self.reported_at)[0]

    def _by_code(self, code: str) -> Provider:
        found, known = self.visit.provider(code, self.reported_at)
        if not known:
            self.flags |= FLAG_BITS["provider_not_known"]
            day = day_of(self.reported_at)
            self.notes.append(f"Provider {code} is not in the directory on {day}: the safety team will ask.")
        return found


def report(visit: Visit, body: ReportBody, caller: Caller | None) -> dict[str, Any]:
    """Take in a report; gives the answer of `POST /api/reports`. Raises `Refused`."""
    # A ward's clock may be some minutes ahead of ours; but nothing is reported after it came here.
    latest = max(at for at in (visit.now, body.occurred_at, body.noticed_at) if at is not None)
    said_at = latest if body.reported_at is None else body.reported_at
    times.check(visit.now, occurred_at=body.occurred_at, noticed_at=body.noticed_at, reported_at=said_at)
    reported_at = min(said_at, latest)
    _check_births(body, visit.now)
    reading = _Reading(visit, reported_at)
    state = _state(reading, body, caller)
    case = visit.open_new(state)
    report_id = str(uuid4())
    content, aside = said(body)
    reporter = content.pop("reporter", None) or {}
    theirs = {place: aside.pop(place) for place in tuple(aside) if place.startswith(REPORTER)}
    if body.anonymous:
        theirs = {}
    elif reporter or theirs:
        visit.keep_reporter(case, report_id, reporter | ({"kept_aside": theirs} if theirs else {}))
    visit.keep(case, report_id, content, aside)
    visit.append(case, _record(visit, case, report_id, body))
    receipt = _receipt(report_id, body, reported_at, visit.now)
    visit.keep_receipt(case, report_id, receipt)
    return {
        "report_id": report_id,
        "case_id": case.case_id,
        "providers": list(state.provider_codes()),
        "patients": [{"ref": patient.ref} for patient in state.facts.patients],
        "recorded_at": rfc3339(visit.now),
        "receipt": receipt,
        "kept_aside": sorted(aside | theirs),
        "notes": reading.notes,
    }


def _state(reading: _Reading, body: ReportBody, caller: Caller | None) -> CaseState:
    providers = [reading.provider(body.provider, caller.provider if caller else None)]
    for code in dict.fromkeys(body.other_providers or ()):
        if code != providers[0].code:
            providers.append(reading.provider(code))
    told = {
        "harm_may_still_follow": body.harm_may_still_follow,
        "immediate_risk": body.immediate_risk,
        "never_event_proposed": body.never_event_type,
        "anonymous": body.anonymous,
    }
    for name, answer in told.items():
        if answer:
            reading.flags |= FLAG_BITS[name]
    facts = CaseFacts(
        kind=body.kind,  # type: ignore[arg-type]  # "not_sure" was read as an incident
        reported_at=reading.reported_at,
        aware_at=body.noticed_at if body.noticed_at is not None else reading.reported_at,
        aware_assumed=body.noticed_at is None,
        occurred_at=body.occurred_at,
        providers=tuple({provider.code: provider for provider in providers}.values()),
        patients=_patients(body),
    )
    potential: Grade = body.could_have_been or "not_known"  # type: ignore[assignment]
    ward_ref = reading.visit.vault.ward_ref(facts.providers[0].code, body.ward) if body.ward else None
    return CaseState(
        facts=facts,
        potential=potential,
        flags=reading.flags,
        ward_ref=ward_ref,
        incident_type=coded.incident_type(body.incident_type, reading.notes),
        factor_codes=",".join(coded.factors(body.factors, reading.notes)),
    )


def _patients(body: ReportBody) -> tuple[Patient, ...]:
    """A report without patients owes to an unnamed first one."""
    unsaid: Grade = "none" if body.kind in _REACHED_NOBODY and body.harm is None else "not_known"
    named = body.patients or [PatientBody()]
    return tuple(_patient(f"p{number}", one, body.harm, unsaid) for number, one in enumerate(named, 1))


def _patient(ref: str, one: PatientBody, of_report: Harm | None, unsaid: Grade) -> Patient:
    harm = one.harm or of_report or Harm()
    if one.harm is not None:
        unsaid = "not_known"
    person = one.relevant_person or RelevantPerson()
    return Patient(
        ref=ref,
        physical=harm.physical or unsaid,  # type: ignore[arg-type]
        psychological=harm.psychological or unsaid,  # type: ignore[arg-type]
        relation=person.relation,
        why=person.why,
    )


def _check_births(body: ReportBody, now: Instant) -> None:
    today = day_of(now)
    faults = [
        Fault(pointer("patients", index, "date_of_birth"), "is in the future.", "Check the year.")
        for index, patient in enumerate(body.patients or ())
        if patient.date_of_birth and date.fromisoformat(patient.date_of_birth) > today
    ]
    if faults:
        raise Refused(422, "A date of birth cannot be right", faults)


def _record(visit: Visit, case: OpenCase, report_id: str, body: ReportBody) -> Reported:
    assert case.key is not None
    # Of an anonymous report not even the role: with a ward and a shift it may be a name.
    spoken = body.reporter.role if body.reporter and not body.anonymous else None
    role = role_code(spoken) or ""
    facts = case.state.facts
    return Reported(
        harm=case.state.harm,
        potential=case.state.potential,
        flags=case.state.flags,
        event_id=report_id,
        case_id=case.case_id,
        at=facts.reported_at,
        recorded_at=visit.now,
        by_role=role,
        facts=facts,
        ward_ref=case.state.ward_ref,
        never_event_type=body.never_event_type,
        reporter_role=role,
        narrative_hash=case.key.hash(body.what_happened),
        incident_type=case.state.incident_type,
        factors=case.state.factors,
    )


def _receipt(report_id: str, body: ReportBody, reported_at: Instant, received_at: Instant) -> str:
    """For the reporter to keep: what was noticed, reported and received when. Not signed."""
    facts: dict[str, str | None] = {
        "report_id": report_id,
        "noticed_at": rfc3339(body.noticed_at) if body.noticed_at is not None else None,
        "reported_at": rfc3339(reported_at),
        "received_at": rfc3339(received_at),
    }
    return as_json({**facts, "sha256": sha256(as_json(facts)).hexdigest()}).decode()
