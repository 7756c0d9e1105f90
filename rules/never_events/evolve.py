"""Hears one outcome of the rule on never events. The only way in which its memory changes."""

from msgspec.structs import replace

from rules.never_events.state import Case, Cell, Entry, State
from schemas.never_event_types import (
    LedgerEntry,
    NeverEventCounted,
    NeverEventProposed,
    NeverEventRestated,
    NeverEventWithdrawn,
    StatementTaken,
    StatementWithdrawn,
)
from schemas.outcome_types import Outcome


def apply(state: State, outcome: Outcome) -> None:
    case_id = outcome.case_id
    if state.hear(outcome) or case_id is None:
        return
    case = state.cases.get(case_id)
    if case is None:
        case = state.cases[case_id] = Case()
    remember(case, outcome)


def remember(case: Case, outcome: Outcome) -> None:
    """Change what is known of one case."""
    match outcome:
        case StatementTaken():
            case.revision = outcome.revision
            case.statements = (*case.statements, outcome.statement)
        case StatementWithdrawn():
            case.revision = outcome.revision
            case.withdrawn = (*case.withdrawn, outcome.retracted_event_id)
            mistaken = [one for one in case.statements if _falls(one.event_id, one.kind, outcome)]
            case.withdrawn += tuple(
                one.event_id for one in mistaken if one.event_id != outcome.retracted_event_id
            )
            case.statements = tuple(one for one in case.statements if one not in mistaken)
        case NeverEventWithdrawn():
            assert case.entry is not None, "only what was said before is withdrawn"
            case.entry = replace(
                case.entry, revision=outcome.revision, status="withdrawn", why=outcome.why, waits_for=None
            )
        case LedgerEntry():
            case.entry = _entry(case, outcome)


def _falls(event_id: str, kind: str, outcome: StatementWithdrawn) -> bool:
    """With the report falls what people said on it; that it is a duplicate stands until it is retracted."""
    return event_id == outcome.retracted_event_id or (outcome.report and kind != "merged")


def _entry(case: Case, outcome: LedgerEntry) -> Entry:
    counted = isinstance(outcome, NeverEventCounted) or (
        isinstance(outcome, NeverEventRestated) and outcome.counted
    )
    before = case.entry.by if case.entry else None
    return Entry(
        revision=outcome.revision,
        status="counted" if counted else "proposed",
        cell=Cell(**{name: getattr(outcome, name) for name in Cell.__struct_fields__}),
        waits_for=outcome.waits_for,
        by=outcome.by if isinstance(outcome, NeverEventProposed) else before,
    )
