"""What families have still to hear, over the API: page by page, and as it was known at an earlier time."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from producers.sign_in import SignIn
from schemas import indemnity_types as said_of
from tests.integration.filled import Asking, Filled, own_database
from tests.integration.log_writer import HOUR, MORNING, reported, said
from tests.stack import Stack
from views.access import Access
from views.api import indemnity
from views.api.times import utc

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

FACTS = ("first", "second", "shared")


@pytest.fixture(scope="module")
def asking(infra: Stack) -> Iterator[Asking]:
    with own_database(infra.database, "owed") as database:
        model = Filled(database)
        _fill(model)
        app = FastAPI()
        app.include_router(indemnity.router(model.store, Access(SignIn(demonstration=True))))
        yield Asking(app)
        model.close()


def _fill(model: Filled) -> None:
    for case_id in (*FACTS, "changed"):
        model.add(reported(case_id))
    for hours, case_id in enumerate(FACTS):
        fields: dict[str, Any] = {"event_id": f"known-{case_id}", "known_at": MORNING}
        fields["due_at"] = MORNING + (30 - hours) * HOUR
        model.add(said(said_of.FactWaits, case_id, 1, MORNING + hours * HOUR, subject=case_id, **fields))
    verdicts: dict[str, Any] = {"told_event_id": "then", "told_at": MORNING, "found_event_id": "now"}
    verdicts |= {"found_at": MORNING, "evidence": "held_then", "correction": "discovered"}
    late = MORNING + 5 * HOUR
    model.add(
        said(said_of.FamilyUpdateOwed, "changed", 1, late, subject="update", patient="p1", **verdicts),
        said(said_of.FactTold, "shared", 2, late, subject="shared", shared_at=late, in_time=True),
    )


def ids(answer: dict[str, Any]) -> list[str]:
    return [one["id"] for one in (*answer["updates"], *answer["facts"])]


def owed(asking: Asking, **query: Any) -> dict[str, Any]:
    answer = asking.get("/api/indemnity/families", params=query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_a_page_goes_on_where_the_one_before_ended(asking: Asking) -> None:
    assert ids(owed(asking)) == ["update", "second", "first"], "what waits longest comes first in each"
    pages = [owed(asking, limit=2)]
    while (further := pages[-1]["next"]) is not None:
        pages.append(owed(asking, limit=2, next=further))
    assert [ids(one) for one in pages] == [["second", "first"], ["update"]]
    assert asking.get("/api/indemnity/families", params={"next": "x"}).status_code == 422


def test_as_it_was_known_at_an_earlier_time(asking: Asking) -> None:
    then = owed(asking, as_at=utc(MORNING + 4 * HOUR))
    assert ids(then) == ["shared", "second", "first"]
    assert ids(owed(asking, as_at=utc(MORNING + HOUR), limit=1)) == ["first"]
    assert ids(owed(asking, as_at=utc(MORNING - HOUR))) == []
    assert ids(owed(asking, as_at=utc(MORNING + 9 * HOUR))) == ids(owed(asking))
