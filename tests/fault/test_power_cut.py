"""What a power cut takes from the log though it was answered: it comes back, or nothing takes its place."""

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from aiokafka.partitioner import murmur2
from confluent_kafka import KafkaError
from confluent_kafka.admin import AdminClient

from schemas.topics import CASE_EVENTS, PARTITIONS, PATTERNS, RULES
from stream_apps.case_engine import GROUP
from tests.conftest import DAWN
from tests.people import MODERATE_HARM, Person, until
from tests.stack import Stack

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(900)]

_HEAD = struct.Struct(">qi")
"""How a batch begins in a segment of the log: its first offset, and the number of bytes that follow."""


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    with Stack(tmp_path, clock="manual", at=DAWN) as made:
        yield made


def rows(stack: Stack, question: str, *values: object) -> list[tuple[Any, ...]]:
    with psycopg.connect(stack.database) as connection:
        return connection.execute(question.encode(), values).fetchall()


def partition_of(case_id: str) -> int:
    return int((murmur2(case_id.encode()) & 0x7FFFFFFF) % PARTITIONS)


def report_into(person: Person, partition: int) -> str:
    """A case that lies in this partition."""
    while partition_of(case_id := person.report()) != partition:
        pass
    return case_id


def cut_last_batch(stack: Stack, partition: int) -> None:
    """As if the machine had gone down before the system wrote the file's last page."""
    (segment,) = (stack.data / "kafka" / f"{CASE_EVENTS}-{partition}").glob("*.log")
    content, at = segment.read_bytes(), 0
    while (after := at + _HEAD.size + _HEAD.unpack_from(content, at)[1]) < len(content):
        at = after
    os.truncate(segment, at)


def test_what_the_log_lost_at_its_end_comes_back_in_its_place(stack: Stack) -> None:
    with Person(stack.url) as person:
        case_id = person.report()
        before = person.settled(case_id)
    assert before["obligations"]
    partition = partition_of(case_id)
    stack.kill_everything()
    cut_last_batch(stack, partition)

    stack.start()
    assert stack.command("verify").endswith("clean\n")
    with Person(stack.url) as person:
        assert person.settled(case_id) == before
        afterwards = person.settled(report_into(person, partition))
        assert len(afterwards["obligations"]) == len(before["obligations"])
    assert stack.command("verify").endswith("clean\n")


def test_where_more_is_lost_than_is_kept_nothing_takes_its_place_and_each_is_named(stack: Stack) -> None:
    with Person(stack.url) as person:
        first = person.settled(person.report())
        partition = partition_of(first["case_id"])
        second = person.settled(report_into(person, partition))
    forgotten = """
        DELETE FROM door.delivered WHERE topic = %s AND partition = %s AND log_offset < (
            SELECT max(log_offset) FROM door.delivered WHERE topic = %s AND partition = %s
        ) RETURNING log_offset
    """
    assert rows(stack, forgotten, *(CASE_EVENTS, partition) * 2)
    stack.kill_everything()
    cut_last_batch(stack, partition)
    cut_last_batch(stack, partition)

    stack.begin()
    until(lambda: stack.states().get("web") == "running", 120)
    until(lambda: "what it lost is not kept here any more" in stack.said, 120)
    until(lambda: "engine: it ended with status 70" in stack.said, 120)
    with Person(stack.url) as person:
        waiting = person.report()
    assert rows(stack, "SELECT count(*) FROM door.outbox WHERE key = %s", waiting) == [(1,)]
    told = stack.command("verify", accept=(1,))
    assert "2 taken in, and not on the log" in told
    for case in (first, second):
        assert f"reported {case['timeline'][0]['event_id']} of case {case['case_id']}" in told
        with Person(stack.url) as person:
            words = person.read(f"/api/cases/{case['case_id']}/words", purpose="it is not on the log")
        assert MODERATE_HARM["what_happened"] in str(words)
    assert "The log has lost its end" in stack.command("doctor", accept=(1,))

    stack.stop()
    with Stack(stack.data, only="infra") as infra:
        begin_anew(infra)
    stack.begin()
    stack.wait_running("engine", seconds=120)
    stack.command("rebuild")
    stack.wait_ready()
    with Person(stack.url) as person:
        assert len(person.settled(waiting)["obligations"]) == len(first["obligations"])
        assert person.settled(report_into(person, partition))["obligations"]
    told = stack.command("verify", accept=(1,))
    assert told.splitlines()[1].startswith("2 taken in, and not on the log")


def begin_anew(infra: Stack) -> None:
    """As the runbook says where no copy of the log has what was lost."""
    admin = AdminClient({"bootstrap.servers": infra.kafka})

    def group_is_gone() -> bool:
        (group,) = admin.delete_consumer_groups([GROUP]).values()
        error = group.exception(60)
        assert error is None or error.args[0].code() == KafkaError.NON_EMPTY_GROUP, error
        return error is None

    until(group_is_gone, 120)  # the broker holds the place of an engine that crashed for a while
    for gone in admin.delete_topics([topic for topic in RULES if topic != PATTERNS]).values():
        gone.result(60)
    rows(infra, "DELETE FROM notify.offsets RETURNING 1")
    rows(infra, "DELETE FROM door.delivered RETURNING 1")
