"""Follow-ups over HTTP on the real PostgreSQL: the facts they carry, what they change, what is refused."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest

from producers.faults import TYPES
from producers.follow_ups import AnyFollowUp
from producers.roles import MAY, ROLES, Role
from rules.escalation.triggers import never_event_subject
from rules.identity import escalation_id, obligation_id
from rules.indemnity.standing import ACTS
from schemas import event_types as records
from schemas.contracts import snake
from schemas.escalation_events import DeliveryRecorded, PatternDetected
from schemas.never_event_events import ReleaseSigned
from schemas.topics import EVENT_TYPES
from tests.integration.door_room import DAWN, FALL, HOUR, Room, open_room
from tests.stack import Stack

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

DAWN_2015 = 1_433_235_600_000  # 2015-06-02T09:00:00Z
AT = "2013-12-20T09:00:00Z"
AN_ID = "0b54b9ee-6a5c-4dd6-9a41-9a4d3b7f8a10"
TOLD = {"facts": True, "enquiries": True, "apology": True, "written_record": True}
DETERMINED = {"unexpected": True, "regulated_activity": True, "harm": True}
EVERY: dict[str, dict[str, Any]] = {
    "enriched": {"noticed_at": "2013-12-20T08:30:00Z"},
    "harm_regraded": {"from": "moderate", "to": "low", "reason": "The scan was clear."},
    "notifiable_determination_recorded": {"decision": True, "criteria": DETERMINED},
    "event_retracted": {"reason": "Entered on the wrong case."},
    "case_linked": {},
    "family_account_given": {"told": False},
    "contact_attempted": {"means": "telephone", "result": "no_answer"},
    "relevant_person_notified": {"in_person": True, "elements": TOLD},
    "support_offered": {},
    "written_notification_sent": {"contents": {"facts": True, "apology": True}},
    "step_by_step_explanation_given": {},
    "investigation_completed": {},
    "findings_shared": {},
    "contact_declined": {"by": "relevant_person", "evidence": "She wrote that she would rather not."},
    "obligation_stood_down": {"reason": "A known complication, consented to."},
    "candour_opted_in": {"reason": "The family asked."},
    "feedback_given": {"outcome": "changed", "what_changed": "The two drugs lie in separate drawers."},
    "case_released": {"rule": "candour"},
    "never_event_confirmed": {"list_version": "2011", "type_no": 1},
    "never_event_rejected": {"reason": "The site was as marked."},
    "escalation_acknowledged": {"escalation_id": AN_ID},
    "escalation_acted": {"escalation_id": AN_ID, "act": "made_safe", "reason": "The pump was taken out."},
    "serious_incident_declared": {"grade": "grade_1", "investigation": "comprehensive"},
    "steis_reported": {},
    "initial_review_submitted": {},
    "final_report_submitted": {"root_cause": True, "lessons": True, "action_plan": True},
    "investigation_extended": {
        "extended_to": "2014-03-31T22:59:59Z",
        "reason": "A coroner asks for time.",
    },
    "commissioner_updated": {},
    "serious_incident_closed": {"actions_finished": True},
    "serious_incident_delogged": {"commissioner_agreed": True, "reason": "It was a known complication."},
    "claim_opened": {"claim_id": "C-1"},
    "claim_closed": {"claim_id": "C-1", "reason": "It was withdrawn."},
    "openness_finding_recorded": {"claim_id": "C-1", "finding": "not_open", "reason": "No letter was sent."},
    "indemnity_decision_recorded": {"claim_id": "C-1", "decision": "none", "reason": "It was put right."},
    "reimbursement_recorded": {"claim_id": "C-1", "status": "proposed", "percent": 40},
    "patient_paid": {"claim_id": "C-1", "pounds": 25_000},
    "contravention_recorded": {"found_by": "cqc", "reason": "The inspection found no account was given."},
    "avoidability_stated": {"verdict": "unavoidable", "to": "family", "evidence_held": ["The first scan."]},
    "material_fact_recorded": {"reason": "A second scan was found."},
    "material_fact_shared": {"fact_event_id": AN_ID},
}
CLAIMED, FOUND = ("claim_opened",), ("claim_opened", "openness_finding_recorded")
BEFORE: dict[str, tuple[str, ...]] = {
    "claim_closed": CLAIMED,
    "openness_finding_recorded": CLAIMED,
    "indemnity_decision_recorded": FOUND,
    "reimbursement_recorded": FOUND,
    "patient_paid": CLAIMED,
    "material_fact_shared": ("material_fact_recorded",),
}
"""What must stand on a case before this can."""
BODIES = {
    get_args(kind.model_fields["type"].annotation)[0]: kind for kind in get_args(get_args(AnyFollowUp)[0])
}
BY_AUDITOR = {
    "openness_finding_recorded",
    "indemnity_decision_recorded",
    "reimbursement_recorded",
    "patient_paid",
}


@pytest.fixture(scope="module")
def room(infra: Stack) -> Iterator[Room]:
    with open_room(infra.database) as made:
        yield made


def refused(answer: Any, status: int, *pointers: str) -> str:
    assert answer.status_code == status, answer.text
    problem = answer.json()
    assert tuple(error["pointer"] for error in problem["errors"]) == pointers
    detail: str = problem["detail"]
    return detail


def of_kind(room: Room, case_id: str, kind: type[records.Record]) -> Any:
    return [record for record in room.records(case_id) if isinstance(record, kind)][-1]


def test_each_record_that_a_person_may_add_has_a_follow_up() -> None:
    by_machine = {
        records.Reported,
        records.ClockTick,
        records.PolicyAdopted,
        records.CalendarAdopted,
        DeliveryRecorded,
        PatternDetected,
        ReleaseSigned,
    }
    assert set(TYPES) == {snake(kind.__name__) for kind in EVENT_TYPES if kind not in by_machine}
    assert set(EVERY) == set(TYPES)


def role_for(kind: str) -> str:
    return "auditor" if kind in BY_AUDITOR else "admin" if kind == "case_released" else "safety"


def asked(room: Room, kind: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """A case, and a body of this kind that it can take."""
    case, body = room.report(), {"type": kind, **EVERY[kind]}
    if kind == "case_linked":
        body["duplicate_of"] = room.report()["case_id"]
    if kind == "event_retracted":
        body["event_id"] = case["report_id"]
    if kind.startswith("escalation_"):
        body["escalation_id"] = escalation_id(case["case_id"], "death_or_severe_harm")
    for first in BEFORE.get(kind, ()):
        before = room.post(case["case_id"], {"type": first, **EVERY[first]}, role_for(first))
        if kind == "material_fact_shared":
            body["fact_event_id"] = before.json()["event_id"]
    return case, body


@pytest.mark.parametrize("kind", EVERY)
def test_every_follow_up_becomes_its_record_with_the_facts_of_the_case(room: Room, kind: str) -> None:
    case, body = asked(room, kind)
    role = "nhsla_reviewer" if kind in ACTS else "consultant"
    body |= {"at": AT, "by_role": role}
    answer = room.post(case["case_id"], body, role_for(kind))
    assert answer.status_code == 201, answer.text
    record = room.records(case["case_id"])[-1]
    assert snake(type(record).__name__) == kind
    assert record.event_id == answer.json()["event_id"]
    assert (record.at, record.recorded_at, record.by_role) == (DAWN, DAWN, role)
    assert record.facts.reported_at == DAWN
    if isinstance(record, records.FollowUp):
        assert (record.patient, record.provider) == ("p1", "RXX")


WRITTEN = {
    *("reason", "what_changed", "evidence", "evidence_held", "ward", "incident_type", "factors", "name"),
    "by_role",
}
"""Fields in which a person writes words; one of a list is in a list."""


@pytest.mark.parametrize("kind", EVERY)
def test_no_word_of_a_follow_up_goes_to_the_log(room: Room, kind: str) -> None:
    """Wherever somebody may write a word, a word that nobody else writes."""
    case, body = asked(room, kind)
    body["nobody knows this"] = "Xylophone"
    typed = WRITTEN - ({"by_role"} if kind in ACTS else set())  # which says one of the scheme's roles
    for name in typed & set(BODIES[kind].model_fields):
        body[name] = ["Xylophone"] if name in ("evidence_held", "factors") else "Xylophone"
    ((before_it,),) = room.rows("SELECT coalesce(max(id), 0) FROM door.outbox")
    answer = room.post(case["case_id"], body, role_for(kind))
    assert answer.status_code == 201, answer.text
    sent = room.rows("SELECT value, headers::text, key FROM door.outbox WHERE id > %s", before_it)
    assert sent
    assert not [1 for value, headers, key in sent if b"Xylophone" in bytes(value) + (headers + key).encode()]
    assert "Xylophone" in repr(room.texts(case["case_id"])[-1])


@pytest.mark.parametrize("role", ROLES)
def test_roles_may_do_what_the_one_table_says(room: Room, role: Role) -> None:
    case_id = room.report()["case_id"]
    for kind in TYPES:
        status = room.post(
            case_id, {"type": kind, **EVERY[kind], "event_id": "x", "duplicate_of": "x"}, role
        ).status_code
        assert (status != 403) == (kind in MAY[role]), kind


def test_a_case_of_another_provider_is_not_theirs(room: Room) -> None:
    case_id = room.report(other_providers=["NZZ"])["case_id"]
    body = {"type": "support_offered", "provider": "RXX"}
    assert room.post(case_id, body, "clinician:RYY").status_code == 403
    assert room.post(case_id, body, "clinician:NZZ").status_code == 201


def test_a_follow_up_for_a_case_nobody_knows_is_not_found(room: Room) -> None:
    body = {"type": "support_offered"}
    assert room.post("5b0c4d52-8d0c-4a50-9a3a-3c1c2ad0a6f4", body).status_code == 404
    assert room.post("not-a-case", body).status_code == 404


def test_an_unknown_type_is_answered_with_the_types_there_are(room: Room) -> None:
    detail = refused(room.post(room.report()["case_id"], {"type": "apologised"}), 422, "/type")
    assert "relevant_person_notified" in detail


def test_a_regrade_changes_the_facts_from_then_on(room: Room) -> None:
    case_id = room.report(patients=[{}, {}])["case_id"]
    regrade = {"type": "harm_regraded", "patient": "p2", "axis": "psychological", "reason": "Seen again."}
    room.follow(
        case_id, {**regrade, "from": "not_sure", "to": "severe", "second_person_role": "medical director"}
    )
    record = of_kind(room, case_id, records.HarmRegraded)
    assert (record.harm, record.from_grade, record.to_grade) == ("severe", "not_known", "severe")
    assert record.second_person_role == "medical_director"
    room.follow(case_id, {"type": "support_offered", "patient": "p1"})
    assert room.records(case_id)[-1].harm == "severe"
    detail = refused(room.post(case_id, {**regrade, "from": "low", "to": "none"}), 409, "/from")
    assert "severe" in detail
    refused(room.post(case_id, {**regrade, "from": "severe", "to": "fatal"}), 422, "/to")
    refused(room.post(case_id, {**regrade, "to": "severe"}), 422, "/to")
    refused(room.post(case_id, {**regrade, "to": "low", "reason": " "}), 422, "/reason")


def test_a_downgrade_across_moderate_is_taken_without_a_second_person(room: Room) -> None:
    case_id = room.report()["case_id"]
    body = {
        "type": "harm_regraded",
        "from": "moderate",
        "to": "low",
        "reason": "Healed.",
        "second_person_role": None,
    }
    room.follow(case_id, body)
    assert of_kind(room, case_id, records.HarmRegraded).second_person_role is None


def test_where_there_are_several_one_must_be_named(room: Room) -> None:
    case_id = room.report(patients=[{}, {}], other_providers=["NZZ"])["case_id"]
    refused(room.post(case_id, {"type": "support_offered"}), 422, "/patient")
    refused(room.post(case_id, {"type": "support_offered", "patient": "p1"}), 422, "/provider")
    refused(
        room.post(case_id, {"type": "support_offered", "patient": "p3", "provider": "RXX"}), 422, "/patient"
    )
    refused(
        room.post(case_id, {"type": "support_offered", "patient": "p1", "provider": "RYY"}), 422, "/provider"
    )
    room.follow(case_id, {"type": "support_offered", "patient": "p1", "provider": "NZZ"})


def test_an_obligation_says_which_patient_and_provider(room: Room) -> None:
    case_id = room.report(patients=[{}, {}], other_providers=["NZZ"])["case_id"]
    wanted = obligation_id(case_id, "p2", "NZZ", "tell", "SC35_2013")
    room.follow(case_id, {"type": "support_offered", "obligation_id": wanted})
    record = room.records(case_id)[-1]
    assert (record.patient, record.provider, record.obligation_id) == ("p2", "NZZ", wanted)
    contradiction = {"type": "support_offered", "obligation_id": wanted, "patient": "p1"}
    refused(room.post(case_id, contradiction), 422, "/patient")
    impossible = obligation_id(case_id, "p2", "NZZ", "tell", "SC35_2099")
    refused(
        room.post(case_id, {"type": "support_offered", "obligation_id": impossible}), 422, "/obligation_id"
    )


def test_a_duty_of_a_provider_that_was_corrected_can_still_be_answered_by_its_people(room: Room) -> None:
    case_id = room.report()["case_id"]
    answer = room.follow(case_id, {"type": "enriched", "provider": "NZZ"})
    assert any(note.startswith("What RXX owed stands") for note in answer["notes"])
    down = {
        "type": "obligation_stood_down",
        "obligation_id": obligation_id(case_id, "p1", "RXX", "tell", "SC35_2013"),
        "reason": "The patient was never here.",
        "never_notifiable": True,
        "second_person_role": "director",
    }
    assert room.post(case_id, down, "safety:RXX").status_code == 201
    record = room.records(case_id)[-1]
    assert (record.patient, record.provider) == ("p1", "RXX")
    refused(room.post(case_id, {"type": "support_offered", "provider": "RXX"}), 422, "/provider")
    assert room.post(case_id, down, "safety:RYY").status_code == 403


@pytest.mark.parametrize("kind", ["escalation_acknowledged", "escalation_acted"])
def test_an_escalation_that_the_case_cannot_have_is_refused(room: Room, kind: str) -> None:
    """Taken in, it would do nothing, and the one that was meant would go on climbing."""
    case_id, other = room.report()["case_id"], room.report()["case_id"]
    body = {"type": kind, **EVERY[kind]}
    for wrong in (AN_ID, escalation_id(other, "death_or_severe_harm"), escalation_id(case_id, "no_such")):
        detail = refused(room.post(case_id, {**body, "escalation_id": wrong}), 422, "/escalation_id")
        assert "Take the id from the case's escalations" in detail
    assert len(room.records(case_id)) == 1
    late = obligation_id(case_id, "p1", "RXX", "tell", "SC35_2013")
    room.follow(case_id, {"type": "enriched", "provider": "RYY"})
    for trigger, about in (
        ("immediate_danger", None),
        ("never_event", never_event_subject(case_id)),
        ("obligation_breached", late),
    ):
        room.follow(case_id, {**body, "escalation_id": escalation_id(case_id, trigger, about)})


@pytest.mark.parametrize(
    ("decision", "criteria"),
    [
        (True, {"unexpected": True, "regulated_activity": True, "harm": False}),
        (True, {"unexpected": True, "regulated_activity": "not_sure", "harm": True}),
        (False, DETERMINED),
    ],
)
def test_a_determination_that_its_criteria_contradict_is_refused(
    room: Room, decision: bool, criteria: dict[str, Any]
) -> None:
    body = {"type": "notifiable_determination_recorded", "decision": decision, "criteria": criteria}
    refused(room.post(room.report()["case_id"], body), 422, "/decision")


def test_a_yes_without_the_limb_of_20_9_is_taken_and_told_so(infra: Stack) -> None:
    yes = {"type": "notifiable_determination_recorded", "decision": True, "criteria": DETERMINED}
    with open_room(infra.database, at=DAWN_2015) as room:
        home = room.report(provider="VZZ", other_providers=["RXX"])["case_id"]

        def noted(**changes: Any) -> list[str]:
            notes: list[str] = room.follow(home, {**yes, "provider": "VZZ", **changes})["notes"]
            return notes

        (note,) = noted()
        assert "The limb of Regulation 20(9) by which this is notifiable was not named" in note
        assert "record the determination again with the limb" in note
        owed = obligation_id(home, "p1", "VZZ", "tell", "REG20_2015")
        assert noted(provider=None, obligation_id=owed) == [note]
        assert noted(limb="20(9)(b)") == []
        assert noted(decision=False, criteria={**DETERMINED, "harm": False}) == []
        assert noted(provider="RXX") == [], "a trust comes under 20(8)"
        before = room.report(provider="VZZ", noticed_at="2015-03-31T22:00:00Z")["case_id"]
        assert room.follow(before, yes)["notes"] == [], "it came under 20(9) on 1 April 2015"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"type": "obligation_stood_down"}, "/reason"),
        ({"type": "obligation_stood_down", "reason": "  "}, "/reason"),
        ({"type": "contact_declined"}, "/evidence"),
        ({"type": "event_retracted", "event_id": "x"}, "/reason"),
        ({"type": "event_retracted", "event_id": "x", "reason": "y"}, "/event_id"),
        ({"type": "case_linked", "duplicate_of": "x"}, "/duplicate_of"),
        ({"type": "family_account_given"}, "/told"),
        ({"type": "contact_attempted", "means": "fax", "result": "reached"}, "/means"),
        ({"type": "harm_regraded", "reason": "x"}, "/to"),
        ({"type": "support_offered", "at": "2099-01-01T00:00:00Z"}, "/at"),
        ({"type": "support_offered", "at": "1947-01-01T00:00:00Z"}, "/at"),
        ({"type": "support_offered", "at": "2013-12-20T06:59:59Z"}, "/at"),
        ({"type": "enriched"}, ""),
        ({"type": "enriched", "harm": {"physical": "low"}}, "/harm"),
        ({"type": "enriched", "provider": "Q99"}, "/provider"),
        ({"type": "enriched", "noticed_at": "2013-12-20T06:00:00Z"}, "/occurred_at"),
        ({"type": "enriched", "date_of_birth": "2099-01-01"}, "/date_of_birth"),
        ({"type": "enriched", "patient": "p4", "name": "x"}, "/patient"),
    ],
)
def test_what_cannot_be_is_refused_with_the_field(room: Room, body: dict[str, Any], pointer: str) -> None:
    case_id = room.report(occurred_at="2013-12-20T07:00:00Z")["case_id"]
    refused(room.post(case_id, body), 422, pointer)
    assert len(room.records(case_id)) == 1


def test_an_enrichment_names_the_patient_and_corrects_the_times(room: Room) -> None:
    case_id = room.report(provider="Q99")["case_id"]
    person = {"relation": "next_of_kin", "why": "dead"}
    body = {"type": "enriched", "name": "Ada Thistle", "relevant_person": person, "provider": "NZZ"}
    room.follow(case_id, {**body, "noticed_at": "2013-12-20T08:00:00Z", "harm_may_still_follow": True})
    record = of_kind(room, case_id, records.Enriched)
    assert record.facts.aware_at == DAWN - HOUR
    assert not record.facts.aware_assumed
    assert record.facts.patients[0].relation == "next_of_kin"
    assert record.facts.providers[0].type == "independent_hospital"
    assert record.flags == records.MAY_STILL_FOLLOW
    assert set(record.changed) == {
        "harm_may_still_follow",
        "noticed_at",
        "patients/p1/name",
        "patients/p1/relevant_person",
        "provider",
    }


def test_a_retraction_takes_out_what_that_record_changed_and_no_more(room: Room) -> None:
    case = room.report()
    case_id = case["case_id"]
    regrade = {"type": "harm_regraded", "reason": "Seen."}
    first = room.follow(case_id, {**regrade, "from": "moderate", "to": "severe"})["event_id"]
    second = room.follow(case_id, {**regrade, "from": "severe", "to": "fatal"})["event_id"]
    retract = {"type": "event_retracted", "reason": "Another patient's scan."}
    room.follow(case_id, {**retract, "event_id": first})
    assert room.records(case_id)[-1].harm == "fatal"
    last = room.follow(case_id, {**retract, "event_id": second})["event_id"]
    record = room.records(case_id)[-1]
    assert (record.harm, record.retracted_event_id) == ("moderate", second)
    refused(room.post(case_id, {**retract, "event_id": second}), 422, "/event_id")
    refused(room.post(case_id, {**retract, "event_id": last}), 422, "/event_id")
    elsewhere = room.report()["report_id"]
    refused(room.post(case_id, {**retract, "event_id": elsewhere}), 422, "/event_id")


def test_a_link_is_written_on_both_cases_and_retracted_on_both(room: Room) -> None:
    duplicate, primary = room.report(), room.report(harm={"physical": "severe"})
    body = {"type": "case_linked", "duplicate_of": primary["case_id"]}
    told = room.follow(duplicate["case_id"], body)
    one, other = room.records(duplicate["case_id"])[-1], room.records(primary["case_id"])[-1]
    assert (one.side, one.other_case_id, one.other_harm) == ("duplicate", primary["case_id"], "severe")
    assert (other.side, other.other_case_id, other.other_harm) == (
        "primary",
        duplicate["case_id"],
        "moderate",
    )
    assert one.event_id == told["event_id"] != other.event_id
    refused(room.post(duplicate["case_id"], body), 422, "")
    refused(
        room.post(room.report()["case_id"], {**body, "duplicate_of": duplicate["case_id"]}),
        422,
        "/duplicate_of",
    )
    refused(room.post(primary["case_id"], {**body, "duplicate_of": room.report()["case_id"]}), 422, "")
    retract = {"type": "event_retracted", "event_id": other.event_id, "reason": "Two falls after all."}
    room.follow(primary["case_id"], retract)
    assert room.records(primary["case_id"])[-1].retracted_event_id == other.event_id
    assert room.records(duplicate["case_id"])[-1].retracted_event_id == one.event_id
    room.follow(duplicate["case_id"], body)


def test_what_comes_to_a_duplicate_is_led_to_the_case_where_it_counts(room: Room) -> None:
    duplicate, primary = room.report()["case_id"], room.report()["case_id"]
    room.follow(duplicate, {"type": "case_linked", "duplicate_of": primary})
    told = {"type": "relevant_person_notified", **EVERY["relevant_person_notified"]}
    answer = room.post(duplicate, told)
    assert (answer.status_code, answer.json()["title"]) == (409, "This case is a duplicate")
    assert f"Record it in case {primary}" in answer.text
    room.follow(primary, told)
    room.follow(
        duplicate, {**told, "obligation_id": obligation_id(duplicate, "p1", "RXX", "tell", "SC35_2013")}
    )


def test_the_report_of_a_case_with_duplicates_is_retracted_only_after_their_links(room: Room) -> None:
    duplicate, primary = room.report()["case_id"], room.report()
    link = room.follow(duplicate, {"type": "case_linked", "duplicate_of": primary["case_id"]})
    mistake = {"type": "event_retracted", "reason": "It was a drill.", "event_id": primary["report_id"]}
    detail = refused(room.post(primary["case_id"], mistake), 422, "/event_id")
    assert "Retract the links of its duplicates first" in detail
    room.follow(duplicate, {**mistake, "event_id": link["event_id"]})
    room.follow(primary["case_id"], mistake)
    again = {"type": "case_linked", "duplicate_of": primary["case_id"]}
    assert "Link a case that stands" in refused(room.post(duplicate, again), 422, "/duplicate_of")


def test_a_link_that_would_hide_a_duty_is_refused(room: Room) -> None:
    duplicate, primary = room.report(), room.report(harm={"physical": "low"})
    body = {"type": "case_linked", "duplicate_of": primary["case_id"]}
    detail = refused(room.post(duplicate["case_id"], body), 422, "/duplicate_of")
    assert "Regrade the primary first" in detail
    refused(room.post(primary["case_id"], body), 422, "/duplicate_of")


def test_a_follow_up_sent_twice_under_one_key_is_one_event(room: Room) -> None:
    case_id = room.report()["case_id"]
    headers = {"Authorization": "Bearer demo:safety", "Idempotency-Key": f"once-{case_id}"}
    bodies = [{"type": "support_offered"}] * 2
    answers = [room.http.post(f"/api/cases/{case_id}/events", json=body, headers=headers) for body in bodies]
    assert answers[0].json() == answers[1].json()
    assert len(room.records(case_id)) == 2
    other = room.report(FALL)["case_id"]
    assert room.http.post(f"/api/cases/{other}/events", json=bodies[0], headers=headers).status_code == 422
