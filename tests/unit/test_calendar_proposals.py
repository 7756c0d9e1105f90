"""A calendar that somebody proposes: what is wrong with it, and what it changes, is said before it counts."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rules.calendar import SOURCE, CalendarRefused
from rules.calendar_proposals import differences, of_release, proposed, require_fit

Fields = dict[str, Any]
PROCLAIMED = {"date": "2028-06-12", "title": "A day of mourning"}


def written(place: Path, change: Callable[[Fields], object]) -> Path:
    fields = json.loads(SOURCE.read_text(encoding="utf-8"))
    change(fields)
    file = place / "proposed.json"
    file.write_text(json.dumps(fields), encoding="utf-8")
    return file


def proclaimed(fields: Fields) -> None:
    fields["version"] = "proclaimed-1"
    fields["holidays"].append(PROCLAIMED)


def without(year: int) -> Callable[[Fields], None]:
    def change(fields: Fields) -> None:
        fields["holidays"] = [one for one in fields["holidays"] if not one["date"].startswith(str(year))]

    return change


def reaching(day: str, *holidays: str) -> Callable[[Fields], None]:
    def change(fields: Fields) -> None:
        fields |= {"version": "other", "covers_to": day}
        kept = [one for one in fields["holidays"] if one["date"] <= day]
        fields["holidays"] = kept + [{"date": one, "title": "Some day"} for one in holidays]

    return change


def test_the_file_of_this_release_is_the_calendar_of_this_release() -> None:
    assert proposed(SOURCE) == of_release()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda fields: fields.pop("source"), "source missing; write it like schemas/reference/"),
        (lambda fields: fields.update(division="scotland"), "division 'scotland' is not england-and-wales"),
        (lambda fields: fields.update(covers_from="2029-01-01"), "covers_to 2028-12-31 lies before"),
        (lambda fields: fields.update(covers_to="2028-12-25"), "2028-12-26 lies outside the coverage"),
        (without(2019), "no bank holiday in 2019"),
        (lambda fields: fields["holidays"].append(dict(fields["holidays"][0])), "2012-01-02 is there twice"),
        (lambda fields: fields["holidays"].append({"date": "Easter"}), "not a calendar"),
    ],
)
def test_a_file_that_is_no_calendar_is_refused_by_its_name(
    tmp_path: Path, change: Callable[[Fields], object], says: str
) -> None:
    file = written(tmp_path, change)
    with pytest.raises(CalendarRefused) as refused:
        proposed(file)
    assert str(refused.value).startswith(f"{file}: ")
    assert says in str(refused.value)


@pytest.mark.parametrize("content", ["{", "[]", "\xff"])
def test_what_is_no_object_of_json_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "proposed.json"
    file.write_bytes(content.encode("latin-1"))
    with pytest.raises(CalendarRefused, match=r"proposed\.json: "):
        proposed(file)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda fields: fields["holidays"].append(PROCLAIMED), "in force with other content"),
        (reaching("2027-12-31"), "could not be counted any more"),
        (reaching("2029-12-31", "2029-01-01"), "2029 has 1 bank holidays"),
    ],
)
def test_one_that_must_not_take_the_place_of_the_one_in_force_is_refused(
    tmp_path: Path, change: Callable[[Fields], object], says: str
) -> None:
    with pytest.raises(CalendarRefused, match=says):
        require_fit(proposed(written(tmp_path, change)), of_release())


def test_a_proclaimed_day_and_a_year_begun_are_fit(tmp_path: Path) -> None:
    require_fit(proposed(written(tmp_path, proclaimed)), of_release())
    require_fit(proposed(written(tmp_path, reaching("2029-03-31", "2029-01-01"))), of_release())


def test_each_difference_has_a_line(tmp_path: Path) -> None:
    def change(fields: Fields) -> None:
        proclaimed(fields)
        fields["holidays"][0]["title"] = "The day after"
        del fields["holidays"][1]

    new = proposed(written(tmp_path, change))
    assert differences(of_release().content, new.content) == [
        f"~ version: {of_release().version} to proclaimed-1",
        "~ 2012-01-02 New Year’s Day to The day after",
        "- 2012-04-06 Good Friday",
        "+ 2028-06-12 A day of mourning",
    ]
    assert differences(new.content, new.content) == []
