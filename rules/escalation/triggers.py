"""What in a record makes somebody act (requirements A7). What earlier rules said is heard in `hearing`."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from rules.escalation.contents import RANK, RestsOn, Trigger
from rules.escalation.policy import Policy, reaches
from schemas.escalation_events import PatternDetected
from schemas.event_types import (
    IMMEDIATE_RISK,
    MAY_STILL_FOLLOW,
    NEVER_EVENT_PROPOSED,
    CaseEvent,
    CaseLinked,
    Enriched,
    HarmRegraded,
    Reported,
)


class Ground(NamedTuple):
    trigger: Trigger
    about: str | None
    because: str


def grounds_in(policy: Policy, event: CaseEvent) -> Iterator[Ground]:
    """Each trigger that this record meets anew; what could have been stands back behind harm done."""
    met = []
    for trigger in policy.triggers.values():
        if event.facts.kind in trigger.kinds:
            because = _TESTS[trigger.rests_on](trigger, event)
            if because:
                met.append(Ground(trigger, _about(trigger, event), because))
    graver = any(ground.trigger.rests_on == "harm" for ground in met)
    for ground in met:
        if not (graver and ground.trigger.rests_on == "potential"):
            yield ground


def never_event_subject(case_id: str) -> str:
    return f"never_event:{case_id}"


def _about(trigger: Trigger, event: CaseEvent) -> str | None:
    if isinstance(event, PatternDetected):
        return event.pattern_id
    return never_event_subject(event.case_id) if trigger.rests_on == "never_event" else None


def _news(event: CaseEvent, *fields: str) -> bool:
    """Whether the record says something of these fields: a report always does, a correction by name."""
    if isinstance(event, Enriched):
        return not set(fields).isdisjoint(event.changed)
    return isinstance(event, Reported)


def _immediate_risk(trigger: Trigger, event: CaseEvent) -> str:
    told = event.flags & IMMEDIATE_RISK and _news(event, "immediate_risk")
    return "Somebody says that there is immediate danger." if told else ""


def _harm(trigger: Trigger, event: CaseEvent) -> str:
    threshold = trigger.harm
    if threshold is None:
        return ""
    match event:
        case Reported() if reaches(event.harm, threshold):
            return f"The harm is graded {event.harm}."
        case HarmRegraded() if reaches(event.to_grade, threshold):
            rises = RANK[event.to_grade] > RANK[event.from_grade]
            return f"The harm was graded up from {event.from_grade} to {event.to_grade}." if rises else ""
        case CaseLinked(side="primary") if reaches(event.other_harm, threshold):
            if not reaches(event.harm, threshold):
                return f"A duplicate of it, now linked, is graded {event.other_harm}."
    may_follow = event.flags & MAY_STILL_FOLLOW and _news(event, "harm_may_still_follow", "could_have_been")
    if may_follow and trigger.suspected_potential and reaches(event.potential, trigger.suspected_potential):
        return f"Harm may still follow, and it could be {event.potential}."
    return ""


def _never_event(trigger: Trigger, event: CaseEvent) -> str:
    told = event.flags & NEVER_EVENT_PROPOSED and _news(event, "never_event_type")
    return "The reporter suspects a never event." if told else ""


def _potential(trigger: Trigger, event: CaseEvent) -> str:
    if trigger.potential is None or not _news(event, "could_have_been"):
        return ""
    done = trigger.harm_below is not None and reaches(event.harm, trigger.harm_below)
    if done or not reaches(event.potential, trigger.potential):
        return ""
    return f"It could have been {event.potential}. This stays inside the provider and opens no duty."


def _pattern(trigger: Trigger, event: CaseEvent) -> str:
    if not isinstance(event, PatternDetected) or event.pattern != trigger.rests_on:
        return ""
    what = f"{event.count} incidents in {event.window_days} days have the same {event.grouped_by}."
    return what.replace("incident_type", "type of incident")


def _nothing(trigger: Trigger, event: CaseEvent) -> str:
    return ""  # heard from an earlier rule


_TESTS: dict[RestsOn, Callable[[Trigger, CaseEvent], str]] = {
    "immediate_risk": _immediate_risk,
    "harm": _harm,
    "never_event": _never_event,
    "potential": _potential,
    "cluster": _pattern,
    "repeat_after_alert": _pattern,
    "breach": _nothing,
    "warning": _nothing,
}
