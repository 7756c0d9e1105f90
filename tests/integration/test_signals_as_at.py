"""Pages of the signals as at a time hold each that was asked then, once, in the order of then."""

from collections.abc import Iterator
from typing import Any

import pytest

from schemas import signal_types as said
from schemas.outcome_types import Outcome
from schemas.topics import SIGNALS
from tests.integration.log_writer import HOUR, MORNING
from tests.integration.pages_room import PagesRoom, pages_room
from tests.stack import Stack

THEN = "2013-12-20T19:00:00Z"
RAISED = {"z": 0, "a": 1, "m": 2, "again": 3, "k": 4, "b": 5}
"""In no order of their ids; hours after the morning."""


def raised(id: str, hour: int, revision: int = 1) -> said.QuestionRaised:
    return said.QuestionRaised(
        **_common(id, hour, revision),
        signal="accounts_differ",
        question="Which account is right?",
        about="x",
        provider="RXX",
        unit="RXX|clinician",
        at=MORNING,
    )


def ended(id: str, hour: int, revision: int, how: said.SignalEnd = "answered") -> said.SignalEnded:
    return said.SignalEnded(**_common(id, hour, revision), how=how)


def _common(id: str, hour: int, revision: int) -> dict[str, Any]:
    return {
        "subject": id,
        "case_id": f"case-{id}",
        "revision": revision,
        "recorded_at": MORNING + hour * HOUR,
        "cause": f"x-{id}",
        "because": ("Because.",),
    }


@pytest.fixture(scope="module")
def room(infra: Stack) -> Iterator[PagesRoom]:
    with pages_room(infra.database, MORNING + 100 * HOUR) as room:
        history: list[Outcome] = [raised(id, hour) for id, hour in RAISED.items()]
        history += [ended("again", 6, 2), raised("again", 7, 3)]
        history += [ended("m", 8, 2)]
        history += [ended("a", 20, 2), raised("a", 21, 3), raised("later", 22)]
        room.model.add(*history, topic=SIGNALS)
        yield room


def pages(room: PagesRoom, limit: int, **query: str) -> list[str]:
    found: list[str] = []
    query |= {"limit": str(limit)}
    while True:
        answer = room.ask.get("/api/signals", query)
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert len(body["signals"]) == limit or body["next"] is None
        found += [one["id"] for one in body["signals"]]
        assert len(found) <= len(RAISED), "a page comes back to what was shown"
        if body["next"] is None:
            return found
        query["next"] = body["next"]


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_every_page_is_complete_with_one_that_was_asked_again(room: PagesRoom, limit: int) -> None:
    assert pages(room, limit, as_at=THEN) == ["z", "a", "k", "b", "again"]
    assert pages(room, limit, as_at=THEN, state="answered") == ["m"]
    assert pages(room, limit, as_at="2013-12-20T14:00:00Z") == ["z", "a", "m", "again", "k", "b"]
    assert pages(room, limit) == ["z", "k", "b", "again", "a", "later"]


def test_it_says_when_it_was_raised_then(room: PagesRoom) -> None:
    query = {"case_id": "case-again", "as_at": "2013-12-20T14:00:00Z"}
    (one,) = room.ask.get("/api/signals", query).json()["signals"]
    assert one["raised_at"] == "2013-12-20T12:00:00Z"
