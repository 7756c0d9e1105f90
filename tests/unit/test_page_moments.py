"""What people type about a time, and what it is taken for."""

import pytest

from rules import london
from views.pages import moments
from views.pages.moments import Unclear, birth_date, read, text
from views.pages.times import read as instant

NOW = instant("2026-03-30T15:20:00+01:00")  # the Monday after the clocks went forward


def taken(typed: dict[str, str], *, deed: bool = False, not_before: int | None = None) -> str | None:
    filled = {("at" if part == "day" else f"at-{part}"): value for part, value in typed.items()}
    found = read(filled, "at", NOW, deed=deed, not_before=not_before)
    return None if found is None else text(found)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ({}, None),
        ({"day": "not_sure", "time": "09:00"}, None),
        ({"day": "today", "time": "14:30"}, "2026-03-30T14:30:00+01:00"),
        ({"day": "today", "time": "2.30pm"}, "2026-03-30T14:30:00+01:00"),
        ({"day": "today", "time": "0930"}, "2026-03-30T09:30:00+01:00"),
        ({"day": "today"}, "2026-03-30T00:00:00+01:00"),
        ({"day": "yesterday", "roughly": "evening"}, "2026-03-29T18:00:00+01:00"),
        ({"day": "other", "d": "28", "m": "March", "y": "2026"}, "2026-03-28T00:00:00+00:00"),
        ({"day": "other", "d": "8", "m": "1", "y": "14", "time": "7pm"}, "2014-01-08T19:00:00+00:00"),
    ],
)
def test_what_is_typed_is_london_time(typed: dict[str, str], expected: str | None) -> None:
    assert taken(typed) == expected


def test_what_somebody_did_is_taken_late_but_never_ahead() -> None:
    assert taken({"day": "today"}, deed=True) == text(NOW)
    assert taken({"day": "yesterday", "roughly": "morning"}, deed=True) == "2026-03-29T12:00:00+01:00"
    assert taken({"day": "today", "time": "09:00"}, deed=True) == "2026-03-30T09:00:00+01:00"


def test_what_was_noticed_roughly_is_not_put_before_it_happened() -> None:
    happened = instant("2026-03-30T10:00:00+01:00")
    assert taken({"day": "today", "roughly": "morning"}, not_before=happened) == text(happened)
    assert (
        taken({"day": "yesterday", "roughly": "morning"}, not_before=happened) == "2026-03-29T06:00:00+01:00"
    )


@pytest.mark.parametrize(
    ("typed", "part"),
    [
        ({"day": "other", "d": "31", "m": "2", "y": "2026"}, "at-d"),
        ({"day": "other", "d": "1", "m": "Mai", "y": "2026"}, "at-d"),
        ({"day": "other", "d": "1", "y": "2026"}, "at-m"),
        ({"day": "today", "time": "25:00"}, "at-time"),
        ({"day": "other", "d": "31", "m": "2", "y": "2026", "time": "25:00"}, "at-d at-time"),
        ({"day": "today", "time": "soon"}, "at-time"),
        ({"day": "today", "time": "23:00"}, "at-time"),
        ({"day": "other", "d": "1", "m": "1", "y": "2031"}, "at"),
        ({"day": "today", "time": "\u0661\u0662:\u0663\u0660"}, "at-time"),
    ],
)
def test_what_cannot_be_read_names_its_input(typed: dict[str, str], part: str) -> None:
    with pytest.raises(Unclear) as unclear:
        taken(typed)
    assert list(unclear.value.errors) == part.split()


def test_a_few_minutes_ahead_are_a_ward_clock_that_is_fast() -> None:
    assert taken({"day": "today", "time": "15:25"}) == "2026-03-30T15:25:00+01:00"


def test_every_part_of_the_day_begins_before_it_ends() -> None:
    assert all(start < end for _, start, end in moments.PARTS_OF_DAY.values())


@pytest.mark.parametrize("typed", ["27/03/1958", "27 March 1958", "27-3-1958", "1958-03-27", "27.03.1958"])
def test_dates_of_birth(typed: str) -> None:
    assert birth_date(typed) == "1958-03-27"


@pytest.mark.parametrize("typed", ["1958", "31/02/1958", "today", "27/03/58/1", "27/03/58", "27/03/1849"])
def test_what_is_no_date_of_birth(typed: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        birth_date(typed)


def test_london_names_the_offset() -> None:
    assert london.in_words(NOW).endswith("BST")
