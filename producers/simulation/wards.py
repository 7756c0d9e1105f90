"""What detectors look for: harm that gathers on a ward, a ward gone silent, duties closed in bulk."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from random import Random

from producers.simulation import words
from producers.simulation.draft import Draft, at_time
from producers.simulation.plan import Participant, Plan
from producers.simulation.reports import Scene

BAD_WARD, SILENT_WARD = "Willow ward", "Cedar unit"
_CLUSTER_BEGINS, _CLUSTER_DAYS, _CLUSTER = 0.35, 18, 13
_RETURN_BEGINS, _RETURN = 0.55, 9
_SILENT_FROM, _SILENT_TO = 0.60, 0.80
_BULK_AT, _BULK, _BULK_SINCE_DAYS = 0.70, 14, 150
_TYPE = "accident"


def cluster(plan: Plan) -> Iterator[tuple[Participant, Scene]]:
    """Falls with harm on one ward of the first hospital within three weeks, and again some months later."""
    provider = _first(plan, "nhs_trust") or _first(plan, "nhs_foundation_trust")
    if provider is None:
        return
    random = Random(f"{plan.seed}|cluster")
    for begins, count in ((_CLUSTER_BEGINS, _CLUSTER), (_RETURN_BEGINS, _RETURN)):
        first = _day(plan, begins)
        for _ in range(count):
            day = min(first + timedelta(days=random.randrange(_CLUSTER_DAYS)), plan.last)
            occurred = at_time(day, random.choice((2, 5, 6, 22, 23)) * 60 + random.randrange(60))
            grade = random.choices(("low", "moderate", "severe"), (2, 5, 2))[0]
            yield provider, Scene(occurred, grade=grade, ward=BAD_WARD, incident_type=_TYPE, at_once=True)


def silent(plan: Plan, provider: Participant, ward: str, day: date) -> bool:
    """Whether nothing is reported from there on that day, though things happen."""
    quiet = _first(plan, "nhs_foundation_trust")
    if quiet is None or provider.code != quiet.code or ward != SILENT_WARD:
        return False
    return _day(plan, _SILENT_FROM) <= day < _day(plan, _SILENT_TO)


def close_in_bulk(plan: Plan, drafts: Sequence[Draft]) -> None:
    """One afternoon a foundation trust stands down what it had never told anybody about, case after case."""
    provider = _first(plan, "nhs_foundation_trust")
    first = at_time(_day(plan, _BULK_AT), 14 * 60)
    when = first + timedelta(days=(7 - first.weekday()) % 7)  # the next Monday
    waiting = [
        draft
        for draft in drafts
        if provider is not None
        and draft.provider.code == provider.code
        and (draft.breached or draft.grade == "moderate")
        and first - timedelta(days=_BULK_SINCE_DAYS) < draft.entered < first
        and (draft.told is None or draft.told > when)
    ]
    for minutes, draft in enumerate(waiting[:_BULK]):
        draft.add(
            "obligation_stood_down",
            when + timedelta(minutes=4 * minutes),
            **draft.about,
            never_notifiable=False,
            reason=words.REASONS["stood_down"],
            by_role="risk lead",
            second_person_role="clinical director",
        )


def _day(plan: Plan, share: float) -> date:
    return plan.days[int(len(plan.days) * share)]


def _first(plan: Plan, kind: str) -> Participant | None:
    return next((one for one in plan.participants if one.type == kind), None)
