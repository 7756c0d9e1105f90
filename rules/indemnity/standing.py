"""How the claims, verdicts and facts of a case stand: folds over what was testified, in the order of the log.

Time plays no part here; ticks say alarms. What lost its ground by a retraction falls with it.
"""

from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from rules.indemnity.policy import Policy
from rules.indemnity.state import Marker
from rules.london import day_of, in_words
from schemas.event_types import Instant
from schemas.indemnity_types import Correction, EvidenceHeld, Refusal, Testimony

Why = tuple[Refusal, str]
"""A code, and a reason for people."""


class Claim(Struct, frozen=True, kw_only=True):
    """A claim that was opened, and what persons recorded about it: the latest of each.

    `since`: when it was first made against this provider.
    """

    opened: Testimony
    since: Instant
    closed: bool = False
    finding: Testimony | None = None
    decision: Testimony | None = None
    reimbursement: Testimony | None = None

    @property
    def member(self) -> bool:
        return self.opened.scheme_member

    @property
    def share(self) -> int:
        """Percent that the provider bears by decision and reimbursement together."""
        by_reimbursement = self.reimbursement.percent or 0 if self.reimbursement else 0
        if self.decision is None or self.decision.word == "none":
            return by_reimbursement
        # Cover that is removed leaves the whole to the provider.
        return by_reimbursement + (WHOLE if self.decision.word == "remove" else self.decision.percent or 0)


def claims(testimony: Iterable[Testimony], policy: Policy) -> dict[str, Claim]:
    """By the scheme's number; the latest of each act counts, unless something speaks against it."""
    found: dict[str, Claim] = {}
    for one in testimony:
        if one.kind in CLAIM_KINDS and one.claim_id is not None:
            claim = found.get(one.claim_id)
            if objection(claim, one, policy) is None:
                found[one.claim_id] = _after(claim, one)
    return found


OPENED, CLOSED = "claim_opened", "claim_closed"
FOUND, DECIDED, REIMBURSED = (
    "openness_finding_recorded",
    "indemnity_decision_recorded",
    "reimbursement_recorded",
)
ACTS = frozenset({FOUND, DECIDED, REIMBURSED})
"""What persons of the scheme record."""
CLAIM_KINDS = ACTS | {OPENED, CLOSED}
WHOLE = 100


def objection(claim: Claim | None, one: Testimony, policy: Policy) -> Why | None:
    """What speaks against a record about a claim that stands so."""
    if one.kind == OPENED:
        return _against_opening(claim, one)
    if claim is None:
        return "unknown_claim", f"No claim {one.claim_id} was opened in this case."
    if claim.closed and not (one.kind in ACTS and policy.acts_outlast_closing):
        return "claim_closed", f"Claim {one.claim_id} is closed."
    if one.kind == CLOSED:
        return None
    if not claim.member:
        return "not_a_member", f"{claim.opened.provider} is not a member of the scheme: there is no review."
    if one.kind == FOUND:
        return None
    if claim.finding is None:
        return "no_finding", "No person has recorded a finding about this claim; that comes first."
    return _against_share(_after(claim, one), one)


def new_objection(claim: Claim | None, one: Testimony, policy: Policy) -> Why | None:
    """The same, and what speaks against it only as it is recorded: it is not asked again later."""
    against = objection(claim, one, policy)
    if against is not None or claim is None or one.kind not in ACTS:
        return against
    if policy.scheme_roles and one.by_role not in policy.scheme_roles:
        roles = ", ".join(sorted(policy.scheme_roles))
        return "not_a_member", f"{one.by_role or 'Nobody'} is no role of the scheme; these are: {roles}."
    return _against_order(claim, one) if policy.acts_in_order else None


def _against_order(claim: Claim, one: Testimony) -> Why | None:
    """By days: of a rough time only the day is known."""
    before = [("the claim was made", claim.since)]
    if one.kind != FOUND and claim.finding is not None:
        before.append(("the finding that it rests on", claim.finding.at))
    for what, at in before:
        if day_of(one.at) < day_of(at):
            return "dated_ahead", f"It is dated {in_words(one.at)}, before {what}, {in_words(at)}."
    if one.kind == DECIDED and one.word == "remove" and one.percent not in (None, WHOLE):
        told = f"Cover that is removed leaves the whole to the provider, and not {one.percent} %."
        return "share_without_change", told
    return None


def _against_opening(claim: Claim | None, one: Testimony) -> Why | None:
    if claim is not None and not claim.closed:
        return "claim_open_already", f"Claim {one.claim_id} is open already in this case."
    if one.provider is None:
        return (
            "provider_not_named",
            "The case has several providers, and the claim does not say against which.",
        )
    if one.provider not in one.providers:
        return "provider_not_in_the_case", f"{one.provider} is no provider of this case."
    return None


def _against_share(after: Claim, one: Testimony) -> Why | None:
    """Decision and reimbursement are alternative mechanisms: together they never pass the whole."""
    if one.kind == DECIDED and one.word == "none" and one.percent:
        return "share_without_change", "The decision changes nothing, so that it leaves no share to bear."
    if one.kind == DECIDED and one.word == "reduce" and not one.percent:
        return "share_without_change", "The decision reduces cover, and names no share that would be borne."
    if after.share > WHOLE or not 0 <= (one.percent or 0) <= WHOLE:
        told = f"The provider would bear {after.share} % of the claim; {WHOLE} % is the whole."
        return "share_above_100", told
    return None


def _after(claim: Claim | None, one: Testimony) -> Claim:
    if claim is None or (one.kind == OPENED and one.provider != claim.opened.provider):
        return Claim(opened=one, since=one.at)
    match one.kind:
        case "claim_opened":
            return replace(claim, opened=one, since=min(claim.since, one.at), closed=False)
        case "claim_closed":
            return replace(claim, closed=True)
        case "openness_finding_recorded":
            return replace(claim, finding=one)
        case "indemnity_decision_recorded":
            return replace(claim, decision=one)
    return replace(claim, reimbursement=one)


def concerns(marker: Marker, claim: Claim) -> bool:
    """Whether a marker is about the provider claimed against. Where that is not known a person must look."""
    return marker.standing and marker.provider in (None, claim.opened.provider)


class Contradiction(Struct, frozen=True):
    """The family was told `unavoidable`, and later it was found avoidable."""

    told: Testimony
    found: Testimony
    given_at: Instant | None

    @property
    def patient(self) -> str | None:
        return self.found.patient or self.told.patient

    @property
    def evidence(self) -> EvidenceHeld:
        """Held then: all evidence of the later verdict was held when the family was told."""
        now, then = set(self.found.evidence_hashes), set(self.told.evidence_hashes)
        if not now or not then:
            return "not_known"
        return "held_then" if now <= then else "learned_later"

    @property
    def correction(self) -> Correction:
        match self.found.found_by:
            case "provider":
                return "self_corrected"
            case "somebody_else":
                return "discovered"
        return "not_said"


def contradictions(
    testimony: Sequence[Testimony], policy: Policy, patients: Iterable[str]
) -> dict[tuple[str, str], Contradiction]:
    """By the events told and found, in the order of their dates, whenever they were recorded.

    `patients`: those of the case. What is about several was given once the last of their families heard it.
    """
    verdicts = [one for one in testimony if one.kind == "avoidability_stated"]
    if not verdicts:
        return {}
    verdicts.sort(key=lambda one: one.at)  # those of one time stay in the order of the log
    shared = [one for one in testimony if one.kind == "material_fact_shared"]
    answers = shared if "material_fact_shared" in policy.update_given_by else []
    found: dict[tuple[str, str], Contradiction] = {}
    named = {one.patient for one in verdicts if one.patient is not None}
    groups: list[str | None] = [*sorted(named.union(patients if policy.each_patient else ()))] or [None]
    for patient in groups:
        mine = [one for one in verdicts if one.patient in (None, patient)]
        for told, avoidable in _pairs(mine):
            key = told.event_id, avoidable.event_id
            given_at = _given_at(avoidable, mine, answers)
            if key not in found:
                found[key] = Contradiction(told, avoidable, given_at)
            elif policy.each_patient:
                found[key] = replace(found[key], given_at=_last(found[key].given_at, given_at))
    return found


def _last(one: Instant | None, other: Instant | None) -> Instant | None:
    return None if one is None or other is None else max(one, other)


def _pairs(verdicts: Iterable[Testimony]) -> Iterator[tuple[Testimony, Testimony]]:
    told: Testimony | None = None
    for one in verdicts:
        if one.word == "unavoidable" and one.to == "family":
            told = one
        elif one.word == "avoidable" and told is not None:
            yield told, one
            told = None


def _given_at(
    avoidable: Testimony, verdicts: Sequence[Testimony], answers: Iterable[Testimony]
) -> Instant | None:
    """When somebody first went back to the family with it."""
    since = verdicts[verdicts.index(avoidable) :]
    told = [one.at for one in since if one.word == "avoidable" and one.to == "family"]
    told += [one.at for one in answers if one.at >= avoidable.at]
    return min(told, default=None)


def shared_at(testimony: Iterable[Testimony], fact_event_id: str) -> Instant | None:
    """The earliest date on which the family heard of this fact."""
    shared = (
        one.at for one in testimony if one.kind == "material_fact_shared" and one.about == fact_event_id
    )
    return min(shared, default=None)
