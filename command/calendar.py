"""`candour calendar`: check and adopt the bank holidays by which working days are counted."""

import time
from pathlib import Path

import typer

from command.stack import Stack
from embedded.problems import StartError
from rules.calendar_proposals import CalendarProposal, differences, of_release, proposed, require_fit

_PATIENCE_SECONDS = 60.0


def check(here: Stack | None, file: Path | None) -> None:
    """Prints how it differs from the calendar in force; without a stack, from this release's.

    `file`: this release's where left out. Raises `CalendarRefused` where it is not fit to be adopted.
    """
    one = of_release() if file is None else proposed(file)
    now = of_release() if here is None else _adopted(here)
    _print_difference(now, one)
    if now is not None and one.content != now.content:
        require_fit(one, now)
    print(f"{one.version} is fit to be adopted")


def adopt(here: Stack, file: Path, *, sure: bool) -> bool:
    """Adopts into every partition, after saying what changes; False where the person says no.

    Raises `CalendarRefused`, and StartError for a content that was in force before and has been replaced.
    """
    from producers.adoption import CALENDAR
    from producers.adoption import adopt as put

    one, now = proposed(file), _adopted(here)
    if now is not None and one.content == now.content:
        print(f"{one.version} is in force already; nothing to adopt")
        return True
    if now is not None:
        require_fit(one, now)
    _print_difference(now, one)
    print("Open deadlines are counted again by it; each keeps the date that it had before.")
    if not sure and not typer.confirm("Adopt it in every partition?"):
        print("nothing was adopted")
        return False
    if not put(here.database, CALENDAR, one.version, one.content, by_person=True):
        raise StartError(
            f"{one.version} was adopted before, or is on its way. A calendar that was replaced comes back "
            "under a version of its own: change `version` in the file, and adopt that."
        )
    _await(here, one)
    return True


def _await(here: Stack, one: CalendarProposal) -> None:
    """Until the rules have taken it, as far as the read model shows; later is no harm."""
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while _adopted(here) != one:
        if time.monotonic() > give_up:
            print(f"{one.version} is on its way to the log; the rules have not taken it yet")
            return
        time.sleep(0.2)
    print(f"{one.version} adopted")


def _print_difference(now: CalendarProposal | None, one: CalendarProposal) -> None:
    for line in differences(now.content if now else None, one.content) or ["no difference"]:
        print(f"  {line}")


def _adopted(here: Stack) -> CalendarProposal | None:
    from sinks.database import engine
    from views.reading_policy import adopted_calendar

    store = engine(here.database)
    try:
        with store.connect() as connection:
            found = adopted_calendar(connection)
    finally:
        store.dispose()
    return None if found is None else CalendarProposal(*found)
