"""Why the candour rule said a thing: the articles of its policy, and the evidence that it held."""

from collections.abc import Iterable

from rules.candour.ledger import KIND
from rules.candour.standing import DETERMINATION, concerns
from rules.candour.state import Obligation, State
from rules.rule import Held, Path
from schemas.event_types import Record
from schemas.outcome_types import (
    Evidence,
    EvidenceTaken,
    EvidenceWithdrawn,
    ObligationOpened,
    Outcome,
    StandDownRefused,
)

READINGS: Path = ("readings",)


def clauses(state: State, outcome: Outcome, cause: Record) -> Iterable[Path]:
    """A verdict rests on its duty; that a duty opened, also on whom the instrument binds and from which harm.
    What does not count is refused by a reading."""
    if isinstance(outcome, EvidenceTaken):
        return () if outcome.evidence.counts else (READINGS,)
    if isinstance(outcome, ObligationOpened):
        return (outcome.instrument, outcome.threshold), (outcome.instrument, outcome.duty)
    obligation = _obligation(state, outcome)
    if obligation is None:
        return ()
    duty: Path = (obligation.instrument, obligation.duty)
    return (READINGS, duty) if isinstance(outcome, StandDownRefused) else (duty,)


def held(state: State, outcome: Outcome) -> Iterable[Held]:
    """What had been recorded about the duty by then and not been taken back; that it opened, and that the
    report met it, also what opened it."""
    if isinstance(outcome, EvidenceTaken):
        return (_held(outcome.evidence),)
    if isinstance(outcome, EvidenceWithdrawn):
        return (Held(outcome.retracted_event_id, False),)
    obligation = _obligation(state, outcome)
    if obligation is None:
        return ()
    case, opened_by = state.case(outcome.case_id or ""), obligation.opened_by
    found = [
        _held(one)
        for one in case.evidence
        if _bears(state, one, obligation) and one.event_id not in case.withdrawn
    ]
    if isinstance(outcome, ObligationOpened) or state.duty(obligation).met_by_report:
        found.insert(0, Held(opened_by, opened_by not in case.withdrawn))
    return dict.fromkeys(found)


def _obligation(state: State, outcome: Outcome) -> Obligation | None:
    return state.case(outcome.case_id or "").obligations.get(outcome.subject)


def _bears(state: State, one: Evidence, obligation: Obligation) -> bool:
    """A never event and a notifiable safety incident are independent: neither is evidence about the other."""
    if one.kind == KIND and state.duty(obligation).opens != KIND:
        return False
    instrument = state.policies[obligation.policy_version].instruments[obligation.instrument]
    if one.kind == DETERMINATION and instrument.basis != "statute":
        return False
    return concerns(one, obligation)


def _held(one: Evidence) -> Held:
    """What the ledger of never events said is evidence by itself."""
    return Held(one.marks[1] if one.kind == KIND else one.event_id, one.counts)
