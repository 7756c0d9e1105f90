"""Claims and new facts over HTTP on the real PostgreSQL: what cannot be right never reaches the log."""

from collections.abc import Iterator
from typing import Any

import pytest

from schemas.claim_events import ClaimOpened
from tests.integration.door_room import Room, open_room
from tests.stack import Stack

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

OPENED = {"type": "claim_opened", "claim_id": "C-1"}
FINDING = {
    "type": "openness_finding_recorded",
    "claim_id": "C-1",
    "finding": "not_open",
    "by_role": "nhsla_reviewer",
    "reason": "No letter was sent.",
}
DECISION: dict[str, Any] = {
    "type": "indemnity_decision_recorded",
    "claim_id": "C-1",
    "decision": "reduce",
    "trust_share_percent": 40,
    "by_role": "nhsla_reviewer",
    "reason": "Nobody told the family.",
}
REIMBURSED: dict[str, Any] = {
    "type": "reimbursement_recorded",
    "claim_id": "C-1",
    "status": "proposed",
    "percent": 60,
}
PAID = {"type": "patient_paid", "claim_id": "C-1", "pounds": 25_000}


@pytest.fixture(scope="module")
def room(infra: Stack) -> Iterator[Room]:
    with open_room(infra.database) as made:
        yield made


def refused(answer: Any, pointer: str, words: str) -> None:
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    assert error["pointer"] == pointer
    assert words in answer.text
    assert error["mend"], "a refusal says how to mend it"


def taken(room: Room, case_id: str, *bodies: dict[str, Any]) -> str:
    """The event id of the last of them."""
    event_id = ""
    for body in bodies:
        role = "safety" if body["type"] in ("claim_opened", "claim_closed") else "auditor"
        answer = room.post(case_id, body, role)
        assert answer.status_code == 201, answer.text
        event_id = answer.json()["event_id"]
    return event_id


def test_in_order_everything_is_taken(room: Room) -> None:
    case_id = room.report()["case_id"]
    taken(room, case_id, OPENED, FINDING, DECISION, REIMBURSED, PAID)
    (opened,) = [one for one in room.records(case_id) if isinstance(one, ClaimOpened)]
    assert opened.provider == "RXX", "the only provider of the case is meant"


@pytest.mark.parametrize("body", [FINDING, DECISION])
def test_who_finds_and_decides_is_asked_for_by_name(room: Room, body: dict[str, Any]) -> None:
    case_id = room.report()["case_id"]
    taken(room, case_id, OPENED, FINDING)
    (note,) = room.post(case_id, body, "auditor").json()["notes"]
    assert "by_name is missing" in note
    for name, wrong in ((" ", "give the name, or leave it out"), ("x" * 201, "200"), (7, "text")):
        answer = room.post(case_id, {**body, "by_name": name}, "auditor")
        assert answer.status_code == 422
        (error,) = answer.json()["errors"]
        assert error["pointer"] == "/by_name"
        assert wrong in f"{error['detail']} {error['mend']}"
    answer = room.post(case_id, {**body, "by_name": "Ottoline Brisket"}, "auditor").json()
    assert (answer["notes"], answer["kept_aside"]) == ([], [])


def test_a_name_goes_neither_to_the_log_nor_among_the_texts_nor_is_it_readable_in_the_database(
    room: Room,
) -> None:
    case_id = room.report()["case_id"]
    names = ("Ottoline Brisket", "Montague Featherstone")
    found, decided = (
        {**body, "by_name": name} for body, name in zip((FINDING, DECISION), names, strict=True)
    )
    taken(room, case_id, OPENED, found)
    for _ in range(2):
        headers = {"Authorization": "Bearer demo:auditor", "Idempotency-Key": "decided once"}
        assert (
            room.http.post(f"/api/cases/{case_id}/events", json=decided, headers=headers).status_code == 201
        )
    assert len(room.texts(case_id)) == 3
    assert "by_name" not in repr(room.texts(case_id))
    for (table,) in room.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'door'"):
        content = repr(room.rows(f"SELECT t::text FROM door.{table} t"))
        for name in names:
            assert name not in content, table
            assert name.encode().hex() not in content, table
    assert len(room.rows("SELECT event_id FROM door.reporters WHERE case_id = %s", case_id)) == 2


def test_a_claim_for_a_case_nobody_knows_is_not_found(room: Room) -> None:
    assert room.post("5b0c4d52-8d0c-4a50-9a3a-3c1c2ad0a6f4", OPENED).status_code == 404


@pytest.mark.parametrize("role", ["reporter", "clinician", "safety", "director", "publisher", "admin"])
def test_nobody_but_an_auditor_records_a_finding_or_decides(room: Room, role: str) -> None:
    case_id = room.report()["case_id"]
    taken(room, case_id, OPENED)
    for body in (FINDING, DECISION, REIMBURSED):
        assert room.post(case_id, body, role).status_code == 403
    assert len(room.records(case_id)) == 2


def test_a_decision_without_a_finding_is_refused(room: Room) -> None:
    case_id = room.report()["case_id"]
    taken(room, case_id, OPENED)
    refused(room.post(case_id, DECISION, "auditor"), "/decision", "No person has recorded a finding")
    refused(room.post(case_id, REIMBURSED, "auditor"), "/status", "No person has recorded a finding")


def test_a_claim_that_nobody_opened_is_refused(room: Room) -> None:
    case_id = room.report()["case_id"]
    refused(room.post(case_id, FINDING, "auditor"), "/claim_id", "No claim C-1 was opened")
    refused(room.post(case_id, PAID, "auditor"), "/claim_id", "is no claim of this case")
    closing = {"type": "claim_closed", "claim_id": "C-1", "reason": "Settled."}
    refused(room.post(case_id, closing), "/claim_id", "No claim C-1 was opened")


def test_a_claim_is_open_once_and_may_be_opened_again_after_it_was_closed(room: Room) -> None:
    case_id = room.report()["case_id"]
    taken(room, case_id, OPENED)
    refused(room.post(case_id, OPENED), "/claim_id", "is open already")
    taken(room, case_id, {"type": "claim_closed", "claim_id": "C-1", "reason": "Withdrawn."})
    closed = {"type": "claim_closed", "claim_id": "C-1", "reason": "Withdrawn."}
    refused(room.post(case_id, closed), "/claim_id", "is closed")
    taken(room, case_id, PAID)
    taken(room, case_id, OPENED, FINDING)


def test_a_provider_that_closes_its_claim_holds_no_finding_up(room: Room) -> None:
    case_id = room.report()["case_id"]
    taken(room, case_id, OPENED, {"type": "claim_closed", "claim_id": "C-1", "reason": "Settled."})
    taken(room, case_id, FINDING, DECISION, REIMBURSED)


def test_a_finding_stands_until_an_auditor_takes_it_back(room: Room) -> None:
    case_id = room.report(other_providers=["RYY"])["case_id"]
    opened = taken(room, case_id, {**OPENED, "provider": "RXX"})
    finding = taken(room, case_id, FINDING)
    taken(room, case_id, DECISION)
    retraction = {"type": "event_retracted", "event_id": opened, "reason": "Opened twice."}
    refused(room.post(case_id, retraction), "/event_id", "holds a finding about claim C-1")
    taken(room, case_id, {"type": "claim_closed", "claim_id": "C-1", "reason": "Settled."})
    elsewhere = {**OPENED, "provider": "RYY"}
    refused(room.post(case_id, elsewhere), "/provider", "a finding about claim C-1 against RXX stands")
    assert room.post(case_id, {**OPENED, "provider": "RXX"}).status_code == 201
    refused(room.post(case_id, retraction), "/event_id", "holds a finding about claim C-1")
    taken(room, case_id, {**retraction, "event_id": finding})
    assert room.post(case_id, retraction).status_code == 201


@pytest.mark.parametrize("role", ["consultant", "patient safety lead", "Dr Cuthbertson"])
def test_what_the_scheme_records_is_recorded_by_one_of_its_roles(room: Room, role: str) -> None:
    case_id = room.report()["case_id"]
    taken(room, case_id, OPENED)
    refused(room.post(case_id, {**FINDING, "by_role": role}, "auditor"), "/by_role", "nhsla reviewer")
    taken(room, case_id, FINDING)
    for body in (DECISION, REIMBURSED):
        refused(room.post(case_id, {**body, "by_role": role}, "auditor"), "/by_role", "nhsla reviewer")
    assert len(room.records(case_id)) == 3


def test_nothing_is_dated_before_what_it_follows(room: Room) -> None:
    case_id = room.report()["case_id"]
    taken(room, case_id, OPENED)
    early = {"at": "2013-12-19T10:00:00Z"}
    refused(room.post(case_id, {**FINDING, **early}, "auditor"), "/at", "before the claim was made")
    taken(room, case_id, FINDING)
    refused(room.post(case_id, {**DECISION, **early}, "auditor"), "/at", "before the claim was made")


def test_the_share_of_the_provider_never_passes_the_whole(room: Room) -> None:
    case_id = room.report()["case_id"]
    taken(room, case_id, OPENED, FINDING, DECISION)
    too_much = {**REIMBURSED, "percent": 61}
    refused(room.post(case_id, too_much, "auditor"), "/percent", "up to 60 % is left")
    assert room.post(case_id, {**REIMBURSED, "percent": 140}, "auditor").status_code == 422
    taken(room, case_id, REIMBURSED)
    for share in (None, 0):
        nothing = {**DECISION, "trust_share_percent": share}
        refused(room.post(case_id, nothing, "auditor"), "/trust_share_percent", "1 to 100")
    removed = {**DECISION, "decision": "remove"}
    refused(room.post(case_id, removed, "auditor"), "/trust_share_percent", "leaves the whole")
    removed["trust_share_percent"] = 100
    refused(room.post(case_id, removed, "auditor"), "/trust_share_percent", "up to 40 % is left")


def test_a_decision_that_changes_nothing_has_no_share(room: Room) -> None:
    case_id = room.report()["case_id"]
    taken(room, case_id, OPENED, FINDING)
    refused(room.post(case_id, {**DECISION, "decision": "none"}, "auditor"), "/trust_share_percent", "share")


def test_a_non_member_has_claims_and_payments_and_no_findings(room: Room) -> None:
    case_id = room.report(provider="NZZ")["case_id"]
    taken(room, case_id, OPENED, PAID)
    refused(room.post(case_id, FINDING, "auditor"), "/claim_id", "NZZ is not a member of the scheme")


def test_the_provider_claimed_against_is_of_the_case(room: Room) -> None:
    case_id = room.report(other_providers=["RYY"])["case_id"]
    refused(room.post(case_id, OPENED), "/provider", "this case has several")
    refused(room.post(case_id, {**OPENED, "provider": "NZZ"}), "/provider", "is NZZ")
    taken(room, case_id, {**OPENED, "provider": "RYY"})


def test_a_retraction_takes_out_what_was_known_of_a_claim(room: Room) -> None:
    case_id = room.report()["case_id"]
    taken(room, case_id, OPENED)
    finding = taken(room, case_id, FINDING)
    taken(room, case_id, DECISION)
    retraction = {"type": "event_retracted", "event_id": finding, "reason": "It was about another claim."}
    answer = room.post(case_id, retraction)
    assert answer.status_code == 403, "a provider takes no finding of the scheme back"
    taken(room, case_id, retraction)
    refused(room.post(case_id, REIMBURSED, "auditor"), "/status", "No person has recorded a finding")
    taken(room, case_id, FINDING, {**REIMBURSED, "percent": 100})


def test_a_claim_is_opened_on_the_case_that_goes_on(room: Room) -> None:
    case_id, primary = room.report()["case_id"], room.report()["case_id"]
    room.follow(case_id, {"type": "case_linked", "duplicate_of": primary})
    refused(room.post(case_id, OPENED), "", primary)
    taken(room, primary, OPENED)


def test_a_case_with_an_open_claim_goes_on_itself(room: Room) -> None:
    case_id, primary = room.report()["case_id"], room.report()["case_id"]
    link = {"type": "case_linked", "duplicate_of": primary}
    taken(room, case_id, OPENED)
    refused(room.post(case_id, link), "", "has the open claim C-1")
    room.follow(primary, {**link, "duplicate_of": case_id})
    other = room.report()["case_id"]
    taken(room, other, OPENED, {"type": "claim_closed", "claim_id": "C-1", "reason": "Opened twice."})
    room.follow(other, {**link, "duplicate_of": case_id})


def test_a_fact_that_was_shared_was_recorded(room: Room) -> None:
    case_id = room.report()["case_id"]
    fact = room.follow(case_id, {"type": "material_fact_recorded", "reason": "A second scan was found."})
    shared = {"type": "material_fact_shared", "fact_event_id": fact["event_id"]}
    room.follow(case_id, shared)
    refused(
        room.post(case_id, {**shared, "fact_event_id": case_id}), "/fact_event_id", "no new fact of this case"
    )
    other = room.report()["case_id"]
    refused(room.post(other, shared), "/fact_event_id", "no new fact of this case")
