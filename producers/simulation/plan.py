"""What is to be simulated: who takes part, from when to when, and how much."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from producers.simulation.volumes import volumes
from rules import calendar
from rules.calendar import Calendar
from rules.london import LONDON, instant
from schemas.event_types import Instant

FIRST_HOUR, LAST_HOUR = 7, 22
"""Between these the clock ticks. What people do about a duty lies between them too, so that nothing that was
done before a midnight is recorded after it by the simulation alone."""

_HOSPITAL = (
    "Ash ward", "Birch ward", "Cedar unit", "Day surgery", "Emergency department", "Elm ward",
    "Maternity unit", "Outpatients", "Short stay unit", "Theatre 1", "Theatre 3", "Willow ward",
)  # fmt: skip
WARDS = {
    "nhs_trust": _HOSPITAL,
    "nhs_foundation_trust": _HOSPITAL,
    "special_health_authority": ("Issue desk", "Laboratory"),
    "independent_hospital": ("Floor 2", "Theatre 1", "Outpatients", "Day unit"),
    "care_home": ("Garden wing", "Upper corridor", "Dining room"),
    "gp_practice": ("Treatment room", "Reception"),
    "dental_practice": ("Surgery 1", "Surgery 2"),
    "other": ("At home", "Inpatient unit"),
}
_THEATRES = ("nhs_trust", "nhs_foundation_trust", "independent_hospital")


class PlanRefused(ValueError):
    """This cannot be simulated; the message says why, and what can."""


@dataclass(frozen=True)
class Participant:
    """A provider of the directory, as it is on the first day."""

    code: str
    type: str
    scheme_member: bool
    nhs_contract: bool

    @property
    def wards(self) -> tuple[str, ...]:
        return WARDS[self.type]

    @property
    def has_theatre(self) -> bool:
        return self.type in _THEATRES


@dataclass(frozen=True)
class Plan:
    """`first` and `last` are London days, both included; `reports` and `never_events` are means."""

    participants: tuple[Participant, ...]
    first: date
    last: date
    seed: int
    reports: float = 80.0
    """Per provider and month."""
    never_events: float = 6.0
    """Per provider and year. In 2013/14 a provider had one or two, and the most that any had was about nine;
    with few providers a release would be all but empty at that rate."""
    ticks_a_day: int = 4
    calendar: Calendar = field(default_factory=lambda: calendar.parse(calendar.default_content()[1]))

    def __post_init__(self) -> None:
        if not self.participants:
            raise PlanRefused("no provider takes part; --provider-count must be at least 1")
        if self.last < self.first:
            raise PlanRefused(f"--to {self.last} lies before --from {self.first}")
        earliest = max(min(volumes().never_event_lists.values()), self.calendar.covers_from)
        if self.first < earliest or self.last > self.calendar.covers_to - timedelta(days=366):
            latest = self.calendar.covers_to - timedelta(days=366)
            raise PlanRefused(
                f"{self.first} to {self.last} is not within {earliest} to {latest}, for which both a list of "
                "never events and the bank holidays are known"
            )
        if self.reports < 0 or self.never_events < 0:
            raise PlanRefused("there cannot be fewer than no reports")
        if not 1 <= self.ticks_a_day <= 60:
            raise PlanRefused(f"--ticks-per-day is {self.ticks_a_day}; it may be 1 to 60")

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1))

    def ticks(self) -> tuple[Instant, ...]:
        """When the clock ticks: on each day from 07:00 to 22:00 London, and once when the last is over."""
        over = datetime.combine(self.last + timedelta(days=1), time.min, LONDON)
        return (*(tick for day in self.days for tick in _ticks_of(day, self.ticks_a_day)), instant(over))

    def name(self) -> str:
        """The same for the same histories: what a second run with it knows the first by."""
        codes = ",".join(one.code for one in self.participants)
        parts = (self.seed, self.first, self.last, codes, self.reports, self.never_events, self.ticks_a_day)
        return "|".join(str(part) for part in parts)


@lru_cache(maxsize=4)
def _minutes(count: int) -> tuple[int, ...]:
    first, last = FIRST_HOUR * 60, LAST_HOUR * 60
    return tuple(last - (last - first) * n // max(count - 1, 1) for n in reversed(range(count)))


def _ticks_of(day: date, count: int) -> tuple[Instant, ...]:
    return tuple(
        instant(datetime.combine(day, time(minute // 60, minute % 60), LONDON)) for minute in _minutes(count)
    )
