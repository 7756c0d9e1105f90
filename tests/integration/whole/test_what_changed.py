"""A near miss that could have killed: looked at today, owed to nobody; its reporter learns what changed."""

from typing import Any

import httpx

from tests.people import Person, until
from tests.stack import Stack

NEAR_MISS: dict[str, Any] = {
    "kind": "near_miss",
    "what_happened": "The wrong syringe was drawn up, and noticed at the bedside.",
    "provider": "RXX",
    "could_have_been": "fatal",
    "anonymous": True,
}


def read(whole: Stack, report_id: str) -> dict[str, Any]:
    """By whoever holds the receipt: nobody is signed in."""
    answer = httpx.get(f"{whole.url}/api/reports/{report_id}", timeout=60)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def settled(whole: Stack, report_id: str) -> dict[str, Any]:
    """Once nothing is being weighed: a step of telling somebody may be on its way at any time."""
    return until(lambda: told if (told := read(whole, report_id))["settled"] else {})


def test_story_6_from_the_report_to_what_changed(whole: Stack, person: Person) -> None:
    answer = httpx.post(f"{whole.url}/api/reports", json=NEAR_MISS, timeout=60)
    assert answer.status_code == 201, answer.text
    report = answer.json()
    case_id, report_id = report["case_id"], report["report_id"]
    assert read(whole, report_id)["feedback"] == []
    (raised,) = person.settled(case_id)["escalations"]
    assert (raised["trigger"], raised["level"]) == ("serious_near_miss", 1)
    told = settled(whole, report_id)
    assert (told["escalated"], told["taken_on"], told["told_at"]) == (True, [], [])

    person.add(
        case_id, {"type": "escalation_acknowledged", "escalation_id": raised["id"], "by_role": "matron"}
    )
    feedback = {
        "type": "feedback_given",
        "outcome": "changed",
        "what_changed": "Syringes are pre-filled now.",
    }
    mistake = person.add(case_id, {**feedback, "what_changed": "Nothing to do with us."})
    person.add(case_id, {"type": "event_retracted", "event_id": mistake, "reason": "Of another report."})
    person.add(case_id, feedback)
    case = person.settled(case_id)
    assert (case["obligations"], case["serious_clocks"]) == ([], [])
    assert [one["state"] for one in case["escalations"]] == ["acknowledged"]
    noted = {"delivery_heard", "evidence_withdrawn"}
    said = {one["type"] for one in case["outcomes"]} - noted
    assert said == {"escalation_raised", "escalation_taken"}
    told = settled(whole, report_id)
    assert [one["by_role"] for one in told["taken_on"]] == ["matron"]
    assert [(one["outcome"], one["what_changed"]) for one in told["feedback"]] == [
        ("changed", "Syringes are pre-filled now.")
    ]


def test_where_nobody_need_act_any_more_nobody_is_waited_for(whole: Stack, person: Person) -> None:
    report = httpx.post(f"{whole.url}/api/reports", json=NEAR_MISS, timeout=60).json()
    case_id, report_id = report["case_id"], report["report_id"]
    assert len(person.settled(case_id)["escalations"]) == 1
    assert read(whole, report_id)["escalated"] is True
    person.add(case_id, {"type": "event_retracted", "event_id": report_id, "reason": "Of another hospital."})
    person.settled(case_id)
    told = read(whole, report_id)
    assert (told["escalated"], told["taken_on"]) == (False, [])
    assert told["retracted_at"]


def test_only_the_safety_team_and_directors_write_to_the_reporter(whole: Stack, person: Person) -> None:
    case_id = person.report()
    body = {"type": "feedback_given", "outcome": "nothing_changed", "what_changed": "It was looked into."}
    for role, status in (
        ("reporter", 403),
        ("clinician", 403),
        ("auditor", 403),
        ("safety", 201),
        ("director", 201),
    ):
        who = {"Authorization": f"Bearer demo:{role}"}
        answer = httpx.post(f"{whole.url}/api/cases/{case_id}/events", json=body, headers=who, timeout=60)
        assert answer.status_code == status, answer.text
