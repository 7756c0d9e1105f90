"""A cluster on one ward, over the real stack: found once, brought back to a case, whoever is killed."""

import time
from typing import Any

import pytest

from tests.people import Person
from tests.stack import Stack

pytestmark = [pytest.mark.real, pytest.mark.timeout(900)]

BODY = {
    "kind": "incident",
    "what_happened": "Wrong dose given.",
    "provider": "RYY",
    "ward": "Ward of the cluster",
    "harm": {"physical": "low"},
    "incident_type": "medication",
    "factors": ["handover"],
}


def detected(person: Person, cases: list[str]) -> list[dict[str, Any]]:
    return [
        {**event, "case_id": case_id}
        for case_id in cases
        for event in person.read(f"/api/cases/{case_id}")["timeline"]
        if event["type"] == "pattern_detected"
    ]


def wait_for(what: str, found: Any, seconds: float = 240) -> Any:
    until = time.monotonic() + seconds
    while not (seen := found()):
        assert time.monotonic() < until, what
        time.sleep(0.5)
    return seen


def test_a_seeded_cluster_comes_back_to_a_case_once_and_raises_an_escalation(
    whole: Stack, person: Person
) -> None:
    cases = [person.report(**BODY) for _ in range(4)]
    before = whole.pids()["patterns"]
    whole.kill("patterns")  # in the middle of the cluster
    cases += [person.report(**BODY) for _ in range(4)]
    again = whole.wait_running("patterns", other_than=before)
    (event,) = wait_for("the pattern on a case", lambda: detected(person, cases))
    whole.kill("patterns")  # and once it was brought
    whole.wait_running("patterns", other_than=again)

    escalations = wait_for(
        "an escalation that rests on it",
        lambda: [
            one
            for one in person.read("/api/escalations", case_id=event["case_id"])["escalations"]
            if one["trigger"] == "cluster"
        ],
    )
    assert len(escalations) == 1

    cases += [person.report(**BODY)]  # the cluster grows: no second event

    def grown() -> list[dict[str, Any]]:
        standing = person.read("/api/signals", provider="RYY")["patterns"]
        return [
            one for one in standing if one["kind"] == "cluster" and one["count"] == len(cases)
        ]  # fmt: skip

    (cluster,) = [one for one in wait_for("nine on the ward", grown) if one["grouped_by"] == "ward"]
    assert cluster["state"] == "standing"
    assert "on the same ward" in cluster["because"][0]
    assert len(detected(person, cases)) == 1
    assert "clean" in whole.command("verify")
