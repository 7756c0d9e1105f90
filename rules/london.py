"""London time: which day an instant falls on, when a day ends, and how a time is written for people.

Instants are whole milliseconds since 1970-01-01T00:00:00Z; days are calendar days in Europe/London.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from schemas.event_types import Instant

LONDON = ZoneInfo("Europe/London")
SECOND = 1000
HOUR = 3600 * SECOND
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def at(instant: Instant) -> datetime:
    """The instant as London wall time, with its offset."""
    return (_EPOCH + timedelta(milliseconds=instant)).astimezone(LONDON)


def instant(moment: datetime) -> Instant:
    """Raises `ValueError` for a time without an offset: it could mean two instants."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} says no offset from UTC; write for instance …T09:00:00Z")
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def day_of(when: Instant) -> date:
    return _day_of_hour(when // HOUR)


@lru_cache(maxsize=65536)
def _day_of_hour(hour: int) -> date:
    return at(hour * HOUR).date()  # the offset of London changes on the hour, by the hour


@lru_cache(maxsize=4096)
def first_second(day: date) -> Instant:
    return instant(datetime.combine(day, time.min, LONDON))


@lru_cache(maxsize=4096)
def last_second(day: date) -> Instant:
    """23:59:59 of that day: the last second in time for what is due on it."""
    return instant(datetime.combine(day, time(23, 59, 59), LONDON))


def in_time(when: Instant, due: Instant) -> bool:
    """Whether something dated then is not later than the due second; the very second is in time."""
    return when < due + SECOND


def passed(as_of: Instant, due: Instant) -> bool:
    """Whether the due second lies wholly behind."""
    return as_of >= due + SECOND


@lru_cache(maxsize=65536)
def in_words(when: Instant) -> str:
    """`Wednesday 8 January 2014 at 23:59 GMT`"""
    moment = at(when)
    return f"{moment:%A} {moment.day} {moment:%B %Y} at {moment:%H:%M %Z}"


def day_in_words(when: Instant) -> str:
    moment = at(when)
    return f"{moment.day} {moment:%B %Y}"
