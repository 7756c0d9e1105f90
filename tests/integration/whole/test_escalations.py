"""A Saturday night: who is called, who is next, who takes it on, with the engine killed in between."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import httpx
import psutil
import pytest

from schemas.topics import ESCALATIONS
from tests.integration.probes import figure
from tests.integration.whole.test_must_show import rows
from tests.people import Person, until
from tests.stack import Stack

pytestmark = [pytest.mark.real, pytest.mark.timeout(900)]

SATURDAY_NIGHT = "2013-12-21T22:00:00Z"
SEVERE = {"occurred_at": "2013-12-21T20:00:00+00:00", "harm": {"physical": "severe"}}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, one_registry: dict[str, str]) -> Iterator[Stack]:
    data = tmp_path_factory.mktemp("night")
    with Stack(data, clock="manual", at=SATURDAY_NIGHT, environment=one_registry) as stack:
        yield stack


def escalations(person: Person, case_id: str, **query: str) -> list[dict[str, Any]]:
    person.settled(case_id)
    found: list[dict[str, Any]] = person.read("/api/escalations", case_id=case_id, **query)["escalations"]
    return found


def the_one(person: Person, case_id: str, trigger: str = "death_or_severe_harm") -> dict[str, Any]:
    (found,) = [one for one in escalations(person, case_id) if one["trigger"] == trigger]
    return found


def acknowledge(whole: Stack, id: str, who: str, body: dict[str, Any] | None = None) -> httpx.Response:
    return httpx.post(
        f"{whole.url}/api/escalations/{id}/acknowledge",
        json={"by_role": "director"} if body is None else body,
        headers={"Authorization": f"Bearer demo:{who}"},
        timeout=60,
    )


def follow(whole: Stack, case_id: str, who: str, id: str, key: str | None = None) -> httpx.Response:
    """The same among the follow-ups of the case."""
    headers = {"Authorization": f"Bearer demo:{who}"} | ({"Idempotency-Key": key} if key else {})
    body = {"type": "escalation_acknowledged", "escalation_id": id, "by_role": "director"}
    return httpx.post(f"{whole.url}/api/cases/{case_id}/events", json=body, headers=headers, timeout=60)


def test_a_severe_incident_on_a_saturday_night(whole: Stack, person: Person) -> None:
    case_id = person.report(**SEVERE)
    (raised,) = escalations(person, case_id)
    assert {name: raised[name] for name in ("trigger", "level", "state", "owner_role", "provider")} == {
        "trigger": "death_or_severe_harm",
        "level": 1,
        "state": "raised",
        "owner_role": "senior manager on duty",
        "provider": "RXX",
    }
    assert raised["raised_at"] == SATURDAY_NIGHT
    assert raised["acknowledge_by"] == "2013-12-21T23:00:00+00:00"
    assert raised["next_step"]
    assert raised["because"]
    (in_case,) = person.settled(case_id)["escalations"]
    assert in_case["id"] == raised["id"]

    whole.tick("2013-12-21T23:00:00Z")
    assert the_one(person, case_id)["level"] == 1, "the very second is in time; a minute later it is not"
    whole.tick("2013-12-21T23:01:00Z")
    climbed = the_one(person, case_id)
    assert (climbed["level"], climbed["state"]) == (2, "climbed")
    assert climbed["owner_role"] == "executive director on call"

    engine = whole.pids()["engine"]
    whole.kill("engine")
    whole.wait_running("engine", other_than=engine)
    whole.tick("2013-12-22T08:00:00Z")
    climbed = the_one(person, case_id)
    assert (climbed["id"], climbed["level"], climbed["climbs"]) == (raised["id"], 3, 2)
    assert climbed["owner_role"] == "chief executive"
    assert climbed["acknowledge_by"] == "2013-12-23T23:59:59+00:00"

    (then,) = escalations(person, case_id, as_at="2013-12-21T23:30:00Z")
    assert (then["level"], then["owner_role"]) == (2, "executive director on call")
    assert escalations(person, case_id, as_at="2013-12-21T21:59:00Z") == []

    not_the_owner = acknowledge(whole, raised["id"], "safety", {"by_role": "chief executive"})
    assert not_the_owner.status_code == 403, not_the_owner.text
    assert "It is with the chief executive, level 3" in not_the_owner.text
    other_way = follow(whole, case_id, "safety", raised["id"])
    assert other_way.status_code == 403, other_way.text
    assert the_one(person, case_id)["state"] == "climbed"

    taken = acknowledge(whole, raised["id"], "director")
    assert taken.status_code == 201, taken.text
    assert taken.json()["escalation"]["state"] == "acknowledged"
    assert taken.json()["escalation"]["acknowledged_by_role"] == "director"

    shown_of_telling(whole)

    whole.tick("2013-12-24T09:00:00Z")
    stays = the_one(person, case_id)
    assert (stays["level"], stays["state"], stays["overdue"]) == (3, "acknowledged", False)
    assert stays["acknowledge_by"] == "2013-12-23T23:59:59+00:00", "it stays after the fact"
    whole.tick("2013-12-25T09:00:00Z")
    assert the_one(person, case_id)["overdue"] is True

    acted = {
        "type": "escalation_acted",
        "escalation_id": raised["id"],
        "act": "investigation_started",
        "reason": "The pump was taken out of use.",
        "by_role": "medical director",
    }
    person.add(case_id, acted)
    closed = the_one(person, case_id)
    assert (closed["state"], closed["how"], closed["act"]) == ("closed", "acted", "investigation_started")
    assert closed["overdue"] is False
    timeline = person.settled(case_id)["timeline"]
    types = [one["type"] for one in timeline if one["type"] != "delivery_recorded"]
    assert types == ["reported", "escalation_acknowledged", "escalation_acted"]


def shown_of_telling(whole: Stack) -> None:
    """Three owners had it on the board, the third took it on ten hours after it was raised; since it was
    killed the engine has climbed once and seen it taken."""
    notifier, engine, sink = (
        f"http://127.0.0.1:{whole.record.health[p]}" for p in ("notifier", "engine", "sink")
    )
    board = {"channel": "board", "step": "produced"}
    until(lambda: figure(notifier, "candour_notify_seconds_count", **board) == 3)
    assert figure(notifier, "candour_notify_seconds_count") == 3, "no other step"
    assert figure(notifier, "candour_notify_acknowledged_seconds_count", level="3") == 1
    assert figure(notifier, "candour_notify_acknowledged_seconds_count") == 1
    assert figure(notifier, "candour_notify_acknowledged_seconds_sum") == 10 * 60 * 60
    kinds = ("EscalationRaised", "EscalationClimbed", "EscalationTaken")
    said = [figure(engine, "candour_engine_outcomes_total", rule="escalation", kind=kind) for kind in kinds]
    assert said == [0, 1, 1]
    assert figure(sink, "candour_sink_records_total", topic=ESCALATIONS) >= 4
    assert 0 <= figure(sink, "candour_sink_lag_seconds") < 60


def test_who_may_take_it_on(whole: Stack, person: Person) -> None:
    case_id = person.report(**SEVERE)
    id = the_one(person, case_id)["id"]
    for who, status, word in (
        ("clinician", 403, "for safety, director"),
        ("reporter", 403, "for safety, director"),
        ("director:RYY", 403, "RYY"),
    ):
        refused = acknowledge(whole, id, who)
        assert refused.status_code == status, refused.text
        assert word in refused.text
    unsigned = httpx.post(f"{whole.url}/api/escalations/{id}/acknowledge", json={"by_role": "director"})
    assert unsigned.status_code == 401
    nobody = acknowledge(whole, id, "director", {})
    assert nobody.status_code == 422
    assert nobody.json()["errors"][0]["pointer"] == "/by_role"
    unknown = acknowledge(whole, "no-such-thing", "director")
    assert unknown.status_code == 404
    assert the_one(person, case_id)["state"] == "raised", "nothing half done"

    assert acknowledge(whole, id, "director:RXX").status_code == 201
    for again in (acknowledge(whole, id, "safety"), follow(whole, case_id, "safety", id)):
        assert again.status_code == 409
        assert "Record what is done with an escalation_acted" in again.text
    acted = {
        "type": "escalation_acted",
        "escalation_id": id,
        "act": "made_safe",
        "reason": "The pump is out.",
    }
    person.add(case_id, acted)
    person.settled(case_id)
    late = acknowledge(whole, id, "director")
    assert late.status_code == 409
    assert "made_safe" in late.text


def test_two_who_take_it_on_at_once_and_one_who_takes_it_back(whole: Stack, person: Person) -> None:
    case_id = person.report(**SEVERE)
    id = the_one(person, case_id)["id"]
    ready = Barrier(6)

    def at_once(number: int) -> httpx.Response:
        ready.wait()
        who = ("safety", "director")[number % 2]
        return acknowledge(whole, id, who) if number < 4 else follow(whole, case_id, who, id)

    sink = psutil.Process(whole.pids()["sink"])
    sink.suspend()  # the read model shows to none of them what another has done
    try:
        with ThreadPoolExecutor(6) as people:
            answers = list(people.map(at_once, range(6)))
    finally:
        sink.resume()
    assert sorted(one.status_code for one in answers) == [201, *[409] * 5]
    assert sum("Somebody took it on a moment ago" in one.text for one in answers) == 5
    (first,) = [one for one in answers if one.status_code == 201]
    mistaken = first.json()["event_id"]
    person.add(case_id, {"type": "event_retracted", "event_id": mistaken, "reason": "Wrong case."})
    person.settled(case_id)
    assert the_one(person, case_id)["state"] == "raised"
    under_a_key = [follow(whole, case_id, "safety", id, key=f"again {id}") for _ in range(2)]
    assert [one.status_code for one in under_a_key] == [201, 201], "it may be taken on again"
    assert under_a_key[0].json() == under_a_key[1].json()


def test_a_near_miss_that_could_have_killed(whole: Stack, person: Person) -> None:
    case_id = person.report(
        kind="near_miss",
        could_have_been="fatal",
        harm={"physical": "none"},
        occurred_at="2013-12-25T08:00:00Z",
    )
    (found,) = escalations(person, case_id)
    assert found["trigger"] == "serious_near_miss"
    assert person.settled(case_id)["obligations"] == []


def test_the_clocks_of_a_serious_incident(whole: Stack, person: Person) -> None:
    case_id = person.report(**SEVERE)
    person.add(case_id, {"type": "serious_incident_declared", "grade": "grade_2"})
    clocks = {one["clock"]: one for one in person.settled(case_id)["serious_clocks"]}
    assert clocks["steis"]["due_at"] == "2013-12-30T23:59:59+00:00", "Christmas counts for nothing"
    assert clocks["investigation"]["basis"] == "expectation"
    person.add(case_id, {"type": "steis_reported"})
    clocks = {one["clock"]: one for one in person.settled(case_id)["serious_clocks"]}
    assert clocks["steis"]["state"] == "met"


def test_pages_filters_and_bad_questions(whole: Stack, person: Person) -> None:
    everything = person.read("/api/escalations")["escalations"]
    assert len(everything) > 3
    first = person.read("/api/escalations", limit="1")
    rest = person.read("/api/escalations", next=first["next"])
    assert first["escalations"] + rest["escalations"] == everything
    closed = person.read("/api/escalations", state="closed")["escalations"]
    assert {one["state"] for one in closed} == {"closed"}
    assert person.read("/api/escalations", provider="RYY")["escalations"] == []
    owned = person.read("/api/escalations", owner_role="senior manager on duty")["escalations"]
    assert {one["owner_role"] for one in owned} == {"senior manager on duty"}
    for name, value in (("state", "forgotten"), ("next", "x"), ("as_at", "yesterday")):
        answer = person.http.get("/api/escalations", params={name: value})
        assert answer.status_code == 422
        assert answer.json()["errors"][0]["pointer"] == f"/{name}"


def test_the_log_agrees_and_the_read_model_can_be_rebuilt(whole: Stack) -> None:
    assert whole.command("verify").endswith("clean\n")
    before = rows(whole, ("escalations", "serious_clocks", "outcomes"))
    whole.command("rebuild")
    assert rows(whole, ("escalations", "serious_clocks", "outcomes")) == before
