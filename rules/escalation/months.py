"""Months of the calendar, in London days."""

from calendar import monthrange
from collections.abc import Iterator
from datetime import date

from rules.london import day_of, last_second
from schemas.event_types import Instant


def after_months(start: Instant, months: int) -> Instant:
    """The last second of the same day so many months on, or of that month's last day."""
    day = day_of(start)
    return last_second(_on(day.year, day.month + months, day.day))


def updates_due(start: Instant, by_day: int) -> Iterator[tuple[Instant, Instant, Instant]]:
    """For each month's `by_day` after `start`, without end: (the one before or `start`, it, the next)."""
    day = day_of(start)
    month = day.month if day.day < by_day else day.month + 1
    before = start - 1
    while True:
        due, following = (last_second(_on(day.year, month + more, by_day)) for more in (0, 1))
        yield before, due, following
        before, month = due, month + 1


def _on(year: int, month: int, day: int) -> date:
    """`month` counts on beyond December."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, min(day, monthrange(year, month)[1]))
