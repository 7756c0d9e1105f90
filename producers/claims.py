"""Claims and new facts at the door: what cannot be right is refused before it is on the log.

The same fold as the rule's says how a claim stands. What it needs is kept with the case, so that a
retraction takes it out again.
"""

from functools import cache
from typing import Any

from msgspec.structs import replace

from producers.facts import CaseState, ToldOfClaim
from producers.refusals import Fault, Refused, wrong
from producers.visit import OpenCase, Visit
from rules.indemnity.policy import Policy, default_content, parse
from rules.indemnity.standing import (
    ACTS,
    CLAIM_KINDS,
    CLOSED,
    OPENED,
    WHOLE,
    Claim,
    claims,
    new_objection,
)
from schemas.claim_events import MaterialFactShared, PatientPaid
from schemas.contracts import snake
from schemas.event_types import CaseEvent
from schemas.indemnity_types import Refusal, Testimony

FACT = "material_fact_recorded"
_KEPT = CLAIM_KINDS | {FACT}

_MENDS: dict[Refusal, str] = {
    "unknown_claim": "Open the claim first, or take its number from the case.",
    "claim_open_already": "Go on with the claim as it is, or close it before it is opened again.",
    "claim_closed": "Open the claim again first.",
    "provider_not_named": "Say against which provider it is.",
    "provider_not_in_the_case": "Name a provider of this case.",
    "not_a_member": "Only a claim against a member of the scheme has a finding or a decision.",
    "no_finding": "Record the finding first; a decision rests on it.",
    "share_without_change": "Leave the share out, or decide to reduce.",
    "dated_ahead": "Correct the date, or first the record that it follows.",
}
_TAKEN_BACK = "Let an auditor retract the finding first; nobody else takes it back."
_POINTERS: dict[tuple[str, Refusal], str] = {
    ("indemnity_decision_recorded", "no_finding"): "/decision",
    ("reimbursement_recorded", "no_finding"): "/status",
    ("indemnity_decision_recorded", "share_without_change"): "/trust_share_percent",
    ("indemnity_decision_recorded", "share_above_100"): "/trust_share_percent",
    ("reimbursement_recorded", "share_above_100"): "/percent",
    ("claim_opened", "provider_not_named"): "/provider",
    ("claim_opened", "provider_not_in_the_case"): "/provider",
}


def take(visit: Visit, case: OpenCase, record: CaseEvent) -> None:
    """Raises `Refused` for what cannot be right; keeps with the case what later records are judged by."""
    kind = snake(type(record).__name__)
    if isinstance(record, MaterialFactShared):
        _check_fact(case.state, record.fact_event_id)
    elif isinstance(record, PatientPaid) and record.claim_id not in _claims(case.state):
        # Nothing that becomes of a claim holds a payment up; only a number that nobody knows does.
        raise wrong("/claim_id", f"{record.claim_id} is no claim of this case.", _MENDS["unknown_claim"])
    if kind not in _KEPT:
        return
    told = _told(case.state, kind, record)
    if kind in CLAIM_KINDS:
        if kind == "claim_opened" and case.duplicate_of is not None:
            mend = f"Open the claim in case {case.duplicate_of}."
            raise wrong("", "is a duplicate; the incident goes on in the other case.", mend)
        _check(case.state, record, told)
    visit.change(case, _with(case.state, record.event_id, told))


def open_in(state: CaseState) -> list[str]:
    """The claims of a case that are not closed, by the scheme's numbers."""
    return [number for number, claim in _claims(state).items() if not claim.closed]


def check_retraction(state: CaseState, event_id: str) -> None:
    """Raises `Refused` where a claim, opened or closed, would take with it what the scheme recorded of it."""
    told = state.claims.get(event_id)
    if told is None or told.kind not in (OPENED, CLOSED) or told.claim_id is None:
        return
    others = {id: one for id, one in state.claims.items() if id != event_id}
    before, after = (_claims(one).get(told.claim_id) for one in (state, replace(state, claims=others)))
    if before is not None and before.finding is not None and (after is None or after.finding is None):
        raise wrong(
            "/event_id", f"holds a finding about claim {told.claim_id}, which would fall.", _TAKEN_BACK
        )


def _check(state: CaseState, record: CaseEvent, told: ToldOfClaim) -> None:
    testimony = replace(_testimony(record.event_id, told), by_role=record.by_role)
    assert told.claim_id is not None
    claim, roles = _claims(state).get(told.claim_id), _policy().scheme_roles
    if told.kind in ACTS and record.by_role not in roles:
        detail = "is no role of the scheme, and only a person of the scheme records this."
        named = ", ".join(sorted(roles)).replace("_", " ")
        raise wrong("/by_role", detail, f"Say one of: {named}.")
    if told.word == "remove" and told.percent not in (None, WHOLE):
        detail = f"is {told.percent}, but cover that is removed leaves the whole to the provider."
        raise wrong("/trust_share_percent", detail, "Leave it out, or decide to reduce.")
    if told.word == "reduce" and not told.percent:
        detail = "is missing or 0, but cover that is reduced leaves a share to the provider."
        raise wrong("/trust_share_percent", detail, f"Say the share, 1 to {WHOLE}, or decide `none`.")
    against = claim.opened.provider if claim is not None and claim.finding is not None else told.provider
    if told.kind == OPENED and against != told.provider:
        detail = f"is {told.provider}, but a finding about claim {told.claim_id} against {against} stands."
        raise wrong("/provider", detail, _TAKEN_BACK)
    found = new_objection(claim, testimony, _policy())
    if found is None:
        return
    code, reason = found
    place = "/at" if code == "dated_ahead" else _POINTERS.get((testimony.kind, code), "/claim_id")
    mend = _MENDS.get(code) or _room(claim, testimony.kind)
    raise Refused(422, "The request cannot be taken as it is", [Fault(place, reason, mend)])


def _room(claim: Claim | None, kind: str) -> str:
    """What may still be said of the provider's share."""
    other = 0
    if claim is not None:
        deciding = kind == "indemnity_decision_recorded"
        reimbursed = claim.reimbursement.percent or 0 if claim.reimbursement else 0
        other = reimbursed if deciding else claim.share - reimbursed
    return f"{other} % is borne already; up to {WHOLE - other} % is left."


@cache
def _policy() -> Policy:
    """As in this repository; a partition may have adopted another, by which the rule judges again."""
    return parse(default_content()[1])


def _check_fact(state: CaseState, fact_event_id: str) -> None:
    known = state.claims.get(fact_event_id)
    if known is None or known.kind != FACT:
        mend = "Take the event_id of the material_fact_recorded from the case's timeline."
        raise wrong("/fact_event_id", "is no new fact of this case.", mend)


def _claims(state: CaseState) -> dict[str, Claim]:
    told = sorted(state.claims.items(), key=lambda pair: pair[1].number or 0)
    return claims((_testimony(event_id, one) for event_id, one in told if one.kind is not None), _policy())


def _testimony(event_id: str, told: ToldOfClaim) -> Testimony:
    return Testimony(
        event_id=event_id,
        kind=told.kind or "",
        at=told.at or 0,
        recorded_at=0,
        by_role="",
        claim_id=told.claim_id,
        provider=told.provider,
        word=told.word,
        percent=told.percent,
        scheme_member=bool(told.scheme_member),
        providers=(told.provider,) if told.provider else (),
    )


def _told(state: CaseState, kind: str, record: Any) -> ToldOfClaim:
    members = {one.code: one.scheme_member for one in state.facts.providers}
    provider = getattr(record, "provider", None)
    words = (getattr(record, name, None) for name in ("finding", "decision", "status"))
    shares = (getattr(record, name, None) for name in ("trust_share_percent", "percent"))
    return ToldOfClaim(
        number=1 + max((one.number or 0 for one in state.claims.values()), default=0),
        kind=kind,
        claim_id=getattr(record, "claim_id", None),
        provider=provider,
        scheme_member=members.get(provider) if provider else None,
        word=next((word for word in words if word is not None), None),
        percent=next((share for share in shares if share is not None), None),
        at=record.at,
    )


def _with(state: CaseState, event_id: str, told: ToldOfClaim) -> CaseState:
    return replace(state, claims={**state.claims, event_id: told})
