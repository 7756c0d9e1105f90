"""What follows from one record for the ledger of never events, given what the rule has said before.

The clock plays no part. Until its policy is adopted in a partition the rule says nothing there.
"""

from collections.abc import Iterable, Sequence

from msgspec import structs

from rules.london import in_words
from rules.never_events.draft import Draft
from rules.never_events.standing import Standing, judge
from rules.never_events.state import Entry, State
from schemas.event_types import (
    NEVER_EVENT_PROPOSED,
    CaseEvent,
    CaseLinked,
    Enriched,
    EventRetracted,
    HarmRegraded,
    PolicyAdopted,
    Record,
    Reported,
)
from schemas.never_event_events import NeverEventConfirmed, NeverEventRejected
from schemas.never_event_types import (
    NeverEventCounted,
    NeverEventProposed,
    NeverEventRestated,
    NeverEventWithdrawn,
    Statement,
    StatementKind,
    StatementTaken,
    StatementWithdrawn,
)
from schemas.outcome_types import Outcome

HEARD = frozenset(
    {
        Reported,
        Enriched,
        HarmRegraded,
        NeverEventConfirmed,
        NeverEventRejected,
        EventRetracted,
        CaseLinked,
        PolicyAdopted,
    }
)
NEWLY_COUNTED = ("proposed", "counted")
MINUTE = 60_000
_TOLD: dict[StatementKind, str] = {
    "proposed": "The reporter says that it may be a never event.",
    "suggested": "A duplicate of this case stood as a never event.",
    "confirmed": "The patient safety team confirmed a never event.",
    "rejected": "The patient safety team found that it is no never event.",
    "merged": "This case is a duplicate of another one.",
    "facts_changed": "The facts of the case were corrected, or harm was graded anew.",
}


def passes_over(kind: type[Record], harm: int, potential: int, flags: int) -> bool:
    """Nothing follows from a report in which nobody thought of a never event."""
    if kind is Reported:
        return not flags & NEVER_EVENT_PROPOSED
    return kind not in HEARD


def concerned(state: State, record: Record, heard: Sequence[Outcome]) -> Iterable[str | None]:
    match record:
        case PolicyAdopted():
            return (None,) if state.concerns(record) else ()
        case CaseEvent() if type(record) in HEARD and state.policy is not None:
            return (record.case_id,) if record.case_id in state.cases or _begins(record) else ()
    return ()


def about(state: State, case_id: str | None, record: Record, heard: Sequence[Outcome]) -> list[Outcome]:
    match record:
        case PolicyAdopted():
            return state.adopt(record)
        case CaseEvent() if case_id is not None:
            return _hear(Draft(state, case_id, record), record)
    return []


def order(outcome: Outcome) -> str:
    return outcome.subject


def _begins(record: CaseEvent) -> bool:
    """Whether it makes a case one that the rule must remember."""
    match record:
        case Reported():
            return bool(record.flags & NEVER_EVENT_PROPOSED)
        case Enriched():
            return _kind(record) == "proposed"
        case CaseLinked():
            return record.side == "duplicate" or record.other_never_event
    return isinstance(record, NeverEventConfirmed)


def _hear(draft: Draft, event: CaseEvent) -> list[Outcome]:
    if isinstance(event, EventRetracted):
        if event.retracted_event_id in draft.case.withdrawn:
            return []
        draft.say_of_case(
            StatementWithdrawn,
            "A record was entered by mistake; what rested on it is judged again.",
            retracted_event_id=event.retracted_event_id,
            report=event.retracted_type == "reported",
        )
    elif draft.case.heard(event.event_id):
        return []
    else:
        statement, objection = _statement(draft, event)
        told = _TOLD[statement.kind]
        draft.say_of_case(StatementTaken, told, *filter(None, (objection,)), statement=statement)
    _say(draft, judge(draft.case.statements, event.facts, draft.policies))
    return draft.said


def _statement(draft: Draft, event: CaseEvent) -> tuple[Statement, str]:
    """What the record says, and why it cannot count, where it cannot."""
    late = event.at > event.recorded_at + draft.policy.future_tolerance_minutes * MINUTE
    objection = f"It is dated {in_words(event.at)}, after it was recorded: it cannot count." if late else ""
    statement = Statement(
        event_id=event.event_id,
        kind=_kind(event),
        at=event.at,
        counts=not objection,
        policy_version=draft.policy.version,
    )
    match event:
        case NeverEventConfirmed():
            named = {
                "list_version": event.list_version,
                "type_no": event.type_no,
                "subtype": event.subtype,
            }
        case Reported() | Enriched() if "/" in (event.never_event_type or ""):
            version, _, number = (event.never_event_type or "").partition("/")
            named = {"list_version": version, "type_no": int(number), "subtype": None}
        case CaseLinked():
            named = {"other_case_id": event.other_case_id}
        case _:
            named = {}
    return structs.replace(statement, **named), objection


def _kind(event: CaseEvent) -> StatementKind:
    match event:
        case Reported() if event.flags & NEVER_EVENT_PROPOSED:
            return "proposed"
        case Enriched() if event.never_event_type or "never_event_type" in event.changed:
            return "proposed"
        case NeverEventConfirmed():
            return "confirmed"
        case NeverEventRejected():
            return "rejected"
        case CaseLinked(side="duplicate"):
            return "merged"
        case CaseLinked() if event.other_never_event:
            return "suggested"
    return "facts_changed"


def _say(draft: Draft, now: Standing | None) -> None:
    """What has changed since the entry was last spoken of."""
    entry = draft.case.entry
    if now is None:
        if entry is not None and entry.status != "withdrawn":
            told = "What this entry rested on was entered by mistake and has been retracted."
            draft.say_of_entry(NeverEventWithdrawn, told, why="retracted")
        return
    if now.status == "withdrawn":
        _withdraw(draft, entry, now)
    elif entry is None or entry.status == "withdrawn" or (entry.status, now.status) == NEWLY_COUNTED:
        _enter(draft, now)
    elif (entry.status, entry.cell, entry.waits_for) != (now.status, now.cell, now.waits_for):
        _restate(draft, entry, now)


def _withdraw(draft: Draft, entry: Entry | None, now: Standing) -> None:
    if entry is None:
        if now.why in ("rejected", "merged"):
            return  # nothing had been said of it
        _say_entry(draft, NeverEventProposed, now, waits_for="decision", by=now.by)
    elif entry.status == "withdrawn" and entry.why == now.why:
        return
    draft.say_of_entry(NeverEventWithdrawn, *now.because, why=now.why, policy_version=now.policy_version)


def _enter(draft: Draft, now: Standing) -> None:
    if now.status == "counted":
        _say_entry(draft, NeverEventCounted, now, confirmed_at=now.confirmed_at)
    else:
        _say_entry(draft, NeverEventProposed, now, waits_for=now.waits_for, by=now.by)


def _restate(draft: Draft, entry: Entry, now: Standing) -> None:
    before = entry.cell
    _say_entry(
        draft,
        NeverEventRestated,
        now,
        waits_for=now.waits_for,
        counted=now.status == "counted",
        earlier_counted=entry.status == "counted",
        earlier_provider=before.provider,
        earlier_list_version=before.list_version,
        earlier_type_no=before.type_no,
        earlier_subtype=before.subtype,
        earlier_occurred_at=before.occurred_at,
    )


def _say_entry(draft: Draft, kind: type[Outcome], now: Standing, **fields: object) -> None:
    cell = structs.asdict(now.cell)
    draft.say_of_entry(kind, *now.because, policy_version=now.policy_version, **cell, **fields)
