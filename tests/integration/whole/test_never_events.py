"""Never events from the report to the ledger on the real parts: proposed, confirmed, restated, rejected."""

from typing import Any

import pytest

from tests.people import Person, until
from tests.stack import Stack

pytestmark = [pytest.mark.real, pytest.mark.timeout(900)]

OCCURRED = "2015-06-08T09:00:00Z"
# The clock of the shared stack stands in July 2026 once the examples were imported: what occurred in 2015 is
# found years later.
PROPOSED_AT, COUNTED_AT, RESTATED_AT = "2026-07-02T09:00:00Z", "2026-07-03T09:00:00Z", "2026-07-04T09:00:00Z"
REJECTED_AT, MENDED_AT = "2026-07-05T09:00:00Z", "2026-07-05T10:00:00Z"
UNHARMED: dict[str, Any] = {
    "what_happened": "A block on the wrong side, seen at once; no harm came of it.",
    "occurred_at": OCCURRED,
    "harm": {"physical": "none"},
}
CONFIRM: dict[str, Any] = {"type": "never_event_confirmed", "list_version": "2015", "type_no": 1}
CELL = ("state", "provider", "list_version", "type_no", "subtype", "occurred_on", "gate", "payment")
REJECT = {"type": "never_event_rejected", "reason": "It was the right side after all."}


def entry(person: Person, case_id: str, as_at: str | None = None) -> dict[str, Any] | None:
    query = {"as_at": as_at} if as_at else {}
    found = until(lambda: one if (one := person.read(f"/api/cases/{case_id}", **query))["settled"] else {})
    shown: dict[str, Any] | None = found["never_event"]
    listed = person.read("/api/never-events", case_id=case_id, **query)["never_events"]
    assert listed == ([] if shown is None else [shown]), "the case and the ledger say the same"
    return shown


def refused(person: Person, case_id: str, event: dict[str, Any]) -> dict[str, Any]:
    answer = person.http.post(f"/api/cases/{case_id}/events", json=event)
    assert answer.status_code == 422, answer.text
    found: dict[str, Any] = answer.json()["errors"][0]
    return found


def told(person: Person, case_id: str) -> str:
    """How the duty to tell of a never event stands."""
    (found,) = [
        one for one in person.settled(case_id)["obligations"] if one["instrument"] == "NE_FRAMEWORK_2015"
    ]
    assert (found["basis"], found["due_at"], found["target_at"]) == ("expectation", None, None)
    return str(found["state"])


def test_proposed_confirmed_restated_rejected(whole: Stack, person: Person) -> None:
    whole.tick(PROPOSED_AT)
    case_id = person.report(**UNHARMED, never_event_type="2015/1")
    proposed = entry(person, case_id)
    assert proposed is not None
    assert (proposed["state"], proposed["waits_for"], proposed["type_no"]) == ("proposed", "decision", 1)
    assert proposed["type"] == "Wrong site surgery"
    assert "unconfirmed" in proposed["confidence"]["payment_rule"]
    assert told(person, case_id) == "provisional"

    whole.tick(COUNTED_AT)
    person.add(case_id, {**CONFIRM, "subtype": "wrong_site_block"})
    counted = entry(person, case_id)
    assert counted is not None
    assert (counted["state"], counted["subtype"], counted["gate"]) == ("counted", "wrong_site_block", "none")
    assert (counted["occurred_on"], counted["payment"]) == ("2015-06-08", "recoverable")
    assert told(person, case_id) == "open"

    whole.tick(RESTATED_AT)
    person.add(case_id, {**CONFIRM, "type_no": 3})
    restated = entry(person, case_id)
    assert restated is not None
    assert (restated["state"], restated["type_no"], restated["restated"]) == ("counted", 3, 1)

    whole.tick(REJECTED_AT)
    rejection = person.add(case_id, REJECT)
    withdrawn = entry(person, case_id)
    assert withdrawn is not None
    assert (withdrawn["state"], withdrawn["withdrawn_why"]) == ("withdrawn", "rejected")
    assert told(person, case_id) == "stood_down"

    whole.tick(MENDED_AT)
    person.add(case_id, {"type": "event_retracted", "event_id": rejection, "reason": "The wrong case."})
    again = entry(person, case_id)
    assert again is not None
    assert [again[name] for name in CELL] == [restated[name] for name in CELL]
    assert told(person, case_id) == "open"
    _as_it_was_known(person, case_id, proposed, counted)


def _as_it_was_known(person: Person, case_id: str, proposed: dict[str, Any], counted: dict[str, Any]) -> None:
    assert entry(person, case_id, PROPOSED_AT) == proposed
    assert entry(person, case_id, COUNTED_AT) == counted
    then = entry(person, case_id, RESTATED_AT)
    assert then is not None
    assert then["type_no"] == 3
    gone = entry(person, case_id, REJECTED_AT)
    assert gone is not None
    assert gone["state"] == "withdrawn"
    then_counted = person.read("/api/never-events", state="counted", as_at=REJECTED_AT)["never_events"]
    assert case_id not in {one["case_id"] for one in then_counted}


def test_a_list_or_type_that_was_not_in_force_is_refused_and_named(whole: Stack, person: Person) -> None:
    case_id = person.report(**UNHARMED)
    wrong_list = refused(person, case_id, {**CONFIRM, "list_version": "2011"})
    assert wrong_list["pointer"] == "/list_version"
    assert "the list in force on 8 June 2015" in wrong_list["detail"]
    assert "2015" in wrong_list["mend"]
    wrong_type = refused(person, case_id, {**CONFIRM, "type_no": 15})
    assert wrong_type["pointer"] == "/type_no"
    assert "14 Scalding of patients" in wrong_type["detail"]
    assert refused(person, case_id, {**CONFIRM, "subtype": "left_leg"})["pointer"] == "/subtype"
    excluded = refused(person, case_id, {**CONFIRM, "subtype": "unknown_anatomical_abnormality"})
    assert "did not include" in excluded["detail"]
    assert entry(person, case_id) is None, "nothing half done"


def test_a_gate_of_harm_judges_again_with_each_regrade(whole: Stack, person: Person) -> None:
    case_id = person.report(
        occurred_at="2015-03-31T09:00:00Z", harm={"physical": "low"}, never_event_type="2011/9"
    )
    person.add(case_id, {**CONFIRM, "list_version": "2011", "type_no": 9})
    withdrawn = entry(person, case_id)
    assert withdrawn is not None
    assert (withdrawn["state"], withdrawn["withdrawn_why"]) == ("withdrawn", "gate_not_met")
    person.add(
        case_id,
        {"type": "harm_regraded", "from": "low", "to": "severe", "reason": "Lasting damage was found."},
    )
    counted = entry(person, case_id)
    assert counted is not None
    assert (counted["state"], counted["gate"]) == ("counted", "met")
    assert not [
        one for one in person.settled(case_id)["obligations"] if one["instrument"] == "NE_FRAMEWORK_2015"
    ]


def test_one_incident_is_counted_once(whole: Stack, person: Person) -> None:
    first = person.report(**UNHARMED)
    second = person.report(**UNHARMED, never_event_type="not_sure")
    person.add(second, CONFIRM)
    person.add(second, {"type": "case_linked", "duplicate_of": first})
    merged, suggested = entry(person, second), entry(person, first)
    assert merged is not None
    assert suggested is not None
    assert (merged["state"], merged["withdrawn_why"]) == ("withdrawn", "merged")
    assert (suggested["state"], suggested["proposed_by"]) == ("proposed", "rule")
    assert "is a duplicate of" in refused(person, second, CONFIRM)["detail"]
    person.add(first, CONFIRM)
    counted = entry(person, first)
    assert counted is not None
    assert counted["state"] == "counted"


def test_the_pages_offer_the_list_of_the_day(whole: Stack, person: Person) -> None:
    case_id = person.report(**UNHARMED, never_event_type="not_sure")
    person.settled(case_id)
    person.http.cookies.set("candour_sign_in", "demo:safety")  # as a browser signs in
    waiting = person.http.get("/never-events")
    assert waiting.status_code == 200, waiting.text
    assert case_id in waiting.text
    form = person.http.get(f"/cases/{case_id}/record/never_event_confirmed")
    assert form.status_code == 200, form.text
    assert 'value="2015/14"' in form.text
    assert 'value="2011/1"' not in form.text
    typed = {"never_event": "2015/3", "at": "today", "idempotency-key": f"form-{case_id}"}
    recorded = person.http.post(f"/cases/{case_id}/record/never_event_confirmed", data=typed)
    assert recorded.status_code == 303, recorded.text
    counted = entry(person, case_id)
    assert counted is not None
    assert (counted["state"], counted["type_no"]) == ("counted", 3)
    page = person.http.get(f"/cases/{case_id}")
    assert "Retained foreign object post-procedure" in page.text
    assert "general knowledge, unconfirmed" in page.text
