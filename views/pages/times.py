"""Times as people read them: London time with GMT or BST, and how long something has been."""

from datetime import date, datetime

from rules import london
from schemas.event_types import Instant

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
WEEK_DAYS = 7


def read(text: str | Instant) -> Instant:
    """RFC 3339, as the API writes times, or an instant as it is."""
    return text if isinstance(text, int) else london.instant(datetime.fromisoformat(text))


def when(text: str | Instant | None) -> str:
    """`8 Jan 2014, 23:59 GMT`; `not known` for None."""
    if text is None:
        return "not known"
    moment = london.at(read(text))
    return f"{moment.day} {moment:%b %Y, %H:%M %Z}"


def exactly(text: str | Instant | None) -> str:
    """`Wed 8 Jan 2014, 23:59:59 GMT`: for what is decided by the second."""
    if text is None:
        return "not known"
    moment = london.at(read(text))
    return f"{moment:%a} {moment.day} {moment:%b %Y, %H:%M:%S %Z}"


def day(text: str | Instant | None) -> str:
    return "not known" if text is None else london.day_in_words(read(text))


def plain_day(text: str) -> str:
    """A calendar day, `2014-04-01`, as `1 April 2014`."""
    one = date.fromisoformat(text)
    return f"{one.day} {one:%B %Y}"


def clock(text: str | Instant) -> str:
    """`23:59:59 GMT`"""
    return f"{london.at(read(text)):%H:%M:%S %Z}"


def long(milliseconds: int) -> str:
    """`12 days`, `3 days 4 hours`, `2 hours 5 minutes`, `less than a minute`: as fine as it matters."""
    days, rest = divmod(max(0, milliseconds), DAY)
    hours, rest = divmod(rest, HOUR)
    minutes = rest // MINUTE
    if days:
        return _counted(days, "day") + (f" {_counted(hours, 'hour')}" if hours and days < WEEK_DAYS else "")
    if hours:
        return _counted(hours, "hour") + (f" {_counted(minutes, 'minute')}" if minutes else "")
    return _counted(minutes, "minute") if minutes else "less than a minute"


def _counted(number: int, unit: str) -> str:
    return f"{number:,} {unit}{'' if number == 1 else 's'}"


def since(start: str | Instant, now: str | Instant) -> str:
    return long(read(now) - read(start))


def left(limit: str | Instant, now: str | Instant, *, law: bool = True) -> str:
    """`3 days 4 hours left` or `2 hours over`; the due second itself is still in time.

    Where the limit is no law but a target, nothing is over: `2 hours past the target`.
    """
    distance = read(limit) - read(now)
    if distance > -london.SECOND:
        return f"{long(distance)} {'left' if law else 'to the target'}"
    return f"{long(-distance)} {'over' if law else 'past the target'}"


def input(instant: Instant) -> str:
    """As a browser's own date-and-time input wants it: London's wall time, no offset."""
    return f"{london.at(instant):%Y-%m-%dT%H:%M:%S}"
