"""What the ledger of never events says of a case, and the duty to tell that follows (law.md CLK-13).

A never event and a notifiable safety incident are independent: either stands without the other.
"""

from collections.abc import Iterable, Sequence

from rules.candour.draft import Draft
from rules.candour.opening import open_by_never_event
from rules.candour.standing import concerns
from rules.candour.state import Obligation
from schemas.event_types import CaseEvent, Instant, Reported
from schemas.never_event_types import (
    LedgerEntry,
    NeverEventCounted,
    NeverEventProposed,
    NeverEventRestated,
    NeverEventWithdrawn,
)
from schemas.outcome_types import Evidence, EvidenceTaken, Outcome

KIND = "never_event"
LEDGER = LedgerEntry, NeverEventWithdrawn


def spoken(heard: Sequence[Outcome]) -> Sequence[Outcome]:
    """What the ledger said on this record; the clock makes it say nothing."""
    return [one for one in heard if isinstance(one, LEDGER)]


def spoken_of(evidence: Iterable[Evidence], obligation: Obligation) -> bool:
    """Whether anything is left of what the ledger said of this provider."""
    return any(one.kind == KIND and concerns(one, obligation) for one in evidence)


def take_ledger(draft: Draft, event: CaseEvent, ledger: Sequence[Outcome]) -> bool:
    """Open, confirm or close the duty; says whether there was anything to take in."""
    taken = {mark for one in draft.case.evidence if one.kind == KIND for mark in one.marks[1:]}
    news = [one for one in ledger if f"{one.subject}#{one.revision}" not in taken]
    for outcome in news:
        match outcome:
            case NeverEventWithdrawn() if outcome.why != "merged" and _owes(draft):
                _note(draft, event, outcome, "withdrawn", "It no longer stands as a never event.", None)
            case LedgerEntry():
                _entry(draft, event, outcome)
    return bool(news)


def _entry(draft: Draft, event: CaseEvent, outcome: LedgerEntry) -> None:
    counted = _counted(outcome)
    if (
        isinstance(outcome, NeverEventRestated)
        and outcome.earlier_provider != outcome.provider
        and _owes(draft)
    ):
        moved = f"It is counted for {outcome.provider} now, not for {outcome.earlier_provider}."
        _note(draft, event, outcome, "withdrawn", moved, outcome.earlier_provider)
    if counted or _recognised(draft, event, outcome):
        open_by_never_event(draft, event, outcome.provider, _aware_at(event), counted)
    if _owes(draft):
        told = "It is counted as a never event." if counted else "It may be a never event."
        _note(draft, event, outcome, "counted" if counted else "proposed", told, outcome.provider)


def _counted(outcome: LedgerEntry) -> bool:
    return isinstance(outcome, NeverEventCounted) or (
        isinstance(outcome, NeverEventRestated) and outcome.counted
    )


def _recognised(draft: Draft, event: CaseEvent, outcome: LedgerEntry) -> bool:
    """Somebody names a type of the list of its day, a duplicate stood as one, or the safety team confirmed it
    and something is missing that it can be counted by; `not sure` opens nothing."""
    suggested = isinstance(outcome, NeverEventProposed) and outcome.by == "rule"
    named = outcome.type_no is not None or suggested or outcome.waits_for != "decision"
    return named and event.facts.kind in draft.policy.readings.kinds


def _aware_at(event: CaseEvent) -> Instant:
    """When it was recognised: with the report that names it, or by what was recorded later."""
    return event.facts.aware_at if isinstance(event, Reported) else event.at


def _owes(draft: Draft) -> bool:
    return any(draft.state.duty(one).opens == "never_event" for one in draft.case.obligations.values())


def _note(
    draft: Draft, event: CaseEvent, outcome: Outcome, mark: str, told: str, provider: str | None
) -> None:
    evidence = Evidence(
        event_id=event.event_id,
        kind=KIND,
        at=event.at,
        recorded_at=event.recorded_at,
        provider=provider,
        marks=(mark, f"{outcome.subject}#{outcome.revision}"),
        counts=True,
    )
    draft.say_of_case(EvidenceTaken, told, evidence=evidence)
