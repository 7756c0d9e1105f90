"""Whom an escalation goes to at a level, and by when: by provider, urgency, hour, day and date.

The board acts first: the levels inside the provider come before those outside (requirements B, trap 33).
"""

from typing import NamedTuple

from rules.calendar import Calendar
from rules.escalation.contents import Level, Trigger, Urgency
from rules.escalation.policy import Policy
from rules.london import HOUR, SECOND, at, day_of, first_second
from schemas.event_types import Instant

MINUTE = 60 * SECOND
DAY = 24 * HOUR


class Post(NamedTuple):
    """A level of one escalation, with the one role that is accountable there."""

    level: int
    owner_role: str
    next_step: str
    informed: tuple[str, ...]
    acknowledge_by: Instant
    act_by: Instant


def post(
    policy: Policy, calendar: Calendar, trigger: Trigger, provider_type: str, level: int, since: Instant
) -> Post:
    """`since`: from when the times of this level count; they wait for the office where nobody is woken."""
    urgency = policy.urgencies[trigger.urgency]
    levels = levels_at(policy, trigger, provider_type, since)
    if not urgency.wakes:
        since = opening(policy, calendar, since)
    names = [_name(policy, calendar, urgency, one, provider_type, since) for one in levels[:level]]
    here = levels[level - 1]
    bodies = (policy.body(task, provider_type, since) for task in here.informed)
    told = [*names[-2:-1], *(body.name for body in bodies if body)]
    times = urgency.times(level)
    acknowledge_by = _until(calendar, since, times.acknowledge_minutes, times.acknowledge_working_days)
    act_by = _until(calendar, since, times.act_minutes, times.act_working_days)
    return Post(
        level=level,
        owner_role=names[-1],
        next_step=" ".join(filter(None, (here.next_step, trigger.next_step))),
        informed=tuple(one for one in dict.fromkeys(told) if one != names[-1]),
        acknowledge_by=acknowledge_by,
        act_by=max(act_by, acknowledge_by),
    )


def levels_at(policy: Policy, trigger: Trigger, provider_type: str, when: Instant) -> list[Level]:
    """The levels there are at a time: a body outside that does not exist then is left out."""
    return [
        level
        for level in policy.route(provider_type).level
        if level.body is None
        or not (trigger.inside_only or policy.body(level.body, provider_type, when) is None)
    ]


def inside(policy: Policy, provider_type: str) -> int:
    """How many levels lie inside the provider."""
    return policy.route(provider_type).inside


def at_board(policy: Policy, provider_type: str, level: int) -> bool:
    """The board acts first: its level, and those outside that come after it."""
    return level >= inside(policy, provider_type)


def in_office_hours(policy: Policy, calendar: Calendar, when: Instant) -> bool:
    """By London time. A day that the calendar does not know is none of the office's."""
    hours = policy.readings
    return (
        calendar.is_working_day(day_of(when))
        and hours.office_from_hour <= at(when).hour < hours.office_to_hour
    )


def opening(policy: Policy, calendar: Calendar, when: Instant) -> Instant:
    """The same time in office hours or where the calendar does not reach, else the next opening."""
    if in_office_hours(policy, calendar, when):
        return when
    day = day_of(when)
    before = at(when).hour < policy.readings.office_from_hour
    if not (before and calendar.is_working_day(day)):
        following = calendar.after(day, 1)
        if following is None:
            return when
        day = following
    # the clocks change on Sundays, so from midnight to the opening of a working day is so many hours
    return first_second(day) + policy.readings.office_from_hour * HOUR


def _name(
    policy: Policy, calendar: Calendar, urgency: Urgency, level: Level, provider_type: str, when: Instant
) -> str:
    if level.body is not None:
        body = policy.body(level.body, provider_type, when)
        return body.name if body else level.body
    asleep = urgency.wakes and not in_office_hours(policy, calendar, when)
    return level.on_call if asleep else level.office


def _until(calendar: Calendar, since: Instant, minutes: int | None, working_days: int | None) -> Instant:
    """Where the calendar does not reach, working days count as days of 24 hours: somebody must act."""
    if minutes is not None:
        return since + minutes * MINUTE
    assert working_days is not None
    due = calendar.due(since, working_days)
    return since + working_days * DAY if due is None else due
