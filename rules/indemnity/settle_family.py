"""Says what is owed to the family: going back to them when a verdict changed, and new facts shared."""

from collections.abc import Iterable

from rules.identity import indemnity_id
from rules.indemnity.draft import Draft
from rules.indemnity.standing import Contradiction, contradictions, shared_at
from rules.indemnity.state import Fact, Marker, Update
from rules.london import in_time, in_words
from schemas.indemnity_types import (
    EvidenceMarked,
    FactAlarmWithdrawn,
    FactDropped,
    FactTold,
    FactWaits,
    FamilyUpdateGiven,
    FamilyUpdateOwed,
    FamilyUpdateWithdrawn,
    MarkerWithdrawn,
    Testimony,
)

EVIDENCE = {
    "held_then": "The evidence of the later verdict was held when the family was told.",
    "learned_later": "The later verdict rests on evidence that was learned after the family was told.",
    "not_known": "What evidence was held at either time is not recorded.",
}
CORRECTION = {
    "self_corrected": "The provider found it itself.",
    "discovered": "Somebody else found it.",
    "not_said": "Who found it is not recorded.",
}
NO_PENALTY = "Honest learning changes verdicts too: this asks, and sets no penalty."


def settle_verdicts(draft: Draft, patients: Iterable[str]) -> None:
    """A marker and an update owed for each contradiction; both go when a verdict is retracted."""
    found = contradictions(draft.case.testimony, draft.policy, patients)
    markers = {indemnity_id("marker", draft.case_id, *key): one for key, one in found.items()}
    updates = {indemnity_id("family_update", draft.case_id, *key): one for key, one in found.items()}
    for id, marker in draft.all(Marker).items():
        if marker.kind == "contradiction" and marker.standing and id not in markers:
            draft.say(MarkerWithdrawn, id, "The verdicts no longer contradict each other.")
    for id, update in draft.all(Update).items():
        if update.standing and id not in updates:
            draft.say(FamilyUpdateWithdrawn, id, "The verdicts no longer contradict each other.")
    for id, one in markers.items():
        known = draft.of(id, Marker)
        if "contradiction" in draft.policy.marked_by and (known is None or not known.standing):
            _mark(draft, id, one)
    for id, one in updates.items():
        _update(draft, id, one)


def _mark(draft: Draft, id: str, one: Contradiction) -> None:
    draft.say(
        EvidenceMarked,
        id,
        f"The family was told on {in_words(one.told.at)} that it could not be avoided; "
        f"on {in_words(one.found.at)} it was found avoidable.",
        EVIDENCE[one.evidence],
        CORRECTION[one.correction],
        NO_PENALTY,
        kind="contradiction",
        about=one.found.event_id,
        at=one.found.at,
        patient=one.patient,
        earlier=one.told.event_id,
        evidence=one.evidence,
        correction=one.correction,
    )


def _update(draft: Draft, id: str, one: Contradiction) -> None:
    known = draft.of(id, Update)
    if known is None or not known.standing or (known.given_at is not None and one.given_at is None):
        draft.say(
            FamilyUpdateOwed,
            id,
            f"The family was told on {in_words(one.told.at)} that it could not be avoided. "
            "It was found avoidable, and somebody must go back to them with it.",
            EVIDENCE[one.evidence],
            CORRECTION[one.correction],
            patient=one.patient,
            told_event_id=one.told.event_id,
            told_at=one.told.at,
            found_event_id=one.found.event_id,
            found_at=one.found.at,
            evidence=one.evidence,
            correction=one.correction,
        )
        known = draft.of(id, Update)
    if known is not None and one.given_at is not None and known.given_at != one.given_at:
        told = f"The family heard of it on {in_words(one.given_at)}."
        draft.say(FamilyUpdateGiven, id, told, given_at=one.given_at)


def settle_facts(draft: Draft) -> None:
    facts = {
        indemnity_id("fact", draft.case_id, one.event_id): one
        for one in draft.case.testimony
        if one.kind == "material_fact_recorded"
    }
    for id, fact in draft.all(Fact).items():
        if fact.standing and id not in facts:
            draft.say(FactDropped, id, "It was recorded by mistake.")
    for id, one in facts.items():
        _fact(draft, id, one)


def _fact(draft: Draft, id: str, one: Testimony) -> None:
    assert one.due_at is not None
    shared = shared_at(draft.case.testimony, one.event_id)
    known = draft.of(id, Fact)
    if known is None or not known.standing or (known.shared_at is not None and shared is None):
        known = _wait(draft, id, one, one.due_at)
    if shared is None or known.shared_at == shared:
        return
    timely = in_time(shared, one.due_at)
    if known.alarmed and timely:
        told = f"It was shared on {in_words(shared)}, within the time: the alarm was not due."
        draft.say(FactAlarmWithdrawn, id, told, due_at=one.due_at)
    after = "" if timely else f", after the time that policy allows, {in_words(one.due_at)}"
    told = f"It was shared with the family on {in_words(shared)}{after}."
    draft.say(FactTold, id, told, shared_at=shared, in_time=timely)


def _wait(draft: Draft, id: str, one: Testimony, due_at: int) -> Fact:
    draft.say(
        FactWaits,
        id,
        f"A new material fact was known on {in_words(one.at)}. The family should hear of it by "
        f"{in_words(due_at)}: {draft.policy.share_within_days} days, a time that this policy chose; "
        "no law sets one.",
        event_id=one.event_id,
        patient=one.patient,
        known_at=one.at,
        due_at=due_at,
    )
    known = draft.of(id, Fact)
    assert known is not None
    return known
