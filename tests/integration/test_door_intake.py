"""Reports over HTTP on the real PostgreSQL: what is taken, what is refused, and what is told about it."""

import hashlib
import json
import threading
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from producers.cases import known
from producers.connections import LONGEST_TRANSACTION_MS, engine, libpq
from producers.door import Door
from producers.now import SYSTEM_SLACK_MS
from producers.providers import Entry, add
from producers.reporting import report
from producers.reports import ReportBody
from producers.sign_in import SignIn
from producers.vault_reading import reporters
from schemas.event_types import (
    ANONYMOUS,
    NEVER_EVENT_PROPOSED,
    PROVIDER_NOT_KNOWN,
    Reported,
)
from tests.integration.door_room import DAWN, FALL, HOUR, Room, open_room, served
from tests.stack import Stack

PERSONAL = (
    b"9434765919",
    b"Wilhelmina",
    b"1931",
    b"Bartholomew",
    b"Zebrafinch",
    b"Xylophone",
    b"Peppercorn",
    b"Cuthbertson",
)
SCRIPTS = ["سقط المريض من السرير ليلاً", "נפל מהמיטה", "fell 🛏️😢 \u202egnol\u202c", "a\r\n\tb  "]

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def room(infra: Stack) -> Iterator[Room]:
    with open_room(infra.database) as made:
        yield made


def pointers(answer: Any) -> list[str]:
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == answer.status_code
    return [error["pointer"] for error in problem["errors"]]


def test_a_report_is_in_vault_receipts_outbox_and_readable_once_answered(room: Room) -> None:
    answer = room.report(noticed_at="2013-12-20T08:00:00+00:00", ward="Cedar  Ward")
    (record,) = room.records(answer["case_id"])
    assert isinstance(record, Reported)
    assert record.event_id == answer["report_id"]
    assert (record.harm, record.at, record.recorded_at) == ("moderate", DAWN, DAWN)
    assert record.facts.aware_at == DAWN - HOUR
    assert not record.facts.aware_assumed
    assert record.facts.providers[0].type == "nhs_trust"
    assert answer["patients"] == [{"ref": "p1"}]
    with room.engine.connect() as connection:
        case = known(connection, answer["case_id"])
    (kept,) = room.texts(answer["case_id"])
    assert case is not None
    assert case.state.facts == record.facts
    assert kept.said["what_happened"] == FALL["what_happened"]
    assert kept.said["ward"] == "Cedar  Ward"
    wrote = """SELECT DISTINCT xmin::text FROM (
        SELECT xmin FROM door.vault WHERE event_id = %(report)s::text::uuid
        UNION ALL SELECT xmin FROM door.receipts WHERE report_id = %(report)s::text::uuid
        UNION ALL SELECT xmin FROM door.cases WHERE case_id = %(case)s::text::uuid
        UNION ALL SELECT xmin FROM door.outbox WHERE key = %(case)s::text) written"""
    named = {"report": answer["report_id"], "case": answer["case_id"]}
    with room.engine.connect() as connection:
        assert len(connection.exec_driver_sql(wrote, named).all()) == 1, "one transaction wrote all of it"


def test_the_receipt_can_be_checked_by_who_holds_it(room: Room) -> None:
    answer = room.report(noticed_at="2013-12-20T08:00:00Z")
    receipt = json.loads(answer["receipt"])
    digest = receipt.pop("sha256")
    assert (
        hashlib.sha256(json.dumps(receipt, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
        == digest
    )
    assert receipt == {
        "report_id": answer["report_id"],
        "noticed_at": "2013-12-20T08:00:00.000Z",
        "reported_at": "2013-12-20T09:00:00.000Z",
        "received_at": "2013-12-20T09:00:00.000Z",
    }


def test_no_name_number_birth_date_or_text_goes_to_the_log(room: Room) -> None:
    person = {"nhs_number": "943 476 5919", "name": "Wilhelmina Quickfall", "date_of_birth": "1931-02-03"}
    reporter = {"role": "staff nurse", "name": "Bartholomew Underwing"}
    answer = room.report(
        patients=[person], reporter=reporter, ward="Zebrafinch", what_happened="Xylophone fell"
    )
    follow = {"type": "contact_declined", "evidence": "Peppercorn said no", "by_role": "Dr Cuthbertson"}
    told = room.follow(answer["case_id"], follow)
    assert "other" in told["notes"][0]
    rows = room.rows("SELECT value, headers::text FROM door.outbox WHERE key = %s", answer["case_id"])
    for value, headers in rows:
        on_the_log = bytes(value) + headers.encode()
        assert [word for word in PERSONAL if word in on_the_log] == []
    assert room.records(answer["case_id"])[0].by_role == "staff_nurse"


def test_nothing_readable_lies_in_the_database(room: Room) -> None:
    room.report(what_happened="Unmistakable sentence", reporter={"name": "Montague Featherstone"})
    tables = room.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'door'")
    for (table,) in tables:
        content = repr(room.rows(f"SELECT t::text FROM door.{table} t"))
        for word in ("Unmistakable", "Montague", b"Unmistakable".hex(), b"Montague".hex()):
            assert word not in content, table


def test_an_anonymous_report_keeps_no_reporter(room: Room) -> None:
    named = {"role": "registrar", "name": "Ottoline Brisket", "email": "o@example.org"}
    answer = room.report(anonymous=True, reporter=named)
    (record,) = room.records(answer["case_id"])
    assert record.flags & ANONYMOUS
    assert (record.by_role, record.reporter_role) == ("", "")
    assert answer["kept_aside"] == []
    with room.engine.begin() as connection:
        assert (
            reporters(connection, room.door.vault, answer["case_id"], by_role="safety", purpose="test") == ()
        )
    (kept,) = room.texts(answer["case_id"])
    assert "Ottoline" not in repr(kept)
    assert "registrar" not in repr(kept)


def test_unknown_fields_are_kept_aside_and_reported_back(room: Room) -> None:
    answer = room.report(bed={"number": 4}, patients=[{"name": "A", "shoe/size": 9}])
    assert answer["kept_aside"] == ["/bed", "/patients/0/shoe~1size"]
    (kept,) = room.texts(answer["case_id"])
    assert kept.aside == {"/bed": {"number": 4}, "/patients/0/shoe~1size": 9}


def test_what_nobody_knew_of_a_reporter_is_kept_with_the_reporter(room: Room) -> None:
    answer = room.report(reporter={"email": "o@example.org"})
    assert answer["kept_aside"] == ["/reporter/email"]
    (kept,) = room.texts(answer["case_id"])
    assert "example.org" not in repr(kept)
    with room.engine.begin() as connection:
        asked = {"by_role": "safety", "purpose": "test"}
        (found,) = reporters(connection, room.door.vault, answer["case_id"], **asked)
    assert found == {"kept_aside": {"/reporter/email": "o@example.org"}}


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({"type": "avoidability_stated", "verdict": "cannot_say", "to": "family"}, "evidence_held"),
        ({"type": "enriched"}, "factors"),
    ],
)
def test_whatever_is_told_to_be_kept_in_the_vault_is(room: Room, body: dict[str, Any], name: str) -> None:
    case_id = room.report()["case_id"]
    room.follow(case_id, {**body, name: ["Moonlight"]})
    assert room.texts(case_id)[-1].said[name] == ["Moonlight"]


@pytest.mark.parametrize("text", SCRIPTS)
def test_any_script_is_kept_exactly(room: Room, text: str) -> None:
    answer = room.report(what_happened=text)
    (kept,) = room.texts(answer["case_id"])
    assert kept.said["what_happened"] == text


def test_only_kind_and_what_happened_are_asked_for(room: Room) -> None:
    answer = room.http.post("/api/reports", json={"kind": "incident", "what_happened": "Something"}).json()
    (record,) = room.records(answer["case_id"])
    assert record.harm == "not_known"
    assert record.flags & PROVIDER_NOT_KNOWN
    assert record.facts.aware_assumed
    assert any("provider" in note for note in answer["notes"])
    assert pointers(room.http.post("/api/reports", json={})) == ["/kind", "/what_happened"]


def test_not_sure_is_an_answer_to_everything(room: Room) -> None:
    optional = set(ReportBody.model_fields) - {"kind", "what_happened", "harm"}
    body = dict.fromkeys(optional, "not_sure")
    answer = room.report({**FALL, **body, "kind": "not_sure", "harm": {"physical": "not_sure"}})
    (record,) = room.records(answer["case_id"])
    assert record.facts.kind == "incident"
    assert record.harm == "not_known"
    assert record.never_event_type == "not_sure"
    assert record.flags == NEVER_EVENT_PROPOSED | PROVIDER_NOT_KNOWN


@pytest.mark.parametrize(
    ("report", "patients", "worst"),
    [
        ({"physical": "low"}, [{}, {"harm": {"psychological": "severe"}}], "severe"),
        ({"physical": "severe"}, [{"harm": {"physical": "none"}}], "none"),
        ({"physical": "not_known", "psychological": "moderate"}, [{}], "moderate"),
        ({}, [{}, {}], "not_known"),
        ({"physical": "fatal"}, [], "fatal"),
    ],
)
def test_harm_is_the_worst_over_patients_and_axes(
    room: Room, report: dict[str, str], patients: list[dict[str, Any]], worst: str
) -> None:
    answer = room.report(harm=report, patients=patients)
    (record,) = room.records(answer["case_id"])
    assert record.harm == worst
    assert len(record.facts.patients) == max(1, len(patients))


def test_a_near_miss_of_which_nobody_gave_a_grade_harmed_nobody(room: Room) -> None:
    body = {"kind": "near_miss", "what_happened": "Nearly", "provider": "RXX", "could_have_been": "fatal"}
    (record,) = room.records(room.report(body)["case_id"])
    assert (record.harm, record.potential) == ("none", "fatal")


def test_nothing_is_reported_after_it_came(room: Room) -> None:
    a_little_ahead = "2013-12-20T09:05:00+00:00"
    (record,) = room.records(room.report(reported_at=a_little_ahead)["case_id"])
    assert record.facts.reported_at == record.recorded_at
    (record,) = room.records(
        room.report(reported_at=a_little_ahead, noticed_at="2013-12-20T09:04:00Z")["case_id"]
    )
    assert record.facts.reported_at == record.facts.aware_at == DAWN + 240_000


def test_the_provider_is_looked_up_by_the_day_of_the_report(room: Room) -> None:
    room.tick(1420000000000)  # 2014-12-31
    before = room.records(room.report(provider="RZC", reported_at="2014-11-30T23:59:00Z")["case_id"])
    after = room.records(room.report(provider="RZC", reported_at="2014-12-01T00:00:00Z")["case_id"])
    assert before[0].facts.providers[0].type == "nhs_trust"
    assert after[0].facts.providers[0].type == "nhs_foundation_trust"


def test_an_unknown_provider_is_accepted_and_flagged(room: Room) -> None:
    answer = room.report(provider="q99", other_providers=["VZZ", "Q99", "VZZ"])
    (record,) = room.records(answer["case_id"])
    assert [(one.code, one.type) for one in record.facts.providers] == [
        ("Q99", "not_known"),
        ("VZZ", "care_home"),
    ]
    assert record.flags & PROVIDER_NOT_KNOWN
    assert "Q99" in answer["notes"][0]


def test_the_provider_of_who_is_signed_in_is_taken_where_none_is_named(room: Room) -> None:
    body = {name: value for name, value in FALL.items() if name != "provider"}
    headers = {"Authorization": "Bearer demo:reporter:nzz"}
    answer = room.http.post("/api/reports", json=body, headers=headers).json()
    (record,) = room.records(answer["case_id"])
    assert record.facts.providers[0].code == "NZZ"


@pytest.mark.parametrize("anonymous", [False, True])
@pytest.mark.parametrize("said", ["City Hospital", "Q99", "the ward on the hill"])
def test_what_nobody_knows_goes_to_the_provider_of_who_is_signed_in_and_is_asked_about(
    room: Room, said: str, anonymous: bool
) -> None:
    headers = {"Authorization": "Bearer demo:reporter:RXX"}
    body = FALL | {"provider": said, "anonymous": anonymous, "ward": "Cedar"}
    answer = room.http.post("/api/reports", json=body, headers=headers).json()
    (record,) = room.records(answer["case_id"])
    assert [(one.code, one.type) for one in record.facts.providers] == [("RXX", "nhs_trust")]
    assert record.flags & PROVIDER_NOT_KNOWN
    assert record.ward_ref == room.door.vault.ward_ref("RXX", "Cedar")
    assert "went to RXX" in answer["notes"][0]
    assert answer["providers"] == ["RXX"]
    assert said.upper() not in repr(room.rows("SELECT t::text FROM door.answers t"))
    (kept,) = room.texts(answer["case_id"])
    assert kept.said["provider"] == said.upper()
    assert room.post(answer["case_id"], {"type": "enriched", "provider": "RXX"}).status_code == 201
    assert not room.records(answer["case_id"])[-1].flags & PROVIDER_NOT_KNOWN


@pytest.mark.parametrize("said", ["the larchwood  hospital", "The Larchwood Hospital"])
def test_a_provider_may_be_named_by_its_name(room: Room, said: str) -> None:
    headers = {"Authorization": "Bearer demo:reporter:RXX"}
    answer = room.http.post("/api/reports", json=FALL | {"provider": said}, headers=headers).json()
    (record,) = room.records(answer["case_id"])
    assert [(one.code, one.type) for one in record.facts.providers] == [("NZZ", "independent_hospital")]
    assert not record.flags & PROVIDER_NOT_KNOWN
    assert "taken for NZZ" in answer["notes"][0]


def test_a_name_that_two_providers_have_is_nobodys(room: Room) -> None:
    add(
        room.database,
        [
            Entry(code=code, name="Twin House", type="care_home", valid_from=date(2010, 1, 1))
            for code in ("TW1", "TW2")
        ],
    )
    (record,) = room.records(room.report(provider="Twin House")["case_id"])
    assert record.facts.providers[0].code == "not_known"


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"kind": "accident"}, ["/kind"]),
        ({"what_happened": "  "}, ["/what_happened"]),
        ({"what_happened": "a\0b"}, ["/what_happened"]),
        ({"what_happened": 7}, ["/what_happened"]),
        ({"what_happened": "x" * 1_000_000}, ["/what_happened"]),
        ({"patients": [{}] * 10_000}, ["/patients"]),
        ({"patients": [{"nhs_number": "9434765918"}]}, ["/patients/0/nhs_number"]),
        ({"patients": [{}, {"nhs_number": "1111111111"}]}, ["/patients/1/nhs_number"]),
        ({"patients": [{"nhs_number": "٩٤٣٤٧٦٥٩١٩"}]}, ["/patients/0/nhs_number"]),
        ({"patients": [{"nhs_number": "943476591"}]}, ["/patients/0/nhs_number"]),
        ({"patients": [{"nhs_number": 9434765919}]}, ["/patients/0/nhs_number"]),
        ({"patients": [{"date_of_birth": "2099-12-21"}]}, ["/patients/0/date_of_birth"]),
        ({"patients": [{"date_of_birth": "1999-02-29"}]}, ["/patients/0/date_of_birth"]),
        ({"patients": [{"date_of_birth": "0058-03-27"}]}, ["/patients/0/date_of_birth"]),
        ({"patients": [{"harm": {"psychological": "fatal"}}]}, ["/patients/0/harm/psychological"]),
        ({"harm": "moderate"}, ["/harm"]),
        ({"occurred_at": "1947-12-31T23:59:59Z"}, ["/occurred_at"]),
        ({"occurred_at": "2013-12-20T09:00:00"}, ["/occurred_at"]),
        ({"occurred_at": "2013-02-30T09:00:00Z"}, ["/occurred_at"]),
        ({"occurred_at": 1387530000}, ["/occurred_at"]),
        ({"reported_at": "2099-12-20T09:10:01Z"}, ["/reported_at"]),
        ({"occurred_at": "2013-12-20T08:00:00Z", "noticed_at": "2013-12-20T07:59:59Z"}, ["/occurred_at"]),
        ({"noticed_at": "2013-12-20T08:00:00Z", "reported_at": "2013-12-20T07:00:00Z"}, ["/noticed_at"]),
        ({"immediate_risk": "yes"}, ["/immediate_risk"]),
        ({"never_event_type": "wrong leg"}, ["/never_event_type"]),
        ({"what_happened": "\ud800"}, ["/what_happened"]),
    ],
)
def test_what_cannot_be_is_refused_with_the_field_and_the_mend(
    room: Room, changes: dict[str, Any], where: list[str]
) -> None:
    body = json.dumps({**FALL, **changes})
    answer = room.http.post("/api/reports", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert pointers(answer) == where
    assert all(error["detail"] for error in answer.json()["errors"])


def test_a_birth_long_before_1948_is_ordinary(room: Room) -> None:
    assert room.report(patients=[{"date_of_birth": "1909-05-01"}])["case_id"]


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b'{"kind": ', "application/json", 400),
        (b"\xff\xfe{}", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b"[]", "application/json", 422),
        (b"", "application/json", 422),
        (b"kind=incident", "application/x-www-form-urlencoded", 415),
        (b'{"kind": "' + b"x" * 5_000_000 + b'"}', "application/json", 413),
    ],
)
def test_what_is_no_report_at_all_has_a_clear_answer(
    room: Room, content: bytes, kind: str, status: int
) -> None:
    answer = room.http.post("/api/reports", content=content, headers={"Content-Type": kind})
    assert answer.status_code == status
    assert pointers(answer)


def test_deep_and_strange_unknown_fields_do_no_harm(room: Room) -> None:
    deep: Any = 1
    for _ in range(400):
        deep = {"a": deep}
    body = json.dumps({**FALL, "deep": deep, "huge": 10**400, "half": "\ud800"})
    answer = room.http.post("/api/reports", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 201, answer.text
    assert answer.json()["kept_aside"] == ["/deep", "/half", "/huge"]


def test_the_same_key_and_body_give_the_same_answer_and_one_case(room: Room) -> None:
    headers = {"Idempotency-Key": "6f1c"}
    first = room.http.post("/api/reports", json=FALL, headers=headers)
    again = room.http.post("/api/reports", json=dict(reversed(FALL.items())), headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    other = room.http.post("/api/reports", json={**FALL, "ward": "B"}, headers=headers)
    assert other.status_code == 422
    assert len(room.records(first.json()["case_id"])) == 1
    headers = {"Idempotency-Key": "x" * 256}
    assert room.http.post("/api/reports", json=FALL, headers=headers).status_code == 422


def test_the_same_key_at_the_same_moment_makes_one_case(room: Room) -> None:
    answers: list[dict[str, Any]] = []

    def send() -> None:
        answer = room.http.post("/api/reports", json=FALL, headers={"Idempotency-Key": "race"})
        answers.append(answer.json())

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 8
    assert len({answer["case_id"] for answer in answers}) == 1


def test_without_signing_in_one_may_report_and_nothing_else(room: Room) -> None:
    case_id = room.report()["case_id"]
    body = {"type": "support_offered"}
    assert room.http.post(f"/api/cases/{case_id}/events", json=body).status_code == 401
    for bad in ("Bearer demo:chief", "Basic abc", "Bearer demo:safety:RXX:more"):
        answer = room.http.post("/api/reports", json=FALL, headers={"Authorization": bad})
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_where_no_demonstration_is_open_nobody_comes_in_by_it(room: Room) -> None:
    with served(room.door, SignIn(demonstration=False)) as url:
        assert httpx.post(f"{url}/api/reports", json=FALL).status_code == 401
        signed = httpx.post(f"{url}/api/reports", json=FALL, headers={"Authorization": "Bearer demo:safety"})
        assert signed.status_code == 401


def test_while_the_database_is_away_the_answer_is_503_and_when_to_come_back(room: Room) -> None:
    nowhere = Door(engine("postgresql://nobody@127.0.0.1:1/none"), room.door.vault, room.door.clock)
    with served(nowhere) as url:
        answer = httpx.post(f"{url}/api/reports", json=FALL, timeout=30)
    nowhere.close()
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json()["detail"] == "The database does not answer; nothing was taken in."


_LOST_AT_COMMIT = """
    CREATE FUNCTION door.lose() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER lost AFTER INSERT ON door.cases DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION door.lose();
"""


def test_where_the_commit_is_in_doubt_the_answer_says_so_and_the_key_settles_it(room: Room) -> None:
    key = {"Idempotency-Key": "in doubt"}
    with psycopg.connect(libpq(room.database)) as connection:
        connection.execute(_LOST_AT_COMMIT)
    answer = room.http.post("/api/reports", json=FALL, headers=key)
    assert answer.status_code == 503
    assert "this may have been taken in. Sent again under the same Idempotency-Key" in answer.json()["detail"]
    with psycopg.connect(libpq(room.database)) as connection:
        connection.execute("DROP TRIGGER lost ON door.cases")
    first, second = (room.http.post("/api/reports", json=FALL, headers=key) for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()


def test_a_transaction_that_lasts_too_long_is_ended_and_leaves_nothing(room: Room) -> None:
    before = room.rows("SELECT count(*) FROM door.cases")

    def dawdle() -> None:
        with room.door.visit() as visit:
            report(visit, ReportBody.model_validate(FALL), None)
            time.sleep(LONGEST_TRANSACTION_MS / 1000 + 0.5)

    with pytest.raises(DBAPIError):
        dawdle()
    assert room.rows("SELECT count(*) FROM door.cases") == before
    assert LONGEST_TRANSACTION_MS < SYSTEM_SLACK_MS
    room.report()
