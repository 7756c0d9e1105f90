"""Working days in England: a day other than a Saturday, a Sunday or a bank holiday (law.md §2).

The calendar is data with a coverage. Beyond it nothing is known, and nothing is guessed.
"""

import hashlib
import json
from bisect import bisect_left, bisect_right
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from rules.london import day_of, first_second, last_second
from schemas.event_types import Instant

SOURCE = Path(__file__).parent.parent / "schemas" / "reference" / "bank-holidays.json"
SATURDAY = 5


class CalendarRefused(ValueError):
    """The calendar is not fit to count by; the message says why."""


class Calendar:
    """One version of the calendar. The day of the trigger is day nought; day 1 is the next working day."""

    def __init__(self, version: str, covers_from: date, covers_to: date, holidays: frozenset[date]) -> None:
        self.version = version
        self.covers_from = covers_from
        self.covers_to = covers_to
        self.holidays = holidays
        length = (covers_to - covers_from).days + 1
        days = (covers_from + timedelta(days=n) for n in range(length))
        self._working = [day for day in days if day.weekday() < SATURDAY and day not in holidays]
        self._due = lru_cache(maxsize=16384)(
            self._count
        )  # one calendar counts the same few days over and over

    def is_working_day(self, day: date) -> bool:
        index = bisect_left(self._working, day)
        return index < len(self._working) and self._working[index] == day

    def after(self, day: date, working_days: int) -> date | None:
        """The n-th working day after `day`; None where the calendar does not reach."""
        if not self.covers_from <= day <= self.covers_to:
            return None
        index = bisect_right(self._working, day) + working_days - 1
        return self._working[index] if index < len(self._working) else None

    def before(self, day: date, working_days: int) -> date | None:
        """The n-th working day before `day`; None where the calendar does not reach."""
        if not self.covers_from <= day <= self.covers_to:
            return None
        index = bisect_left(self._working, day) - working_days
        return self._working[index] if index >= 0 else None

    def between(self, first: date, last: date) -> int:
        """Working days after `first` up to and with `last`; negative the other way round."""
        if last < first:
            return -self.between(last, first)
        return bisect_right(self._working, last) - bisect_right(self._working, first)

    def due(self, start: Instant, working_days: int) -> Instant | None:
        """23:59:59 London on day n after the day of `start`; None where the calendar does not reach."""
        return self._due(day_of(start), working_days)

    def ahead(self, due: Instant, working_days: int) -> Instant | None:
        """The first second of the n-th working day before the day of `due`."""
        day = self.before(day_of(due), working_days)
        return None if day is None else first_second(day)

    def _count(self, day: date, working_days: int) -> Instant | None:
        counted = self.after(day, working_days)
        return None if counted is None else last_second(counted)

    def describe(self) -> str:
        return f"The calendar {self.version} reaches from {self.covers_from} to {self.covers_to}"


@lru_cache(maxsize=64)
def parse(content: str) -> Calendar:
    """A calendar from its adopted content (JSON). Raises `CalendarRefused`."""
    try:
        fields: dict[str, Any] = json.loads(content)
        covers_from = date.fromisoformat(fields["covers_from"])
        covers_to = date.fromisoformat(fields["covers_to"])
        holidays = frozenset(date.fromisoformat(holiday["date"]) for holiday in fields["holidays"])
        version = str(fields["version"])
        source = str(fields["source"])
    except (ValueError, KeyError, TypeError) as error:
        raise CalendarRefused(f"not a calendar: {error!r}") from error
    if not version or not source:
        raise CalendarRefused("a calendar needs a version and a source")
    if covers_to < covers_from:
        raise CalendarRefused(f"{version}: covers_to {covers_to} lies before covers_from {covers_from}")
    outside = sorted(day for day in holidays if not covers_from <= day <= covers_to)
    if outside:
        raise CalendarRefused(f"{version}: {outside[0]} lies outside the coverage")
    years = {day.year for day in holidays}
    bare = [year for year in range(covers_from.year, covers_to.year + 1) if year not in years]
    if bare:
        raise CalendarRefused(
            f"{version}: no bank holiday in {bare[0]}, though the calendar claims to cover it"
        )
    return Calendar(version, covers_from, covers_to, holidays)


def canonical(content: dict[str, Any]) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def fingerprint(content: str) -> str:
    """SHA-256 of the content, in hex."""
    return hashlib.sha256(content.encode()).hexdigest()


def default_content() -> tuple[str, str]:
    """Version and content of the calendar that is pinned here."""
    fields = json.loads(SOURCE.read_text(encoding="utf-8"))
    return fields["version"], canonical(fields)
