"""Never events: reported or found out later, confirmed, rejected, or restated as another type."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import cache
from random import Random

from producers.simulation import words
from producers.simulation.draft import Body, Draft, at_time
from producers.simulation.plan import Participant, Plan
from producers.simulation.reports import Scene, poisson
from producers.simulation.volumes import NeverEventKind, volumes
from rules.never_events.policy import Policy, default_content, parse

_GRADES = {
    True: (("low", "moderate", "severe", "fatal"), (1, 2, 6, 1)),
    False: (("none", "low", "moderate", "severe"), (4, 5, 8, 3)),
}
_FOUND_LATER = 0.35
_LEAST_LATER, _MOST_LATER = 12, 75
"""Days after which a retained object is found, so that releases that are out already change."""
_WEEKS_LATER = 48, 70
"""The same for the one of each month: counted from its middle, these days lie in the month after the next."""
_UNLIKE = {"nhs_trust": 1.0, "nhs_foundation_trust": 0.9, "independent_hospital": 0.35}
_MANY = 4.0
"""How far providers differ: the shape of a gamma distribution, whose few high draws are the unlucky ones."""


def scenes(plan: Plan) -> Iterator[tuple[Participant, Scene, NeverEventKind]]:
    """About as many as the plan means; each month has at least one that comes to light weeks later."""
    able = [one for one in plan.participants if _kinds(one)]
    if not able or plan.never_events == 0:
        return
    random = Random(f"{plan.seed}|never events")
    weights = [_UNLIKE.get(one.type, 0.08) * random.gammavariate(_MANY, 1 / _MANY) for one in able]
    mean = plan.never_events * len(plan.participants) * len(plan.days) / 365.25
    months = list(_middles(plan))
    for _ in range(poisson(random, max(0.0, mean - len(months)))):
        provider = random.choices(able, weights)[0]
        yield _scene(plan, provider, random, random.choice(plan.days), found_later=None)
    for day in months:
        provider = random.choices(able, weights)[0]
        yield _scene(plan, provider, random, day, found_later=random.randrange(*_WEEKS_LATER))


def follow(draft: Draft, kind: NeverEventKind) -> None:
    """The safety team confirms it within weeks, rejects it, or finds weeks later that it was another."""
    occurred = draft.occurred.date()
    version = volumes().list_on(occurred)
    counts = not kind.harmed or version != "2011" or draft.grade in ("severe", "fatal")
    looked = draft.between(draft.entered, 1, 22)
    if not counts or draft.chance(0.08):
        _reject(draft, looked)
        return
    if draft.chance(0.05):
        return  # still under review
    subtypes = _counting(kind, version, occurred)
    subtype = draft.pick(subtypes) if subtypes and draft.chance(0.6) else None
    _confirm(draft, looked, version, kind, subtype)
    toss = draft.random.random()
    again = draft.between(looked, 15, 45)
    if toss < 0.10:
        _reject(draft, again)
    elif toss < 0.22 and kind.theatre:
        other = next(one for one in _theatre() if one.name != kind.name)
        _confirm(draft, again, version, other, None)


def _counting(kind: NeverEventKind, version: str, day: date) -> tuple[str, ...]:
    """Those that the list counts on that day: a wrong tooth is out from April 2021."""
    listed = _policy().list_of(version)
    type = listed.type_of(kind.numbers[version]) if listed else None
    known = [(code, type.subtype_of(code)) for code in kind.subtypes] if type else []
    return tuple(code for code, subtype in known if subtype and subtype.counts_on(day))


@cache
def _policy() -> Policy:
    return parse(default_content()[1])


def _scene(
    plan: Plan, provider: Participant, random: Random, day: date, found_later: int | None
) -> tuple[Participant, Scene, NeverEventKind]:
    kinds = _kinds(provider)
    if found_later is not None:
        kinds = [kind for kind in kinds if kind.theatre] or kinds
    kind = random.choices(kinds, [one.share for one in kinds])[0]
    occurred = at_time(day, random.randrange(8 * 60, 18 * 60))
    if found_later is None and kind.name.startswith("retained") and random.random() < _FOUND_LATER:
        found_later = random.randrange(_LEAST_LATER, _MOST_LATER)
    grades, shares = _GRADES[kind.harmed]
    theatres = [ward for ward in provider.wards if "heatre" in ward]
    told = f"{volumes().list_on(day)}/{kind.numbers[volumes().list_on(day)]}"
    scene = Scene(
        occurred,
        grade=random.choices(grades, shares)[0],
        ward=random.choice(theatres) if kind.theatre and theatres else None,
        incident_type="treatment" if kind.theatre else "monitoring",
        what=words.NEVER_EVENT[kind.name],
        found_after_days=found_later,
        never_event_type=told if random.random() < 0.9 else "not_sure",
        at_once=True,
    )
    return provider, scene, kind


def _confirm(draft: Draft, at: datetime, version: str, kind: NeverEventKind, subtype: str | None) -> None:
    again = any(action.kind == "never_event_confirmed" for action in draft.actions)
    said: Body = {"subtype": subtype} if subtype else {}
    if again:
        said["reason"] = words.REASONS["restated"]
    draft.add(
        "never_event_confirmed",
        at,
        list_version=version,
        type_no=kind.numbers[version],
        by_role="patient safety lead",
        **said,
    )


def _reject(draft: Draft, at: datetime) -> None:
    draft.add("never_event_rejected", at, reason=words.REASONS["rejected"], by_role="patient safety lead")


def _kinds(provider: Participant) -> list[NeverEventKind]:
    return [
        kind
        for kind in volumes().never_event_kinds
        if (provider.has_theatre if kind.theatre else kind.anywhere or provider.has_theatre)
        and provider.type not in ("special_health_authority", "dental_practice", "gp_practice")
    ]


def _theatre() -> list[NeverEventKind]:
    return [kind for kind in volumes().never_event_kinds if kind.theatre]


def _middles(plan: Plan) -> Iterator[date]:
    """A weekday in the middle of each month that lies within the plan."""
    for day in plan.days:
        if day.day == 14:
            yield min(day + timedelta(days=(7 - day.weekday()) % 7 if day.weekday() >= 5 else 0), plan.last)
