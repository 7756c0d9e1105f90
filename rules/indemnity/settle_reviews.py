"""Says how the review of each claim stands: suggested, restated, withdrawn, and what persons recorded."""

from collections.abc import Iterable

from rules.identity import review_id
from rules.indemnity.draft import Draft
from rules.indemnity.standing import OPENED, Claim, claims, concerns
from rules.indemnity.state import Marker, Review
from rules.london import in_words
from schemas.indemnity_types import (
    DecisionWithdrawn,
    FindingWithdrawn,
    IndemnityDecided,
    OpennessFound,
    ReimbursementStated,
    ReimbursementWithdrawn,
    ReviewRestated,
    ReviewSuggested,
    ReviewWithdrawn,
    Testimony,
)

ENDED = {
    "claim_retracted": "The claim was recorded by mistake.",
    "claim_closed": "The claim is closed and nothing was decided.",
    "markers_withdrawn": "What the markers rested on no longer stands, and nothing was decided.",
}
PERSON = "A person decides whether anything follows; nothing is computed from this."


RECORDED = "A person recorded this finding; nothing is computed from it."


def settle_reviews(draft: Draft) -> None:
    """One for each claim; what no longer stands is said before what does."""
    standing = claims(draft.case.testimony, draft.policy)
    known = {one.claim_id: one for one in draft.all(Review).values()}
    for claim_id in sorted({*standing, *known}):
        claim = standing.get(claim_id)
        markers = _markers_of(draft, claim) if claim is not None else {}
        id = review_id(draft.case_id, claim_id)
        _take_back(draft, id, claim)
        _suggest(draft, id, claim, markers)
        if claim is not None and claim.member:
            _acts(draft, id, claim)


def _markers_of(draft: Draft, claim: Claim) -> dict[str, Marker]:
    """The standing markers about the provider claimed against, by time."""
    markers = sorted(draft.all(Marker).items(), key=lambda pair: (pair[1].at, pair[0]))
    return {id: marker for id, marker in markers if concerns(marker, claim)}


def _reason(marker: Marker) -> str:
    when = in_words(marker.at)
    whose = "" if marker.provider is not None else "; whose it was is not recorded"
    match marker.kind:
        case "breach":
            return f"A duty of candour that was due by {when} was breached{whose}."
        case "contravention":
            return f"A contravention was recorded, dated {when}."
    return f"The family had been told that it could not be avoided; on {when} it was found avoidable."


def _take_back(draft: Draft, id: str, claim: Claim | None) -> None:
    """Acts of persons that were retracted, or that rested on what was."""
    review = draft.of(id, Review)
    if review is None:
        return
    lost = "It was recorded by mistake, or what it rested on was."
    if draft.policy.acts_outlast_closing and claim is not None and claim.opened.provider != review.provider:
        again = f"The claim was opened again, against {claim.opened.provider}"
        lost = f"{again}: this was about {review.provider}."
    for event_id, stands, kind in (
        (review.reimbursement, claim and claim.reimbursement, ReimbursementWithdrawn),
        (review.decision, claim and claim.decision, DecisionWithdrawn),
        (review.finding, claim and claim.finding, FindingWithdrawn),
    ):
        if event_id is not None and stands is None:
            draft.say(kind, id, lost, event_id=event_id)


def _suggest(draft: Draft, id: str, claim: Claim | None, markers: dict[str, Marker]) -> None:
    review = draft.of(id, Review)
    decided = claim is not None and claim.decision is not None
    if claim is None or claim.closed or not claim.member:
        found = draft.policy.acts_outlast_closing and claim is not None and claim.finding is not None
        if review is not None and review.ended is None and not decided and not found:
            why = "claim_closed" if claim is not None and claim.closed else "claim_retracted"
            draft.say(ReviewWithdrawn, id, ENDED[why], why=why)
        return
    reasons = [_reason(marker) for marker in markers.values()]
    if decided:
        _restate_decided(draft, id, review, markers, reasons)
    elif markers and (review is None or not review.suggested or review.provider != claim.opened.provider):
        first = min(marker.at for marker in markers.values())
        draft.say(
            ReviewSuggested, id, *reasons, *_linked(draft.case.testimony), PERSON, draft.policy.power.notice,
            **_dates(draft, claim), markers=tuple(markers), marked_at=first,
        )  # fmt: skip
    elif markers and review is not None and review.markers != tuple(markers):
        draft.say(ReviewRestated, id, *reasons, PERSON, draft.policy.power.notice, markers=tuple(markers))
    elif review is not None and review.suggested and not markers:
        draft.say(ReviewWithdrawn, id, ENDED["markers_withdrawn"], why="markers_withdrawn")
    elif review is not None and review.ended not in (None, "markers_withdrawn") and claim.finding is not None:
        draft.say(ReviewRestated, id, "The claim is open again.", draft.policy.power.notice, markers=())


def _restate_decided(
    draft: Draft,
    id: str,
    review: Review | None,
    markers: dict[str, Marker],
    reasons: list[str],
) -> None:
    """What was decided stays decided; that its ground has changed is said."""
    if review is None or review.decision is None or review.markers == tuple(markers):
        return
    changed = "The markers changed after the decision; a person may want to look again."
    draft.say(ReviewRestated, id, changed, *reasons, draft.policy.power.notice, markers=tuple(markers))


def _acts(draft: Draft, id: str, claim: Claim) -> None:
    """What persons recorded; the latest of each stands."""
    review = draft.of(id, Review)
    notice = draft.policy.power.notice
    finding, decision, reimbursement = claim.finding, claim.decision, claim.reimbursement
    if finding is not None and (review is None or review.finding != finding.event_id):
        unasked = () if review is not None and review.suggested else ("No review was suggested by rule.",)
        if claim.closed and draft.policy.acts_outlast_closing:
            unasked = ("The claim is closed.",)
        draft.say(
            OpennessFound, id, RECORDED, *unasked, notice,
            **_dates(draft, claim), event_id=finding.event_id, finding=finding.word,
            by_role=finding.by_role, found_at=finding.at,
        )  # fmt: skip
        if draft.policy.acts_in_order and review is not None and decision is not None:
            _restate_found(draft, id, review, claim)
    review = draft.of(id, Review)
    if review is None:
        return
    if decision is not None and review.decision != decision.event_id:
        told = "A person decided, after a finding. The patient is paid all the same."
        draft.say(
            IndemnityDecided, id, told, *_otherwise(claim), notice,
            event_id=decision.event_id, decision=decision.word, trust_share_percent=decision.percent,
            by_role=decision.by_role, decided_at=decision.at,
        )  # fmt: skip
    if reimbursement is not None and review.reimbursement != reimbursement.event_id:
        told = f"With the decision the share of the provider comes to {claim.share} % of the claim."
        draft.say(
            ReimbursementStated, id, told, "The patient is paid all the same.", notice,
            event_id=reimbursement.event_id, status=reimbursement.word, percent=reimbursement.percent,
            by_role=reimbursement.by_role, stated_at=reimbursement.at,
        )  # fmt: skip


def _restate_found(draft: Draft, id: str, review: Review, claim: Claim) -> None:
    """What was decided stays decided; that the finding under it has changed is said."""
    assert claim.decision is not None
    if review.finding is not None and review.decision == claim.decision.event_id:
        changed = "The finding changed after the decision; a person may want to look again."
        notice = draft.policy.power.notice
        draft.say(ReviewRestated, id, changed, *_otherwise(claim), notice, markers=review.markers)


def _otherwise(claim: Claim) -> tuple[str, ...]:
    finding, decision = claim.finding, claim.decision
    if finding is None or finding.word == "not_open" or decision is None or decision.word == "none":
        return ()
    return ("The finding was not `not_open`; the power that was proposed rested on such a finding.",)


def _dates(draft: Draft, claim: Claim) -> dict[str, object]:
    opened = claim.opened
    return {
        "claim_id": opened.claim_id,
        "provider": opened.provider,
        "basis": draft.policy.power.basis,
        "claim_opened_at": opened.at,
        "occurred_at": opened.occurred_at,
        "aware_at": opened.aware_at,
        "reported_at": opened.reported_at,
    }


def said_of_links(draft: Draft, one: Testimony) -> tuple[str, ...]:
    """Beside a claim, and beside a link that comes after one: what a linked case holds marks nothing here."""
    link = [each for each in draft.case.testimony if each.kind == "case_linked"]
    if one.kind == "case_linked" and any(claims(draft.case.testimony, draft.policy)):
        link = [one]
    elif one.kind != OPENED:
        return ()
    return tuple(
        f"Evidence in the linked case {each.about} marks nothing here: a person must look there too."
        for each in link
    )


def _linked(testimony: Iterable[Testimony]) -> tuple[str, ...]:
    return tuple(
        f"Linked with case {one.about}, this one being the {one.word}: look there too."
        for one in testimony
        if one.kind == "case_linked"
    )
