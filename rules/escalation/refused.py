"""What an escalation policy may not say: without source, with nobody to act, or with outsiders first."""

from itertools import pairwise

from rules.escalation.contents import (
    GRADES,
    RANK,
    Content,
    Framework,
    Route,
    SeriousClock,
    Sourced,
    Trigger,
    Urgency,
)
from rules.policy import IN_FORCE, PolicyRefused, check_versions

LOWEST_HARM, LOWEST_POTENTIAL = RANK["moderate"], RANK["severe"]
"""Below these the rule passes over a report unread, so no policy may ask for less."""

LEVELS_INSIDE = 3
"""The board acts first: so many levels at least lie inside the provider (requirements B)."""


def check(content: Content) -> None:
    _check_sources(content)
    urgencies = {urgency.number: urgency for urgency in content.urgencies}
    for urgency in content.urgencies:
        _check_times(urgency)
    for trigger in content.triggers:
        _check_trigger(trigger, urgencies)
    for route in content.routes:
        _check_route(route)
    named = [kind for route in content.routes for kind in route.provider_types]
    if len(named) != len(set(named)):
        raise PolicyRefused("routes.toml: a type of provider is in two routes; an escalation has one owner")
    if "not_known" not in named:
        raise PolicyRefused("routes.toml: no route for not_known; name whom such a case goes to")
    if not 0 <= content.readings.office_from_hour < content.readings.office_to_hour <= 23:
        raise PolicyRefused("readings.toml: office_from_hour must lie before office_to_hour, both in 0 to 23")
    check_versions(content.bodies, lambda one: [(one.task, kind) for kind in sorted(one.provider_types)])
    check_versions((one for one in content.frameworks if one.status == IN_FORCE), lambda _: ["framework"])
    for framework in content.frameworks:
        if framework.never_event and framework.never_event.grade not in framework.grades:
            raise PolicyRefused(f"{framework.id}: never_event names a grade that the framework does not have")
        for clock in framework.clock:
            _check_clock(framework, clock)


def _check_sources(content: Content) -> None:
    clocks = [clock for framework in content.frameworks for clock in framework.clock]
    sourced: list[tuple[str, Sourced]] = [("readings", content.readings)]
    sourced += [(f"trigger {one.name}", one) for one in content.triggers]
    sourced += [(f"urgency {one.number}", one) for one in content.urgencies]
    sourced += [(f"route {one.name}", one) for one in content.routes]
    sourced += [(f"body {one.id}", one) for one in content.bodies]
    sourced += [(one.id, one) for one in content.frameworks] + [(f"clock {one.title}", one) for one in clocks]
    sourced += [(f"{one.id} never_event", one.never_event) for one in content.frameworks if one.never_event]
    for where, part in sourced:
        if not part.source or not part.confidence:
            raise PolicyRefused(f"{where}: without source or confidence; add both")


def _check_trigger(trigger: Trigger, urgencies: dict[int, Urgency]) -> None:
    where = f"trigger {trigger.name}"
    if trigger.urgency not in urgencies:
        raise PolicyRefused(f"{where}: urgency {trigger.urgency} is not in times.toml")
    if trigger.rests_on == "immediate_risk" and trigger.urgency != min(urgencies):
        raise PolicyRefused(f"{where}: immediate danger always comes first; give it urgency {min(urgencies)}")
    if trigger.rests_on == "harm" and (trigger.harm is None or RANK[trigger.harm] < LOWEST_HARM):
        raise PolicyRefused(f"{where}: harm must be {GRADES[LOWEST_HARM]} or graver")
    if trigger.rests_on == "potential":
        if trigger.potential is None or RANK[trigger.potential] < LOWEST_POTENTIAL:
            raise PolicyRefused(f"{where}: potential must be {GRADES[LOWEST_POTENTIAL]} or graver")
        if not trigger.inside_only:
            raise PolicyRefused(f"{where}: what could have happened stays inside; set inside_only")


def _check_times(urgency: Urgency) -> None:
    where = f"urgency {urgency.number}"
    if not urgency.level:
        raise PolicyRefused(f"{where}: names no times; give each level two")
    for number, times in enumerate(urgency.level, 1):
        for minutes, days in (
            (times.acknowledge_minutes, times.acknowledge_working_days),
            (times.act_minutes, times.act_working_days),
        ):
            if (minutes is None) == (days is None) or (minutes or days or 0) <= 0:
                raise PolicyRefused(f"{where}, level {number}: a time is in minutes or in working days")
        both = times.acknowledge_minutes, times.act_minutes
        if None not in both and both[0] > both[1]:  # type: ignore[operator]
            raise PolicyRefused(f"{where}, level {number}: the time to act ends first")


def _check_route(route: Route) -> None:
    where = f"route {route.name}"
    if route.inside < LEVELS_INSIDE:
        raise PolicyRefused(
            f"{where}: {route.inside} levels inside the provider; the board acts first: name {LEVELS_INSIDE}"
        )
    for number, (lower, upper) in enumerate(pairwise(route.level), 1):
        if lower.body is not None and upper.body is None:
            raise PolicyRefused(f"{where}: level {number} is outside and the next one inside; order them")
    for number, level in enumerate(route.level, 1):
        if level.body is None and not (level.office and level.on_call):
            raise PolicyRefused(f"{where}, level {number}: name a role for office hours and one on call")
        if level.body == "judge":
            raise PolicyRefused(f"{where}, level {number}: CQC judges and publishes; inform it")
        if number > 1 and not level.next_step:
            raise PolicyRefused(f"{where}, level {number}: no next_step; say what this level is to do")


def _check_clock(framework: Framework, clock: SeriousClock) -> None:
    figures = [clock.hours, clock.working_days, clock.weeks, clock.months, clock.monthly_by_day]
    if sum(figure is not None for figure in figures) > 1:
        raise PolicyRefused(f"{framework.id}: {clock.title} has more than one time; leave one")
    if (clock.name == "update") != (clock.monthly_by_day is not None):
        raise PolicyRefused(f"{framework.id}: {clock.title}: only an update has a day of the month")
    if clock.grades - framework.grades:
        raise PolicyRefused(f"{framework.id}: {clock.title} names a grade that the framework does not have")
