"""What waits for a person, as `candour doctor` tells it: alarms, cases set aside, dead letters."""

import asyncio
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from confluent_kafka import Producer
from sqlalchemy import Connection, insert, text

from schemas.outcome_types import CaseQuarantined, CaseReadAgain, Outcome
from schemas.topics import CASE_EVENTS, DEAD_LETTERS, PARTITIONS
from sinks.alarms import TIME_STOOD_STILL, clear_alarm, raise_alarm
from sinks.tables import progress, watch
from stream_apps.dead_letters import REPLAYED, DeadLetter, DeadLetters
from tests.integration.door_room import fresh_database
from tests.integration.filled import Filled
from tests.integration.log_writer import MORNING, said
from tests.stack import Stack, candour

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

ALARM = "The outbox waits for 90 s: see whether the relay runs."
WAITING = DeadLetter(CASE_EVENTS, 3, 17, "no magic byte\nin it", b"a-key", b"garbage")
HANDLED = DeadLetter(CASE_EVENTS, 4, 9, "of an unknown schema", b"a-key", b"garbage", replayed_as=12)
LETTERS = "docs/runbook.md, Dead letters"
RUNBOOK = Path(__file__).parents[2] / "docs" / "runbook.md"
FINE = ("alarm: none stands", "set aside: nothing", "dead letters: nothing")


@pytest.fixture
def environment(infra: Stack, tmp_path: Path) -> dict[str, str]:
    """Servers that are prepared, and on which none of our processes runs."""
    made = os.environ | {
        "KAFKA_BOOTSTRAP": infra.kafka,
        "SCHEMA_REGISTRY_URL": infra.registry,
        "DATABASE_URL": fresh_database(infra.database),
        "CANDOUR_CLOCK": "manual",
        "CANDOUR_DATA": str(tmp_path),
    }
    assert candour("prepare", environment=made).returncode == 0
    return made


@pytest.fixture
def model(environment: dict[str, str]) -> Iterator[Filled]:
    made = Filled(environment["DATABASE_URL"])
    yield made
    made.close()


def examine(environment: dict[str, str]) -> tuple[int, list[str]]:
    """Exit status and lines."""
    done = candour("doctor", environment=environment)
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout.splitlines()


def set_aside(kind: type[Outcome], case_id: str, revision: int, **more: Any) -> Outcome:
    subject = f"quarantine:{case_id}"
    return said(
        kind, case_id, revision, MORNING + revision, subject=subject, rule="candour", source_offset=5, **more
    )


def put(kafka: str, letter: DeadLetter) -> None:
    """As the engine sets it aside, or as `candour dlq replay` notes that it was put back."""

    def die(why: str) -> NoReturn:
        raise AssertionError(why)

    if letter.replayed_as is None:
        asyncio.run(DeadLetters(kafka, die).put(letter))
        return
    producer = Producer({"bootstrap.servers": kafka})
    headers: list[tuple[str, bytes]] = [*letter.on_wire()[1], (REPLAYED, str(letter.replayed_as).encode())]
    producer.produce(DEAD_LETTERS, key=letter.key, headers=[*headers])
    assert producer.flush(30) == 0


def test_the_doctor_tells_of_alarms_cases_set_aside_and_dead_letters(
    infra: Stack, environment: dict[str, str], model: Filled
) -> None:
    put(infra.kafka, HANDLED)
    status, lines = examine(environment)
    assert status == 0, lines
    assert {f"  ok   {line}" for line in FINE} <= set(lines)

    with model.store.begin() as connection:
        raise_alarm(connection, "outbox", "outbox", ALARM)
        raise_alarm(connection, TIME_STOOD_STILL, "clock", "It is over, and asks for nothing.")
    cases = [f"case-{number}" for number in range(6)]
    for case_id in cases:
        model.add(set_aside(CaseQuarantined, case_id, 1, error="KeyError"))
    put(infra.kafka, WAITING)
    status, lines = examine(environment)
    assert status == 1
    named = ", ".join(f"{case_id} (candour, KeyError)" for case_id in cases[:5])
    told = {
        f"WRONG  alarm: {ALARM}": "do what it says; docs/runbook.md, Alarms",
        f"WRONG  set aside: 6: {named} and 1 more": "docs/runbook.md, A quarantined case",
        f"WRONG  dead letters: 1: {CASE_EVENTS}/3 offset 17: no magic byte in it": LETTERS,
    }
    assert [line for line in lines if line.startswith("WRONG")] == list(told)
    for wrong, mend in told.items():
        assert lines[lines.index(wrong) + 1] == f"       to mend: {mend}"

    with model.store.begin() as connection:
        assert clear_alarm(connection, "outbox", "outbox")
    for case_id in cases:
        model.add(set_aside(CaseReadAgain, case_id, 2))
    put(infra.kafka, DeadLetter(*WAITING.place, WAITING.error, WAITING.key, None, replayed_as=18))
    status, lines = examine(environment)
    assert status == 0, lines
    assert {f"  ok   {line}" for line in FINE} <= set(lines)


MINUTE = 60_000


def ticked(connection: Connection, as_of: int) -> None:
    connection.execute(text("INSERT INTO door.ticks VALUES (:as_of, false)"), {"as_of": as_of})


def measured(connection: Connection, at: int, settled: int) -> None:
    """What watchdog and read model kept when they were last at work."""
    parts = range(PARTITIONS)
    connection.execute(insert(watch), [{"partition": part, "measured_at": at} for part in parts])
    connection.execute(
        insert(progress),
        [{"partition": part, "engine_offset": 1, "settled_as_of": settled} for part in parts],
    )


def wrong(environment: dict[str, str]) -> set[str]:
    """What the doctor calls wrong."""
    status, lines = examine(environment)
    found = {line.partition("  ")[2].partition(":")[0] for line in lines if line.startswith("WRONG")}
    assert status == bool(found)
    return found


@pytest.mark.parametrize(
    ("ago", "settled_ago", "told"),
    [
        (0, 0, set()),
        (0, 5, {"last settled"}),
        (5, 0, {"last look of the watchdog"}),
        (None, None, {"last settled", "last look of the watchdog"}),
    ],
)
def test_time_that_is_told_and_not_settled_is_wrong_though_ticks_come(
    environment: dict[str, str], model: Filled, ago: int | None, settled_ago: int | None, told: set[str]
) -> None:
    now = time.time_ns() // 1_000_000
    with model.store.begin() as connection:
        for minutes in (10, 0):
            ticked(connection, now - minutes * MINUTE)
        if ago is not None and settled_ago is not None:
            measured(connection, now - ago * MINUTE, now - settled_ago * MINUTE)
    assert wrong(environment | {"CANDOUR_CLOCK": "system"}) == told


def test_where_the_doctor_leads_stands_in_the_runbook() -> None:
    headings = RUNBOOK.read_text(encoding="utf-8").splitlines()
    assert {"## Alarms", "## A quarantined case", "## Dead letters"} <= set(headings)
