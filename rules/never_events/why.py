"""Why the rule on never events said a thing: the articles of its policy, and the statements that it held."""

from collections.abc import Iterable, Iterator

from rules.never_events.policy import NeverEventList, Policy, Type
from rules.never_events.standing import look_up, named_by, that_count
from rules.never_events.state import State
from rules.rule import Held, Path
from schemas.event_types import CaseEvent, Record
from schemas.never_event_types import LedgerEntry, NeverEventWithdrawn, StatementTaken, StatementWithdrawn
from schemas.outcome_types import Outcome

READINGS: Path = ("readings",)


def clauses(state: State, outcome: Outcome, cause: Record) -> Iterable[Path]:
    policy = state.policies.get(outcome.policy_version or "")
    match outcome:
        case StatementTaken():
            return () if outcome.statement.counts else (READINGS,)
        case LedgerEntry() if policy is not None and isinstance(cause, CaseEvent):
            return (*_entry(policy, outcome), *_matched(state, policy, cause))
        case NeverEventWithdrawn() if policy is not None and isinstance(cause, CaseEvent):
            return _withdrawn(state, policy, outcome, cause)
    return ()


def held(state: State, outcome: Outcome) -> Iterable[Held]:
    """All that was said of the case: proposals, confirmations, and the facts that were corrected."""
    match outcome:
        case StatementTaken():
            return (Held(outcome.statement.event_id, outcome.statement.counts),)
        case StatementWithdrawn():
            return (Held(outcome.retracted_event_id, False),)
        case LedgerEntry() | NeverEventWithdrawn() if outcome.case_id in state.cases:
            return [Held(one.event_id, one.counts) for one in state.cases[outcome.case_id].statements]
    return ()


def _entry(policy: Policy, outcome: LedgerEntry) -> Iterator[Path]:
    """The type on the list of its day, its sub-type, its gate of harm, and what is paid."""
    listed = policy.list_of(outcome.list_version)
    if listed is None or outcome.occurred_at is None:
        yield READINGS  # the list is that of the day of occurrence: before the first, or not known yet
    if listed is None:
        return
    type = listed.type_of(outcome.type_no)
    yield _listed(listed, type)
    if type is not None:
        subtype = type.subtype_of(outcome.subtype)
        if subtype is not None:
            yield (*_listed(listed, type), subtype.title)
        yield _gate(type)
    if outcome.payment != "not_known":
        yield (listed.id, "payment")


def _matched(state: State, policy: Policy, cause: CaseEvent) -> Iterator[Path]:
    """What says that the type was carried over, where it was named as one of another list."""
    named = named_by(that_count(state.cases[cause.case_id].statements))
    if named is not None and look_up(policy, cause.facts, named).matched:
        row = policy.row_of(named.list_version, named.type_no)
        assert row is not None, "it was matched by one"
        yield (row.title,)


def _withdrawn(
    state: State, policy: Policy, outcome: NeverEventWithdrawn, cause: CaseEvent
) -> Iterator[Path]:
    case = state.cases[cause.case_id]
    if outcome.why == "merged":
        yield READINGS
    elif outcome.why in ("rejected", "retracted"):
        assert case.entry is not None, "only what was said before is withdrawn"
        listed = policy.list_of(case.entry.cell.list_version)
        yield _listed(listed, listed.type_of(case.entry.cell.type_no)) if listed else READINGS
    elif named := named_by(that_count(case.statements)):
        found = look_up(policy, cause.facts, named)
        if found.list is None or found.type is None:
            yield READINGS
        elif outcome.why == "gate_not_met":
            yield _listed(found.list, found.type)
            yield _gate(found.type)
        elif found.type.suspended or found.subtype is None:
            yield _listed(found.list, found.type)
        else:
            yield (*_listed(found.list, found.type), found.subtype.title)


def _listed(listed: NeverEventList, type: Type | None) -> Path:
    return (listed.id,) if type is None else (listed.id, type.name)


def _gate(type: Type) -> Path:
    return (*READINGS, type.gate)
