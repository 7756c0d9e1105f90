"""Law.md §4 a second time, over the whole history at once. Knows nothing of decide, evolve, or the policy."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from schemas import event_types as events
from schemas.event_types import CaseEvent, CaseFacts, Record
from schemas.never_event_events import NeverEventConfirmed, NeverEventRejected
from tests.generative.repeats import first_heard

LISTS = {  # first and last day of occurrence, and how many types
    "2009": (date(2009, 4, 1), date(2010, 3, 31), 8),
    "2010": (date(2010, 4, 1), date(2011, 3, 31), 8),
    "2011": (date(2011, 4, 1), date(2015, 3, 31), 25),
    "2015": (date(2015, 4, 1), date(2018, 1, 31), 14),
    "2018": (date(2018, 2, 1), date(9999, 1, 1), 16),
}
UNGATED_2011 = {1, 2, 3, 6, 14}
DEATH_ONLY = {("2009", 5), ("2009", 7), ("2010", 5), ("2010", 7), ("2011", 25)}
EXCLUDED = {
    ("2011", 1, "wrong_site_block"),
    ("2011", 1, "unknown_anatomical_abnormality"),
    ("2015", 1, "unknown_anatomical_abnormality"),
}
NO_TOOTH_FROM = date(2021, 4, 1)
MENDED = (
    events.Reported,
    events.Enriched,
    events.HarmRegraded,
    events.EventRetracted,
    events.CaseLinked,
    NeverEventConfirmed,
    NeverEventRejected,
)


def counted(log: Sequence[Record]) -> bool:
    """Whether the one case of this log stands as a counted never event at its end."""
    heard = first_heard(log)
    mistakes = {one.retracted_event_id for one in heard if isinstance(one, events.EventRetracted)}
    reports = {one.event_id for one in heard if isinstance(one, events.Reported)}
    undone_at = max((place for place, one in enumerate(heard) if _undoes(one, reports)), default=-1)
    standing = [(place, one) for place, one in enumerate(heard) if one.event_id not in mistakes]
    if any(isinstance(one, events.CaseLinked) and one.side == "duplicate" for _, one in standing):
        return False
    decisions = [
        one
        for place, one in standing
        if isinstance(one, NeverEventConfirmed | NeverEventRejected)
        and place > undone_at
        and one.at <= one.recorded_at + 600_000
    ]
    facts = [one.facts for one in heard if isinstance(one, MENDED)][-1]
    last = decisions[-1] if decisions else None
    return isinstance(last, NeverEventConfirmed) and _meets(last, facts)


def _undoes(one: CaseEvent, reports: set[str]) -> bool:
    return isinstance(one, events.EventRetracted) and one.retracted_event_id in reports


def _meets(named: NeverEventConfirmed, facts: CaseFacts) -> bool:
    if facts.occurred_at is None or named.list_version not in LISTS:
        return False
    first, last, types = LISTS[named.list_version]
    day = london_day(facts.occurred_at)
    if not (first <= day <= last and 1 <= named.type_no <= types):
        return False
    key = named.list_version, named.type_no
    if key == ("2018", 16) or (*key, named.subtype) in EXCLUDED:
        return False
    if key == ("2018", 1) and named.subtype == "wrong_tooth" and day >= NO_TOOTH_FROM:
        return False
    grades = {grade for one in facts.patients for grade in (one.physical, one.psychological)}
    if key in DEATH_ONLY:
        return "fatal" in grades
    gated = named.list_version == "2011" and named.type_no not in UNGATED_2011
    return not gated or bool(grades & {"severe", "fatal"})


def london_day(instant: int) -> date:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant)
    return moment.astimezone(ZoneInfo("Europe/London")).date()
