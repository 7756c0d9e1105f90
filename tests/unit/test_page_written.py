"""A form that comes later than it was written means the same as on the day of its writing."""

import pytest

from producers.times import KEPT_MS
from rules import london
from views.pages import moments, report_form, written
from views.pages.fields import Filled
from views.pages.times import read as instant

LATE = instant("2026-11-26T23:50:00+00:00")
AFTER_MIDNIGHT = instant("2026-11-27T00:10:00+00:00")
SAID = {"kind": "incident", "what_happened": "A fall.", "drawn_at": moments.text(LATE - 60_000)}


def body(filled: Filled, now: int) -> tuple[dict[str, object], dict[str, str]]:
    """As the page makes it."""
    said, unsure = written.dated(filled, report_form.WHEN, now)
    report, errors = report_form.body(said, now, written.read(said, now).reported_at)
    return report, unsure | errors


@pytest.mark.parametrize("now", [LATE, AFTER_MIDNIGHT, LATE + KEPT_MS])
@pytest.mark.parametrize(
    ("day", "time", "expected"),
    [
        ("today", "22:10", "2026-11-26T22:10:00+00:00"),
        ("yesterday", "22:10", "2026-11-25T22:10:00+00:00"),
        ("today", "", "2026-11-26T00:00:00+00:00"),
    ],
)
def test_a_report_that_was_kept_means_the_day_of_its_writing(
    day: str, time: str, expected: str, now: int
) -> None:
    kept = SAID | {"written_at": "2026-11-26T23:50:00.000Z", "occurred_at": day, "occurred_at-time": time}
    report, errors = body(kept, now)
    assert errors == {}
    assert report["occurred_at"] == expected
    assert report["reported_at"] == "2026-11-26T23:50:00+00:00"


@pytest.mark.parametrize(
    ("sent", "now"),
    [
        ("2026-11-26T23:50:00.000Z", LATE + KEPT_MS + 1),
        ("2026-11-27T00:21:00.000Z", AFTER_MIDNIGHT),
        ("", AFTER_MIDNIGHT),
        ("0001-01-01T00:00:00Z", AFTER_MIDNIGHT),
        ("9999-12-31T23:59:59-23:59", AFTER_MIDNIGHT),
        ("today", AFTER_MIDNIGHT),
    ],
)
def test_where_it_is_not_certain_when_it_was_written_its_day_is_asked_again(sent: str, now: int) -> None:
    kept = SAID | {"written_at": sent, "occurred_at": "yesterday", "noticed_at": "not_sure"}
    said, unsure = written.dated(kept, report_form.WHEN, now)
    assert unsure == {"occurred_at-d": written.MIDNIGHT}
    assert [said[f"occurred_at{part}"] for part in ("", "-d", "-m", "-y")] == ["other", "25", "11", "2026"]
    report, _ = body(kept, now)
    assert "reported_at" not in report
    redrawn = dict(said) | {"drawn_at": moments.text(now), "written_at": ""}
    report, errors = body(redrawn, now)
    assert (report["occurred_at"], errors) == ("2026-11-25T00:00:00+00:00", {})


def test_without_a_day_in_it_nothing_is_asked() -> None:
    assert body(SAID | {"occurred_at": "not_sure"}, AFTER_MIDNIGHT)[1] == {}
    assert body({"kind": "incident", "what_happened": "A fall."}, LATE)[1] == {}


def test_on_the_day_of_its_writing_the_form_stays_as_it_was_typed() -> None:
    typed = SAID | {"occurred_at": "today"}
    assert written.dated(typed, report_form.WHEN, LATE) == (typed, {})


def test_what_was_typed_as_the_minute_of_sending_is_not_after_the_report() -> None:
    typed = SAID | {"written_at": "2026-11-26T23:50:00Z", "noticed_at": "today", "noticed_at-time": "23:55"}
    report, _ = body(typed, LATE)
    assert report["reported_at"] == report["noticed_at"] == "2026-11-26T23:55:00+00:00"


def test_days_are_those_of_london() -> None:
    summer = instant("2026-06-30T23:30:00+00:00")  # half past midnight of 1 July
    assert written.read({"written_at": "2026-06-30T23:30:00Z"}, summer).day == london.day_of(summer)
