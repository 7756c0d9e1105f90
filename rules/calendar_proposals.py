"""Calendars as somebody proposes them: read from a file, and checked beside the one that they would replace.

The file is like `schemas/reference/bank-holidays.json`. Every open deadline is counted again by a calendar
that is adopted, so what a careless hand leaves out must not get that far.
"""

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rules.calendar import Calendar, CalendarRefused, canonical, default_content, parse

FIELDS = ("version", "source", "division", "covers_from", "covers_to", "holidays")
_LIKE = "schemas/reference/bank-holidays.json"


@dataclass(frozen=True)
class CalendarProposal:
    """A calendar that is fit to be adopted, but for what it would replace."""

    version: str
    content: str

    @property
    def calendar(self) -> Calendar:
        return parse(self.content)


def of_release() -> CalendarProposal:
    return CalendarProposal(*default_content())


def proposed(file: Path) -> CalendarProposal:
    """The calendar of a file. Raises `CalendarRefused` that says what is wrong, and the mend."""
    try:
        fields = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CalendarRefused(f"{file}: no JSON that can be read ({error})") from error
    missing = [name for name in FIELDS if name not in fields] if isinstance(fields, dict) else list(FIELDS)
    if missing:
        raise CalendarRefused(f"{file}: {', '.join(missing)} missing; write it like {_LIKE}")
    if fields["division"] != _division():
        raise CalendarRefused(
            f"{file}: division {fields['division']!r} is not {_division()}, by whose days the law here counts"
        )
    content = canonical(fields)
    try:
        parse(content)
    except CalendarRefused as error:
        raise CalendarRefused(f"{file}: {error}") from error
    days = Counter(holiday["date"] for holiday in fields["holidays"])
    twice = [day for day, count in days.items() if count > 1]
    if twice:
        raise CalendarRefused(f"{file}: {twice[0]} is there twice; remove one")
    return CalendarProposal(str(fields["version"]), content)


def require_fit(new: CalendarProposal, old: CalendarProposal) -> None:
    """Raises `CalendarRefused` where `new` must not take the place of `old`, which another content is."""
    mine, other = new.calendar, old.calendar
    if new.version == old.version:
        raise CalendarRefused(
            f"{new.version} is in force with other content; give the new one a version of its own"
        )
    if mine.covers_from > other.covers_from or mine.covers_to < other.covers_to:
        raise CalendarRefused(
            f"{new.version} reaches from {mine.covers_from} to {mine.covers_to}, and the one in force from "
            f"{other.covers_from} to {other.covers_to}: what that counts could not be counted any more"
        )
    least = min(_per_year(other).values())
    for year, count in _per_year(mine).items():
        if count < least:
            raise CalendarRefused(
                f"{new.version}: {year} has {count} bank holidays, and no year of the one in force has fewer "
                f"than {least}; complete the year, or end the coverage before it"
            )


def differences(before: str | None, after: str) -> list[str]:
    """What changes, a line for each: + came, - went, ~ is other."""
    old, new = _said(before), _said(after)
    fields = [
        f"~ {name}: {old.get(name, 'none')} to {new[name]}"
        for name in FIELDS[:-1]
        if old.get(name) != new[name]
    ]
    were, are = _days(old), _days(new)
    gone = [(day, f"- {day} {title}") for day, title in were.items() if day not in are]
    come = [(day, f"+ {day} {title}") for day, title in are.items() if day not in were]
    other = [
        (day, f"~ {day} {were[day]} to {title}")
        for day, title in are.items()
        if were.get(day, title) != title
    ]
    return fields + [line for _, line in sorted(gone + come + other)]


def _per_year(calendar: Calendar) -> Counter[int]:
    """Bank holidays of each year that is covered whole."""
    years = range(calendar.covers_from.year, calendar.covers_to.year + 1)
    whole = {
        year
        for year in years
        if calendar.covers_from <= date(year, 1, 1) and date(year, 12, 31) <= calendar.covers_to
    }
    return Counter(day.year for day in calendar.holidays if day.year in whole)


def _division() -> str:
    return str(_said(of_release().content)["division"])


def _said(content: str | None) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(content) if content else {}
    return said


def _days(said: dict[str, Any]) -> dict[str, str]:
    return {holiday["date"]: str(holiday.get("title", "")) for holiday in said.get("holidays", [])}
