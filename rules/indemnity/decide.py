"""What follows from one record, given what the indemnity rule has said before and what candour says of it.

The rule marks evidence and suggests a review; persons find and decide. Until its policy is adopted in a
partition it says nothing there.
"""

from collections.abc import Iterable, Sequence

from rules.indemnity.draft import Draft
from rules.indemnity.settle import mark_breach, settle, withdraw_breach
from rules.indemnity.settle_reviews import said_of_links, settle_reviews
from rules.indemnity.state import Fact, State
from rules.indemnity.testimony import refusal, testimony_of
from rules.london import in_words
from schemas.claim_events import CLAIM_EVENTS
from schemas.event_types import (
    CaseEvent,
    CaseLinked,
    ClockTick,
    EventRetracted,
    PolicyAdopted,
    Record,
)
from schemas.indemnity_types import (
    EvidenceMarked,
    FactNotShared,
    MarkerWithdrawn,
    TestimonyRefused,
    TestimonyTaken,
    TestimonyWithdrawn,
)
from schemas.outcome_types import BreachWithdrawn, ObligationBreached, Outcome

HEARD = frozenset({*CLAIM_EVENTS, CaseLinked, EventRetracted, ClockTick, PolicyAdopted})
FROM_CANDOUR = ObligationBreached, BreachWithdrawn


def passes_over(kind: type[Record], harm: int, potential: int, flags: int) -> bool:
    """Where candour says something that `hears` names, the record comes here all the same, with it."""
    return kind not in HEARD


def hears(outcome: Outcome) -> bool:
    return isinstance(outcome, FROM_CANDOUR)


def concerned(state: State, record: Record, heard: Sequence[Outcome]) -> Iterable[str | None]:
    if isinstance(record, PolicyAdopted):
        return (None,) if state.concerns(record) else ()
    if state.policy is None:
        return ()
    cases = state.heard.cases(heard, FROM_CANDOUR) if heard else ()
    match record:
        case ClockTick():
            due = () if record.as_of <= state.as_of else state.due(record.as_of)
            return list(dict.fromkeys([*cases, *(state.owners[id] for id in due)]))
        case CaseLinked() if state.policy.links_said:
            return list(dict.fromkeys([*cases, record.case_id]))
        case CaseLinked() | EventRetracted() if record.case_id not in state.cases:
            return list(cases)
        case CaseEvent() if type(record) in HEARD:
            return list(dict.fromkeys([*cases, record.case_id]))
    return list(cases)


def about(state: State, case_id: str | None, record: Record, heard: Sequence[Outcome]) -> list[Outcome]:
    if case_id is None:
        return state.adopt(record) if isinstance(record, PolicyAdopted) else []
    draft = Draft(state, case_id, record)
    marked = _hear_candour(draft, state.heard.of(heard, FROM_CANDOUR, case_id) if heard else ())
    match record:
        case ClockTick():
            if marked:
                settle_reviews(draft)
            _fall_due(draft, record)
        case CaseEvent() if type(record) in HEARD and not draft.case.heard(record.event_id):
            _hear(draft, record)
            settle(draft, record)
        case _ if marked:
            settle_reviews(draft)
    return draft.said


def order(outcome: Outcome) -> tuple[int, int, str]:
    """Outcomes of a tick: markers, then reviews, then facts by the time that has passed."""
    match outcome:
        case EvidenceMarked() | MarkerWithdrawn():
            return 0, 0, outcome.subject
        case FactNotShared():
            return 2, outcome.due_at, outcome.subject
    return 1, 0, outcome.subject


def _hear_candour(draft: Draft, heard: Iterable[Outcome]) -> bool:
    """Whether candour said anything that marks the incident, or takes a marker off it."""
    before = len(draft.said)
    for outcome in heard:
        match outcome:
            case ObligationBreached():
                mark_breach(draft, outcome)
            case BreachWithdrawn():
                withdraw_breach(draft, outcome.subject)
    return len(draft.said) > before


def _hear(draft: Draft, event: CaseEvent) -> None:
    if isinstance(event, EventRetracted):
        if draft.case.heard(event.retracted_event_id) and event.retracted_event_id not in draft.case.closed:
            told = "A record was entered by mistake; what rested on it is judged again."
            draft.say_of_case(TestimonyWithdrawn, told, retracted_event_id=event.retracted_event_id)
        return
    testimony = testimony_of(draft, event)
    why = refusal(draft, event, testimony)
    if why is not None:
        code, told = why
        draft.say_of_case(
            TestimonyRefused, told,
            event_id=event.event_id, kind=testimony.kind, claim_id=testimony.claim_id, why=code,
        )  # fmt: skip
        return
    told = f"Recorded, dated {in_words(event.at)}."
    outsider = testimony.kind == "claim_opened" and not testimony.scheme_member
    beside = [f"No review: {testimony.provider} is not a scheme member."] if outsider else []
    if draft.policy.links_said:
        beside += said_of_links(draft, testimony)
    draft.say_of_case(TestimonyTaken, told, *beside, testimony=testimony)


def _fall_due(draft: Draft, tick: ClockTick) -> None:
    for id, fact in draft.all(Fact).items():
        if fact.alarm is not None and fact.alarm <= tick.as_of:
            draft.say(
                FactNotShared,
                id,
                f"It should have been shared with the family by {in_words(fact.due_at)}; the clock of the "
                f"log reached {in_words(tick.as_of)}, and nothing recorded says that it was.",
                due_at=fact.due_at,
                as_of=tick.as_of,
            )
