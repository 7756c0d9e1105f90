"""Times as a person gives them on the command line."""

from datetime import UTC, datetime

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
