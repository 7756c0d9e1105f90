"""Says the difference between how things stand and what was said: markers, reviews, payments.

The order of the log plays no part: marker first or claim first, the same review is suggested in the end.
"""

from rules.identity import indemnity_id
from rules.indemnity.draft import Draft
from rules.indemnity.settle_family import settle_facts, settle_verdicts
from rules.indemnity.settle_reviews import settle_reviews
from rules.indemnity.state import Marker, Payment
from rules.london import in_words
from schemas.event_types import CaseEvent
from schemas.indemnity_types import EvidenceMarked, MarkerWithdrawn, PaymentCounted, PaymentWithdrawn
from schemas.outcome_types import ObligationBreached

FOUND_BY = {
    "court": "a court",
    "cqc": "the Care Quality Commission",
    "commissioner": "the commissioner",
    "provider": "the provider itself",
}


def settle(draft: Draft, event: CaseEvent) -> None:
    settle_facts(draft)
    settle_verdicts(draft, (one.ref for one in event.facts.patients))
    _settle_contraventions(draft)
    _settle_payments(draft)
    settle_reviews(draft)


def mark_breach(draft: Draft, breach: ObligationBreached) -> None:
    id = indemnity_id("marker", draft.case_id, breach.subject)
    known = draft.of(id, Marker)
    if "breach" in draft.policy.marked_by and (known is None or not known.standing):
        draft.say(
            EvidenceMarked, id, "A duty of candour with a due time was breached.", *breach.because,
            kind="breach", about=breach.subject, at=breach.due_at, provider=breach.provider,
        )  # fmt: skip


def withdraw_breach(draft: Draft, obligation_id: str) -> None:
    id = indemnity_id("marker", draft.case_id, obligation_id)
    known = draft.of(id, Marker)
    if known is not None and known.standing:
        draft.say(MarkerWithdrawn, id, "The breach was withdrawn.")


def _settle_contraventions(draft: Draft) -> None:
    found = {
        indemnity_id("marker", draft.case_id, one.event_id): one
        for one in draft.case.testimony
        if one.kind == "contravention_recorded"
    }
    for id, marker in draft.all(Marker).items():
        if marker.kind == "contravention" and marker.standing and id not in found:
            draft.say(MarkerWithdrawn, id, "The contravention was recorded by mistake.")
    for id, one in found.items():
        known = draft.of(id, Marker)
        if "contravention" in draft.policy.marked_by and (known is None or not known.standing):
            told = (
                f"A contravention was found by {FOUND_BY[one.word or 'provider']}, dated {in_words(one.at)}."
            )
            draft.say(
                EvidenceMarked, id, told, kind="contravention",
                about=one.event_id, at=one.at, provider=one.provider, patient=one.patient,
            )  # fmt: skip


def _settle_payments(draft: Draft) -> None:
    """Whatever becomes of the argument between provider and scheme, the patient's money is the same."""
    paid = {
        indemnity_id("payment", draft.case_id, one.event_id): one
        for one in draft.case.testimony
        if one.kind == "patient_paid"
    }
    for id, known in draft.all(Payment).items():
        if known.standing and id not in paid:
            told = "The payment was recorded by mistake."
            draft.say(PaymentWithdrawn, id, told, event_id=known.event_id, pounds=known.pounds)
    for id, one in paid.items():
        counted = draft.of(id, Payment)
        if counted is None or not counted.standing:
            draft.say(
                PaymentCounted, id, "The patient was paid.",
                claim_id=one.claim_id, event_id=one.event_id, pounds=one.pounds, paid_at=one.at,
            )  # fmt: skip
