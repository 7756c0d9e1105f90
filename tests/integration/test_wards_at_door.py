"""What the door tells the topic of the wards with each record, and what the courier brings back."""

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec import structs

from producers.courier import Come, bring, event_id_of, pattern_id_of, reached
from schemas.codec import Codec
from schemas.escalation_events import PatternDetected
from schemas.event_types import ClockTick, EventRetracted
from schemas.pattern_types import PatternFound, PatternOver
from schemas.topics import PARTITIONS, WARD_EVENTS, ward_partition
from schemas.ward_events import (
    AlertDeclaredComplete,
    ProviderReleased,
    WardCaseClosed,
    WardEventRetracted,
    WardReported,
    WardReportWithdrawn,
)
from tests.integration.door_room import DAWN, HOUR, LOCAL_IDS, SAFETY, Room, open_room
from tests.stack import Stack

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]
CODEC = Codec(LOCAL_IDS)


@pytest.fixture(scope="module")
def room(infra: Stack) -> Iterator[Room]:
    with open_room(infra.database) as opened:
        yield opened


def told(room: Room, case_id: str) -> list[Any]:
    found = room.rows(
        "SELECT value, partition FROM door.outbox WHERE topic = %s AND key NOT LIKE 'partition:%%' "
        "ORDER BY xid, id",
        WARD_EVENTS,
    )
    records = [(CODEC.decode(bytes(value)), partition) for value, partition in found]
    mine = [(one, partition) for one, partition in records if getattr(one, "case_id", None) == case_id]
    assert all(partition == ward_partition(one.provider) for one, partition in mine)  # type: ignore[attr-defined]
    return [one for one, _ in mine]


def test_a_report_tells_its_ward_what_patterns_need_and_no_more(room: Room) -> None:
    answer = room.report(ward="Ward 7", incident_type="medication", factors=["staffing", "Moonlight"])
    assert len(answer["notes"]) == 1
    assert "Moonlight" in answer["notes"][0]
    (said,) = told(room, answer["case_id"])
    assert isinstance(said, WardReported)
    assert (said.provider, said.harm, said.incident_type, said.factors) == (
        "RXX",
        "moderate",
        "medication",
        ("staffing",),
    )
    assert said.ward_ref is not None
    assert "7" not in (said.ward_ref, said.key)
    assert said.version == 1
    (reported,) = room.records(answer["case_id"])
    assert (reported.ward_ref, reported.incident_type, reported.factors) == (
        said.ward_ref,
        said.incident_type,
        said.factors,
    )


def test_not_sure_and_nothing_said_are_answers(room: Room) -> None:
    answer = room.report(incident_type="not_sure")
    assert answer["notes"] == []
    (said,) = told(room, answer["case_id"])
    assert (said.incident_type, said.factors, said.ward_ref) == (None, (), None)


def test_a_provider_that_is_not_known_has_no_patterns_until_it_is(room: Room) -> None:
    case_id = room.report(provider="ZZZ99")["case_id"]
    assert told(room, case_id) == []
    room.follow(case_id, {"type": "enriched", "provider": "RYY", "ward": "A", "factors": ["handover"]})
    (said,) = told(room, case_id)
    assert (said.provider, said.factors) == ("RYY", ("handover",))


def test_a_corrected_provider_takes_the_report_from_the_one_and_gives_it_to_the_other(room: Room) -> None:
    case_id = room.report(ward="B")["case_id"]
    enriched = room.follow(case_id, {"type": "enriched", "provider": "RYY"})
    assert [type(one) for one in told(room, case_id)] == [WardReported, WardReportWithdrawn, WardReported]
    _, gone, moved = told(room, case_id)
    assert (gone.provider, gone.why, moved.provider, gone.version, moved.version) == (
        "RXX", "moved", "RYY", 2, 2
    )  # fmt: skip
    room.follow(
        case_id, {"type": "event_retracted", "event_id": enriched["event_id"], "reason": "It was RXX."}
    )
    back = [one for one in told(room, case_id) if isinstance(one, WardReported)][-1]
    assert (back.provider, back.ward_ref) == ("RXX", told(room, case_id)[0].ward_ref)


def test_a_duplicate_counts_no_longer_and_counts_again_without_the_link(room: Room) -> None:
    first, second = room.report()["case_id"], room.report()["case_id"]
    link = room.follow(second, {"type": "case_linked", "duplicate_of": first})
    assert [type(one) for one in told(room, second)] == [WardReported, WardReportWithdrawn]
    assert told(room, second)[-1].why == "duplicate"
    room.follow(
        second, {"type": "event_retracted", "event_id": link["event_id"], "reason": "Two different falls."}
    )
    kinds = [type(one) for one in told(room, second) if not isinstance(one, WardEventRetracted)]
    assert kinds == [WardReported, WardReportWithdrawn, WardReported]
    assert len([one for one in told(room, first) if isinstance(one, WardReported)]) == 1


def test_what_closes_or_grades_down_is_told_and_taken_back_with_its_record(room: Room) -> None:
    answer = room.report()
    body = {
        "type": "harm_regraded",
        "from": "moderate",
        "to": "low",
        "reason": "Bruise only.",
        "patient": "p1",
    }
    regrade = room.follow(answer["case_id"], body)
    reported, lower, closed = told(room, answer["case_id"])
    assert (reported.harm, lower.harm, lower.version) == ("moderate", "low", 2)
    assert isinstance(closed, WardCaseClosed)
    assert (closed.how, closed.case_event_id) == ("graded_down", regrade["event_id"])
    room.follow(
        answer["case_id"],
        {"type": "event_retracted", "event_id": regrade["event_id"], "reason": "Wrong patient."},
    )
    again, back = told(room, answer["case_id"])[-2:]
    assert (again.harm, back.retracted_event_id) == ("moderate", regrade["event_id"])


def test_a_report_entered_by_mistake_is_withdrawn(room: Room) -> None:
    answer = room.report()
    room.follow(
        answer["case_id"],
        {"type": "event_retracted", "event_id": answer["report_id"], "reason": "A test entry."},
    )
    assert [type(one) for one in told(room, answer["case_id"])][1] is WardReportWithdrawn


def test_each_tick_goes_to_every_partition_of_both_topics(room: Room) -> None:
    room.tick(DAWN + HOUR)
    found = room.rows("SELECT topic, value FROM door.outbox WHERE key LIKE 'partition:%%' ORDER BY xid, id")
    ticks = [
        topic
        for topic, value in found
        if isinstance(one := CODEC.decode(bytes(value)), ClockTick) and one.as_of == DAWN + HOUR
    ]
    assert (len(ticks), ticks.count(WARD_EVENTS)) == (2 * PARTITIONS, PARTITIONS)


def test_an_alert_is_declared_complete_by_those_who_may_and_in_codes(room: Room) -> None:
    body = {"alert_id": "NPSA/2008/RRR001", "provider": "RXX", "incident_type": "medication"}
    assert room.http.post("/api/alerts/complete", json=body).status_code == 401
    nurse = {"Authorization": "Bearer demo:clinician"}
    assert room.http.post("/api/alerts/complete", json=body, headers=nurse).status_code == 403
    other = {"Authorization": "Bearer demo:safety:RYY"}
    assert room.http.post("/api/alerts/complete", json=body, headers=other).status_code == 403
    assert room.http.post("/api/alerts/complete", json=body, headers=SAFETY).status_code == 201
    for wrong in (
        {"incident_type": "teeth"},
        {"incident_type": None},
        {"provider": "ZZZ99"},
        {"alert_id": " "},
    ):
        answer = room.http.post("/api/alerts/complete", json=body | wrong, headers=SAFETY)
        assert answer.status_code == 422, wrong
        assert answer.json()["errors"], answer.text
    (value,) = room.rows(
        "SELECT value FROM door.outbox WHERE topic = %s AND partition = %s AND key = 'RXX|-' "
        "ORDER BY id DESC LIMIT 1",
        WARD_EVENTS,
        ward_partition("RXX"),
    )
    said = CODEC.decode(bytes(value[0]))
    assert isinstance(said, AlertDeclaredComplete)
    assert (said.alert_id, said.incident_type, said.by_role) == ("NPSA/2008/RRR001", "medication", "safety")


def test_a_provider_is_released_by_who_may_and_on_its_own_partition(room: Room) -> None:
    body = {"provider": "RXX"}
    assert room.http.post("/api/patterns/releases", json=body).status_code == 401
    assert room.http.post("/api/patterns/releases", json=body, headers=SAFETY).status_code == 403
    admin = {"Authorization": "Bearer demo:admin"}
    for wrong in ({}, {"provider": "r x"}, {"provider": "RXX", "rule": "candour"}):
        answer = room.http.post("/api/patterns/releases", json=wrong, headers=admin)
        assert answer.status_code == 422, wrong
        assert answer.json()["errors"], answer.text
    elsewhere = {"Authorization": "Bearer demo:admin:RYY"}
    assert room.http.post("/api/patterns/releases", json=body, headers=elsewhere).status_code == 403
    twice = {**admin, "Idempotency-Key": "a release"}
    answers = [room.http.post("/api/patterns/releases", json=body, headers=twice) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    rows = room.rows(
        "SELECT value FROM door.outbox WHERE topic = %s AND partition = %s AND key = 'RXX|-' ORDER BY id",
        WARD_EVENTS,
        ward_partition("RXX"),
    )
    said = [CODEC.decode(bytes(value)) for (value,) in rows]
    releases = [one for one in said if isinstance(one, ProviderReleased)]
    assert [(one.provider, one.rule, one.by_role) for one in releases] == [("RXX", "patterns", "admin")]
    assert releases[0].event_id == answers[0].json()["event_id"]


def found(case_id: str, revision: int = 1) -> PatternFound:
    return PatternFound(
        subject="RXX|cluster|ward|w1",
        revision=revision,
        recorded_at=DAWN,
        cause="a report",
        because=("Five in a fortnight.",),
        pattern="cluster",
        provider="RXX",
        grouped_by="ward",
        group_ref="w1",
        count=5,
        window_days=14,
        first_at=DAWN - HOUR,
        last_at=DAWN,
        newest_case=case_id,
    )


def over(case_id: str) -> PatternOver:
    return PatternOver(
        subject="RXX|cluster|ward|w1",
        revision=2,
        recorded_at=DAWN,
        cause="a link",
        because=("Corrected.",),
        provider="RXX",
        why="withdrawn",
        found_revision=1,
        found_case=case_id,
        as_of=DAWN,
    )


def test_what_was_found_comes_back_once_wherever_the_courier_was_killed(room: Room) -> None:
    case_id = room.report()["case_id"]
    first, last = Come(3, 7, found(case_id)), Come(3, 9, over(case_id))
    with room.engine.connect() as connection:  # killed before the commit
        assert bring(connection, CODEC, [first], DAWN) == 1
    assert len(room.records(case_id)) == 1
    with room.engine.begin() as connection:
        assert reached(connection) == {}
        assert bring(connection, CODEC, [first], DAWN) == 1
    with room.engine.begin() as connection:  # killed after it, before Kafka knew: met again
        assert reached(connection) == {3: 8}
        assert bring(connection, CODEC, [first, Come(3, 8, None)], DAWN + HOUR) == 0
    _, detected = room.records(case_id)
    assert isinstance(detected, PatternDetected)
    assert detected.event_id == event_id_of(detected.pattern_id)
    assert detected.pattern_id == pattern_id_of(found(case_id))
    assert (detected.count, detected.grouped_by, detected.group_ref) == (5, "ward", "w1")

    for news in (1, 0):  # and what was withdrawn is retracted, once
        with room.engine.begin() as connection:
            assert bring(connection, CODEC, [last], DAWN) == news
            assert reached(connection) == {3: 10}
    retraction = room.records(case_id)[-1]
    assert isinstance(retraction, EventRetracted)
    assert retraction.retracted_event_id == detected.event_id
    with room.engine.begin() as connection:  # the log read from its beginning: all of it is known
        assert bring(connection, CODEC, [first, last], DAWN) == 0
        assert bring(connection, CODEC, [Come(3, 11, structs.replace(found(case_id), revision=3))], DAWN) == 1
    assert len(room.records(case_id)) == 4


def test_what_concerns_no_case_is_not_brought(room: Room) -> None:
    case_id = room.report()["case_id"]
    closings = structs.replace(found(case_id), subject="RXX|bulk_closing", pattern="bulk_closing")
    nowhere = structs.replace(found("11111111-2222-3333-4444-555555555555"), subject="RXX|cluster|ward|w9")
    with room.engine.begin() as connection:
        assert bring(connection, CODEC, [Come(5, 0, closings), Come(5, 1, nowhere)], DAWN) == 0
        assert reached(connection)[5] == 2
