"""What families have still to hear: on the board of the safety team, and for the clinicians who tell them."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from producers.sign_in import SignIn
from rules.indemnity.policy import default_content
from schemas import event_types as events
from schemas import indemnity_types as said_of
from schemas.outcome_types import PolicyTaken
from schemas.topics import REVIEWS
from tests.integration.filled import Asking, Filled, own_database
from tests.integration.log_writer import HOUR, MORNING, facts, reported, said
from tests.stack import Stack
from views.access import Access
from views.api import indemnity
from views.board import Board, board
from views.pages import board_view

DAY = 24 * HOUR
NOW = MORNING + 30 * DAY
NZZ = events.Provider(code="NZZ", type="independent", nhs_contract=False, scheme_member=False)
CLINICIAN = "clinician responsible for the episode of care"


@pytest.fixture(scope="module")
def filled(infra: Stack) -> Iterator[Filled]:
    with own_database(infra.database, "families") as database:
        model = Filled(database)
        _fill(model)
        yield model
        model.close()


def _fill(model: Filled) -> None:
    for case_id in ("late", "changed", "waits", "second", "shared"):
        model.add(reported(case_id))
    model.add(reported("theirs", facts=facts(providers=(NZZ,))))
    verdicts: dict[str, Any] = {"told_event_id": "then", "told_at": MORNING, "found_event_id": "now"}
    verdicts |= {"evidence": "held_then", "correction": "discovered"}
    verdicts |= {"found_at": MORNING + 5 * DAY}
    model.add(
        said(said_of.FamilyUpdateOwed, "changed", 1, NOW, subject="update", patient="p1", **verdicts),
        *_fact("late", due_at=NOW - 1000),
        *_fact("second", due_at=NOW),
        *_fact("waits", known_at=MORNING + DAY, due_at=NOW + DAY),
        *_fact("theirs", due_at=NOW - DAY),
        *_fact("shared", due_at=NOW - DAY),
        said(said_of.FactNotShared, "theirs", 2, NOW, subject="fact-theirs", due_at=NOW - DAY, as_of=NOW),
        said(said_of.FactTold, "shared", 2, NOW, subject="fact-shared", shared_at=NOW, in_time=False),
    )


def _fact(case_id: str, *, due_at: int, known_at: int = MORNING) -> Iterator[Any]:
    fields: dict[str, Any] = {"event_id": f"known-{case_id}", "known_at": known_at, "due_at": due_at}
    yield said(said_of.FactWaits, case_id, 1, NOW, subject=f"fact-{case_id}", **fields)


def shown(filled: Filled, limit: int = 100, **asked: str) -> Board:
    with filled.store.connect() as connection:
        return board(
            connection,
            now=NOW,
            provider=asked.get("provider"),
            owner_role=asked.get("owner_role"),
            duty=asked.get("duty"),
            shown=limit,
        )


def test_board_shows_what_families_have_still_to_hear_the_overdue_first(filled: Filled) -> None:
    now = shown(filled)
    order = [(one["case_id"], one["overdue"]) for one in now.to_hear.shown]
    assert order == [
        ("late", True), ("theirs", True), ("second", False), ("waits", False), ("changed", False)
    ]  # fmt: skip
    assert (now.to_hear.count, now.to_hear_overdue) == (5, 2)
    assert "5 to be told to families, 2 of them overdue" in board_view.summary(now, [])


def test_board_says_whose_it_is_since_when_and_by_when(filled: Filled) -> None:
    rows = {one["case_id"]: one for one in shown(filled).to_hear.shown}
    assert rows["changed"] == {
        "id": "update",
        "case_id": "changed",
        "what": "changed_verdict",
        "patient": "p1",
        "providers": ["RXX"],
        "owner_role": CLINICIAN,
        "since": "2013-12-25T09:00:00Z",
        "due_at": None,
        "overdue": False,
    }
    late = rows["late"]
    assert (late["what"], late["owner_role"], late["patient"]) == ("new_fact", CLINICIAN, None)
    assert (late["since"], late["due_at"]) == ("2013-12-20T09:00:00Z", "2014-01-19T08:59:59+00:00")


def test_list_cut_short_counts_all(filled: Filled) -> None:
    now = shown(filled, limit=1)
    assert [one["case_id"] for one in now.to_hear.shown] == ["late"]
    assert (now.to_hear.count, now.to_hear_overdue) == (5, 2)


def test_board_of_a_provider_shows_its_own_families(filled: Filled) -> None:
    own = shown(filled, provider="NZZ")
    assert [(one["case_id"], one["providers"]) for one in own.to_hear.shown] == [("theirs", ["NZZ"])]
    none = shown(filled, provider="VZZ")
    assert (none.to_hear.count, none.to_hear_overdue) == (0, 0)


def test_filter_by_owner_finds_it_and_a_duty_of_candour_leaves_it(filled: Filled) -> None:
    now = shown(filled)
    assert board_view.owners(now, {"owner_role": ""}) == [CLINICIAN]
    theirs = shown(filled, limit=1, owner_role=CLINICIAN, duty="tell").to_hear
    assert (len(theirs.shown), theirs.count) == (1, 5)
    assert shown(filled, owner_role="patient safety team").to_hear.count == 0


def test_owner_is_that_of_the_policy_in_force(infra: Stack) -> None:
    _, content = default_content()
    other = content.replace(CLINICIAN, "head of midwifery")
    with own_database(infra.database, "families_adopted") as database:
        model = Filled(database)
        model.add(reported("late"), *_fact("late", due_at=NOW - 1000))
        fields: dict[str, Any] = {"subject": "partition:0", "sha256": "", "content": other}
        model.add(said(PolicyTaken, "", 1, NOW, **fields), topic=REVIEWS)
        assert [one["owner_role"] for one in shown(model).to_hear.shown] == ["head of midwifery"]
        model.close()


@pytest.fixture
def api(filled: Filled) -> Asking:
    made = FastAPI()
    made.include_router(indemnity.router(filled.store, Access(SignIn(demonstration=True))))
    return Asking(made)


def ask(api: Asking, path: str, role: str) -> Any:
    return api.get(f"/api/indemnity/{path}", headers={"Authorization": f"Bearer demo:{role}"})


def test_clinician_reads_what_families_of_the_own_provider_have_to_hear(api: Asking) -> None:
    own = ask(api, "families", "clinician:NZZ")
    assert own.status_code == 200
    assert ([one["case_id"] for one in own.json()["facts"]], own.json()["updates"]) == (["theirs"], [])
    assert ask(api, "families?provider=RXX", "clinician:NZZ").status_code == 403


def test_clinician_does_not_read_claims_and_a_reporter_neither(api: Asking) -> None:
    assert ask(api, "reviews", "clinician:NZZ").status_code == 403
    assert ask(api, "families", "reporter:NZZ").status_code == 403
