"""What a form on the case page can send is what the door takes, and nothing of it is left aside."""

from typing import Any

import pytest

from producers.follow_ups import FOLLOW_UP
from producers.said import said
from tests.forms import answers, turns
from views.pages import follow_ups, moments
from views.pages.follow_up_forms import BY_TYPE
from views.pages.follow_ups import body_of

NOW = 1387530000000  # 2013-12-20T09:00:00Z
AN_ID = "0b54b9ee-6a5c-4dd6-9a41-9a4d3b7f8a10"
CASE: dict[str, Any] = {
    "case_id": AN_ID,
    "provider": "RXX",
    "providers": ["RXX", "NZZ"],
    "patients": [{"ref": "p1"}, {"ref": "p2"}],
    "reported_at": "2013-12-20T08:00:00+00:00",
    "obligations": [
        {"id": AN_ID, "provider": "RXX", "patient": "p1", "duty": "tell", "instrument": "SC35_2013"}
    ],
    "escalations": [
        {"id": AN_ID, "state": "raised", "trigger": "immediate_danger", "owner_role": "medical director"}
    ],
    "timeline": [
        {"event_id": AN_ID, "type": kind, "at": "2013-12-20T08:00:00+00:00", "claim_id": "C-1"}
        for kind in ("material_fact_recorded", "claim_opened")
    ],
}
"""Of two patients and providers, with something for every form to be about."""


@pytest.mark.parametrize("kind", BY_TYPE)
def test_each_answer_to_each_question_is_taken_and_none_is_left_aside(kind: str) -> None:
    form = follow_ups._of(BY_TYPE[kind], CASE)
    for turn in range(turns(form)):
        filled = answers(form, turn, {"event_id": AN_ID, "duplicate_of": AN_ID})
        body, errors = body_of(form, filled, NOW)
        assert not errors
        _, aside = said(FOLLOW_UP.validate_python(body))
        assert not aside


def test_an_extension_may_lie_ahead_and_holds_to_the_end_of_its_day() -> None:
    form = follow_ups._of(BY_TYPE["investigation_extended"], CASE)
    body, errors = body_of(form, answers(form), NOW)
    assert not errors
    assert body["extended_to"] == "2014-03-31T23:59:59+01:00"


def test_what_was_done_may_not() -> None:
    tomorrow = {"at": "other", "at-d": "21", "at-m": "12", "at-y": "2013"}
    with pytest.raises(moments.Unclear, match="in the future"):
        moments.read(tomorrow, "at", NOW, deed=True)


def asked(kind: str, **case: Any) -> list[str]:
    return [field.name for field in follow_ups._of(BY_TYPE[kind], CASE | case).fields]


def sent(kind: str, **typed: str) -> dict[str, Any]:
    form = follow_ups._of(BY_TYPE[kind], CASE)
    return body_of(form, dict(answers(form)) | typed, NOW)[0]


def test_the_grade_that_stands_is_known_and_not_asked_for() -> None:
    assert "from" not in asked("harm_regraded")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("relevant_person_notified", "in_person"),
        ("obligation_stood_down", "never_notifiable"),
        ("final_report_submitted", "lessons"),
        ("enriched", "immediate_risk"),
    ],
)
def test_not_sure_is_an_answer_and_says_nothing(kind: str, name: str) -> None:
    assert sent(kind, **{name: "no"})[name] is False
    body = sent(kind, **{name: "not_sure"})
    assert name not in FOLLOW_UP.validate_python(body).model_fields_set


@pytest.mark.parametrize("kind", ["material_fact_recorded", "avoidability_stated"])
def test_what_may_be_about_one_patient_asks_which_or_all_of_them(kind: str) -> None:
    assert "patient" in asked(kind)
    assert "patient" not in asked(kind, patients=[{"ref": "p1"}])
    assert sent(kind, patient="p2")["patient"] == "p2"
    assert "patient" not in sent(kind, patient="all")


def test_type_factors_and_never_event_can_be_added() -> None:
    body = sent("enriched", incident_type="medication", never_event_type="2011/1")
    assert (body["incident_type"], body["never_event_type"]) == ("medication", "2011/1")
    assert "handover" in body["factors"]


def test_factors_that_nobody_ticked_stay_as_they_were() -> None:
    form = follow_ups._of(BY_TYPE["enriched"], CASE)
    assert body_of(form, {"ward": "Ward 7", "patient": "p1"}, NOW)[0] == {
        "type": "enriched",
        "patient": "p1",
        "ward": "Ward 7",
    }


def test_which_never_event_it_might_be_is_asked_by_the_list_of_its_day() -> None:
    (which,) = [
        field.choices
        for field in follow_ups._of(BY_TYPE["enriched"], CASE).fields
        if field.name == "never_event_type"
    ]
    assert which[0].value == "not_sure"
    assert {one.value.partition("/")[0] for one in which[1:]} == {"2011"}
