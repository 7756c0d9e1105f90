"""London time: the hour that comes twice, the hour that never comes, and the last second of a day."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.london import (
    LONDON,
    at,
    day_in_words,
    day_of,
    first_second,
    in_time,
    in_words,
    instant,
    last_second,
    passed,
)

moments = st.integers(1_325_376_000_000, 1_893_456_000_000).map(at)
days = st.dates(date(2012, 1, 1), date(2029, 12, 31))


def utc(text: str) -> int:
    return instant(datetime.fromisoformat(text).replace(tzinfo=UTC))


@settings(deadline=None)  # the machine may be busy
@given(moments)
def test_an_instant_survives_the_way_to_london_and_back(moment: datetime) -> None:
    assert at(instant(moment)) == moment
    assert at(instant(moment.astimezone(UTC))).utcoffset() in (timedelta(0), timedelta(hours=1))


@settings(deadline=None)  # the machine may be busy
@given(days)
def test_days_meet_without_gap_or_overlap(day: date) -> None:
    tomorrow = day + timedelta(days=1)
    assert first_second(tomorrow) == last_second(day) + 1000
    assert day_of(first_second(day)) == day_of(last_second(day) + 999) == day
    assert day_of(first_second(tomorrow)) == tomorrow


@settings(deadline=None)  # the machine may be busy
@given(moments)
def test_a_time_without_an_offset_is_refused(moment: datetime) -> None:
    with pytest.raises(ValueError, match="says no offset"):
        instant(moment.replace(tzinfo=None))


def test_the_hour_that_comes_twice_is_two_instants() -> None:
    first = datetime(2013, 10, 27, 1, 30, fold=0, tzinfo=LONDON)
    second = first.replace(fold=1)
    assert instant(second) - instant(first) == 3_600_000
    assert in_words(instant(first)).endswith("01:30 BST")
    assert in_words(instant(second)).endswith("01:30 GMT")


def test_the_day_with_the_hour_that_comes_twice_has_25_hours() -> None:
    assert last_second(date(2013, 10, 27)) + 1000 - first_second(date(2013, 10, 27)) == 25 * 3_600_000


def test_the_day_with_the_hour_that_never_comes_has_23_hours() -> None:
    assert last_second(date(2014, 3, 30)) + 1000 - first_second(date(2014, 3, 30)) == 23 * 3_600_000


def test_no_instant_is_called_by_the_hour_that_never_comes() -> None:
    hour = [at(utc("2014-03-30T00:30") + minute * 60_000) for minute in range(60)]
    assert {moment.hour for moment in hour} == {0, 2}


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2013-06-03T22:59:59", date(2013, 6, 3)),
        ("2013-06-03T23:00:00", date(2013, 6, 4)),
        ("2013-06-03T23:30:00", date(2013, 6, 4)),
        ("2013-12-03T23:30:00", date(2013, 12, 3)),
        ("2014-03-30T00:59:59", date(2014, 3, 30)),
    ],
)
def test_the_day_is_the_one_in_london(moment: str, day: date) -> None:
    assert day_of(utc(moment)) == day


def test_the_very_second_is_in_time_and_the_next_is_not() -> None:
    due = last_second(date(2014, 1, 8))
    assert in_time(due, due)
    assert in_time(due + 999, due)
    assert not in_time(due + 1000, due)


@settings(deadline=None)  # the machine may be busy
@given(st.integers(-5000, 5000))
def test_time_has_passed_exactly_when_nothing_dated_then_would_be_in_time(offset: int) -> None:
    due = last_second(date(2014, 1, 8))
    assert passed(due + offset, due) is not in_time(due + offset, due)


def test_in_words() -> None:
    assert in_words(last_second(date(2014, 1, 8))) == "Wednesday 8 January 2014 at 23:59 GMT"
    assert in_words(last_second(date(2014, 7, 8))) == "Tuesday 8 July 2014 at 23:59 BST"
    assert day_in_words(utc("2014-07-08T23:30")) == "9 July 2014"


def test_other_offsets_mean_the_same_instant() -> None:
    tokyo = datetime(2014, 1, 9, 8, 59, 59, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert instant(tokyo) == last_second(date(2014, 1, 8))
