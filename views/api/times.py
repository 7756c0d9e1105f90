"""Times in JSON: RFC 3339, in UTC; due and target times, which are London's, with London's offset."""

from datetime import UTC, datetime, timedelta

from producers.refusals import Fault, Refused, wrong
from rules import london
from schemas.event_types import Instant

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EARLIEST = london.instant(datetime(1, 1, 2, tzinfo=UTC))
_LATEST = london.instant(datetime(9999, 12, 30, tzinfo=UTC))


def utc(when: Instant | None) -> str | None:
    """`2014-01-09T00:00:30Z`; milliseconds only where there are any."""
    if when is None:
        return None
    text = (_EPOCH + timedelta(milliseconds=when)).isoformat(
        timespec="milliseconds" if when % 1000 else "seconds"
    )
    return text.replace("+00:00", "Z")


def london_time(when: Instant | None) -> str | None:
    """`2014-01-08T23:59:59+00:00`"""
    return None if when is None else london.at(when).isoformat()


def parse(field: str, text: str | None) -> Instant | None:
    """Raises `Refused` (422) that names the field."""
    if text is None or not text.strip():
        return None
    # In a query a plus sign means a space; most people do not know that.
    written = text.strip().replace(" ", "+") if "T" in text else text.strip()
    try:
        when = london.instant(datetime.fromisoformat(written))
    except (ValueError, OverflowError):
        raise _refused(field, text) from None
    if not _EARLIEST <= when <= _LATEST:
        raise _refused(field, text)
    return when


def require_known(as_at: Instant | None, since: Instant) -> None:
    """Raises `Refused` (404) for a time before the case was recorded."""
    if as_at is not None and as_at < since:
        detail = f"This case was recorded at {utc(since)}."
        raise Refused(
            404, "Not known then", [Fault("/as_at", detail, "Ask for a later time, or leave as_at out.")]
        )


def _refused(field: str, text: str) -> Refused:
    mend = "Write it with an offset from UTC, for instance 2014-01-09T00:01:00Z."
    return wrong(f"/{field}", f"{text[:60]!r} is not a time that can be understood.", mend)
