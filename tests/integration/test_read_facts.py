"""Awareness and the relevant person of an obligation follow its case: corrected, linked, taken back."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from msgspec.structs import replace

from producers.sign_in import SignIn
from schemas import event_types as events
from schemas import outcome_types as outcomes
from sinks.migrations import upgrade
from tests.integration.door_room import furnished
from tests.integration.filled import Asking, Filled
from tests.integration.log_writer import DUE, HOUR, MORNING, event, facts, opened, patient, reported, said
from tests.stack import Stack
from views.access import Access
from views.api import audit, cases, obligations
from views.api.times import parse
from views.at_door import AtDoor
from views.board import board
from views.pages import case_view

DAY = 24 * HOUR
TOLD = MORNING + 4 * DAY
NOTICED = MORNING - 6 * DAY
ENRICHED, LINKED, RETRACTED = (MORNING + days * DAY for days in (5, 6, 7))
Read = Callable[..., Any]

CORRECTED = facts(aware_at=NOTICED, patients=(replace(patient(), relation="attorney", why="lacks_capacity"),))


@pytest.fixture(scope="module")
def filled(infra: Stack) -> Iterator[Filled]:
    model = Filled(furnished(infra.database, (upgrade,)))
    _fill(model)
    yield model
    model.close()


def _fill(model: Filled) -> None:
    for name in ("enriched", "linked", "unlinked"):
        model.add(
            reported(name, facts=facts(aware_at=MORNING, aware_assumed=True)),
            opened(name, aware_at=MORNING, aware_assumed=True),
            said(outcomes.ObligationMet, name, 2, TOLD, satisfied_at=TOLD),
        )
    model.add(event(events.Enriched, "enriched", "e", ENRICHED, facts=CORRECTED, changed=("noticed_at",)))
    for name in ("linked", "unlinked"):
        model.add(_link(name, NOTICED, MORNING - DAY), _link(name, MORNING + HOUR, MORNING + HOUR, "later"))
    kept = facts(aware_at=MORNING, aware_assumed=True)
    back: dict[str, Any] = {"retracted_event_id": "link-unlinked", "facts": kept}
    model.add(event(events.EventRetracted, "unlinked", "r", RETRACTED, **back))
    waits: dict[str, Any] = {"provisional": True, "due_at": None}
    model.add(reported("first"), opened("first", **waits), reported("second"), opened("second", **waits))
    model.add(reported("third"), opened("third", **waits))
    model.add(event(events.Enriched, "second", "e2", ENRICHED, facts=CORRECTED, changed=("noticed_at",)))
    model.add(_link("third", NOTICED - DAY, MORNING, facts=facts()))
    model.settle()


def _link(case_id: str, aware_at: int, reported_at: int, name: str = "link", **fields: Any) -> events.Record:
    fields = {"facts": facts(aware_at=MORNING, aware_assumed=True)} | fields
    return event(
        events.CaseLinked, case_id, f"{name}-{case_id}", LINKED, side="primary", other_case_id="other",
        other_harm="moderate", other_reported_at=reported_at, other_aware_at=aware_at, **fields,
    )  # fmt: skip


@pytest.fixture
def read(filled: Filled) -> Read:
    made, access = FastAPI(), Access(SignIn(demonstration=True))
    made.include_router(cases.router(filled.store, access, AtDoor(lambda _: None)))
    made.include_router(obligations.router(filled.store, access))
    made.include_router(audit.router(filled.store, access))
    api = Asking(made)

    def answer(path: str, **query: Any) -> Any:
        found = api.get(path, {name: str(value) for name, value in query.items()}, {})
        assert found.status_code == 200, found.text
        return found.json()

    return answer


def duty(read: Read, case_id: str, **query: Any) -> Any:
    (one,) = read(f"/api/cases/{case_id}", **query)["obligations"]
    (listed,) = read("/api/obligations", case_id=case_id, **query)["obligations"]
    assert one == listed
    return one


def aware(read: Read, case_id: str, **query: Any) -> tuple[int | None, bool]:
    one = duty(read, case_id, **query)
    return parse("aware_at", one["aware_at"]), one["aware_assumed"]


def test_awareness_follows_an_enrichment(read: Read) -> None:
    assert aware(read, "enriched") == (NOTICED, False)
    assert aware(read, "enriched", as_at="2013-12-25T08:00:00Z") == (MORNING, True)


def test_the_relevant_person_follows_an_enrichment(read: Read) -> None:
    now, then = duty(read, "enriched"), duty(read, "enriched", as_at="2013-12-25T08:00:00Z")
    assert (now["relation"], now["relation_why"]) == ("attorney", "lacks_capacity")
    assert (then["relation"], then["relation_why"]) == ("patient", None)


def test_the_primary_keeps_the_earliest_awareness(read: Read) -> None:
    assert aware(read, "linked") == (NOTICED, False)
    assert aware(read, "linked", as_at="2013-12-25T08:00:00Z") == (MORNING, True)


def test_a_link_taken_back_takes_its_awareness_back(read: Read) -> None:
    assert aware(read, "unlinked") == (MORNING, True)
    assert aware(read, "unlinked", as_at="2013-12-26T12:00:00Z") == (NOTICED, False)


def test_the_audit_counts_days_from_awareness_as_it_is_known(read: Read) -> None:
    def days(**query: Any) -> Any:
        rows = read("/api/audit/candour", provider="RXX", **query)["duties"]
        (row,) = (one for one in rows if one["number_in_law"])
        return row["told"], row["median_days_from_awareness_to_told"]

    assert days() == (3, 10.0)
    assert days(as_at="2013-12-25T08:00:00Z") == (3, 4.0)


def test_the_case_page_counts_from_awareness_as_it_is_known(read: Read) -> None:
    (shown,) = case_view.obligations(read("/api/cases/enriched"), DUE)
    assert shown["elapsed"] == "10 days"


def test_the_board_has_first_what_was_noticed_first(filled: Filled) -> None:
    with filled.store.connect() as connection:
        provisional = board(connection, now=DUE).provisional.shown
    assert [one["case_id"] for one in provisional] == ["third", "second", "first"]
    assert parse("aware_at", provisional[0]["aware_at"]) == NOTICED - DAY
