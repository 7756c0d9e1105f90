"""Every row of the read model against the log, on the real parts: what somebody with SQL can do to a row."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg
import pytest
from sqlalchemy import make_url

from command.topics import create_topics
from rules.rule import outcome_id
from schemas import event_types as events
from schemas import outcome_types as outcomes
from schemas.never_event_events import ReleaseSigned
from schemas.registry import RegistryCodec
from schemas.topics import CASE_EVENTS, OBLIGATIONS, TOPICS
from sinks import tables
from sinks.comparing import CAME_AGAIN, CHANGED, MISSING, STRANGER, Compared, compare
from sinks.rebuild import rebuild
from tests.integration.log_writer import DUE, HOUR, MORNING, LogWriter, event, opened, reported, said, tell
from tests.stack import Stack

pytestmark = pytest.mark.real

P = 3
"""Where what these tests write lies."""
BREACH = said(outcomes.ObligationBreached, "row-1", 2, DUE + 1, due_at=DUE, as_of=DUE + 1)
AUDITOR = "an_auditor"


class Room:
    """A read model, filled from the log by a rebuild, with no sink that would mend anything."""

    def __init__(self, stack: Stack, log: LogWriter) -> None:
        self._servers = {"kafka": stack.kafka, "registry": stack.registry, "database": stack.database}
        self._database, self.log = stack.database, log

    def fill(self) -> None:
        rebuild(**self._servers, progress=False)

    def do(self, statement: str) -> None:
        with psycopg.connect(self._database) as connection:
            assert connection.execute(statement.encode()).rowcount, statement

    def compared(self, role: str | None = None) -> Compared:
        url = make_url(self._database)
        database = url.set(username=role or url.username).render_as_string(hide_password=False)
        return compare(**self._servers | {"database": database}, patience=0)

    def differences(self) -> dict[str, list[str]]:
        return self.compared().differences


@pytest.fixture(scope="module")
def room(infra: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """On a Kafka of its own: ticks and stray records would be in the way of others."""
    environment = {"SCHEMA_REGISTRY_URL": infra.registry}
    with (
        Stack(tmp_path_factory.mktemp("compared"), only="infra", environment=environment) as ours,
        closing(RegistryCodec(ours.registry)) as codec,
    ):
        create_topics(ours.kafka, TOPICS)
        log = LogWriter(ours.kafka, codec, P)
        _write(log)
        made = Room(ours, log)
        made.fill()
        yield made


def _write(log: LogWriter) -> None:
    regraded = event(
        events.HarmRegraded,
        "row-1",
        "regrade-row-1",
        MORNING + HOUR,
        harm="severe",
        axis="physical",
        from_grade="moderate",
        to_grade="severe",
    )
    log.event(*(reported(f"row-{number}") for number in range(6)), regraded)
    log.event(reported("row-1"), reported("row-2"))  # a relay may send again
    log.outcome(*(opened(f"row-{number}") for number in range(6)), BREACH, opened("row-1"))
    aside: dict[str, Any] = {"subject": "quarantine:row-5", "rule": "candour", "source_offset": 5}
    log.outcome(said(outcomes.CaseQuarantined, "row-5", 1, MORNING, error="KeyError", **aside))
    log.tick(DUE + 1)
    signed = ReleaseSigned(
        partition=P,
        event_id="signed-row",
        recorded_at=MORNING,
        release_id="r",
        sha256="0",
        by_role="director",
    )
    log.raw(CASE_EVENTS, b"r", log.codec.encode(signed))
    for topic in (CASE_EVENTS, OBLIGATIONS):
        for value in (None, b"not avro", b"\0\xff\xff\xff\xffwho knows"):
            log.raw(topic, b"row-6", value)
    later = {"id": b"of-a-later-release", "ce_type": b"candour.outcomes.Later"}
    log.raw(OBLIGATIONS, b"row-6", b"\0\x7f\xff\xff\xffwhatever", later)
    log.event(reported("row-8", reporter_role="nur\0se"), reported("x" * 5000))


def test_what_the_sink_wrote_is_not_accused(room: Room) -> None:
    """Nor what was passed over, what came twice, what is of an unknown type, nor a text that was mended."""
    compared = room.compared()
    assert compared.differences == {}
    assert compared.rows > 20
    assert compared.behind == 0


PAYLOAD = "payload = jsonb_set(payload, '{harm}', '\"low\"')"
EVENT = f"{CASE_EVENTS}/{P} offset "
OUTCOME = f"{OBLIGATIONS}/{P} offset "


def opening(case_id: str) -> str:
    return outcome_id("candour", opened(case_id))


def _copied(table: str, changes: dict[str, str], which: str) -> str:
    """One more row, like another but for these columns."""
    columns = [column.name for column in tables.metadata.tables[f"read.{table}"].c if column.name != "seq"]
    names = ", ".join(f'"{name}"' for name in columns)
    values = ", ".join(changes.get(name, f'"{name}"') for name in columns)
    return f"INSERT INTO read.{table} ({names}) SELECT {values} FROM read.{table} WHERE {which}"


TAMPERED = (
    (
        f"UPDATE read.case_events SET {PAYLOAD} WHERE event_id = 'report-row-0'",
        "case_events", CHANGED, EVENT, " reported: payload of report-row-0",
    ),
    (
        "UPDATE read.case_events SET recorded_at = 1, case_id = 'row-9' WHERE event_id = 'report-row-3'",
        "case_events", CHANGED, EVENT, " reported: case_id, recorded_at of report-row-3",
    ),
    (
        "UPDATE read.case_events SET payload = payload - 'by_role' WHERE event_id = 'report-row-5'",
        "case_events", CHANGED, EVENT, " reported: payload of report-row-5",
    ),
    (
        "DELETE FROM read.case_events WHERE event_id = 'regrade-row-1'",
        "case_events", MISSING, EVENT, " harm_regraded: regrade-row-1",
    ),
    (
        _copied("case_events", {"event_id": "'again'", "offset": "77"}, "event_id = 'report-row-4'"),
        "case_events", STRANGER, "again, which says partition 3 offset 77", "",
    ),
    (
        f"UPDATE read.outcomes SET {PAYLOAD} WHERE case_id = 'row-0'",
        "outcomes", CHANGED, OUTCOME, f" obligation_opened: payload of {opening('row-0')}",
    ),
    (
        f"UPDATE read.outcomes SET revision = 0, subject = 'unknown' WHERE id = '{opening('row-5')}'",
        "outcomes", CHANGED, OUTCOME, f"subject, revision of {opening('row-5')}",
    ),
    (
        "UPDATE read.outcomes SET payload = '{\"base64\": \"\"}' WHERE id = 'of-a-later-release'",
        "outcomes", CHANGED, OUTCOME, " candour.outcomes.Later: payload of of-a-later-release",
    ),
    (
        "DELETE FROM read.outcomes WHERE case_id = 'row-1' AND type = 'obligation_breached'",
        "outcomes", MISSING, OUTCOME, f" obligation_breached: {outcome_id('candour', BREACH)}",
    ),
    (
        _copied(
            "outcomes",
            {"id": "'made up'", "offset": "78", "subject": "'unknown'", "revision": "0"},
            "case_id = 'row-3'",
        ),
        "outcomes", STRANGER, "made up, which says partition 3 offset 78", "",
    ),
    (
        "UPDATE read.cases SET harm = 'low' WHERE case_id = 'row-1'",
        "cases", CHANGED, EVENT, " harm_regraded: harm of row-1",
    ),
    (
        "UPDATE read.cases SET patients = '[]' WHERE case_id = 'row-3'",
        "cases", CHANGED, EVENT, " reported: patients of row-3",
    ),
    ("DELETE FROM read.cases WHERE case_id = 'row-2'", "cases", MISSING, EVENT, " reported: row-2"),
    (
        f"UPDATE read.obligations SET state = 'met', breached_at = NULL WHERE id = '{tell('row-1')}'",
        "obligations", CHANGED, OUTCOME, f" obligation_breached: state, breached_at of {tell('row-1')}",
    ),
    (
        f"DELETE FROM read.obligations WHERE id = '{tell('row-2')}'",
        "obligations", MISSING, OUTCOME, f" obligation_opened: {tell('row-2')}",
    ),
    (
        _copied("obligations", {"id": "'nobody owes it'"}, f"id = '{tell('row-4')}'"),
        "obligations", STRANGER, "nobody owes it", "",
    ),
    (
        "DELETE FROM read.quarantines WHERE case_id = 'row-5'",
        "quarantines", MISSING, OUTCOME, " case_quarantined: row-5 candour",
    ),
    (
        "UPDATE read.publication_records SET recorded_at = 1 WHERE event_id = 'signed-row'",
        "publication_records", CHANGED, CASE_EVENTS, "recorded_at of signed-row",
    ),
)  # fmt: skip


@pytest.fixture
def whole(room: Room) -> Iterator[Room]:
    yield room
    room.fill()


@pytest.mark.parametrize(
    ("statement", "table", "what", "begins", "ends"), TAMPERED, ids=[one[0][:60] for one in TAMPERED]
)
def test_a_row_that_somebody_tampered_with_is_named(
    whole: Room, statement: str, table: str, what: str, begins: str, ends: str
) -> None:
    whole.do(statement)
    ((told, (line,)),) = whole.differences().items()
    assert told == f"of read.{table} {what}"
    assert line.startswith(begins)
    assert line.endswith(ends)


def test_a_row_that_is_there_twice_is_named(whole: Room) -> None:
    whole.do("ALTER TABLE read.outcomes DROP CONSTRAINT outcomes_pkey")
    whole.do(_copied("outcomes", {"offset": "79"}, "id = 'of-a-later-release'"))
    found = whole.differences()
    whole.do('DELETE FROM read.outcomes WHERE "offset" = 79')
    whole.do("ALTER TABLE read.outcomes ADD CONSTRAINT outcomes_pkey PRIMARY KEY (id)")
    (line,) = found[f"of read.outcomes {STRANGER}"]
    assert line.startswith("of-a-later-release, which says partition 3")
    assert whole.differences() == {}


def test_a_sink_that_lags_is_not_accused(whole: Room) -> None:
    whole.log.event(reported("row-10"), reported("row-11"))
    whole.log.outcome(opened("row-10"))
    compared = whole.compared()
    assert (compared.behind, compared.differences) == (3, {})


def test_rows_beyond_what_the_read_model_has_read_and_places_beyond_the_log_are_named(whole: Room) -> None:
    whole.do(f"UPDATE read.offsets SET next_offset = 0 WHERE topic = '{OBLIGATIONS}' AND partition = {P}")
    found = whole.differences()
    assert len(found[f"of read.outcomes {STRANGER}"]) >= 8
    whole.do(f"UPDATE read.offsets SET next_offset = 10000 WHERE topic = '{OBLIGATIONS}' AND partition = {P}")
    ((told, (line,)),) = whole.differences().items()
    assert told == "of read.offsets beyond the end of the log"
    assert line.startswith(f"{OBLIGATIONS}/{P} ends at ")


def test_what_an_earlier_release_wrote_without_a_field_of_today_is_not_accused(whole: Room) -> None:
    whole.do("UPDATE read.case_events SET payload = payload - 'factors' WHERE event_id = 'report-row-2'")
    whole.do("UPDATE read.cases SET patients = patients #- '{0,why}' WHERE case_id = 'row-2'")
    assert whole.differences() == {}


def test_an_auditor_who_may_only_read_can_compare(whole: Room) -> None:
    whole.do(f"CREATE ROLE {AUDITOR} LOGIN")
    whole.do(f"GRANT USAGE ON SCHEMA read TO {AUDITOR}")
    whole.do(f"GRANT SELECT ON ALL TABLES IN SCHEMA read TO {AUDITOR}")
    try:
        assert whole.compared(AUDITOR).rows == whole.compared().rows > 20
    finally:
        whole.do(f"DROP OWNED BY {AUDITOR}")
        whole.do(f"DROP ROLE {AUDITOR}")


def test_an_event_that_came_again_with_another_content_is_named(whole: Room) -> None:
    whole.log.event(reported("row-4", reporter_role="manager"))
    whole.fill()
    assert whole.differences() == {CAME_AGAIN: ["report-row-4"]}
