"""What the API refuses, as a nurse reads it: London time, labels, titles and roles instead of codes."""

import orjson
import pytest

from producers import times
from producers.following import _notes
from producers.refusals import Fault, Refused
from producers.roles import Caller, require
from producers.ward.problems import problem
from views.pages import told
from views.pages.api import Answer
from views.pages.fields import labelled, placed
from views.pages.follow_up_forms import BY_TYPE
from views.pages.times import read as instant

ENRICHED = BY_TYPE["enriched"].fields
JUNE = instant("2026-06-10T18:00:00+01:00")


def answered(refused: Refused) -> Answer:
    """As a page gets it from the API."""
    return Answer(refused.status, orjson.loads(bytes(problem(refused).body)))


def test_times_that_contradict_each_other_are_said_in_london_time_and_by_their_questions() -> None:
    occurred, noticed = instant("2026-06-10T14:30:00+01:00"), instant("2026-06-10T14:00:00+01:00")
    found = answered(Refused(422, "", times.faults(JUNE, occurred_at=occurred, noticed_at=noticed)))
    assert placed(found.errors(), ENRICHED) == {
        "occurred_at": "“When did it happen?” is 10 Jun 2026, 14:30 BST, which is after “When was it first "
        "noticed?”, 10 Jun 2026, 14:00 BST. Correct one of the two, or leave out what is not sure."
    }


def test_so_is_the_time_of_the_report() -> None:
    reported = instant("2026-06-10T13:00:00+01:00")
    noticed = instant("2026-06-10T14:00:00+01:00")
    found = answered(Refused(422, "", times.faults(JUNE, noticed_at=noticed, reported_at=reported)))
    (said,) = placed(found.errors(), ENRICHED).values()
    assert "which is after the time of the report, 10 Jun 2026, 13:00 BST." in said


def test_who_may_do_it_is_said_by_title_and_role() -> None:
    with pytest.raises(Refused) as refused:
        require(Caller("clinician", "RXX"), "harm_regraded")
    said = "“Regrade harm” is for: Patient safety team; you are signed in as: Clinician."
    assert answered(refused.value).detail == said
    assert told.who_may("harm_regraded", "Regrade harm") == "“Regrade harm” is for: Patient safety team."


def test_an_act_is_named_as_the_page_names_it() -> None:
    text = (
        "It was taken on by director at 2026-06-10T13:30:00.000Z. "
        "Record what is done with an escalation_acted; that closes it."
    )
    assert told.plain(text) == (
        "It was taken on by director at 10 Jun 2026, 14:30 BST. "
        "Record what is done with “Record what was done about an escalation”; that closes it."
    )


def test_a_note_about_a_role_names_the_question() -> None:
    (note,) = _notes({"by_role": "Mary Smith"})
    assert labelled(told.plain(note), BY_TYPE["support_offered"].fields) == (
        "“Role of the person who did it” is not a role that a record can name: "
        "it says “other”, and your words are kept locked away."
    )


def test_what_is_about_the_whole_names_no_field() -> None:
    found = answered(Refused(422, "", [Fault("", "is a duplicate of c-1.", "Confirm it there.")]))
    assert found.errors() == {}
    assert found.detail == "The case is a duplicate of c-1. Confirm it there."
    taken = answered(Refused(409, "", [Fault("", "It was taken on by patient_safety_lead.")]))
    assert taken.detail == "It was taken on by patient safety lead."


def test_what_was_typed_is_left_as_it_is() -> None:
    text = "RXX_1 is no claim of this case; told, reason and at are."
    assert labelled(told.plain(text), ENRICHED) == text
