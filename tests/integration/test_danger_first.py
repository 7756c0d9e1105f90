"""Somebody in immediate danger stands first, however late it was raised: board, case, list and API."""

from collections.abc import Iterator
from re import findall
from typing import Any

import pytest

from rules.escalation.policy import default_content, parse
from schemas import escalation_types as said
from schemas.topics import ESCALATIONS
from tests.integration.log_writer import HOUR, MORNING, reported
from tests.integration.pages_room import PagesRoom, pages_room
from tests.stack import Stack

LAST = MORNING + 10 * HOUR
POLICY = parse(default_content()[1])
DANGER = POLICY.triggers["immediate_danger"].urgency
IN_ORDER = ["danger", "grave", "grave-too", "late", "again"]
"""By urgency, then by first raising."""
CASE = "00000000-0000-4000-8000-000000000001"


def raised(id: str, at: int, urgency: int, revision: int = 1, **changed: Any) -> said.EscalationRaised:
    fields: dict[str, Any] = {
        "subject": id,
        "case_id": CASE,
        "revision": revision,
        "recorded_at": at,
        "cause": f"report-{id}",
        "because": ("Because.",),
        "trigger": "death_or_severe_harm",
        "ground": "g",
        "urgency": urgency,
        "level": 1,
        "owner_role": "consultant in charge",
        "next_step": "Go and look.",
        "provider": "RXX",
        "provider_type": "nhs_trust",
        "raised_at": at,
        "acknowledge_by": at + HOUR,
        "act_by": at + 2 * HOUR,
        "informed": (),
    }
    return said.EscalationRaised(**fields | changed)


@pytest.fixture(scope="module")
def room(infra: Stack) -> Iterator[PagesRoom]:
    with pages_room(infra.database, LAST + HOUR) as room:
        model = room.model
        model.add(reported(CASE))
        again = raised("again", MORNING, DANGER + 1)
        closed = said.EscalationClosed(
            subject="again",
            case_id=CASE,
            revision=2,
            recorded_at=MORNING + HOUR,
            cause="x",
            because=("Done.",),
            how="acted",
            act="made_safe",
            closed_at=MORNING + HOUR,
        )
        outcomes = (
            again,
            closed,
            raised("late", MORNING + 2 * HOUR, DANGER + 2),
            raised("again", MORNING + 3 * HOUR, DANGER + 3, revision=3),  # under a later policy
            raised("grave", MORNING + 4 * HOUR, DANGER + 1),
            raised("danger", LAST, DANGER, trigger="immediate_danger"),
            raised("grave-too", LAST - HOUR, DANGER + 1),
        )
        model.add(*outcomes, topic=ESCALATIONS)
        yield room


def pages(room: PagesRoom, **query: str) -> list[list[str]]:
    """The ids of every page of the list, of one row each."""
    found: list[list[str]] = []
    query |= {"limit": "1"}
    while True:
        answer = room.ask.get("/api/escalations", query)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        found.append([one["id"] for one in body["escalations"]])
        if body["next"] is None:
            return found
        query["next"] = body["next"]


def test_every_page_of_the_api_holds_to_the_order(room: PagesRoom) -> None:
    assert pages(room) == [[id] for id in IN_ORDER]


def test_as_at_a_time_the_order_is_that_of_the_urgency_of_then(room: PagesRoom) -> None:
    assert pages(room, as_at="2013-12-20T11:30:00Z") == [["again"], ["late"]]
    assert pages(room, as_at="2013-12-20T13:00:00Z") == [["grave"], ["late"], ["again"]]
    assert pages(room, as_at="2013-12-20T08:00:00Z") == [[]]


@pytest.mark.parametrize("next", ["1~2", "1~~x", "1~2~", "--1~2~x", "1~x~y", "9" * 20 + "~1~x"])
def test_a_place_that_no_answer_gave_is_refused_by_name(room: PagesRoom, next: str) -> None:
    answer = room.ask.get("/api/escalations", {"next": next})
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == "/next"


def test_board_and_list_begin_with_the_danger(room: PagesRoom) -> None:
    board = room.page("/board").split('id="escalated"')[1].split("</section>")[0]
    assert findall(r'id="row-([a-z-]+)"', board)[0] == "danger"
    assert findall(r'id="e-([a-z-]+)"', room.page("/escalations"))[0] == "danger"


def test_what_is_not_read_at_once_is_less_urgent_and_can_be_reached(
    room: PagesRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("views.pages.escalations.SHOWN", 2)
    first = room.page("/escalations?provider=RXX")
    assert set(findall(r'id="e-([a-z-]+)"', first)) == {"danger", "grave"}
    (later,) = findall(r'<a href="(\?[^"]*next=[^"]*)"', first)
    assert "provider=RXX" in later
    rest = room.page(f"/escalations{later.replace('&amp;', '&')}")
    assert set(findall(r'id="e-([a-z-]+)"', rest)) == {"grave-too", "late"}


def test_a_case_names_its_danger_first(room: PagesRoom) -> None:
    assert findall(r'id="e-([a-z-]+)"', room.page(f"/cases/{CASE}")) == IN_ORDER
