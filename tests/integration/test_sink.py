"""The sink on the real Kafka, registry and PostgreSQL: every record once, whatever happens to it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, Select, delete, func, insert, select, text

from command.topics import create_topics
from embedded import ports
from producers.relay import Relay
from rules.rule import outcome_id
from schemas import event_types as events
from schemas import outcome_types as outcomes
from schemas.registry import RegistryCodec
from schemas.topics import CASE_EVENTS, OBLIGATIONS, PARTITIONS, RULES, TOPICS
from sinks import read_model, tables
from sinks.database import engine
from sinks.ends import Ends
from sinks.migrations import upgrade
from sinks.rebuild import rebuild
from sinks.settled import EngineOffsets, Settling
from sinks.tables import alarms
from sinks.writing import CLASH
from tests.integration.door_room import open_room
from tests.integration.filled import own_database
from tests.integration.log_writer import (
    DUE,
    HOUR,
    MORNING,
    LogWriter,
    event,
    opened,
    reported,
    said,
    tell,
)
from tests.integration.probes import figure
from tests.stack import Stack


@pytest.fixture(scope="module")
def log(infra: Stack) -> Iterator[LogWriter]:
    create_topics(infra.kafka, TOPICS)
    upgrade(infra.database)
    with closing(RegistryCodec(infra.registry)) as codec:
        yield LogWriter(infra.kafka, codec)


@pytest.fixture(scope="module")
def store(infra: Stack) -> Iterator[Engine]:
    made = engine(infra.database)
    yield made
    made.dispose()


WAITING = """
    SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'TRUNCATE%%'
"""


class Sink:
    """A sink in a thread, that can be ended and begun again."""

    def __init__(self, infra: Stack, port: int) -> None:
        self._infra, self._port = infra, port
        self.begin()

    def begin(self) -> None:
        self.stop = threading.Event()
        addresses = {
            "database": self._infra.database,
            "kafka": self._infra.kafka,
            "registry": self._infra.registry,
        }
        self.thread = threading.Thread(
            target=lambda: read_model.run(**addresses, health_port=self._port, stop=self.stop), daemon=True
        )
        self.thread.start()

    def figure(self, name: str, **labels: str) -> float:
        return figure(f"http://127.0.0.1:{self._port}", f"candour_sink_{name}", **labels)

    def end(self) -> None:
        self.stop.set()
        self.thread.join(30)
        assert not self.thread.is_alive()


@pytest.fixture(autouse=True)
def sink(infra: Stack, log: LogWriter, tmp_path: Path) -> Iterator[Sink]:
    assert log.kafka == infra.kafka
    running = Sink(infra, ports.choose(tmp_path / "ports.json", ["sink"])["sink"])
    yield running
    running.end()


def wait(what: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < until, "it did not come about in time"
        time.sleep(0.01)


def caught_up(store: Engine, log: LogWriter) -> None:
    ends = {place: end for place, end in log.ends().items() if end}

    def there() -> bool:
        with store.connect() as connection:
            rows = connection.execute(select(tables.offsets))
            reached = {(row.topic, row.partition): row.next_offset for row in rows}
        return all(reached.get(place, 0) >= end for place, end in ends.items())

    wait(there)


def row(store: Engine, table: str, key: str, value: str) -> dict[str, object]:
    with store.connect() as connection:
        found = connection.execute(text(f"SELECT * FROM read.{table} WHERE {key} = :value"), {"value": value})
        return dict(found.mappings().one())


def test_report_and_its_obligation_stand_in_the_read_model(log: LogWriter, store: Engine) -> None:
    log.event(reported("case-1"))
    log.outcome(opened("case-1"))
    caught_up(store, log)
    assert row(store, "cases", "case_id", "case-1")["provider"] == "RXX"
    obligation = row(store, "obligations", "id", tell("case-1"))
    assert (obligation["state"], obligation["due_at"], obligation["duty"]) == ("open", DUE, "tell")


def test_what_the_sink_shows_of_itself_is_what_it_wrote(log: LogWriter, store: Engine, sink: Sink) -> None:
    caught_up(store, log)
    time.sleep(0.5)  # the last batch is counted after it stands
    names = ("batch_seconds_count", "batch_seconds_sum", "records_total", "passed_over_total")
    batches, seconds, records, passed_over = (sink.figure(name) for name in names)
    log.event(reported("case-shown"))
    log.raw(CASE_EVENTS, b"case-shown", b"garbage")
    log.outcome(opened("case-shown"))
    wait(lambda: sink.figure("records_total") == records + 3)
    wait(lambda: sink.figure("passed_over_total", topic=CASE_EVENTS) == passed_over + 1)
    assert 1 <= sink.figure("batch_seconds_count") - batches <= 3
    assert 0 < sink.figure("batch_seconds_sum") - seconds < 20
    wait(lambda: sink.figure("lag_seconds") == 0)
    report = log.codec.encode(reported("case-shown"))

    def behind() -> bool:
        """For the moment until the next look: nothing waits then."""
        log.raw(CASE_EVENTS, b"case-shown", report, written_ms=time.time_ns() // 1_000_000 - HOUR)
        return any(sink.figure("lag_seconds") == pytest.approx(HOUR / 1000, abs=30) for _ in range(50))

    wait(behind)


def test_latest_event_gives_the_facts_of_the_case(log: LogWriter, store: Engine) -> None:
    regraded = event(
        events.HarmRegraded,
        "case-2",
        "regrade-2",
        MORNING + HOUR,
        harm="severe",
        axis="physical",
        from_grade="moderate",
        to_grade="severe",
    )
    log.event(reported("case-2"), regraded, reported("case-2"))
    caught_up(store, log)
    assert row(store, "cases", "case_id", "case-2")["harm"] == "severe", (
        "a repeat of the report is no later event"
    )
    with store.connect() as connection:
        mine = select(func.count()).where(tables.case_events.c.case_id == "case-2")
        assert connection.scalar(mine) == 2


def test_breach_is_withdrawn_and_the_duty_met(log: LogWriter, store: Engine) -> None:
    told, tick = DUE - 30 * HOUR, DUE + 31_000
    log.event(reported("case-3"))
    log.outcome(
        opened("case-3"), said(outcomes.ObligationBreached, "case-3", 2, tick, due_at=DUE, as_of=tick)
    )
    caught_up(store, log)
    assert row(store, "obligations", "id", tell("case-3"))["state"] == "breached"
    withdrawn = said(
        outcomes.BreachWithdrawn, "case-3", 3, tick + HOUR, "Told in time.", due_at=DUE, cause="told"
    )
    met = said(
        outcomes.ObligationMet, "case-3", 4, tick + HOUR, "All was said.", satisfied_at=told, cause="told"
    )
    log.outcome(withdrawn, met)
    caught_up(store, log)
    after = row(store, "obligations", "id", tell("case-3"))
    assert (after["state"], after["breached_at"], after["satisfied_at"]) == ("met", None, told)
    assert after["latest_because"] == ["Told in time.", "All was said."]


def clashes(outcome: outcomes.Outcome) -> Select[tuple[str]]:
    """The alarms about one outcome: other tests write to these topics too, and some of them twice."""
    about = outcome_id("candour", outcome)
    return select(alarms.c.text).where(
        alarms.c.kind == CLASH, alarms.c.about == about, alarms.c.cleared_at.is_(None)
    )


def test_same_outcome_again_changes_nothing(log: LogWriter, store: Engine) -> None:
    log.event(reported("case-4"))
    log.outcome(opened("case-4"), opened("case-4"))
    caught_up(store, log)
    log.outcome(opened("case-4"))
    caught_up(store, log)
    with store.connect() as connection:
        assert connection.scalar(select(func.count()).where(tables.outcomes.c.case_id == "case-4")) == 1
        assert not connection.execute(clashes(opened("case-4"))).all()


def test_same_id_with_another_content_is_an_alarm(log: LogWriter, store: Engine) -> None:
    log.outcome(opened("case-5"), opened("case-5", harm="severe"))
    caught_up(store, log)
    log.outcome(opened("case-5", harm="fatal"))
    caught_up(store, log)
    assert row(store, "obligations", "id", tell("case-5"))["harm"] == "moderate", "the first one stands"
    with store.begin() as connection:
        (told,) = connection.execute(clashes(opened("case-5"))).scalars()
        assert "candour verify" in told
        connection.execute(delete(alarms).where(alarms.c.kind == CLASH))


@pytest.mark.parametrize(
    "value",
    [None, b"", b"not avro", b"\0\xff\xff\xff\xffwho knows", b"x" * 2_000_000],
    ids=["tombstone", "empty", "text", "unknown schema", "2 MB"],
)
def test_what_nobody_can_read_is_passed_over(value: bytes | None, log: LogWriter, store: Engine) -> None:
    for topic in (CASE_EVENTS, OBLIGATIONS):
        log.raw(topic, b"case-6", value)
    log.event(reported("case-6"))
    caught_up(store, log)
    assert row(store, "cases", "case_id", "case-6")["harm"] == "moderate"


def test_outcome_of_an_unknown_type_is_kept(log: LogWriter, store: Engine) -> None:
    headers = {
        "id": b"from-a-later-release",
        "ce_type": b"candour.outcomes.Later",
        "ce_time": b"2014-01-01T00:00:00Z",
    }
    log.raw(OBLIGATIONS, b"case-7", b"\0\x7f\xff\xff\xffwhatever", headers)
    caught_up(store, log)
    kept = row(store, "outcomes", "id", "from-a-later-release")
    assert (kept["type"], kept["recorded_at"]) == ("candour.outcomes.Later", 1_388_534_400_000)


def test_null_byte_in_a_text_does_not_stop_the_sink(log: LogWriter, store: Engine) -> None:
    log.event(reported("case-8", reporter_role="nur\0se"))
    caught_up(store, log)
    payload = row(store, "case_events", "case_id", "case-8")["payload"]
    assert isinstance(payload, dict)
    assert payload["reporter_role"] == "nur\ufffdse"


def test_endless_id_does_not_stop_the_sink(log: LogWriter, store: Engine) -> None:
    log.event(reported("x" * 5000), reported("case-8b"))
    log.outcome(opened("case-8b", subject="y" * 5000))
    caught_up(store, log)
    assert row(store, "cases", "case_id", "case-8b")["kind"] == "incident"


def test_quarantine_stands_until_the_case_is_released(log: LogWriter, store: Engine) -> None:
    fields: dict[str, Any] = {"subject": "quarantine:case-9", "rule": "candour", "source_offset": 5}
    log.outcome(said(outcomes.CaseQuarantined, "case-9", 1, MORNING, error="KeyError", **fields))
    caught_up(store, log)
    assert row(store, "quarantines", "case_id", "case-9")["error"] == "KeyError"
    log.outcome(said(outcomes.CaseReadAgain, "case-9", 2, MORNING + 1, **fields))
    caught_up(store, log)
    with store.connect() as connection:
        mine = select(func.count()).where(tables.quarantines.c.case_id == "case-9")
        assert connection.scalar(mine) == 0


def test_tick_is_settled_once_the_engine_has_committed_behind_it(log: LogWriter, store: Engine) -> None:
    def settled() -> set[int | None]:
        with store.connect() as connection:
            return set(connection.scalars(select(tables.progress.c.settled_as_of)))

    log.tick(MORNING)
    caught_up(store, log)
    assert MORNING not in settled()
    log.engine_commits()
    wait(lambda: settled() == {MORNING})
    log.tick(MORNING + HOUR)
    caught_up(store, log)
    assert settled() == {MORNING}
    log.engine_commits()
    wait(lambda: settled() == {MORNING + HOUR})


def test_a_commit_that_was_told_and_not_written_is_told_again(
    log: LogWriter, store: Engine, infra: Stack
) -> None:
    with store.connect() as connection:
        known = Settling(connection)
    log.tick(MORNING + HOUR + 1)
    log.engine_commits()
    told = list[dict[int, int]]()
    with closing(Ends(infra.kafka)) as ends:  # of what other tests wrote for the other rules, too
        reached = ends.of((topic, part) for topic in (CASE_EVENTS, *RULES) for part in range(PARTITIONS))

    def tell_me() -> bool:
        told.append(offsets.settled(reached, known))
        return bool(told[-1])

    with closing(EngineOffsets(infra.kafka)) as offsets:
        wait(tell_me)
        first = told[-1]
        assert set(first) == set(range(PARTITIONS))
        wait(tell_me)  # the transaction failed: what is known is what it was
        assert told[-1] == first
        known.take({}, first)
        told.clear()
        tell_me()
        offsets.look()
        assert not tell_me()
        assert told == [{}, {}]


def test_sink_that_was_away_reads_on_where_it_ended(log: LogWriter, store: Engine, sink: Sink) -> None:
    sink.end()
    log.event(*(reported(f"away-{number}") for number in range(50)))
    sink.begin()
    caught_up(store, log)
    with store.connect() as connection:
        mine = select(func.count()).where(tables.cases.c.case_id.like("away-%"))
        assert connection.scalar(mine) == 50


def test_rebuild_restores_every_row_while_the_sink_is_running(
    log: LogWriter, store: Engine, infra: Stack
) -> None:
    log.event(*(reported(f"again-{number}") for number in range(200)))
    log.outcome(*(opened(f"again-{number}") for number in range(200)))
    log.tick(MORNING + 2 * HOUR)
    log.engine_commits()
    caught_up(store, log)
    wait(lambda: all_settled(store, MORNING + 2 * HOUR))
    before = dump(store)
    counts = rebuild(database=infra.database, kafka=infra.kafka, registry=infra.registry, progress=False)
    caught_up(store, log)
    wait(lambda: all_settled(store, MORNING + 2 * HOUR))
    assert dump(store) == before
    assert counts["case_events"] == len(before["case_events"]) >= 200
    log.event(reported("after-the-rebuild"))
    caught_up(store, log)
    assert row(store, "cases", "case_id", "after-the-rebuild")["kind"] == "incident"


def test_a_rebuild_that_waits_for_a_reader_lets_reports_and_readers_through(
    log: LogWriter, store: Engine, infra: Stack
) -> None:
    log.event(reported("read-for-long"))
    caught_up(store, log)
    with open_room(infra.database) as room, store.connect() as reader:
        reader.execute(select(func.count()).select_from(tables.outcomes))
        rebuilding = threading.Thread(
            target=lambda: rebuild(
                database=infra.database, kafka=infra.kafka, registry=infra.registry, progress=False
            )
        )
        rebuilding.start()
        wait(lambda: room.rows(WAITING) == [(True,)])
        relay = Relay(room.database, infra.kafka)
        relaying = threading.Thread(target=relay.run)
        relaying.start()
        room.report()
        try:
            wait(lambda: room.rows("SELECT count(*) FROM door.outbox") == [(0,)], 10)
            with store.begin() as another:
                another.execute(text("SET LOCAL statement_timeout = 5000"))
                another.execute(select(func.count()).select_from(tables.outcomes))
            assert rebuilding.is_alive()
        finally:
            reader.rollback()
            rebuilding.join(60)
            relay.stop()
            relaying.join()
    caught_up(store, log)
    assert row(store, "cases", "case_id", "read-for-long")["kind"] == "incident"


def all_settled(store: Engine, as_of: int) -> bool:
    with store.connect() as connection:
        return set(connection.scalars(select(tables.progress.c.settled_as_of))) == {as_of}


def dump(store: Engine) -> dict[str, list[str]]:
    """Every row as text, but for the numbers of the board."""
    rows = {}
    with store.connect() as connection:
        for table in tables.DERIVED:
            columns = [column for column in table.c if column.name != "seq"]
            rows[table.name] = sorted(repr(tuple(row)) for row in connection.execute(select(*columns)))
    return rows


def test_log_that_lost_what_comes_next_ends_the_sink_with_an_alarm(infra: Stack, log: LogWriter) -> None:
    with own_database(infra.database, "log_lost") as database:
        addresses = {"database": database, "kafka": log.kafka, "registry": infra.registry}
        upgrade(database)
        store = engine(database)
        try:
            with store.begin() as connection:
                far = {"topic": CASE_EVENTS, "partition": 0, "next_offset": 10**9}
                connection.execute(insert(tables.offsets).values(**far))
            with pytest.raises(SystemExit, match="candour rebuild"):
                read_model.run(**addresses, health_port=0, stop=threading.Event())
            with store.connect() as connection:
                lost = tables.alarms.c.kind == "the log is not what it was"
                (told,) = connection.scalars(select(tables.alarms.c.text).where(lost))
        finally:
            store.dispose()
    assert "partition 0" in told
