"""The whole stack under attack, as a ward meets it: what was answered is there, and nothing is said twice."""

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from producers.ticking import advance
from schemas.topics import PARTITIONS, RULES
from stream_apps.partition_reader import PartitionReader
from tests.conftest import DAWN
from tests.fault.reporters import Reporters
from tests.people import TOLD_IN_PERSON, Person, until
from tests.stack import Stack

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(900)]

REPORTS = 1000
OURS = ["relay", "engine", "patterns", "sink", "publisher", "notifier", "web", "watchdog", "clock"]
THEIRS = ["kafka", "postgres", "registry"]
RECOVERY_SECONDS = 180.0
HOUR_MS = 3_600_000

_BEHIND = """
    SELECT count(*), sum(engine_behind + sink_behind + coalesce(outbox_age_ms, 0)) FROM read.watch
    WHERE measured_at > %s
"""
_HOLES = """
    SELECT rule, subject, count(*), max(revision) FROM read.outcomes
    GROUP BY 1, 2 HAVING count(*) <> max(revision) OR min(revision) <> 1
"""


def rows(stack: Stack, question: str, *values: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(stack.database) as connection:
        return connection.execute(question.encode(), values).fetchall()


def wait_for_no_lag(stack: Stack) -> None:
    """By the watchdog's own measure, taken after now."""
    since = time.time_ns() // 1_000_000

    def caught_up() -> bool:
        return rows(stack, _BEHIND, since) == [(PARTITIONS, 0)]

    until(caught_up, RECOVERY_SECONDS)


def doubled(kafka: str) -> dict[str | bytes | None, int]:
    """Which outcomes are on the log more than once, and how often; the read model keeps one in any case."""
    said: Counter[str | bytes | None] = Counter()
    with PartitionReader(kafka) as reader:
        for topic in RULES:
            for partition in range(PARTITIONS):
                said.update(dict(one.headers() or ())["id"] for one in reader.messages(topic, partition))
    assert said, "nothing was said"
    return {id: times for id, times in said.items() if times > 1}


def check_nothing_doubled(stack: Stack) -> None:
    assert doubled(stack.kafka) == {}
    assert rows(stack, _HOLES) == []
    assert stack.command("verify").endswith("clean\n")


def cases_with_duties(person: Person) -> list[tuple[str, str]]:
    """Case and duty of every obligation, page by page through the API."""
    found, query = [], {"limit": "1000"}
    while True:
        page = person.read("/api/obligations", **query)
        found += [(one["case_id"], one["duty"]) for one in page["obligations"]]
        if page["next"] is None:
            return found
        query["next"] = page["next"]


def test_whatever_is_killed_each_answered_report_is_there_once(tmp_path: Path) -> None:
    quick_ticks = {"CANDOUR_TICK_SECONDS": "2"}
    with Stack(tmp_path, clock="system", environment=quick_ticks) as stack:
        reporters = Reporters(stack.url, REPORTS)
        reporters.start()
        for part in [*OURS, *THEIRS]:
            before = stack.wait_running(part, seconds=RECOVERY_SECONDS)
            os.kill(before, signal.SIGKILL)
            assert stack.wait_running(part, other_than=before, seconds=RECOVERY_SECONDS) != before
        reporters.finish()
        assert reporters.strange == []
        print(f"{len(reporters.answered)} reports, {reporters.repeated} repetitions")
        for part in [*OURS, *THEIRS]:
            assert f"{part}: it was ended by SIGKILL; starting it again" in stack.said
        wait_for_no_lag(stack)

        answered = {answer["case_id"]: answer["report_id"] for answer in reporters.answered.values()}
        assert len(answered) == len(reporters.answered) >= REPORTS
        kept = "SELECT case_id, event_id FROM read.case_events WHERE type = 'reported'"
        assert sorted(rows(stack, kept)) == sorted(answered.items())
        with Person(stack.url) as person:
            duties = cases_with_duties(person)
            for case_id in [*answered][::50]:
                case = person.settled(case_id)
                assert [one["event_id"] for one in case["timeline"]] == [answered[case_id]]
        assert len(duties) == len(set(duties)), "a duty of a case is there twice"
        assert {case_id for case_id, _ in duties} == set(answered)
        check_nothing_doubled(stack)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A stack of this file's own, with the manual clock."""
    with Stack(tmp_path_factory.mktemp("dawn"), clock="manual", at=DAWN) as stack:
        yield stack


def test_no_breach_that_evidence_forbids_though_kafka_was_away(whole: Stack, person: Person) -> None:
    told, silent = person.report(), person.report()
    assert person.duty(told, "tell")["due_at"] == "2014-01-08T23:59:59+00:00"
    assert person.duty(silent, "tell")["state"] == "open"
    whole.tick("2014-01-08T23:30:00Z")

    broker = psutil.Process(whole.pids()["kafka"])
    broker.suspend()
    try:
        person.add(told, TOLD_IN_PERSON)
        now = int(datetime.fromisoformat("2014-01-08T23:30:00Z").timestamp() * 1000)
        for step in range(1, 13):  # an hour of log time, while nothing reaches the log
            assert advance(whole.database, now + step * HOUR_MS // 12)
        waiting = rows(whole, "SELECT count(*) FROM door.outbox")
        assert waiting == [(1 + 12 * 2 * PARTITIONS,)], "evidence and ticks wait in the outbox"
        assert person.read(f"/api/cases/{told}")["settled"] is False
    finally:
        broker.resume()
    whole.tick("2014-01-09T00:31:00Z")

    kinds = [one["type"] for one in person.settled(told)["outcomes"]]
    assert "obligation_breached" not in kinds
    assert person.duty(told, "tell")["state"] == "met"
    kinds = [one["type"] for one in person.settled(silent)["outcomes"]]
    assert kinds.count("obligation_breached") == 1
    check_nothing_doubled(whole)


def test_after_kill_9_of_everything_the_next_start_has_all_that_was_answered(
    whole: Stack, person: Person
) -> None:
    answered = [person.report() for _ in range(30)]
    whole.kill_everything()
    whole.start()
    assert "is not after the last tick of this data, and is ignored" in whole.said
    for case_id in answered:
        assert len(person.settled(case_id)["timeline"]) == 1
    check_nothing_doubled(whole)
