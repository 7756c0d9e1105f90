"""What the door keeps: its tables up and down, its database roles, the vault, and what erasing does."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.dialects.postgresql.base import ischema_names

from producers import migrations, providers
from producers.cases import case_exists, known, received
from producers.connections import engine, libpq, unlimited
from producers.door import Door
from producers.follow_ups import FOLLOW_UP
from producers.keys import key_place
from producers.readings import readings
from producers.refusals import Refused
from producers.reports import ReportBody
from producers.roles import Caller
from producers.signing_off import SignOffBody, book, sign_off, signers
from producers.tables import METADATA, SCHEMA, Xid8
from producers.vault_reading import Erased, deciders, erase, reporters, texts
from schemas.event_types import Provider
from tests.integration.door_room import DAWN, FALL, Room, fresh_database, open_room
from tests.stack import Stack

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def room(infra: Stack) -> Iterator[Room]:
    with open_room(infra.database) as made:
        migrations.grant(made.database)
        yield made


def as_role(room: Room, role: str) -> psycopg.Connection[tuple[object, ...]]:
    connection = psycopg.connect(libpq(room.database), autocommit=True)
    connection.execute(f"SET ROLE {role}".encode())
    return connection


def test_the_history_goes_up_down_and_up_to_the_declared_tables(
    infra: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ischema_names, "xid8", Xid8)
    database = fresh_database(infra.database)
    migrations.upgrade(database)
    migrations.upgrade(database)
    assert differences(database) == []
    migrations.downgrade(database)
    with psycopg.connect(libpq(database)) as connection:
        left = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'door'").fetchall()
    assert left == [("alembic_version",)]
    migrations.upgrade(database)
    assert differences(database) == []


def differences(database: str) -> list[object]:
    made = unlimited(database)

    def ours(name: str | None, kind: str, _: object) -> bool:
        return name == SCHEMA if kind == "schema" else True

    def compare(connection: Connection) -> list[object]:
        options = {"include_schemas": True, "include_name": ours, "version_table_schema": SCHEMA}
        context = MigrationContext.configure(connection, opts=options)
        return [one for one in compare_metadata(context, METADATA) if "alembic_version" not in repr(one)]

    with made.connect() as connection:
        found = compare(connection)
    made.dispose()
    return found


def test_who_reported_is_read_through_the_one_function_that_writes_it_down(room: Room) -> None:
    case_id = room.report(reporter={"role": "nurse", "name": "Ermintrude Pavilion"})["case_id"]
    with as_role(room, "candour_reporter_reader") as reader:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("SELECT * FROM door.reporters")
        with pytest.raises(psycopg.errors.RaiseException):
            reader.execute("SELECT * FROM door.read_reporter(%s, 'safety', '')", (case_id,))
        told = reader.execute("SELECT * FROM door.read_reporter(%s, 'safety', 'to thank')", (case_id,))
        assert len(told.fetchall()) == 1
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("DELETE FROM door.reporter_reads")
    with room.engine.begin() as connection:
        asked = {"by_role": "director", "purpose": "to thank her"}
        (found,) = reporters(connection, room.door.vault, case_id, **asked)
    assert found == {"role": "nurse", "name": "Ermintrude Pavilion"}
    written = "SELECT by_role, purpose FROM door.reporter_reads WHERE case_id = %s ORDER BY id"
    reads = room.rows(written, case_id)
    assert reads == [("safety", "to thank"), ("director", "to thank her")]


def found_by(room: Room, case_id: str, name: str) -> str:
    """The event id of a finding of this person."""
    room.follow(case_id, {"type": "claim_opened", "claim_id": "C-1"})
    found = {"type": "openness_finding_recorded", "claim_id": "C-1", "finding": "open", "reason": "A letter."}
    answer = room.post(case_id, {**found, "by_role": "nhsla_reviewer", "by_name": name}, "auditor")
    event_id: str = answer.json()["event_id"]
    return event_id


def test_who_decided_is_read_apart_from_who_reported_and_each_is_written_down(room: Room) -> None:
    case_id = room.report(reporter={"name": "Ermintrude Pavilion"})["case_id"]
    found = found_by(room, case_id, "Ottoline Brisket")
    read = "SELECT * FROM door.read_deciders(%s, %s, %s, %s)"
    with as_role(room, "candour_reader") as reader:
        for by_role, why in (("auditor", " "), ("", "to audit")):
            with pytest.raises(psycopg.errors.RaiseException):
                reader.execute(read, (case_id, by_role, None, why))
        assert len(reader.execute(read, (case_id, "auditor", None, "to audit")).fetchall()) == 1
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("DELETE FROM door.decider_reads")
    made = engine(f"{room.database}&options=-c%20role%3Dcandour_reader")
    with made.connect() as connection:
        (one,) = readings(connection, case_id)
    made.dispose()
    assert (one.what, one.by_role, one.provider, one.purpose) == ("deciders", "auditor", None, "to audit")
    with room.engine.begin() as connection:
        asked = {"by_role": "safety", "purpose": "to answer"}
        named = deciders(connection, room.door.vault, case_id, provider="RXX", **asked)
        assert named == {found: "Ottoline Brisket"}
        told = reporters(connection, room.door.vault, case_id, **asked)
        assert told == ({"name": "Ermintrude Pavilion"},)
    written = "SELECT by_role, provider, purpose FROM door.decider_reads WHERE case_id = %s ORDER BY id"
    assert room.rows(written, case_id) == [("auditor", None, "to audit"), ("safety", "RXX", "to answer")]
    assert len(room.rows("SELECT id FROM door.reporter_reads WHERE case_id = %s", case_id)) == 1


def test_what_was_written_is_read_through_the_one_function_that_writes_it_down(room: Room) -> None:
    case_id = room.report()["case_id"]
    room.follow(case_id, {"type": "contact_declined", "evidence": "She said so."})
    read = "SELECT * FROM door.read_texts(%s, %s, %s, %s)"
    with as_role(room, "candour_reader") as reader:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("SELECT * FROM door.vault")
        for by_role, why in (("clinician", " "), ("", "to speak with the family")):
            with pytest.raises(psycopg.errors.RaiseException):
                reader.execute(read, (case_id, by_role, "RXX", why))
        assert len(reader.execute(read, (case_id, "clinician", "RXX", "to speak")).fetchall()) == 2
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("DELETE FROM door.text_reads")
    made = engine(f"{room.database}&options=-c%20role%3Dcandour_reader")
    with made.begin() as connection:
        asked = {"by_role": "auditor", "purpose": "to decide"}
        first, second = texts(connection, room.door.vault, case_id, **asked)
    made.dispose()
    assert (first.said["what_happened"], second.said["evidence"]) == (FALL["what_happened"], "She said so.")
    written = "SELECT by_role, provider, purpose FROM door.text_reads WHERE case_id = %s ORDER BY id"
    assert room.rows(written, case_id) == [("clinician", "RXX", "to speak"), ("auditor", None, "to decide")]


@pytest.mark.parametrize(
    "role", ["candour_door", "candour_relay", "candour_clock", "candour_reporter_reader"]
)
def test_no_other_part_can_read_what_was_written(room: Room, role: str) -> None:
    with as_role(room, role) as other:
        for statement in (
            "SELECT * FROM door.vault",
            "SELECT * FROM door.read_texts(NULL, 'a', NULL, 'b')",
            "SELECT * FROM door.read_deciders(NULL, 'a', NULL, 'b')",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                other.execute(statement)


def test_who_signed_a_release_is_read_in_the_same_way_and_written_down(room: Room, tmp_path: Path) -> None:
    release, place = "2014-04-01-to-2014-04-30-r1", key_place(tmp_path)
    place.parent.mkdir()
    place.write_bytes(room.key)
    body = SignOffBody(sha256="0" * 64, name="Ada Director")
    sign_off(room.door, release, body, Caller("director"))
    reader = f"{room.database}&options=-c%20role%3Dcandour_reporter_reader"
    asked = {"by_role": "admin", "purpose": "a question in the House"}
    assert signers(reader, tmp_path, release, **asked) == ("Ada Director",)
    written = "SELECT by_role, purpose FROM door.reporter_reads ORDER BY id DESC LIMIT 1"
    assert room.rows(written) == [("admin", "a question in the House")]
    with pytest.raises(Erased):
        signers(reader, tmp_path, "2014-04-01-to-2014-05-31-r2", **asked)


def test_other_figures_of_a_release_can_be_signed_again(room: Room, tmp_path: Path) -> None:
    """As after a rebuild that drafted other bytes; the same figures are signed once."""
    release, place = "2014-04-01-to-2014-06-30-r3", key_place(tmp_path)
    place.parent.mkdir()
    place.write_bytes(room.key)
    door = Door(engine(f"{room.database}&options=-c%20role%3Dcandour_door"), room.door.vault, room.door.clock)
    for sha256, name in (("1" * 64, "Ada Director"), ("2" * 64, "Grace Director")):
        sign_off(door, release, SignOffBody(sha256=sha256, name=name), Caller("director"))
    asked = {"by_role": "admin", "purpose": "a question in the House"}
    assert sorted(signers(room.database, tmp_path, release, **asked)) == ["Ada Director", "Grace Director"]
    with pytest.raises(Refused, match="Signed before"):
        sign_off(door, release, SignOffBody(sha256="2" * 64, name="Ada Director"), Caller("director"))
    door.engine.dispose()


def test_nobody_signs_where_the_key_of_the_sign_off_was_destroyed(room: Room) -> None:
    release = "2014-04-01-to-2014-07-31-r4"
    sign_off(room.door, release, SignOffBody(sha256="1" * 64, name="Ada Director"), Caller("director"))
    assert erase(room.database, book(release), by="admin")
    with pytest.raises(Refused, match="This sign-off was erased"):
        sign_off(room.door, release, SignOffBody(sha256="2" * 64, name="Ada Director"), Caller("director"))


@pytest.mark.parametrize("role", ["candour_door", "candour_relay", "candour_clock", "candour_reader"])
def test_no_other_part_can_read_who_reported(room: Room, role: str) -> None:
    with as_role(room, role) as other:
        for statement in ("SELECT * FROM door.reporters", "SELECT * FROM door.read_reporter(NULL, 'a', 'b')"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                other.execute(statement)


def test_intake_needs_no_more_than_its_own_role(room: Room) -> None:
    role = "candour_door"
    door = Door(engine(f"{room.database}&options=-c%20role%3D{role}"), room.door.vault, room.door.clock)
    report = ReportBody.model_validate({**FALL, "reporter": {"name": "A"}})
    case_id = door.accept_report(report, None, "as-role")["case_id"]
    for body in ({"type": "harm_regraded", "to": "low", "reason": "x"}, {"type": "support_offered"}):
        door.accept_follow_up(case_id, FOLLOW_UP.validate_python(body), Caller("safety"))
    claimed = {"type": "claim_opened", "claim_id": "C-1"}
    found = {"type": "openness_finding_recorded", "claim_id": "C-1", "finding": "open", "reason": "A letter."}
    door.accept_follow_up(case_id, FOLLOW_UP.validate_python(claimed), Caller("safety"))
    named = FOLLOW_UP.validate_python({**found, "by_role": "nhsla_reviewer", "by_name": "Ottoline"})
    door.accept_follow_up(case_id, named, Caller("auditor"))
    with door.engine.connect() as connection:
        assert connection.execute(text("SELECT current_user")).scalar() == role
    door.close()
    assert len(room.records(case_id)) == 5


def test_destroying_the_key_erases_and_the_case_goes_on(room: Room) -> None:
    taken = room.report(reporter={"name": "Cornelius Bright"})
    case_id = taken["case_id"]
    other = room.report()["case_id"]
    assert erase(room.database, case_id, "admin")
    assert not erase(room.database, case_id, "admin")
    with room.engine.begin() as connection:
        with pytest.raises(Erased):
            texts(connection, room.door.vault, case_id, by_role="safety", purpose="test")
        with pytest.raises(Erased):
            reporters(connection, room.door.vault, case_id, by_role="safety", purpose="test")
        case = known(connection, case_id)
    assert len(room.texts(other)) == 1
    assert case is not None
    assert case.state.harm == "moderate"
    room.follow(case_id, {"type": "support_offered"})
    answer = room.post(case_id, {"type": "candour_opted_in", "reason": "The family asked."})
    assert answer.status_code == 409


def test_a_case_and_its_receipt_are_found_at_once(room: Room) -> None:
    taken = room.report()
    assert case_exists(room.database, taken["case_id"])
    assert not case_exists(room.database, taken["report_id"])
    with room.engine.connect() as connection:
        assert received(connection, taken["report_id"]).receipt == taken["receipt"]


def test_the_demonstration_directory_holds_every_type_with_dates(room: Room) -> None:
    types = {row[0] for row in room.rows("SELECT DISTINCT type FROM door.providers")}
    assert types == set(providers.TYPES)
    assert room.rows("SELECT successor FROM door.providers WHERE successor IS NOT NULL") == [("RYY",)]
    with room.engine.connect() as connection:
        found = providers.find(connection, "NZZ", DAWN)
    expected = Provider(code="NZZ", type="independent_hospital", nhs_contract=True, scheme_member=False)
    assert found == (expected, True)


def test_a_directory_is_imported_whole_or_not_at_all(room: Room, tmp_path: Path) -> None:
    good = tmp_path / "directory.csv"
    good.write_text(
        "code,name,type,nhs_contract,scheme_member,valid_from,valid_to,commissioner,successor\n"
        "rq1,First,nhs_trust,yes,yes,2010-01-01,2014-05-31,,RQ2\n"
        "rq1,First again,nhs_foundation_trust,yes,yes,2014-06-01,,,\n"
    )
    assert providers.import_file(room.database, good) == 2
    assert providers.import_file(room.database, good) == 2
    with room.engine.connect() as connection:
        assert providers.find(connection, "RQ1", DAWN)[0].type == "nhs_trust"
    for line, why in (
        ("RQ9,X,hospital,,,2010-01-01,,,", "hospital"),
        ("RQ9,X,care_home,perhaps,,2010-01-01,,,", "perhaps"),
        ("RQ9,X,care_home,,,01/02/2010,,,", "line 3"),
        ("RQ9,X,care_home,,,2010-01-01,2009-01-01,,", "before it begins"),
        ("RQ1,X,care_home,,,2012-01-01,,,", "not over"),
    ):
        bad = tmp_path / "bad.csv"
        header = "code,name,type,nhs_contract,scheme_member,valid_from,valid_to,commissioner,successor"
        bad.write_text(f"{header}\nRQ8,Good,care_home,,,2010-01-01,,,\n{line}\n")
        with pytest.raises(providers.DirectoryRefused, match=why):
            providers.import_file(room.database, bad)
        assert room.rows("SELECT * FROM door.providers WHERE code IN ('RQ8', 'RQ9')") == []
    (tmp_path / "empty.csv").write_text("code,name\n")
    with pytest.raises(providers.DirectoryRefused, match="valid_from"):
        providers.import_file(room.database, tmp_path / "empty.csv")
