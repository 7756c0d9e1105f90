"""Times left, errors at their fields, charts: what pages make of figures."""

import pytest

from views.pages import chart, law, times, why_view, words
from views.pages.fields import Field, name_of, placed
from views.pages.follow_up_forms import BY_TYPE
from views.spelling import spelt

DUE = times.read("2014-01-08T23:59:59+00:00")
FIELDS = (
    Field("kind", "What?"),
    Field("occurred_at", "When?", "when"),
    Field("patients-0-nhs_number", "NHS number"),
)


def test_time_left_and_over() -> None:
    assert times.left(DUE, DUE - 3 * times.DAY - 4 * times.HOUR) == "3 days 4 hours left"
    assert times.left(DUE, DUE + 12 * times.DAY + times.HOUR) == "12 days over"
    assert times.left(DUE, DUE + 61 * times.MINUTE) == "1 hour 1 minute over"


def test_the_due_second_itself_is_in_time() -> None:
    assert times.left(DUE, DUE + 999) == "less than a minute left"
    assert times.left(DUE, DUE + 1000) == "less than a minute over"


def test_a_target_is_never_over() -> None:
    assert times.left(DUE, DUE + times.DAY, law=False) == "1 day past the target"
    assert times.left(DUE, DUE - times.DAY, law=False) == "1 day to the target"


def test_times_say_gmt_or_bst() -> None:
    assert times.when("2014-01-08T23:59:59Z") == "8 Jan 2014, 23:59 GMT"
    assert times.when("2014-07-08T23:59:59Z") == "9 Jul 2014, 00:59 BST"
    assert times.when(None) == "not known"


def test_pointers_and_paths_name_the_same_field() -> None:
    assert name_of("/patients/0/nhs_number") == name_of("patients[0].nhs_number") == "patients-0-nhs_number"


def test_errors_stand_at_their_field_in_the_order_of_the_form() -> None:
    errors = {
        "patients-0-nhs_number": "fails its check",
        "occurred_at-time": "Enter a time",
        "elsewhere": "No.",
    }
    assert placed(errors, FIELDS) == {
        "kind": "No.",
        "occurred_at-time": "Enter a time",
        "patients-0-nhs_number": "“NHS number” fails its check",
    }


def test_every_form_is_of_a_record_type_and_names_its_fields_once() -> None:
    for form in BY_TYPE.values():
        names = [field.name for field in form.fields]
        assert len(names) == len(set(names)), form.type


def test_a_chart_is_as_long_as_its_counts() -> None:
    series = {"met": ("Met", "#fff", "#000"), "late": ("Late", "#000", "#fff")}
    drawn = chart.stacked([("tell", {"met": 30, "late": 10}), ("write", {"met": 20})], series)
    assert drawn is not None
    (first, second) = drawn.bars
    assert [part.says for part in first.parts] == ["Met: 30", "Late: 10"]
    assert first.parts[0].width > first.parts[1].width
    assert second.parts[0].width < first.parts[0].width
    assert first.parts[1].x + first.parts[1].width <= chart.WIDTH


def test_a_chart_of_nothing_is_not_drawn() -> None:
    assert chart.stacked([("tell", {"met": 0})], {"met": ("Met", "#fff", "#000")}) is None
    assert chart.stacked([], {}) is None


def test_unconfirmed_figures_are_known_as_such() -> None:
    write = law.clause("REG20_2015", "write")
    assert write is not None
    assert not write.firm
    assert law.clause("REG20_2015", "no such duty") is None


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("nhs_trust", "NHS trust"),
        ("nhsla_reviewer", "NHSLA reviewer"),
        ("never_spelt_out", "Never spelt out"),
        ("Tell the NHS TDA. Say why.", "Tell the NHS TDA. Say why."),
        ("b8443543-733d-5ef6-8b65-43558c354985", "b8443543-733d-5ef6-8b65-43558c354985"),
        ("SC35_2013", "SC35_2013"),
        ("p1", "p1"),
    ],
)
def test_only_a_code_is_spelt_out(said: str, shown: str) -> None:
    assert words.of(said) == shown


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("gate", "none", "no grade of harm is asked for"),
        ("decision", "none", "Nothing changes"),
        ("payment", "none", "No rule on payment"),
        ("finding", "open", "The provider was open"),
        ("harm", "none", "No harm"),
        ("unit", "RYY|specialist_registrar", "RYY, specialist registrar"),
        ("next_step", "Tell the NHS TDA.", "Tell the NHS TDA."),
        ("crossed", False, "no"),
    ],
)
def test_what_a_code_means_depends_on_what_it_is_said_of(name: str, value: object, shown: str) -> None:
    assert why_view.figure(name, value) == shown


def test_letters_that_are_said_one_by_one_are_capitals() -> None:
    assert spelt("nhs_trust, gp_practice, other") == "NHS trust, GP practice, other"
    assert words.role("nhsla_reviewer") == "NHSLA reviewer"
    assert spelt("staffing") == "staffing"
