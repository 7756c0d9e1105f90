"""Working days: against a plain loop, and against another package's holidays."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.calendar import Calendar, CalendarRefused, canonical, default_content, parse
from rules.london import LONDON, at, instant, last_second

VERSION, CONTENT = default_content()
CALENDAR = parse(CONTENT)
FIRST, LAST = date(2012, 1, 1), date(2028, 12, 31)
OTHER = holidays.country_holidays("GB", subdiv="ENG", years=range(2012, 2029))

# law.md §2
WORKING_DAYS = {
    2013: 253, 2014: 253, 2015: 253, 2016: 253, 2017: 252, 2018: 253, 2019: 253, 2020: 254,
    2021: 253, 2022: 250, 2023: 251, 2024: 254, 2025: 253, 2026: 253, 2027: 253, 2028: 252,
}  # fmt: skip
days = st.dates(date(2012, 3, 1), date(2028, 9, 30))
numbers = st.integers(1, 40)


def naive_after(day: date, working_days: int) -> date:
    while working_days:
        day += timedelta(days=1)
        if day.weekday() < 5 and day not in CALENDAR.holidays:
            working_days -= 1
    return day


def naive_before(day: date, working_days: int) -> date:
    while working_days:
        day -= timedelta(days=1)
        if day.weekday() < 5 and day not in CALENDAR.holidays:
            working_days -= 1
    return day


@settings(deadline=None)  # the machine may be busy
@given(days, numbers)
def test_counting_ahead_equals_the_plain_loop(day: date, working_days: int) -> None:
    assert CALENDAR.after(day, working_days) == naive_after(day, working_days)


@settings(deadline=None)  # the machine may be busy
@given(days, numbers)
def test_counting_back_equals_the_plain_loop(day: date, working_days: int) -> None:
    assert CALENDAR.before(day, working_days) == naive_before(day, working_days)


@settings(deadline=None)  # the machine may be busy
@given(days, days)
def test_between_equals_the_plain_loop(first: date, last: date) -> None:
    earlier, later = sorted((first, last))
    span = (earlier + timedelta(days=n) for n in range(1, (later - earlier).days + 1))
    counted = sum(CALENDAR.is_working_day(day) for day in span)
    assert CALENDAR.between(first, last) == (counted if first <= last else -counted)


@pytest.mark.parametrize("year", range(2012, 2029))
def test_the_other_package_knows_the_same_working_days(year: int) -> None:
    span = [date(year, 1, 1) + timedelta(days=n) for n in range(366)]
    weekdays = [day for day in span if day.year == year and day.weekday() < 5]
    ours = {day for day in weekdays if not CALENDAR.is_working_day(day)}
    theirs = {day for day in weekdays if day in OTHER}
    assert ours == theirs


@pytest.mark.parametrize(("year", "count"), WORKING_DAYS.items())
def test_working_days_of_the_year_by_the_table_of_the_law(year: int, count: int) -> None:
    assert CALENDAR.between(date(year - 1, 12, 31), date(year, 12, 31)) == count


@pytest.mark.parametrize(
    ("start", "working_days", "due"),
    [
        ("2013-12-20", 10, "2014-01-08"),
        ("2014-04-16", 2, "2014-04-22"),
        ("2014-04-16", 10, "2014-05-02"),
        ("2014-08-22", 2, "2014-08-27"),
        ("2014-12-24", 10, "2015-01-12"),
        ("2013-04-06", 10, "2013-04-19"),
    ],
)
def test_vectors_of_the_law(start: str, working_days: int, due: str) -> None:
    morning = datetime.fromisoformat(start).replace(hour=9, tzinfo=LONDON)
    assert CALENDAR.due(instant(morning), working_days) == last_second(date.fromisoformat(due))


@pytest.mark.parametrize("day", ["2020-05-08", "2022-06-02", "2022-06-03", "2022-09-19", "2023-05-08"])
def test_holidays_that_were_proclaimed(day: str) -> None:
    assert not CALENDAR.is_working_day(date.fromisoformat(day))


def test_the_moved_holiday_of_2020_left_its_monday() -> None:
    assert CALENDAR.is_working_day(date(2020, 5, 4))


def test_the_day_is_that_of_london_not_of_universal_time() -> None:
    late = instant(datetime(2013, 6, 3, 23, 30, tzinfo=UTC))  # 00:30 on the fourth in London
    assert CALENDAR.due(late, 1) == last_second(date(2013, 6, 5))


def test_warnings_begin_with_the_first_second_of_their_day() -> None:
    ahead = CALENDAR.ahead(last_second(date(2014, 1, 8)), 3)
    assert ahead is not None
    assert f"{at(ahead):%Y-%m-%d %H:%M:%S}" == "2014-01-03 00:00:00"


@pytest.mark.parametrize("day", [FIRST - timedelta(days=1), LAST + timedelta(days=1), date(1999, 5, 5)])
def test_outside_the_coverage_nothing_is_guessed(day: date) -> None:
    assert CALENDAR.after(day, 1) is None
    assert CALENDAR.before(day, 1) is None
    assert not CALENDAR.is_working_day(day)


def test_what_would_fall_outside_the_coverage_is_not_guessed() -> None:
    assert CALENDAR.after(LAST, 1) is None
    assert CALENDAR.before(FIRST, 1) is None
    assert CALENDAR.after(date(2028, 12, 20), 10) is None
    assert CALENDAR.due(instant(datetime(2028, 12, 28, 9, tzinfo=LONDON)), 10) is None


def test_the_same_content_is_the_same_calendar() -> None:
    assert parse(CONTENT) is parse(CONTENT)
    assert isinstance(CALENDAR, Calendar)
    assert CALENDAR.version == VERSION
    assert "2012-01-01 to 2028-12-31" in CALENDAR.describe()


def altered(**fields: Any) -> str:
    return canonical({**json.loads(CONTENT), **fields})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("not json", "not a calendar"),
        ("[]", "not a calendar"),
        ("{}", "not a calendar"),
        (altered(covers_to="31 December 2028"), "not a calendar"),
        (altered(holidays=[{"day": "2013-01-01"}]), "not a calendar"),
        (altered(version=""), "needs a version and a source"),
        (altered(source=""), "needs a version and a source"),
        (altered(covers_to="2011-12-31", holidays=[]), "lies before covers_from"),
        (altered(covers_to="2028-06-30"), "2028-08-28 lies outside the coverage"),
        (altered(covers_to="2029-12-31"), "no bank holiday in 2029"),
    ],
)
def test_a_calendar_that_is_not_fit_is_refused(content: str, message: str) -> None:
    with pytest.raises(CalendarRefused, match=message):
        parse(content)
