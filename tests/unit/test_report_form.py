"""What the report form makes of several patients."""

import pytest

from views.pages import report_form
from views.pages.fields import items_of
from views.pages.times import read as instant

NOW = instant("2026-03-30T15:20:00+01:00")
SAID = {"kind": "incident", "what_happened": "Two charts were mixed up.", "harm-physical": "moderate"}


@pytest.mark.parametrize(
    ("count", "typed", "expected"),
    [
        (1, {}, None),
        (2, {}, None),
        (2, {"patients-0-name": "A", "patients-1-name": "B"}, [{"name": "A"}, {"name": "B"}]),
        (2, {"patients-1-name": "B"}, [{}, {"name": "B"}]),
        (2, {"patients-1-harm-physical": "none"}, [{}, {"harm": {"physical": "none"}}]),
        (2, {"patients-1-harm-physical": "not_known"}, [{}, {"harm": {"physical": "not_known"}}]),
        (
            2,
            {"patients-1-harm-psychological": "low"},
            [{}, {"harm": {"physical": "moderate", "psychological": "low"}}],
        ),
        (3, {"patients-2-harm-physical": "low"}, [{}, {}, {"harm": {"physical": "low"}}]),
        (1, {"patients-0-harm-physical": "low"}, None),
    ],
)
def test_each_further_patient_may_have_harm_of_their_own(
    count: int, typed: dict[str, str], expected: list[object] | None
) -> None:
    body, errors = report_form.body(SAID | {"patient-count": str(count)} | typed, NOW)
    assert errors == {}
    assert body["harm"] == {"physical": "moderate"}
    assert body.get("patients") == expected


def test_harm_of_a_further_patient_is_asked_once_on_each_axis_and_may_not_be_known() -> None:
    assert not [field for field in report_form.of_patient(0) if "harm" in field.name]
    physical, psychological = (field for field in report_form.of_patient(1) if "harm" in field.name)
    for field in (physical, psychological):
        offered = [item["value"] for item in items_of(field)]
        assert offered[0] == ""
        assert offered[-1] == "not_known"
        assert offered.count("") == 1


def test_a_year_of_two_digits_is_no_year_of_birth() -> None:
    _, errors = report_form.body(SAID | {"patients-0-date_of_birth": "27/03/58"}, NOW)
    assert list(errors) == ["patients-0-date_of_birth"]
