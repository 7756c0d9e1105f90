"""What becomes of a report comes back to whoever holds its receipt: by API and page, whoever they are."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from producers.sign_in import COOKIE, SignIn
from producers.vault_reading import erase
from sinks.migrations import upgrade
from tests.integration.door_room import DAWN, HOUR, Room, open_room
from tests.integration.filled import Asking, Filled
from tests.stack import Stack
from views.access import Access
from views.api import reports, words
from views.web import create_app

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]
DRAWERS = "The two drugs lie in <separate> drawers now."
CHANGED = {"type": "feedback_given", "outcome": "changed", "what_changed": DRAWERS}
TOLD = {"type": "relevant_person_notified", "at": "2013-12-20T09:00:00Z", "in_person": True}
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(scope="module")
def room(infra: Stack) -> Iterator[Room]:
    with open_room(infra.database, also=(upgrade,)) as made:
        yield made


@pytest.fixture(scope="module")
def model(room: Room) -> Iterator[Filled]:
    made = Filled(room.database)
    yield made
    made.close()


@pytest.fixture(scope="module")
def app(room: Room, model: Filled) -> FastAPI:
    return served(room, model, SignIn(demonstration=True))


def served(room: Room, model: Filled, sign_in: SignIn) -> FastAPI:
    access = Access(sign_in)
    return create_app(
        apis=[reports.router(room.door, model.store, access), words.router(room.door, access)],
        store=model.store,
        access=access,
        now=lambda: DAWN,
        ready=lambda: (True, {}),
        version={"version": "0"},
    )


def ask(app: FastAPI, path: str, who: str | None = None, **query: str) -> httpx.Response:
    headers = {"Accept": "text/html"} | ({"Cookie": f"{COOKIE}=demo:{who}"} if who else {})
    return Asking(app).get(path, query, headers)


def became(app: FastAPI, report: dict[str, Any]) -> dict[str, Any]:
    """As the API says it to somebody who is not signed in."""
    answer = ask(app, f"/api/reports/{report['report_id']}")
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def page(app: FastAPI, report: dict[str, Any]) -> str:
    answer = ask(app, f"/received/{report['report_id']}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.text


def arrive(room: Room, model: Filled, case_id: str) -> None:
    """All that the door has of a case comes to the read model, and nothing follows from it."""
    model.add(*room.records(case_id))
    model.settle()


def readings(room: Room, case_id: str) -> list[tuple[Any, ...]]:
    written = "SELECT by_role, provider, purpose FROM door.text_reads WHERE case_id = %s ORDER BY id"
    return room.rows(written, case_id)


def test_what_is_written_to_the_reporter_is_read_with_the_receipt(room: Room, app: FastAPI) -> None:
    report = room.report()
    room.follow(
        report["case_id"], {**CHANGED, "outcome": "still_looking", "what_changed": "We asked the makers."}
    )
    room.tick(DAWN + HOUR)
    given = room.follow(report["case_id"], CHANGED)
    told = became(app, report)
    assert [one["outcome"] for one in told["feedback"]] == ["changed", "still_looking"]
    assert told["feedback"][0] == {
        "event_id": given["event_id"],
        "at": "2013-12-20T10:00:00Z",
        "recorded_at": "2013-12-20T10:00:00Z",
        "outcome": "changed",
        "what_changed": DRAWERS,
        "erased_at": None,
    }
    shown = page(app, report)
    for text in ("drugs lie in &lt;separate&gt; drawers", "Something was changed", "We asked the makers."):
        assert text in shown
    assert readings(room, report["case_id"]) == [("reporter", None, reports.PURPOSE)] * 2
    listed = ask(app, f"/cases/{report['case_id']}/readings", "auditor").text
    assert listed.count(reports.PURPOSE) == 2
    assert listed.count("not recorded") == 2, "a receipt tells no provider"


def test_the_receipt_is_shown_and_nothing_else_of_the_case(room: Room, app: FastAPI) -> None:
    report = room.report(
        patients=[{"name": "Ada Ermine", "nhs_number": "943 476 5919"}],
        reporter={"role": "nurse", "name": "Bartholomew Underwing"},
        noticed_at="2013-12-20T08:30:00Z",
        ward="Cedar",
    )
    room.follow(report["case_id"], {"type": "material_fact_recorded", "reason": "A second scan was found."})
    room.follow(
        report["case_id"], {**CHANGED, "reason": "So said the board.", "by_role": "Mary Smith", "bed": 4}
    )
    told = became(app, report)
    receipt = json.loads(report["receipt"])
    assert [told[name] for name in ("noticed_at", "reported_at", "received_at")] == [
        receipt[name] for name in ("noticed_at", "reported_at", "received_at")
    ]
    assert told["case_id"] == report["case_id"]
    shown = repr(told) + page(app, report)
    assert "20 Dec 2013, 08:30 GMT" in shown
    for word in (
        "Ermine",
        "943 476",
        "943476",
        "Underwing",
        "Cedar",
        "broke a",
        "second scan",
        "board.",
        "Smith",
    ):
        assert word not in shown, word


def test_where_nothing_was_written_it_says_so_and_no_reading_is_recorded(room: Room, app: FastAPI) -> None:
    report = room.report()
    assert became(app, report)["feedback"] == []
    shown = page(app, report)
    for text in (
        "Nothing has been written for you yet",
        "No message is sent",
        "Not recorded yet",
        "You did not say",
    ):
        assert text in shown
    assert readings(room, report["case_id"]) == []


def test_it_is_not_settled_before_the_read_model_has_all(room: Room, model: Filled, app: FastAPI) -> None:
    report = room.report()
    room.follow(report["case_id"], CHANGED)
    assert became(app, report)["settled"] is False
    shown = page(app, report)
    assert "Not settled yet." in shown
    assert "drawers" in shown, "what was accepted is told all the same"
    arrive(room, model, report["case_id"])
    assert became(app, report)["settled"] is True
    assert "Not settled yet." not in page(app, report)
    room.follow(report["case_id"], {"type": "support_offered"})
    assert became(app, report)["settled"] is False


def test_an_anonymous_report_is_answered_like_any_other(room: Room, app: FastAPI) -> None:
    report = room.report(anonymous=True)
    room.follow(report["case_id"], CHANGED)
    assert became(app, report)["feedback"][0]["what_changed"] == DRAWERS
    assert readings(room, report["case_id"]) == [("reporter", None, reports.PURPOSE)]


def test_what_was_written_by_mistake_is_taken_back(room: Room, app: FastAPI) -> None:
    report = room.report()
    wrong = room.follow(report["case_id"], {**CHANGED, "what_changed": "This was of another ward."})
    room.follow(report["case_id"], CHANGED)
    retraction = {"type": "event_retracted", "event_id": wrong["event_id"], "reason": "Another report."}
    room.follow(report["case_id"], retraction)
    (left,) = became(app, report)["feedback"]
    assert left["what_changed"] == DRAWERS
    assert "another ward" not in page(app, report)


def test_that_somebody_was_told_is_said_with_its_time(room: Room, app: FastAPI) -> None:
    report = room.report()
    told = room.follow(report["case_id"], TOLD)
    assert became(app, report)["told_at"] == ["2013-12-20T09:00:00Z"]
    assert "Patient or family told" in page(app, report)
    room.follow(
        report["case_id"], {"type": "event_retracted", "event_id": told["event_id"], "reason": "It was not."}
    )
    assert became(app, report)["told_at"] == []


def test_both_who_reported_the_same_read_what_is_done_in_the_case_that_goes_on(
    room: Room, app: FastAPI
) -> None:
    first, second = room.report(), room.report()
    own = room.follow(second["case_id"], {**CHANGED, "what_changed": "Thank you."})
    link = room.follow(second["case_id"], {"type": "case_linked", "duplicate_of": first["case_id"]})
    room.tick(DAWN + 2 * HOUR)
    room.follow(first["case_id"], CHANGED)
    room.follow(first["case_id"], TOLD)
    assert [one["what_changed"] for one in became(app, first)["feedback"]] == [DRAWERS]
    assert became(app, first)["merged_at"] is None
    told = became(app, second)
    assert [one["what_changed"] for one in told["feedback"]] == [DRAWERS, "Thank you."]
    assert (told["merged_at"], told["told_at"]) == ("2013-12-20T10:00:00Z", ["2013-12-20T09:00:00Z"])
    shown = page(app, second)
    assert "somebody else reported the same" in shown
    assert first["case_id"] not in shown
    undone = {"type": "event_retracted", "event_id": link["event_id"], "reason": "Two falls."}
    room.follow(second["case_id"], undone)
    told = became(app, second)
    assert [one["event_id"] for one in told["feedback"]] == [own["event_id"]]
    assert (told["merged_at"], told["told_at"]) == (None, [])


def test_of_a_report_that_was_taken_out_it_says_so(room: Room, app: FastAPI) -> None:
    report = room.report()
    retraction = {
        "type": "event_retracted",
        "event_id": report["report_id"],
        "reason": "Of another hospital.",
    }
    room.follow(report["case_id"], retraction)
    assert became(app, report)["retracted_at"] == "2013-12-20T11:00:00Z"
    assert "taken out as entered by mistake" in page(app, report)


def test_of_an_erased_case_it_says_that_the_text_was_erased(room: Room, model: Filled, app: FastAPI) -> None:
    report = room.report()
    room.follow(report["case_id"], CHANGED)
    arrive(room, model, report["case_id"])
    assert erase(room.database, report["case_id"], "Somebody Named")
    (left,) = became(app, report)["feedback"]
    assert (left["outcome"], left["what_changed"]) == ("changed", None)
    assert left["erased_at"]
    shown = page(app, report)
    assert "Something was changed" in shown
    assert "nobody can read it any more" in shown
    assert "Somebody Named" not in shown


def test_only_the_number_of_a_report_leads_there(room: Room, app: FastAPI) -> None:
    report = room.report()
    for wrong in ("nowhere", NOBODY, report["case_id"]):
        assert ask(app, f"/api/reports/{wrong}").status_code == 404
        answer = ask(app, f"/received/{wrong}")
        assert answer.status_code == 404
        assert "No report has this number." in answer.text


def test_the_start_page_takes_the_receipt_or_its_number(room: Room, app: FastAPI) -> None:
    report = room.report()
    place = f"/received/{report['report_id']}"
    for typed in (report["receipt"], f" {report['report_id']}\n", f"Receipt {report['receipt']}"):
        answer = ask(app, "/received", receipt=typed)
        assert (answer.status_code, answer.headers["location"]) == (303, place)
    assert 'action="/received"' in ask(app, "/").text
    for typed in ("", " "):
        answer = ask(app, "/received", receipt=typed)
        assert answer.status_code == 404
        assert "Paste the whole receipt" in answer.text


def test_whoever_may_report_may_read_it(room: Room, model: Filled, app: FastAPI) -> None:
    report = room.report()
    path = f"/received/{report['report_id']}"
    for who in ("reporter:RXX", "clinician:RYY", "publisher", None):
        assert ask(app, path, who).status_code == 200
    shut = served(room, model, SignIn(demonstration=False))
    assert ask(shut, f"/api/reports/{report['report_id']}").status_code == 401
    answer = ask(shut, path)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next={path}")
