"""Hears one outcome of the signals rule. The only way in which its memory changes."""

from msgspec.structs import replace

from rules.signals.state import Case, Signal, State
from schemas.outcome_types import Outcome
from schemas.signal_types import DutiesNoted, QuestionRaised, SignalEnded, SignalRaised


def apply(state: State, outcome: Outcome) -> None:
    case_id = outcome.case_id
    if state.hear(outcome) or case_id is None:
        return
    case = state.cases.get(case_id)
    if case is None:
        case = state.cases[case_id] = Case()
    match outcome:
        case DutiesNoted():
            case.duties = {duty.obligation_id: duty.due_at for duty in outcome.duties}
            case.revision = outcome.revision
            return
        case SignalRaised() | QuestionRaised():
            case.signals[outcome.subject] = Signal(
                revision=outcome.revision, about=outcome.about, changed_at=outcome.recorded_at
            )
            state.owners[outcome.subject] = case_id
        case SignalEnded():
            before = case.signals[outcome.subject]
            case.signals[outcome.subject] = replace(
                before, revision=outcome.revision, changed_at=outcome.recorded_at, standing=False
            )
    if not outcome.cause.startswith("tick:") and outcome.cause not in case.heard:
        case.heard = (*case.heard, outcome.cause)
