"""Why the indemnity rule said a thing: the articles of its policy, and the testimony that it held.

All of them are proposed: they inform a person and bind nobody.
"""

from collections.abc import Iterable, Iterator

from rules.identity import indemnity_id
from rules.indemnity.standing import CLAIM_KINDS, OPENED
from rules.indemnity.state import Case, Fact, Marker, Payment, Review, State, Subject, Update
from rules.rule import Held, Path
from schemas import indemnity_types as said
from schemas.event_types import Record
from schemas.outcome_types import Outcome

MARKERS: Path = ("markers",)
AVOIDABILITY: Path = ("avoidability",)
FACTS: Path = ("facts",)
READINGS: Path = ("readings",)

_BY_POWER = frozenset({"not_a_member", "no_finding", "share_without_change", "share_above_100"})
"""Why a record about a claim is refused by what was proposed, not by a reading of how a case is kept."""


def clauses(state: State, outcome: Outcome, cause: Record) -> Iterable[Path]:
    policy = state.policies.get(outcome.policy_version or "")
    if policy is None:
        return ()
    power: Path = (policy.power.id,)
    match outcome:
        case said.TestimonyTaken(testimony=one):
            return (power,) if one.kind == OPENED and not one.scheme_member else ()
        case said.TestimonyRefused():
            if outcome.why == "unknown_fact":
                return (FACTS,)
            return (power,) if outcome.why in _BY_POWER else (READINGS,)
        case said.ReviewSuggested() | said.ReviewWithdrawn(why="markers_withdrawn"):
            return MARKERS, power
        case said.ReviewRestated():
            return (MARKERS, power) if outcome.markers else (power,)
    match _subject(state, outcome):
        case Marker():
            return (MARKERS,)
        case Review() | Payment():
            return (power,)
        case Update():
            return (AVOIDABILITY,)
        case Fact():
            return (FACTS,)
    return ()


def held(state: State, outcome: Outcome) -> Iterable[Held]:
    case = state.case(outcome.case_id or "")
    match outcome:
        case said.TestimonyTaken():
            return (Held(outcome.testimony.event_id),)
        case said.TestimonyRefused():
            return (Held(outcome.event_id, False),)
        case said.TestimonyWithdrawn():
            return (Held(outcome.retracted_event_id, False),)
    match _subject(state, outcome):
        case Marker() as marker:
            return _marked(case, marker)
        case Review() as review:
            return dict.fromkeys(_reviewed(case, review))
        case Payment() as payment:
            return (Held(payment.event_id, payment.standing),)
        case Update() as update:
            return _told(case, update)
        case Fact():
            return _fact(case, outcome)
    return ()


def _subject(state: State, outcome: Outcome) -> Subject | None:
    return state.case(outcome.case_id or "").subjects.get(outcome.subject)


def _marked(case: Case, marker: Marker) -> Iterator[Held]:
    """A breach is what the candour rule said of the duty; all else is what somebody recorded."""
    if marker.kind == "breach":
        yield Held(f"{marker.about}#obligation_breached", marker.standing)
    else:
        yield from _recorded(case, *filter(None, (marker.earlier, marker.about)))


def _reviewed(case: Case, review: Review) -> Iterator[Held]:
    for one in case.testimony:
        if one.kind in CLAIM_KINDS and one.claim_id == review.claim_id:
            yield Held(one.event_id)
    for id in review.markers:
        marker = case.subjects.get(id)
        if isinstance(marker, Marker):
            yield from _marked(case, marker)


def _told(case: Case, update: Update) -> Iterator[Held]:
    """The two verdicts on avoidability, and what told the family."""
    both = (update.told_event_id, update.found_event_id)
    yield from _recorded(case, *both)
    for one in case.testimony:
        answers = one.kind in ("avoidability_stated", "material_fact_shared")
        if answers and one.at == update.given_at and one.event_id not in both:
            yield Held(one.event_id)


def _recorded(case: Case, *event_ids: str) -> Iterator[Held]:
    """What was retracted since does not count."""
    standing = {one.event_id for one in case.testimony}
    yield from (Held(id, id in standing) for id in event_ids)


def _fact(case: Case, outcome: Outcome) -> Iterator[Held]:
    """The fact, and each time that it was shared with the family."""
    for one in case.testimony:
        if one.kind in ("material_fact_recorded", "material_fact_shared"):
            fact = one.about if one.kind == "material_fact_shared" else one.event_id
            if indemnity_id("fact", outcome.case_id or "", fact or "") == outcome.subject:
                yield Held(one.event_id)
