"""One case in the making: what is entered, when, and what it refers to. Times are London wall time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any

from producers.simulation.plan import Participant
from rules.calendar import Calendar
from rules.london import LONDON, instant
from schemas.event_types import Instant

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class OfCase:
    """The id of another case of the simulation, by its number."""

    case: int


@dataclass(frozen=True, slots=True)
class OfEvent:
    """The id of what was entered as the n-th about this case; the report is number 0."""

    number: int


@dataclass(frozen=True, slots=True)
class OfObligation:
    duty: str
    instrument: str
    patient: str = "p1"


@dataclass(frozen=True, slots=True)
class OfEntry:
    """The entry of this case in the ledger of never events."""


@dataclass(frozen=True, slots=True)
class OfEscalation:
    """The id of an escalation of this case; `about`: what it is about, None for the case."""

    trigger: str
    about: OfObligation | OfEntry | None = None


Reference = OfCase | OfEvent | OfObligation | OfEntry | OfEscalation


@dataclass(frozen=True, slots=True)
class Action:
    """A body that is entered at `when`; the fields in `refers` get their ids once those are known."""

    when: Instant
    case: int
    number: int
    provider: str
    body: Body
    refers: Mapping[str, Reference] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return "report" if self.number == 0 else str(self.body["type"])


@dataclass
class Draft:
    """A case, its report entered at `entered`. `told` is when somebody told the family, if anybody did.

    `breached`: nobody did in time. `findings_due`: when findings should have been shared that were not.
    """

    number: int
    random: Random
    provider: Participant
    calendar: Calendar
    report: Body
    occurred: datetime
    noticed: datetime
    reported: datetime
    entered: datetime
    grade: str = "none"
    told: datetime | None = None
    breached: bool = False
    findings_due: datetime | None = None
    actions: list[Action] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.actions.append(Action(instant(self.entered), self.number, 0, self.provider.code, self.report))

    def add(
        self,
        kind: str,
        at: datetime | None,
        *,
        entered: datetime | None = None,
        refers: Mapping[str, Reference] | None = None,
        **said: Any,
    ) -> int:
        """Gives the number of what was added. `entered`: when it was recorded, if not at once.

        `at` None: whenever it is recorded.
        """
        body: Body = {"type": kind, **({} if at is None else {"at": written(at)}), **said}
        when = entered or at
        if when is None:
            raise ValueError(f"{kind} is entered at no time")
        number = len(self.actions)
        when = max(when, self.entered)
        self.actions.append(
            Action(instant(when), self.number, number, self.provider.code, body, dict(refers or {}))
        )
        return number

    @property
    def about(self) -> Body:
        """Whom a follow-up is about: the first patient, where the report has several."""
        return {"patient": "p1"} if len(self.report.get("patients") or ()) > 1 else {}

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def office(self, after: datetime, working_days: int) -> datetime:
        """A moment between nine and half past four on the n-th working day after that of `after`.

        0: on the same day, if there is time left in office hours; else on the next.
        """
        soon = later(after, timedelta(minutes=self.random.randrange(5, 40)))
        if working_days <= 0 and 9 <= soon.hour < 17 and self.calendar.is_working_day(soon.date()):
            return soon
        days = max(working_days, 1)
        day = self.calendar.after(after.date(), days) or after.date() + timedelta(days=days)
        return at_time(day, 9 * 60 + self.random.randrange(0, 91) * 5)

    def between(self, after: datetime, fewest: int, most: int) -> datetime:
        """In office hours, a number of working days from `fewest` to `most` later."""
        return self.office(after, self.random.randint(fewest, most))

    def pick(self, words: tuple[str, ...]) -> str:
        return self.random.choice(words)


def at_time(day: date, minutes: int) -> datetime:
    """So many minutes after midnight on the wall; an hour that the spring leaves out is the next one."""
    return datetime.combine(day, time(minutes // 60, minutes % 60), LONDON).astimezone(UTC).astimezone(LONDON)


def later(moment: datetime, span: timedelta) -> datetime:
    """In elapsed time: by the clock on the wall an hour would be missing or double twice a year."""
    return (moment.astimezone(UTC) + span).astimezone(LONDON)


def written(moment: datetime) -> str:
    """RFC 3339 with London's offset of that day, to the second."""
    return moment.replace(microsecond=0).isoformat()
