"""When a form was written. A report may be, days before it comes here: a browser keeps what it cannot send.

The form says when it was drawn (`drawn_at`, by the service's clock) and, where a script runs, when somebody
pressed "Send" (`written_at`, by the same clock: what the computer's own clock was off by is taken out).

"Today" is today on the day of writing. And it was *reported* when somebody pressed "Send", not when it came
here, which is the time of recording. That shows on the receipt who spoke up early; and under the contract,
whose days run from the report (law.md §1.9.1), no deadline comes later because we could not be reached. It
rests on a computer's word, so it is believed for `KEPT_MS` only, in which no such deadline can have passed.
What is older, or was sent without a script, counts as reported when it comes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from producers.times import AHEAD_MS, EARLIEST, KEPT_MS
from rules import london
from schemas.event_types import Instant
from views.pages import moments
from views.pages.fields import Errors, Filled

DRAWN_AT, WRITTEN_AT = "drawn_at", "written_at"
MIDNIGHT = "Midnight has passed since this page was opened. Check that this is the day, and send it again."


@dataclass(frozen=True)
class Written:
    """`day`: what "today" means in it; `certain`: whether that is known, and not merely likely."""

    day: date
    reported_at: Instant | None = None
    certain: bool = True


def drawn(now: Instant) -> dict[str, str]:
    """What a form carries unseen, so that "today" stays the day on which it was read."""
    return {DRAWN_AT: moments.text(now)}


def read(filled: Filled, now: Instant) -> Written:
    """The same form gives the same answer whenever it comes within `KEPT_MS`."""
    sent, drawn = (_instant(filled.get(name, "")) for name in (WRITTEN_AT, DRAWN_AT))
    if sent is not None and now - KEPT_MS <= sent <= now + AHEAD_MS:
        return Written(london.day_of(sent), sent)
    day = london.day_of(max((at for at in (sent, drawn) if at is not None and at <= now), default=now))
    return Written(day, certain=day == london.day_of(now))


def dated(filled: Filled, names: Iterable[str], now: Instant) -> tuple[Filled, Errors]:
    """With the date in place of "today" and "yesterday" where those have come to mean another day.

    The errors ask for another look at the days of a form of which it is not certain when it was written.
    """
    written = read(filled, now)
    days = {"today": written.day, "yesterday": written.day - timedelta(days=1)}
    relative = {name: days[filled[name]] for name in names if filled.get(name) in days}
    if written.day == london.day_of(now):
        return filled, {}
    said = dict(filled)
    for name, day in relative.items():
        said |= {
            name: "other",
            f"{name}-d": str(day.day),
            f"{name}-m": str(day.month),
            f"{name}-y": str(day.year),
        }
    return said, {} if written.certain else {f"{name}-d": MIDNIGHT for name in relative}


def _instant(typed: str) -> Instant | None:
    try:
        found = london.instant(datetime.fromisoformat(typed))
    except (ValueError, OverflowError):
        return None
    return found if found >= EARLIEST else None
