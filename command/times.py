"""Times as a person gives them on the command line."""

from datetime import UTC, date, datetime

import typer


def as_of(text: str) -> datetime:
    """RFC 3339 with any offset, in UTC."""
    try:
        given = datetime.fromisoformat(text)
    except ValueError:
        given = None
    if given is None or given.tzinfo is None or len(text) < len("2014-01-09T00:00Z"):
        raise typer.BadParameter(
            f"{text!r} is not a time with an offset, such as 2014-01-09T00:00:30Z or +01:00"
        )
    return given.astimezone(UTC)


def day(text: str) -> date:
    """A day in the calendar, as 2013-04-01."""
    try:
        return date.fromisoformat(text) if len(text) == len("2013-04-01") else _no_day(text)
    except ValueError:
        return _no_day(text)


def _no_day(text: str) -> date:
    raise typer.BadParameter(f"{text!r} is not a day, such as 2013-04-01")
