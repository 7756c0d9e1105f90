"""Claims months later, what the reviewer finds and decides, what is paid; avoidability and new facts."""

from datetime import datetime

from producers.simulation import words
from producers.simulation.draft import Draft, OfEvent

_CLAIMED = {"moderate": 0.14, "severe": 0.36, "fatal": 0.45}
_AFTER_BREACH = 2.0
REVIEWER = "nhsla reviewer"
_PAID = {"moderate": (4_000, 60_000), "severe": (40_000, 900_000), "fatal": (12_000, 250_000)}


def claim(draft: Draft) -> None:
    """Some families claim, more of them where nobody told them. Whatever is found, the patient is paid."""
    likely = _CLAIMED.get(draft.grade, 0.0) * (_AFTER_BREACH if draft.breached else 1.0)
    if draft.report["kind"] != "incident" or not draft.chance(likely):
        return
    opened = draft.between(draft.reported, 40, 210)
    claim_id = f"SIM/{draft.reported:%y}/{draft.number}"
    draft.add(
        "claim_opened", opened, claim_id=claim_id, provider=draft.provider.code, by_role="legal services lead"
    )
    if draft.chance(0.12):
        at = draft.between(opened, 20, 90)
        reason = words.REASONS["claim_closed"]
        draft.add("claim_closed", at, claim_id=claim_id, reason=reason, by_role="legal services lead")
        return
    if draft.provider.scheme_member and draft.chance(0.75):
        _reviewed(draft, claim_id, opened)
    if draft.chance(0.7):
        fewest, most = _PAID[draft.grade]
        pounds = draft.random.randrange(fewest, most, 500)
        draft.add(
            "patient_paid",
            draft.between(opened, 60, 160),
            claim_id=claim_id,
            pounds=pounds,
            by_role=REVIEWER,
        )


def contravention(draft: Draft) -> None:
    """Rarely the commissioner or the provider itself records that a duty was not met."""
    if draft.breached and draft.chance(0.06):
        draft.add(
            "contravention_recorded",
            draft.between(draft.reported, 30, 120),
            found_by=draft.pick(("commissioner", "provider", "cqc")),
            reason=words.REASONS["contravention"],
            by_role="auditor",
            **draft.about,
        )


def avoidability(draft: Draft) -> None:
    """What was said of whether it could have been avoided; some first told the family that it could not."""
    if draft.grade not in ("severe", "fatal") and not draft.chance(0.05):
        return
    if draft.told is None:
        return
    first = draft.between(max(draft.told, draft.entered), 1, 6)
    verdict = draft.random.choices(("unavoidable", "cannot_say", "avoidable"), (5, 4, 3))[0]
    _state(draft, first, verdict, "family", "low", "not_said", 2)
    if draft.chance(0.6):
        at = draft.between(first, 25, 60)
        changed = verdict == "unavoidable" and draft.chance(0.5)
        now = "avoidable" if changed or verdict == "avoidable" else "unavoidable"
        found_by = "somebody_else" if draft.chance(0.35) else "provider"
        _state(draft, at, now, draft.pick(("internal", "coroner", "regulator")), "high", found_by, 4)
        if changed and draft.chance(0.6):
            _state(draft, draft.between(at, 2, 30), now, "family", "high", found_by, 4)


def new_fact(draft: Draft) -> None:
    """A review brings up what the family does not know; mostly they are told of it, not always."""
    if draft.told is None or not draft.chance(0.25 if draft.grade in ("severe", "fatal") else 0.06):
        return
    found = draft.between(max(draft.told, draft.entered), 15, 60)
    number = draft.add(
        "material_fact_recorded", found, reason=words.REASONS["fact"], by_role="patient safety lead"
    )
    if draft.chance(0.8):
        shared = draft.between(found, 1, 8) if draft.chance(0.75) else draft.between(found, 14, 40)
        refers = {"fact_event_id": OfEvent(number)}
        draft.add("material_fact_shared", shared, refers=refers, by_role=draft.pick(words.DOCTORS))


def _reviewed(draft: Draft, claim_id: str, opened: datetime) -> None:
    found = draft.between(opened, 15, 70)
    finding = draft.random.choices(
        ("not_open", "cannot_say", "open"), (6, 2, 2) if draft.breached else (1, 2, 7)
    )[0]
    draft.add(
        "openness_finding_recorded",
        found,
        claim_id=claim_id,
        finding=finding,
        reason=words.REASONS[finding],
        by_role=REVIEWER,
    )
    if draft.chance(0.2):
        return
    decided = draft.between(found, 5, 40)
    reduced = finding == "not_open" and draft.chance(0.7)
    share = draft.random.randrange(10, 60, 10)
    decision = {"decision": "reduce", "trust_share_percent": share} if reduced else {"decision": "none"}
    reason = words.REASONS["reduce" if reduced else "none"]
    draft.add(
        "indemnity_decision_recorded", decided, claim_id=claim_id, **decision, reason=reason, by_role=REVIEWER
    )
    if reduced:
        at = decided
        for status in ("proposed", "disputed", "decided", "settled")[: draft.random.randint(1, 4)]:
            if status != "disputed" or draft.chance(0.4):
                at = draft.between(at, 5, 30)
                draft.add(
                    "reimbursement_recorded",
                    at,
                    claim_id=claim_id,
                    status=status,
                    percent=share,
                    by_role=REVIEWER,
                )


def _state(
    draft: Draft, at: datetime, verdict: str, to: str, confidence: str, found_by: str, held: int
) -> None:
    evidence = draft.random.sample(words.EVIDENCE, draft.random.randint(1, held))
    draft.add(
        "avoidability_stated",
        at,
        verdict=verdict,
        to=to,
        confidence=confidence,
        found_by=found_by,
        evidence_held=evidence,
        by_role=draft.pick(words.DOCTORS),
    )
