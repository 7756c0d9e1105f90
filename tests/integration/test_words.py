"""What was written about a case, by API and page: who reads it, that it is recorded, what erasing does."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from producers.sign_in import COOKIE, SignIn
from producers.vault_reading import erase, reporters
from tests.integration.door_room import DAWN, HOUR, Room, open_room
from tests.integration.filled import Asking
from tests.stack import Stack
from views.access import Access
from views.api import words
from views.web import create_app

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]
ADA = {"name": "Ada Ermine", "nhs_number": "943 476 5919", "date_of_birth": "1931-02-03"}


@pytest.fixture(scope="module")
def room(infra: Stack) -> Iterator[Room]:
    with open_room(infra.database) as made:
        yield made


@pytest.fixture(scope="module")
def app(room: Room) -> FastAPI:
    access = Access(SignIn(demonstration=True))
    return create_app(
        apis=[words.router(room.door, access)],
        store=room.engine,
        access=access,
        now=lambda: DAWN,
        ready=lambda: (True, {}),
        version={"version": "0"},
    )


def ask(app: FastAPI, path: str, who: str | None = "clinician:RXX", **query: str) -> httpx.Response:
    answer = Asking(app).get(path, query, {"Cookie": f"{COOKIE}=demo:{who}"} if who else None)
    assert answer.headers["cache-control"] == "no-store"
    return answer


def read(app: FastAPI, case_id: str, who: str | None = "clinician:RXX", **query: str) -> dict[str, Any]:
    answer = ask(app, f"/api/cases/{case_id}/words", who, **query)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def readings(room: Room, case_id: str) -> list[tuple[Any, ...]]:
    written = "SELECT by_role, provider, purpose FROM door.text_reads WHERE case_id = %s ORDER BY id"
    return room.rows(written, case_id)


def test_texts_and_patients_are_read_in_order_and_the_reading_is_recorded(app: FastAPI, room: Room) -> None:
    reporter = {"role": "nurse", "name": "Bartholomew Underwing", "email": "b@example.org"}
    case_id = room.report(patients=[ADA, {}], reporter=reporter, bed={"number": 4})["case_id"]
    fact = room.follow(case_id, {"type": "material_fact_recorded", "reason": "A second scan was found."})
    mistake = room.follow(case_id, {"type": "enriched", "patient": "p2", "name": "Wrong Person"})
    room.follow(case_id, {"type": "enriched", "patient": "p2", "date_of_birth": "1950-05-06"})
    retraction = {"type": "event_retracted", "event_id": mistake["event_id"], "reason": "Another patient."}
    room.follow(case_id, retraction)
    told = read(app, case_id, purpose="to speak with the family")
    assert [one["type"] for one in told["words"]] == [
        "reported",
        "material_fact_recorded",
        "enriched",
        "enriched",
        "event_retracted",
    ]
    report, found, wrong, *_ = told["words"]
    assert report["said"]["what_happened"] == "Fell from the bed and broke a hip."
    assert (report["recorded_at"], report["kept_aside"]) == ("2013-12-20T09:00:00Z", {"/bed": {"number": 4}})
    assert (found["event_id"], found["said"]["reason"]) == (fact["event_id"], "A second scan was found.")
    assert (wrong["retracted"], report["retracted"]) == (True, False)
    assert told["patients"] == [
        {"ref": "p1", **ADA, "nhs_number": "9434765919"},
        {"ref": "p2", "name": None, "nhs_number": None, "date_of_birth": "1950-05-06"},
    ]
    for word in ("Bartholomew", "example.org"):
        assert word not in repr(told)
    assert readings(room, case_id) == [("clinician", "RXX", "to speak with the family")]


def test_the_page_shows_the_same_and_says_that_it_is_recorded(app: FastAPI, room: Room) -> None:
    case_id = room.report(patients=[ADA], what_happened="A <b>dose</b> was missed.", bed=4)["case_id"]
    page = ask(app, f"/cases/{case_id}/words", "auditor").text
    shown = ("A &lt;b&gt;dose&lt;/b&gt; was missed.", "Ada Ermine", "943 476 5919", "3 February 1931")
    for text in (*shown, "Sent besides (bed)", "This reading is recorded", "20 Dec 2013, 09:00 GMT"):
        assert text in page
    assert readings(room, case_id) == [("auditor", None, "read on the page of the case")]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("clinician:RXX", 200),
        ("safety:RXX", 200),
        ("director:RXX", 200),
        ("auditor", 200),
        ("clinician:RYY", 403),
        ("reporter:RXX", 403),
        ("publisher", 403),
        ("admin", 403),
        (None, 401),
    ],
)
def test_it_is_for_those_who_act_on_the_case(app: FastAPI, room: Room, who: str | None, status: int) -> None:
    case_id = room.report()["case_id"]
    assert ask(app, f"/api/cases/{case_id}/words", who).status_code == status
    page = ask(app, f"/cases/{case_id}/words", who)
    assert page.status_code == (303 if status == 401 else status)
    if status == 401:
        assert page.headers["location"] == f"/sign-in?next=/cases/{case_id}/words"
    assert len(readings(room, case_id)) == (2 if status == 200 else 0)
    assert ("Fell from the bed" in page.text) == (status == 200)


def test_reasons_of_findings_are_for_those_who_read_the_reviews(app: FastAPI, room: Room) -> None:
    case_id = room.report()["case_id"]
    room.follow(case_id, {"type": "claim_opened", "claim_id": "C-1"})
    closed = {"type": "claim_closed", "claim_id": "C-1", "reason": "Settled out of court."}
    room.follow(case_id, closed)
    assert "Settled" in repr(read(app, case_id, "auditor"))
    assert "Settled" not in repr(read(app, case_id, "clinician:RXX"))


def test_as_at_a_time_it_tells_what_had_been_written_by_then(app: FastAPI, room: Room) -> None:
    case_id = room.report(patients=[ADA])["case_id"]
    room.tick(DAWN + HOUR)
    added = room.follow(case_id, {"type": "enriched", "name": "Ada Stoat"})
    room.tick(DAWN + 2 * HOUR)
    room.follow(case_id, {"type": "event_retracted", "event_id": added["event_id"], "reason": "Misheard."})
    for as_at, name, retracted in (
        ("2013-12-20T09:30:00Z", "Ada Ermine", []),
        ("2013-12-20T10:30:00Z", "Ada Stoat", [False]),
        ("2013-12-20T11:30:00Z", "Ada Ermine", [True]),
    ):
        told = read(app, case_id, as_at=as_at)
        assert told["patients"][0]["name"] == name
        assert [one["retracted"] for one in told["words"] if one["type"] == "enriched"] == retracted
    assert ask(app, f"/api/cases/{case_id}/words", as_at="2013-12-19T09:00:00Z").status_code == 404
    assert "As it was known on" in ask(app, f"/cases/{case_id}/words", as_at="2013-12-20T09:30:00Z").text


CLAIMED = {"type": "claim_opened", "claim_id": "C-1"}
FOUND = {
    "type": "openness_finding_recorded",
    "claim_id": "C-1",
    "finding": "not_open",
    "by_role": "nhsla_reviewer",
    "reason": "No letter was sent.",
}
DECIDED = {
    "type": "indemnity_decision_recorded",
    "claim_id": "C-1",
    "decision": "none",
    "by_role": "nhsla_reviewer",
    "reason": "It was put right.",
}


def record(room: Room, case_id: str, body: dict[str, Any], **also: str) -> str:
    answer = room.post(case_id, {**body, **also}, "auditor")
    assert answer.status_code == 201, answer.text
    event_id: str = answer.json()["event_id"]
    return event_id


def names(told: dict[str, Any]) -> list[str | None]:
    return [one["by_name"] for one in told["words"] if "by_name" in one]


def namings(room: Room, case_id: str) -> list[tuple[Any, ...]]:
    written = "SELECT by_role, provider, purpose FROM door.decider_reads WHERE case_id = %s ORDER BY id"
    return room.rows(written, case_id)


def test_who_found_and_who_decided_is_told_by_name_at_every_time(app: FastAPI, room: Room) -> None:
    reporter = {"role": "nurse", "name": "Bartholomew Underwing"}
    room.tick(DAWN + 3 * HOUR)
    case_id = room.report(reporter=reporter)["case_id"]
    room.follow(case_id, CLAIMED)
    found = record(room, case_id, FOUND, by_name="Ottoline Brisket")
    room.tick(DAWN + 4 * HOUR)
    record(room, case_id, {"type": "event_retracted", "event_id": found, "reason": "Of another claim."})
    record(room, case_id, FOUND, by_name="Montague Featherstone")
    room.tick(DAWN + 5 * HOUR)
    record(room, case_id, DECIDED)
    assert read(app, case_id, "auditor", as_at="2013-12-20T12:30:00Z")["words"][-1] == {
        "event_id": found,
        "type": "openness_finding_recorded",
        "at": "2013-12-20T12:00:00Z",
        "recorded_at": "2013-12-20T12:00:00Z",
        "retracted": False,
        "said": FOUND,
        "kept_aside": {},
        "by_name": "Ottoline Brisket",
    }
    assert names(read(app, case_id, "auditor", as_at="2013-12-20T13:30:00Z")) == [
        "Ottoline Brisket",
        "Montague Featherstone",
    ]
    told = read(app, case_id, "auditor", purpose="a question in the House")
    assert names(told) == ["Ottoline Brisket", "Montague Featherstone", None]
    assert [one["retracted"] for one in told["words"] if "by_name" in one] == [True, False, False]
    assert "Underwing" not in repr(told)
    page = ask(app, f"/cases/{case_id}/words", "auditor").text
    for text in ("Ottoline Brisket", "Montague Featherstone", "not given", "Who answers for it, by name"):
        assert text in page
    assert namings(room, case_id)[2:] == [
        ("auditor", None, "a question in the House"),
        ("auditor", None, "read on the page of the case"),
    ]
    assert room.rows("SELECT id FROM door.reporter_reads WHERE case_id = %s", case_id) == []


@pytest.mark.parametrize(
    ("who", "reads"),
    [
        ("auditor", True),
        ("director:RXX", True),
        ("safety:RXX", True),
        ("clinician:RXX", False),
        ("safety:RYY", False),
        ("reporter:RXX", False),
        ("publisher", False),
        ("admin", False),
        (None, False),
    ],
)
def test_names_are_for_those_who_read_what_they_answer_for(
    app: FastAPI, room: Room, who: str | None, reads: bool
) -> None:
    case_id = room.report()["case_id"]
    room.follow(case_id, CLAIMED)
    record(room, case_id, FOUND, by_name="Ottoline Brisket")
    for path in (f"/api/cases/{case_id}/words", f"/cases/{case_id}/words"):
        assert ("Ottoline" in ask(app, path, who).text) == reads
    assert len(namings(room, case_id)) == (2 if reads else 0)


def test_where_nothing_was_decided_no_name_is_looked_for(app: FastAPI, room: Room) -> None:
    case_id = room.report()["case_id"]
    room.follow(case_id, CLAIMED)
    room.tick(DAWN + 6 * HOUR)
    read(app, case_id, "auditor")
    room.tick(DAWN + 7 * HOUR)
    record(room, case_id, FOUND, by_name="Ottoline Brisket")
    assert names(read(app, case_id, "auditor", as_at="2013-12-20T15:30:00Z")) == []
    assert namings(room, case_id) == []


def test_a_name_is_erased_with_its_case(app: FastAPI, room: Room) -> None:
    case_id = room.report()["case_id"]
    room.follow(case_id, CLAIMED)
    record(room, case_id, FOUND, by_name="Ottoline Brisket")
    erase(room.database, case_id, "Somebody Named")
    told = read(app, case_id, "auditor")
    assert (told["words"], bool(told["erased_at"])) == ([], True)
    assert namings(room, case_id) == []
    answer = room.post(case_id, {**DECIDED, "by_name": "Ottoline Brisket"}, "auditor")
    assert (answer.status_code, answer.json()["title"]) == (409, "This case was erased")


def test_of_an_erased_case_it_says_so_and_nothing_else(app: FastAPI, room: Room) -> None:
    case_id = room.report(patients=[ADA])["case_id"]
    erase(room.database, case_id, "Somebody Named")
    told = read(app, case_id)
    assert told["words"] == []
    assert told["erased_at"]
    assert told["patients"] == [{"ref": "p1", "name": None, "nhs_number": None, "date_of_birth": None}]
    page = ask(app, f"/cases/{case_id}/words").text
    assert "Erased." in page
    assert "Somebody Named" not in page
    assert readings(room, case_id) == []


def test_what_cannot_be_asked_is_refused_by_name(app: FastAPI, room: Room) -> None:
    case_id = room.report()["case_id"]
    for name, text in (("purpose", " "), ("purpose", "a\x00b"), ("purpose", "x" * 201), ("as_at", "soon")):
        answer = ask(app, f"/api/cases/{case_id}/words", **{name: text})
        assert answer.status_code == 422
        assert name in answer.json()["errors"][0]["pointer"]
    for unknown in ("nowhere", "00000000-0000-4000-8000-000000000000"):
        assert ask(app, f"/api/cases/{unknown}/words").status_code == 404
        assert ask(app, f"/cases/{unknown}/words").status_code == 404
    assert readings(room, case_id) == []


def test_who_has_read_a_case_is_listed_for_the_auditor(app: FastAPI, room: Room) -> None:
    case_id = room.report(reporter={"name": "Bartholomew Underwing"})["case_id"]
    room.follow(case_id, CLAIMED)
    record(room, case_id, FOUND, by_name="Ottoline Brisket")
    assert ask(app, f"/api/cases/{case_id}/readings", "auditor").json()["readings"] == []
    assert "Nobody has." in ask(app, f"/cases/{case_id}/readings", "auditor").text
    read(app, case_id, "clinician:RXX", purpose="to <speak> with the family")
    read(app, case_id, "auditor", purpose="a question in the House")
    with room.engine.begin() as connection:
        reporters(connection, room.door.vault, case_id, by_role="safety", purpose="to thank her")
    read(app, room.report()["case_id"], "auditor")
    erase(room.database, case_id, "Somebody Named")
    told = ask(app, f"/api/cases/{case_id}/readings", "auditor").json()
    assert told["case_id"] == case_id
    times = [one.pop("read_at") for one in told["readings"]]
    assert times == sorted(times, reverse=True)
    assert {tuple(one.values()) for one in told["readings"]} == {
        ("reporter", "safety", None, "to thank her"),
        ("deciders", "auditor", None, "a question in the House"),
        ("words", "auditor", None, "a question in the House"),
        ("words", "clinician", "RXX", "to <speak> with the family"),
    }
    assert told["readings"][-1]["purpose"] == "to <speak> with the family"
    page = ask(app, f"/cases/{case_id}/readings", "auditor").text
    for text in ("What was written", "Who found or decided", "Who reported", "to &lt;speak&gt; with", "(4)"):
        assert text in page
    for name in ("Underwing", "Brisket", "Somebody Named"):
        assert name not in page + repr(told)
    assert f'href="/cases/{case_id}/readings"' in ask(app, f"/cases/{case_id}/words", "auditor").text
    assert "/readings" not in ask(app, f"/cases/{case_id}/words", "clinician:RXX").text


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("auditor", 200),
        ("auditor:RXX", 200),
        ("auditor:RYY", 403),
        ("safety:RXX", 403),
        ("director:RXX", 403),
        ("clinician:RXX", 403),
        ("reporter:RXX", 403),
        ("publisher", 403),
        ("admin", 403),
        (None, 401),
    ],
)
def test_readings_are_for_auditors(app: FastAPI, room: Room, who: str | None, status: int) -> None:
    case_id = room.report()["case_id"]
    assert ask(app, f"/api/cases/{case_id}/readings", who).status_code == status
    page = ask(app, f"/cases/{case_id}/readings", who)
    assert page.status_code == (303 if status == 401 else status)
    if status == 401:
        assert page.headers["location"] == f"/sign-in?next=/cases/{case_id}/readings"
    assert ask(app, "/api/cases/nowhere/readings", "auditor").status_code == 404


def test_many_readings_are_shown_in_pages(app: FastAPI, room: Room) -> None:
    case_id = room.report()["case_id"]
    for number in range(30):
        read(app, case_id, purpose=f"reading {number}.")
    first, second = (ask(app, f"/cases/{case_id}/readings", "auditor", page=page).text for page in "12")
    assert ("reading 29." in first, "reading 4." in first) == (True, False)
    assert ("reading 29." in second, "reading 4." in second) == (False, True)
