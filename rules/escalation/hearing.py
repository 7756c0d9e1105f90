"""What earlier rules drew from the same record, and what follows from it for escalations."""

from collections.abc import Iterable, Sequence

from rules.escalation.draft import Draft
from rules.escalation.raising import close, lose_ground, take_ground
from rules.escalation.serious import never_event_declared_words
from rules.escalation.state import Escalation
from rules.escalation.triggers import never_event_subject
from rules.heard import Heard
from rules.identity import escalation_id
from schemas.never_event_types import NeverEventCounted, NeverEventProposed, NeverEventWithdrawn
from schemas.outcome_types import (
    BreachWithdrawn,
    DeadlineWarned,
    ObligationBreached,
    ObligationDischarged,
    ObligationMerged,
    ObligationMet,
    ObligationMetLate,
    ObligationRedated,
    ObligationStoodDown,
    Outcome,
)

RAISING = (NeverEventProposed, NeverEventCounted, ObligationBreached, DeadlineWarned)
SETTLING = (
    NeverEventWithdrawn,
    BreachWithdrawn,
    ObligationDischarged,
    ObligationMerged,
    ObligationMet,
    ObligationMetLate,
    ObligationRedated,
    ObligationStoodDown,
)
LEDGER = (NeverEventProposed, NeverEventCounted, NeverEventWithdrawn)

_HEARD = Heard()


def cases_heard(heard: Sequence[Outcome]) -> Iterable[str]:
    """The cases about which earlier rules said something that matters here."""
    return _HEARD.cases(heard, RAISING + SETTLING)


def heard_of(case_id: str, heard: Sequence[Outcome]) -> Sequence[Outcome]:
    """What matters here of what earlier rules said about this case, in their order."""
    return _HEARD.of(heard, RAISING + SETTLING, case_id)


def ledger_spoke(heard: Sequence[Outcome]) -> bool:
    """Whether the ledger has a word on this record: then the suspicion is no second ground."""
    return any(isinstance(outcome, LEDGER) for outcome in heard)


def hear(draft: Draft, heard: Sequence[Outcome]) -> None:
    ledger = [outcome for outcome in heard if isinstance(outcome, LEDGER)]
    dropped = bool(ledger) and isinstance(ledger[-1], NeverEventWithdrawn)
    for outcome in heard:
        match outcome:
            case NeverEventProposed() | NeverEventCounted() if not dropped:
                _never_event(draft, outcome)
            case NeverEventWithdrawn():
                _never_event_withdrawn(draft, outcome)
            case ObligationBreached():
                _breached(draft, outcome)
            case DeadlineWarned():
                _warned(draft, outcome)
            case BreachWithdrawn():
                for one in _about(draft, "breach", outcome.subject):
                    lose_ground(draft, one, one.grounds, "withdrawn", "There was no breach after all.")
            case ObligationRedated():
                for one in _about(draft, "warning", outcome.subject):
                    lose_ground(draft, one, one.grounds, "withdrawn", "The time set for the duty has moved.")
            case _ if isinstance(outcome, SETTLING):
                _settled(draft, outcome)


def _ground(outcome: Outcome) -> str:
    return f"{outcome.subject}#{outcome.revision}"


def _never_event(draft: Draft, outcome: NeverEventProposed | NeverEventCounted) -> None:
    confirmed = isinstance(outcome, NeverEventCounted)
    told = "The patient safety team confirmed a never event." if confirmed else "It may be a never event."
    reasons = [told, *filter(None, (never_event_declared_words(draft),))]
    for trigger in draft.policy.that_rest_on("never_event"):
        provider = outcome.provider, outcome.provider_type
        about = never_event_subject(draft.case_id)
        take_ground(draft, trigger, about, _ground(outcome), provider, *reasons)


def _never_event_withdrawn(draft: Draft, outcome: NeverEventWithdrawn) -> None:
    for one in _about(draft, "never_event", never_event_subject(draft.case_id)):
        how = "merged" if outcome.why == "merged" else "withdrawn"
        lose_ground(draft, one, one.grounds, how, "It no longer stands as a never event.")  # type: ignore[arg-type]


def _breached(draft: Draft, outcome: ObligationBreached) -> None:
    for one in _about(draft, "warning", outcome.subject):
        if one.status != "closed":
            close(draft, one, "withdrawn", "The time has passed: it goes on as a breach.")
    for trigger in draft.policy.that_rest_on("breach"):
        provider = outcome.provider or "", outcome.provider_type or "not_known"
        take_ground(draft, trigger, outcome.subject, _ground(outcome), provider, *outcome.because[:1])


def _warned(draft: Draft, outcome: DeadlineWarned) -> None:
    if outcome.of != "due" or not outcome.working_days_ahead:
        return
    for trigger in draft.policy.that_rest_on("warning"):
        if outcome.working_days_ahead <= (trigger.working_days_ahead or 0):
            provider = outcome.provider or "", outcome.provider_type or "not_known"
            take_ground(draft, trigger, outcome.subject, _ground(outcome), provider, *outcome.because[:1])


def _settled(draft: Draft, outcome: Outcome) -> None:
    """The duty is done, discharged, stood down or carried on elsewhere: nothing threatens to be late.

    A breach that stands is closed by an act alone, unless the duty goes on in another case.
    """
    merged = isinstance(outcome, ObligationMerged)
    for one in _about(draft, "warning", outcome.subject):
        if one.status != "closed":
            close(draft, one, "merged" if merged else "withdrawn", *outcome.because[:1])
    if merged:
        for one in _about(draft, "breach", outcome.subject):
            if one.status != "closed":
                close(draft, one, "merged", *outcome.because[:1])


def _about(draft: Draft, rests_on: str, about: str) -> list[Escalation]:
    """The escalations of this kind about this duty or entry: one for each trigger, so mostly one."""
    names = [one.name for one in draft.policy.triggers.values() if one.rests_on == rests_on]
    found = (draft.case.escalations.get(escalation_id(draft.case_id, name, about)) for name in names)
    return [one for one in found if one is not None]
