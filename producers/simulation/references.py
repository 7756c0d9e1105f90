"""What an action refers to gets its id once that is known: from the door, or worked out from names."""

from producers.simulation.draft import (
    Action,
    Body,
    OfCase,
    OfEntry,
    OfEscalation,
    OfEvent,
    OfObligation,
    Reference,
)
from rules.escalation.triggers import never_event_subject
from rules.identity import escalation_id, obligation_id


class Ids:
    """Which case and event became of each action; `before`: those of the transactions that are committed."""

    def __init__(self, before: "Ids | None" = None) -> None:
        self._before = before
        self._cases: dict[int, str] = {}
        self._events: dict[tuple[int, int], str] = {}

    def know(self, case: int, number: int, case_id: str, event_id: str) -> None:
        self._cases[case] = case_id
        self._events[case, number] = event_id

    def update(self, fresh: "Ids") -> None:
        self._cases.update(fresh._cases)
        self._events.update(fresh._events)

    def case(self, case: int) -> str:
        """Raises `KeyError` for what was not accepted."""
        if self._before is not None and case not in self._cases:
            return self._before.case(case)
        return self._cases[case]

    def event(self, case: int, number: int) -> str:
        if self._before is not None and (case, number) not in self._events:
            return self._before.event(case, number)
        return self._events[case, number]

    def has(self, action: Action) -> bool:
        return (action.case, action.number) in self._events

    def any(self) -> bool:
        return bool(self._events)


def resolved(action: Action, ids: Ids) -> Body:
    """The body to enter. Raises `KeyError` where what it refers to was not accepted."""
    return {**action.body, **{name: _id(action, to, ids) for name, to in action.refers.items()}}


def _id(action: Action, to: Reference, ids: Ids) -> str:
    case_id = ids.case(action.case)
    match to:
        case OfCase(case):
            return ids.case(case)
        case OfEvent(number):
            return ids.event(action.case, number)
        case OfObligation(duty, instrument, patient):
            return obligation_id(case_id, patient, action.provider, duty, instrument)
        case OfEntry():
            return never_event_subject(case_id)
        case OfEscalation(trigger, about):
            return escalation_id(case_id, trigger, None if about is None else _id(action, about, ids))
