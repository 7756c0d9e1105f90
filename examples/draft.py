"""One report in the making, with what is recorded after it, in London wall time."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
SATURDAY = 5
Body = dict[str, Any]


def written(moment: datetime) -> str:
    """RFC 3339 with London's offset of that day, to the second."""
    return moment.astimezone(LONDON).replace(microsecond=0).isoformat()


def add_days(moment: datetime, days: float) -> datetime:
    """That many days later by the clock on the wall."""
    return (moment.astimezone(LONDON).replace(tzinfo=None) + timedelta(days=days)).replace(tzinfo=LONDON)


@dataclass
class Draft:
    """`reported` is when the report came in; follow-ups are dated by days after it."""

    random: Random
    report: Body
    reported: datetime
    events: list[Body] = field(default_factory=list)
    about: Body = field(default_factory=dict)  # the patient and provider that follow-ups name
    latest: datetime | None = None
    link: str | None = None  # a name shared by reports of one incident

    def day(self, days: int) -> datetime:
        """In working hours, on a weekday, that many days after the report, and after what came before."""
        moment = add_days(self.reported, days)
        while moment.weekday() >= SATURDAY:
            moment = add_days(moment, 1)
        hour, minute = self.random.randrange(9, 15), self.random.randrange(0, 60, 5)
        moment = moment.replace(hour=hour, minute=minute, second=0)
        if self.latest is not None and moment <= self.latest:  # two days that a weekend has made one
            moment = self.latest + timedelta(minutes=self.random.randrange(5, 40, 5))
        self.latest = moment
        return moment

    def turn_to(self, **about: str) -> None:
        """What follows is about this patient or provider; their days begin anew."""
        self.about, self.latest = about, None

    def add(self, kind: str, moment: datetime, **fields: Any) -> None:
        self.events.append({"type": kind, "at": written(moment), **self.about, **fields})
