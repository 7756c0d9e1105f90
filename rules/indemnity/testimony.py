"""What a record testifies, in the words of the rule, and why it does not count where it does not.

What is refused at the door is refused here as well: the log may hold what another door let in. A payment to
the patient always counts; nothing that is known of the claim can hold it up.
"""

from datetime import timedelta
from typing import Any

from rules.indemnity.draft import Draft
from rules.indemnity.standing import CLAIM_KINDS, Why, claims, new_objection
from rules.london import day_of, in_words, last_second
from schemas import claim_events as events
from schemas.contracts import snake
from schemas.event_types import CaseEvent, CaseLinked, Instant
from schemas.indemnity_types import Testimony

MINUTE = 60_000


def testimony_of(draft: Draft, event: CaseEvent) -> Testimony:
    return Testimony(
        event_id=event.event_id,
        kind=snake(type(event).__name__),
        at=event.at,
        recorded_at=event.recorded_at,
        by_role=event.by_role,
        **_fields(draft, event),
    )


def refusal(draft: Draft, event: CaseEvent, testimony: Testimony) -> Why | None:
    """Why it does not count; None where it does."""
    match event:
        case events.PatientPaid() | CaseLinked():
            return None
        case _ if event.at > event.recorded_at + draft.policy.future_tolerance_minutes * MINUTE:
            return "dated_ahead", f"It is dated {in_words(event.at)}, after it was recorded: it cannot count."
        case events.ContraventionRecorded() if testimony.provider is None:
            return "provider_not_named", "The case has several providers, and it does not say which."
        case events.MaterialFactShared():
            facts = (one.event_id for one in draft.case.testimony if one.kind == "material_fact_recorded")
            if event.fact_event_id not in facts:
                return "unknown_fact", "No new fact of this case was recorded under that number."
    if testimony.kind in CLAIM_KINDS and testimony.claim_id is not None:
        claim = claims(draft.case.testimony, draft.policy).get(testimony.claim_id)
        return new_objection(claim, testimony, draft.policy)
    return None


def _fields(draft: Draft, event: CaseEvent) -> dict[str, Any]:
    match event:
        case events.ClaimOpened():
            return _claim(event)
        case events.ClaimClosed():
            return {"claim_id": event.claim_id}
        case events.OpennessFindingRecorded():
            return {"claim_id": event.claim_id, "word": event.finding}
        case events.IndemnityDecisionRecorded():
            share = event.trust_share_percent
            return {"claim_id": event.claim_id, "word": event.decision, "percent": share}
        case events.ReimbursementRecorded():
            return {"claim_id": event.claim_id, "word": event.status, "percent": event.percent}
        case events.PatientPaid():
            return {"claim_id": event.claim_id, "pounds": event.pounds}
        case events.ContraventionRecorded():
            provider = event.provider or _only_provider(event)
            return {"provider": provider, "patient": event.patient, "word": event.found_by}
        case events.AvoidabilityStated():
            return {
                "patient": event.patient,
                "word": event.verdict,
                "to": event.to,
                "found_by": event.found_by,
                "evidence_hashes": event.evidence_hashes,
            }
        case events.MaterialFactRecorded():
            return {"patient": event.patient, "due_at": _due_at(draft, event.at)}
        case events.MaterialFactShared():
            return {"about": event.fact_event_id}
        case CaseLinked():
            return {"about": event.other_case_id, "word": event.side}
    raise LookupError(f"nothing is testified by {type(event).__name__}")


def _claim(event: events.ClaimOpened) -> dict[str, Any]:
    facts = event.facts
    code = event.provider or _only_provider(event)
    return {
        "claim_id": event.claim_id,
        "provider": code,
        "scheme_member": any(one.scheme_member for one in facts.providers if one.code == code),
        "providers": tuple(one.code for one in facts.providers),
        "occurred_at": facts.occurred_at,
        "aware_at": facts.aware_at,
        "reported_at": facts.reported_at,
    }


def _only_provider(event: CaseEvent) -> str | None:
    providers = event.facts.providers
    return providers[0].code if len(providers) == 1 else None


def _due_at(draft: Draft, known_at: Instant) -> Instant:
    """The end of the last London day that policy allows, the day on which it was known being day nought."""
    return last_second(day_of(known_at) + timedelta(days=draft.policy.share_within_days))
