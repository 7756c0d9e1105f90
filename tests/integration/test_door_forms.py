"""Every follow-up form of the case page, filled in and sent through the door on the real PostgreSQL."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import APIRouter
from httpx import ASGITransport, AsyncClient, Response

from producers.sign_in import COOKIE, SignIn
from producers.ward import router
from rules.identity import escalation_id, obligation_id
from rules.indemnity.standing import ACTS
from schemas.contracts import snake
from tests.forms import answers
from tests.integration.door_room import DAWN, Room, open_room
from tests.integration.test_door_follow_ups import BEFORE, EVERY, role_for
from tests.stack import Stack
from views.access import Access
from views.pages import follow_ups
from views.pages.follow_up_forms import BY_TYPE
from views.web import create_app

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def room(infra: Stack) -> Iterator[Room]:
    with open_room(infra.database) as made:
        yield made


@pytest.mark.parametrize("kind", BY_TYPE)
def test_what_a_form_sends_is_recorded_and_nothing_is_left_aside(room: Room, kind: str) -> None:
    report = room.report()
    case_id = report["case_id"]
    before = [
        room.post(case_id, {"type": first, **EVERY[first]}, role_for(first)).json()
        for first in BEFORE.get(kind, ())
    ]
    form = follow_ups._of(BY_TYPE[kind], _as_read(case_id, before, kind))
    typed = {
        "event_id": report["report_id"],
        "duplicate_of": room.report()["case_id"],
        "decision": "reduce" if kind == "indemnity_decision_recorded" else "yes",
    }
    typed |= {"by_role": "NHSLA reviewer"} if kind in ACTS else {}
    body, errors = follow_ups.body_of(form, answers(form, typed=typed), DAWN)
    assert not errors
    answer = room.post(case_id, body, role_for(kind))
    assert answer.status_code == 201, answer.text
    assert (answer.json()["kept_aside"], answer.json()["notes"]) == ([], [])


def _as_read(case_id: str, before: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    """As much of the case as the forms look at, which the page has from the read model."""
    told = obligation_id(case_id, "p1", "RXX", "tell", "SC35_2013")
    lines = zip(BEFORE.get(kind, ()), before, strict=True)
    return {
        "case_id": case_id,
        "provider": "RXX",
        "patients": [{"ref": "p1"}],
        "reported_at": "2013-12-20T09:00:00+00:00",
        "obligations": [{"id": told, "provider": "RXX", "duty": "tell", "instrument": "SC35_2013"}],
        "escalations": [
            {
                "id": escalation_id(case_id, "immediate_danger"),
                "state": "raised",
                "trigger": "immediate_danger",
                "owner_role": "medical director",
            }
        ],
        "timeline": [{"type": first, "claim_id": "C-1", **line} for first, line in lines],
    }


class Person:
    """At the pages, with the door behind them; the case is read from what the door said of it."""

    def __init__(self, room: Room, case_id: str) -> None:
        self.room, self.path = room, f"/cases/{case_id}/record/"
        read = APIRouter(prefix=f"/api/cases/{case_id}")
        read.add_api_route("", lambda: {"case_id": case_id, **_as_read(case_id, [], "")})
        sign_in = SignIn(demonstration=True)
        self.app = create_app(
            apis=(router(room.door, sign_in), read),
            store=room.engine,
            access=Access(sign_in),
            now=self.now,
            ready=lambda: (True, {}),
            version={"version": "0"},
        )
        self.role = "safety"

    def now(self) -> int:
        with self.room.engine.connect() as connection:
            return self.room.door.clock.now(connection)

    def ask(self, method: str, kind: str, typed: dict[str, str] | None = None) -> Response:
        headers = {"Accept": "text/html"} | ({"Cookie": f"{COOKIE}=demo:{self.role}"} if self.role else {})

        async def asked() -> Response:
            transport = ASGITransport(self.app)
            async with AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                return await client.request(method, self.path + kind, headers=headers, data=typed)

        return asyncio.run(asked())

    def opens(self, kind: str) -> dict[str, str]:
        """What the form carries unseen."""
        page = self.ask("GET", kind)
        assert page.status_code == 200
        return dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page.text))

    def sends(self, kind: str, typed: dict[str, str]) -> Response:
        self.room.tick(self.now() + 1000)
        return self.ask("POST", kind, typed)


@pytest.fixture
def person(room: Room) -> Person:
    return Person(room, room.report()["case_id"])


def recorded(person: Person, kind: str) -> int:
    case_id = person.path.split("/")[2]
    return sum(snake(type(one).__name__) == kind for one in person.room.records(case_id))


def test_the_same_form_twice_is_one_record(person: Person) -> None:
    typed = {**person.opens("support_offered"), "at": "today", "by_role": "consultant"}
    for _ in range(2):
        answer = person.sends("support_offered", typed)
        assert answer.status_code == 303
        assert answer.headers["location"].endswith("?recorded=support_offered")
    assert recorded(person, "support_offered") == 1


def test_what_was_changed_after_it_was_recorded_is_not_lost_and_not_recorded_twice(person: Person) -> None:
    typed = {**person.opens("support_offered"), "at": "today", "by_role": "consultant"}
    assert person.sends("support_offered", typed).status_code == 303
    again = person.sends("support_offered", {**typed, "by_role": "matron"})
    assert again.status_code == 422
    assert "This was recorded already" in again.text
    assert f'href="{person.path.removesuffix("/record/")}#timeline"' in again.text
    assert 'value="matron"' in again.text
    assert typed["idempotency-key"] not in again.text
    assert recorded(person, "support_offered") == 1


def test_today_is_asked_for_again_where_the_form_was_opened_on_another_day(person: Person) -> None:
    typed = {**person.opens("support_offered"), "at": "today"}
    assert typed["drawn_at"].startswith("2013-12-20T09:0")
    before = {"drawn_at": "2013-12-19T23:50:00+00:00"}
    late = person.sends("support_offered", {**typed, **before})
    assert late.status_code == 422
    assert "Midnight has passed" in late.text
    assert 'name="drawn_at" value="2013-12-20T09:0' in late.text
    assert 'name="at-d" value="19"' in late.text
    assert recorded(person, "support_offered") == 0
    on_a_day = {"at": "other", "at-d": "20", "at-m": "12", "at-y": "2013", **before}
    assert person.sends("support_offered", {**typed, **on_a_day}).status_code == 303


@pytest.mark.parametrize(("role", "status"), [("clinician", 403), ("", 401)])
def test_what_the_role_may_not_record_is_still_in_the_form(person: Person, role: str, status: int) -> None:
    typed = {**person.opens("harm_regraded"), "at": "today", "axis": "physical", "to": "severe"}
    person.role = role
    answer = person.sends("harm_regraded", {**typed, "reason": "A second operation."})
    assert answer.status_code == status
    assert "“Regrade harm” is for: Patient safety team." in answer.text
    assert "A second operation.</textarea>" in answer.text
    assert typed["idempotency-key"] in answer.text
    person.role = "safety"
    assert person.sends("harm_regraded", {**typed, "reason": "A second operation."}).status_code == 303


def test_a_form_that_the_role_may_not_send_is_not_drawn(person: Person) -> None:
    person.role = "clinician"
    answer = person.ask("GET", "harm_regraded")
    assert answer.status_code == 403
    assert "“Regrade harm” is for: Patient safety team." in answer.text
    assert "<form" not in answer.text


def test_a_role_that_cannot_be_named_is_told_in_the_words_of_the_form(person: Person) -> None:
    typed = {**person.opens("support_offered"), "at": "today", "by_role": "Mary Smith"}
    answer = person.sends("support_offered", typed)
    assert answer.status_code == 201
    assert "by_role" not in answer.text
    assert "“Role of the person who did it” " in answer.text


def test_a_finding_and_a_decision_are_somebodys(person: Person) -> None:
    case_id = person.path.split("/")[2]
    person.room.follow(case_id, {"type": "claim_opened", "claim_id": "C-1"})
    person.role = "auditor"
    told = {"claim_id": "C-1", "reason": "No letter was sent.", "by_role": "NHSLA reviewer"}
    for kind, word in (
        ("openness_finding_recorded", {"finding": "not_open"}),
        ("indemnity_decision_recorded", {"decision": "none"}),
    ):
        typed = {**person.opens(kind), **told, **word}
        unnamed = person.sends(kind, {**typed, "by_name": " "})
        assert unnamed.status_code == 422
        assert 'href="#by_name">Enter your name' in unnamed.text
        assert "No letter was sent.</textarea>" in unnamed.text
        assert recorded(person, kind) == 0
        unfinished = person.sends(kind, {**typed, "by_name": "Ottoline Brisket", "reason": ""})
        assert unfinished.status_code == 422
        assert 'value="Ottoline Brisket"' in unfinished.text
        assert person.sends(kind, {**typed, "by_name": "Ottoline Brisket"}).status_code == 303
        assert recorded(person, kind) == 1


def test_a_family_account_that_is_not_clear_is_recorded_as_that(person: Person) -> None:
    typed = {**person.opens("family_account_given"), "at": "today", "told": "not_sure"}
    assert person.sends("family_account_given", typed).status_code == 303
    record = person.room.records(person.path.split("/")[2])[-1]
    assert (record.told, record.not_clear) == (False, True)
