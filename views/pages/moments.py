"""A time as people know it: today, yesterday or another day, a time or only roughly, or not sure at all."""

from datetime import date, datetime, time, timedelta

from producers.body_types import EARLIEST_BIRTH
from producers.times import AHEAD_MS
from rules import london
from schemas.event_types import Instant
from views.pages.fields import Errors, Filled

# Where only the part of the day is known, the side of it is taken that makes nothing look better than it was:
# the start for what set a clock going, the end (but not later than now) for what somebody did about it.
PARTS_OF_DAY = {
    "night": ("Night (midnight to 6am)", time(0), time(6)),
    "morning": ("Morning (6am to midday)", time(6), time(12)),
    "afternoon": ("Afternoon (midday to 6pm)", time(12), time(18)),
    "evening": ("Evening (6pm to midnight)", time(18), time(23, 59, 59)),
    "any": ("Any time that day", time(0), time(23, 59, 59)),
}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


class Unclear(Exception):
    """The time cannot be read; `errors` says how to mend it, by input."""

    def __init__(self, errors: Errors) -> None:
        super().__init__(" ".join(errors.values()))
        self.errors = errors


def read(
    filled: Filled,
    name: str,
    now: Instant,
    *,
    not_before: Instant | None = None,
    deed: bool = False,
    ahead: bool = False,
) -> Instant | None:
    """The time typed into the inputs `NAME`, `NAME-d`, `-m`, `-y`, `-time`, `-roughly`; None for "not sure".

    `deed`: it is when somebody did something about it. `ahead`: it is until when something holds, and may lie
    ahead. `not_before` lifts a rough time that would begin earlier, as when something was noticed "in the
    morning" of the hour at which it happened.

    Raises:
        Unclear: the day or the time cannot be read, or lies ahead.
    """
    choice = filled.get(name, "")
    if choice in ("", "not_sure"):
        return None
    typed, roughly = filled.get(f"{name}-time", "").strip(), filled.get(f"{name}-roughly", "")
    errors: Errors = {}
    day = _day(filled, name, choice, london.day_of(now), errors)
    clock = _time(typed, name, errors) if typed else None
    if day is None or errors:
        raise Unclear(errors)
    if clock is not None:
        found = london.instant(datetime.combine(day, clock, london.LONDON))
    else:
        _, start, end = PARTS_OF_DAY.get(roughly, PARTS_OF_DAY["any"])
        found = london.instant(datetime.combine(day, start, london.LONDON))
        last = london.instant(datetime.combine(day, end, london.LONDON))
        if ahead:
            found = last
        elif deed and found <= now:
            found = min(last, now)
        elif not_before is not None and found < not_before <= last:
            found = not_before
    if found > now + AHEAD_MS and not ahead:
        part = f"{name}-time" if typed else name
        raise Unclear({part: "This time is in the future. Enter when it took place, in London time."})
    return found


def text(instant: Instant) -> str:
    """RFC 3339 in London's offset, as the API reads it."""
    return london.at(instant).isoformat()


def _day(filled: Filled, name: str, choice: str, today: date, errors: Errors) -> date | None:
    if choice in ("today", "yesterday"):
        return today if choice == "today" else today - timedelta(days=1)
    day, month, year = (filled.get(f"{name}-{part}", "").strip() for part in "dmy")
    absent = [word for word, part in (("day", day), ("month", month), ("year", year)) if not part]
    if absent:
        message = f"The date must include a {' and a '.join(absent)}, or choose “Not sure”."
        errors[f"{name}-{absent[0][0]}"] = message
        return None
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), _month(month), int(day))
    except ValueError:
        errors[f"{name}-d"] = "Enter a real date, for example 27 3 2026."
        return None


def _month(typed: str) -> int:
    return int(typed) if typed.isascii() and typed.isdigit() else MONTHS.index(typed[:3].lower()) + 1


def _time(typed: str, name: str, errors: Errors) -> time | None:
    digits = typed.replace(".", ":").replace(" ", "").lower()
    if digits.isdigit() and len(digits) == 4:
        digits = f"{digits[:2]}:{digits[2:]}"
    for pattern in ("%H:%M", "%I:%M%p", "%I%p"):
        try:
            return datetime.strptime(digits, pattern).time()  # noqa: DTZ007 (a wall time has no zone yet)
        except ValueError:
            continue
    errors[f"{name}-time"] = "Enter the time like 14:30 or 2:30pm, or leave it empty."
    return None


def birth_date(typed: str) -> str:
    """`27/03/1958`, `27 March 1958` or `1958-03-27` as `1958-03-27`; raises ValueError, for `58` too."""
    parts = typed.replace("/", " ").replace("-", " ").replace(".", " ").split()
    if len(parts) != 3:
        raise ValueError(typed)
    day, month, year = parts[::-1] if len(parts[0]) == 4 else parts
    found = date(int(year), _month(month), int(day))
    if found.year < EARLIEST_BIRTH:
        raise ValueError(typed)
    return found.isoformat()
