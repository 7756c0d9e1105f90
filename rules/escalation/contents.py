"""What an escalation policy is made of, as its files are written."""

from datetime import date
from typing import Literal

import msgspec

from schemas.escalation_types import Clock
from schemas.event_types import Grade, Kind

GRADES: tuple[Grade, ...] = ("not_known", "none", "low", "moderate", "severe", "fatal")
RANK: dict[str, int] = {grade: rank for rank, grade in enumerate(GRADES)}

RestsOn = Literal[
    "immediate_risk", "harm", "never_event", "potential", "cluster", "repeat_after_alert", "breach", "warning"
]
Task = Literal["commissioner", "overseer", "judge"]
Starts = Literal["identified", "reported", "incident"]


class Sourced(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    source: str
    confidence: str
    note: str = ""


class Trigger(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    title: str
    rests_on: RestsOn
    urgency: int
    kinds: frozenset[Kind]
    inside_only: bool
    again_after_act: bool
    merges: Literal["always", "when_as_grave", "never"]
    next_step: str
    harm: Grade | None = None
    suspected_potential: Grade | None = None
    potential: Grade | None = None
    harm_below: Grade | None = None
    working_days_ahead: int | None = None


class Times(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Each in minutes by the clock, or in working days."""

    acknowledge_minutes: int | None = None
    acknowledge_working_days: int | None = None
    act_minutes: int | None = None
    act_working_days: int | None = None


class Urgency(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """1 is the most urgent. A level above the last one listed has the times of the last one."""

    number: int
    title: str
    wakes: bool
    level: tuple[Times, ...]

    def times(self, level: int) -> Times:
        return self.level[min(level, len(self.level)) - 1]


class Level(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Inside the provider: a role by office hours and one on call. Outside: a body."""

    office: str = ""
    on_call: str = ""
    body: Task | None = None
    next_step: str = ""
    informed: tuple[Task, ...] = ()


class Route(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    provider_types: frozenset[str]
    level: tuple[Level, ...]

    @property
    def inside(self) -> int:
        return sum(level.body is None for level in self.level)


class Body(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: str
    name: str
    task: Task
    provider_types: frozenset[str]
    valid_from: date
    valid_to: date | None = None


class SeriousClock(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A time set by a framework, for these grades and investigations (empty: for all); no figure, no time."""

    name: Clock
    title: str
    starts: Starts
    owner_role: str
    grades: frozenset[str] = frozenset()
    investigations: frozenset[str] = frozenset()
    hours: int | None = None
    working_days: int | None = None
    weeks: int | None = None
    months: int | None = None
    monthly_by_day: int | None = None

    def fits(self, grade: str, investigation: str) -> bool:
        return (not self.grades or grade in self.grades) and (
            not self.investigations or investigation in self.investigations
        )


class MustFinish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    grade: str
    investigation: str


class NeverEventGrade(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    title: str
    grade: str


class Framework(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A version of the serious-incident framework, chosen by the day on which the incident is declared."""

    id: str
    title: str
    basis: Literal["expectation"]
    status: Literal["in_force", "proposed"]
    valid_from: date
    valid_to: date | None = None
    grades: frozenset[str]
    closes_on_complete_report: bool
    actions_must_finish: tuple[MustFinish, ...]
    delog_needs_commissioner: bool
    never_event: NeverEventGrade | None = None
    clock: tuple[SeriousClock, ...]

    def clock_for(self, name: Clock, grade: str, investigation: str) -> SeriousClock | None:
        """An independent investigation has its own time, whatever its grade."""
        fitting = [one for one in self.clock if one.name == name and one.fits(grade, investigation)]
        return max(fitting, key=lambda one: len(one.investigations) == 1, default=None)


class Readings(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: str
    future_tolerance_minutes: int
    office_from_hour: int
    office_to_hour: int


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    readings: Readings
    triggers: tuple[Trigger, ...]
    urgencies: tuple[Urgency, ...]
    routes: tuple[Route, ...]
    bodies: tuple[Body, ...]
    frameworks: tuple[Framework, ...]
