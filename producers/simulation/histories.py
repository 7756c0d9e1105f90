"""All that is entered over the days of a plan, in order. The same plan gives the same histories."""

from collections.abc import Callable, Iterator
from random import Random

from producers.simulation import candour, claims, never_events, serious, wards, words
from producers.simulation.draft import Action, Draft, OfCase
from producers.simulation.plan import Participant, Plan
from producers.simulation.reports import Scene, draw, occurrences
from producers.simulation.volumes import volumes

_HARMED = ("moderate", "severe", "fatal")
_DECLARED = 0.85
_REPORTED_TWICE = 0.006
_EACH = 1_000_000
"""Numbers of cases for each provider; a case keeps its number whatever the others are."""


def histories(plan: Plan) -> list[Action]:
    """Every action that is entered by the end of the last day, in the order in which it is entered."""
    end = plan.ticks()[-1]
    drafts = list(_drafts(plan))
    wards.close_in_bulk(plan, drafts)
    actions = [
        action
        for draft in drafts
        for action in draft.actions
        if action.when < end and draft.actions[0].when < end
    ]
    actions.sort(key=lambda action: (action.when, action.case, action.number))
    return actions


def _drafts(plan: Plan) -> Iterator[Draft]:
    numbers = {one.code: _EACH * place for place, one in enumerate(plan.participants, 1)}

    def begin(provider: Participant, scene: Scene) -> Draft:
        numbers[provider.code] += 1
        number = numbers[provider.code]
        return draw(number, provider, plan, Random(f"{plan.seed}|{provider.code}|{number}"), scene)

    for provider, mean in _means(plan):
        drawn = Random(f"{plan.seed}|{provider.code}|days")
        for occurred in occurrences(plan, provider, mean, drawn):
            draft = begin(provider, Scene(occurred))
            if not wards.silent(plan, provider, draft.report["ward"], occurred.date()):
                yield from _ordinary(draft, begin)
    for provider, scene in wards.cluster(plan):
        draft = begin(provider, scene)
        _followed(draft, bad_ward=True)
        yield draft
    for provider, scene, kind in never_events.scenes(plan):
        draft = begin(provider, scene)
        never_events.follow(draft, kind)
        _followed(draft, grade_two=True)
        yield draft


def _means(plan: Plan) -> Iterator[tuple[Participant, float]]:
    """Reports a month of each, so that all together have the mean of the plan."""
    weights = [volumes().weights[one.type] for one in plan.participants]
    whole = plan.reports * len(weights) / sum(weights)
    yield from zip(plan.participants, (whole * weight for weight in weights), strict=True)


def _ordinary(draft: Draft, begin: Callable[[Participant, Scene], Draft]) -> Iterator[Draft]:
    if draft.report["kind"] == "incident" and draft.chance(_REPORTED_TWICE):
        yield draft
        yield _twin(draft, begin)
        return
    _followed(draft)
    yield draft


def _followed(draft: Draft, *, bad_ward: bool = False, grade_two: bool = False) -> None:
    serious.escalations(draft)
    if draft.grade in _HARMED:
        candour.follow(draft, bad_ward=bad_ward)
    else:
        candour.little_harm(draft)
    if grade_two or (
        draft.report["kind"] == "incident" and draft.grade in _HARMED[1:] and draft.chance(_DECLARED)
    ):
        grade = "grade_2" if grade_two else "grade_1"
        serious.serious_incident(draft, grade=grade, begin=max(draft.reported, draft.entered))
    if draft.grade in _HARMED:
        serious.breaches(draft)
        claims.contravention(draft)
        claims.avoidability(draft)
        claims.new_fact(draft)
        claims.claim(draft)


def _twin(first: Draft, begin: Callable[[Participant, Scene], Draft]) -> Draft:
    """A second person reports the same incident, and the two are linked; what follows stands on the first."""
    report = first.report
    scene = Scene(
        first.occurred,
        grade=first.grade,
        ward=report["ward"],
        incident_type=report["incident_type"],
        what=report["what_happened"],
    )
    _followed(first)
    second = begin(first.provider, scene)
    after = max(first.entered, second.entered)
    second.add(
        "case_linked",
        second.between(after, 1, 4),
        refers={"duplicate_of": OfCase(first.number)},
        reason=words.REASONS["duplicate"],
        by_role=second.pick(words.SAFETY),
    )
    return second
