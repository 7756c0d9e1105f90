"""The sink killed at any moment, PostgreSQL and Kafka killed under it: every record once, none missing."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from command.topics import create_topics
from schemas.registry import RegistryCodec
from schemas.topics import TOPICS
from sinks import tables
from sinks.database import engine
from sinks.migrations import upgrade
from tests.integration.log_writer import LogWriter, opened, reported
from tests.stack import Stack

pytestmark = [pytest.mark.timeout(300), pytest.mark.slow]

SINK = """
import sys
from sinks.read_model import run
run(database=sys.argv[1], kafka=sys.argv[2], registry=sys.argv[3], health_port=0)
"""


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("faults"), only="infra") as running:
        create_topics(running.kafka, TOPICS)
        upgrade(running.database)
        yield running


@pytest.fixture
def log(parts: Stack) -> Iterator[LogWriter]:
    with closing(RegistryCodec(parts.registry)) as codec:
        yield LogWriter(parts.kafka, codec)


@pytest.fixture
def store(parts: Stack) -> Iterator[Engine]:
    made = engine(parts.database)
    yield made
    made.dispose()


def begin(parts: Stack) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", SINK, parts.database, parts.kafka, parts.registry]
    return subprocess.Popen(
        command, cwd=Path(__file__).parents[2], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )


def count(store: Engine, prefix: str) -> tuple[int, int, int]:
    """Events, outcomes and obligations of the cases whose ids begin so."""
    owed = (tables.case_events, tables.outcomes, tables.obligations)
    with store.connect() as connection:
        events, outcomes, obligations = (
            connection.scalar(
                select(func.count()).select_from(table).where(table.c.case_id.like(f"{prefix}-%"))
            )
            for table in owed
        )
    return events or 0, outcomes or 0, obligations or 0


def wait_for(store: Engine, prefix: str, number: int, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if count(store, prefix) == (number, number, number):
                return
        except SQLAlchemyError:
            pass
        time.sleep(0.1)
    assert count(store, prefix) == (number, number, number)


def fill(log: LogWriter, prefix: str, numbers: range) -> None:
    log.event(*(reported(f"{prefix}-{number}") for number in numbers))
    log.outcome(*(opened(f"{prefix}-{number}") for number in numbers))


def test_killed_again_and_again_it_has_every_record_once(parts: Stack, log: LogWriter, store: Engine) -> None:
    fill(log, "killed", range(3000))
    for _ in range(6):
        sink = begin(parts)
        time.sleep(1.2)
        os.kill(sink.pid, signal.SIGKILL)
        sink.wait()
    fill(log, "killed", range(3000, 3010))  # so that the last one has something to do
    sink = begin(parts)
    try:
        wait_for(store, "killed", 3010)
    finally:
        sink.terminate()
        assert sink.wait(20) == 0


def test_two_at_once_do_not_write_anything_twice(parts: Stack, log: LogWriter, store: Engine) -> None:
    sinks = [begin(parts), begin(parts)]
    try:
        fill(log, "two", range(500))
        wait_for(store, "two", 500)
        with store.connect() as connection:
            assert connection.scalar(select(func.count()).select_from(tables.alarms)) == 0
    finally:
        for sink in sinks:
            sink.terminate()
        assert [sink.wait(20) for sink in sinks] == [0, 0]


@pytest.mark.parametrize("part", ["postgres", "kafka"])
def test_goes_on_after_the_other_side_was_killed(
    parts: Stack, log: LogWriter, store: Engine, part: str
) -> None:
    sink = begin(parts)
    try:
        fill(log, f"before-{part}", range(20))
        wait_for(store, f"before-{part}", 20)
        before = parts.pids()[part]
        parts.kill(part)
        parts.wait_running(part, other_than=before)
        fill(log, f"after-{part}", range(20))
        wait_for(store, f"after-{part}", 20)
        assert sink.poll() is None, "the sink itself did not end"
    finally:
        sink.terminate()
        assert sink.wait(20) == 0
