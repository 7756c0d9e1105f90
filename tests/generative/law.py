"""Law.md §1.9.4 a second time, over the whole history at once. Knows nothing of decide and evolve."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from schemas import event_types as events
from schemas.event_types import CaseEvent, ClockTick, FollowUp, Instant, Record

SECOND = 1000
FAST_CLOCK = 600 * SECOND


@dataclass(frozen=True)
class Owed:
    """A duty with a due time: whom it is owed to, and where in the log it was opened, last of all anew."""

    id: str
    case_id: str
    patient: str
    provider: str
    duty: str
    due_at: Instant
    openings: tuple[tuple[int, str], ...]  # (place in the log, event_id of what opened it)
    tell_id: str  # the duty to tell beside it: an investigation is completed about that


def breached(log: Sequence[Record], owed: Owed, accepted: frozenset[str]) -> bool:
    """Whether it is breached as known at the end of this log. `accepted`: what was not refused."""
    ticks = [record.as_of for record in log if isinstance(record, ClockTick)]
    if not ticks or max(ticks) < owed.due_at + SECOND:
        return False
    mistakes = {one.retracted_event_id for one in log if isinstance(one, events.EventRetracted)}
    about = [
        (place, one)
        for place, one in _first_time(log)
        if one.case_id == owed.case_id and one.event_id not in mistakes
    ]
    said = [(place, one) for place, one in about if _counts(one) and _concerns(one, owed)]
    opened = [place for place, cause in owed.openings if cause not in mistakes]
    if owed.duty == "share_findings":
        tell = replace(owed, id=owed.tell_id)
        if not any(_investigated(one, tell) for _, one in about):
            return False
    elif not opened:
        return False
    since = max(opened, default=0)
    return not (
        any(_satisfies(one, owed) for _, one in said)
        or _discharged([one for _, one in said], owed)
        or any(_closes(one, owed) for place, one in said if place > since and one.event_id in accepted)
    )


def _first_time(log: Sequence[Record]) -> list[tuple[int, CaseEvent]]:
    """A record that comes again is the same record: it was said where it first stood."""
    places: dict[str, tuple[int, CaseEvent]] = {}
    for place, one in enumerate(log):
        if isinstance(one, CaseEvent):
            places.setdefault(one.event_id, (place, one))
    return list(places.values())


def _counts(one: CaseEvent) -> bool:
    if isinstance(one, events.Reported):
        return True
    if isinstance(one, FollowUp) and one.obligation_id is None:
        several_patients = one.patient is None and len(one.facts.patients) > 1
        if several_patients or (one.provider is None and len(one.facts.providers) > 1):
            return False
    occurred_at = one.facts.occurred_at
    return one.at <= one.recorded_at + FAST_CLOCK and (occurred_at is None or one.at >= occurred_at)


def _concerns(one: CaseEvent, owed: Owed) -> bool:
    if not isinstance(one, FollowUp):
        return True
    return (
        one.patient in (None, owed.patient)
        and one.provider in (None, owed.provider)
        and one.obligation_id in (None, owed.id)
    )


def _in_time(at: Instant, owed: Owed) -> bool:
    return at < owed.due_at + SECOND


def _satisfies(one: CaseEvent, owed: Owed) -> bool:
    match owed.duty, one:
        case "report", events.CaseLinked(side="primary"):
            return _in_time(min(one.other_reported_at, one.facts.reported_at), owed)
        case "report", _:  # every record of a case carries the time of its report
            return _in_time(one.facts.reported_at, owed)
        case "tell", events.RelevantPersonNotified():
            whole = one.facts_given and one.apology and one.written_notification_offered
            return whole and _in_time(one.at, owed)
        case "share_findings", events.FindingsShared():
            return _in_time(one.at, owed)
    return False


def _discharged(said: list[CaseEvent], owed: Owed) -> bool:
    if owed.duty != "tell" or not any(isinstance(one, events.ContactAttempted) for one in said):
        return False
    return any(isinstance(one, events.ContactDeclined) and _in_time(one.at, owed) for one in said)


def _investigated(one: CaseEvent, tell: Owed) -> bool:
    return isinstance(one, events.InvestigationCompleted) and _counts(one) and _concerns(one, tell)


def _closes(one: CaseEvent, owed: Owed) -> bool:
    if not isinstance(one, events.ObligationStoodDown):
        return False
    return one.never_notifiable or _in_time(one.recorded_at, owed)
