"""The relay on the real Kafka and PostgreSQL: nothing lost, and no evidence after a tick that covers it."""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from aiokafka.partitioner import murmur2
from confluent_kafka import Consumer, KafkaException, TopicPartition

from command.topics import create_topics
from producers.clock import SystemClockProcess
from producers.connections import engine, libpq
from producers.outbox import CAN_WAIT, CHANNEL
from producers.relay import Relay
from producers.reporting import report
from producers.reports import ReportBody
from schemas.codec import Codec
from schemas.event_types import ClockTick, Record, Reported
from schemas.topics import CASE_EVENTS, PARTITIONS, TOPICS
from tests.integration.door_room import DAWN, FALL, HOUR, Room, open_room
from tests.stack import Stack

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

KILL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'candour relay'"
REPORT = ReportBody.model_validate(FALL)


class Log:
    """What was appended since it was opened, by partition."""

    def __init__(self, kafka: str) -> None:
        create_topics(kafka, TOPICS)
        self._consumer = Consumer({"bootstrap.servers": kafka, "group.id": uuid4().hex, "log_level": 0})
        places = [TopicPartition(CASE_EVENTS, partition) for partition in range(PARTITIONS)]
        for place in places:
            place.offset = self._end(place.partition)
        self._consumer.assign(places)
        self._next = {place.partition: place.offset for place in places}
        self._codec = Codec.local()
        self.records: dict[int, list[Record]] = {partition: [] for partition in range(PARTITIONS)}

    def read(self) -> list[Record]:
        """Everything up to the end of the log."""
        for partition in range(PARTITIONS):
            end = self._end(partition)
            while self._next[partition] < end:
                for message in self._consumer.consume(500, 0.1):
                    assert message.error() is None
                    where, offset = message.partition(), message.offset()
                    assert where is not None
                    assert offset is not None
                    self._next[where] = offset + 1
                    self.records[where].append(self._codec.decode(message.value()))
        return [record for records in self.records.values() for record in records]

    def _end(self, partition: int) -> int:
        until = time.monotonic() + 30
        while True:
            try:
                place = TopicPartition(CASE_EVENTS, partition)
                end: int = self._consumer.get_watermark_offsets(place, timeout=10)[1]
                return end
            except KafkaException:  # a topic just made has no leader for a moment
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def close(self) -> None:
        self._consumer.close()


@pytest.fixture
def log(infra: Stack) -> Iterator[Log]:
    opened = Log(infra.kafka)
    yield opened
    opened.close()


@pytest.fixture
def room(infra: Stack) -> Iterator[Room]:
    with open_room(infra.database) as made:
        yield made


@contextmanager
def running(room: Room, kafka: str) -> Iterator[Relay]:
    relay = Relay(room.database, kafka)
    thread = threading.Thread(target=relay.run)
    thread.start()
    yield relay
    relay.stop()
    thread.join()


def waiting(room: Room) -> int:
    """Rows for the log of cases that are still in the outbox."""
    rows = room.rows(f"SELECT count(*) FROM door.outbox WHERE topic = '{CASE_EVENTS}'")
    count: int = rows[0][0]
    return count


def wait_until_empty(room: Room, seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while room.rows("SELECT count(*) FROM door.outbox") != [(0,)]:
        assert time.monotonic() < until, "the outbox is not empty"
        time.sleep(0.01)


def tick_count(room: Room) -> int:
    count: int = room.rows("SELECT count(*) FROM door.ticks")[0][0]
    return count


def test_a_report_is_on_the_log_soon_after_it_was_answered(infra: Stack, room: Room, log: Log) -> None:
    with running(room, infra.kafka) as relay:
        wait_until_empty(room)
        case_id = room.report()["case_id"]
        wait_until_empty(room)
        assert relay.ready()[0]
    records = log.read()
    assert [record.case_id for record in records if isinstance(record, Reported)] == [case_id]
    for partition, found in log.records.items():
        kinds = [type(record).__name__ for record in found]
        adopted = kinds.index("CalendarAdopted") + 1
        assert kinds[0] == "ClockTick"
        assert set(kinds[1 : adopted - 1]) == {"PolicyAdopted"}
        assert all(record.partition == partition for record in found[:adopted])  # type: ignore[attr-defined]


def test_what_nobody_waits_for_says_so_and_is_on_the_log_all_the_same(
    infra: Stack, room: Room, log: Log
) -> None:
    """A report of little harm waits for company; whatever else is with it, or follows it, is awaited."""
    little: dict[str, Any] = {"harm": {"physical": "low"}}
    with psycopg.connect(libpq(room.database), autocommit=True) as ear:
        ear.execute(f"LISTEN {CHANNEL}")
        quiet = room.report(**little)["case_id"]
        assert heard(ear) == CAN_WAIT
        grave = little | {"could_have_been": "fatal"}
        awaited: list[dict[str, Any]] = [FALL, grave, little | {"immediate_risk": True}, {"harm": None}]
        for changes in awaited:
            room.report(**changes)
            assert heard(ear) == "", changes
        room.follow(quiet, {"type": "contact_attempted", "means": "telephone", "result": "no_answer"})
        assert heard(ear) == ""
    with running(room, infra.kafka):
        wait_until_empty(room)
        lonely = room.report(**little)["case_id"]
        wait_until_empty(room)
    reported = [record.case_id for record in log.read() if isinstance(record, Reported)]
    assert {quiet, lonely} <= set(reported)
    assert len(reported) == len(awaited) + 2


def heard(ear: psycopg.Connection[Any]) -> str:
    """What was said with the next notification."""
    (note,) = ear.notifies(timeout=10, stop_after=1)
    return note.payload


def test_many_writers_and_ticks_lose_nothing_and_no_tick_overtakes(infra: Stack, log: Log) -> None:
    """Writers hold their transactions open for up to 160 ms, as the experiment of the design did."""
    with open_room(infra.database, "system") as room:
        clock = SystemClockProcess(engine(room.database, connections=1), 0.02)
        stop = threading.Event()
        taken: list[str] = []

        def write(seed: int) -> None:
            chance = random.Random(seed)
            while not stop.is_set():
                with room.door.visit() as visit:
                    time.sleep(chance.random() * 0.16)
                    answer = report(visit, REPORT, None)
                taken.append(answer["case_id"])

        with running(room, infra.kafka):
            ticking = threading.Thread(target=clock.run, args=(stop,))
            writers = [threading.Thread(target=write, args=(seed,)) for seed in range(6)]
            for thread in (ticking, *writers):
                thread.start()
            until = time.monotonic() + 60
            while len(taken) < 100 or tick_count(room) < 20:
                assert time.monotonic() < until
                time.sleep(0.05)
            stop.set()
            for thread in (ticking, *writers):
                thread.join()
            clock.close()
            wait_until_empty(room)
        records = log.read()
        reported = [record.case_id for record in records if isinstance(record, Reported)]
        assert sorted(reported) == sorted(taken)
        ticks = tick_count(room)
        for found in log.records.values():
            times = [record.as_of for record in found if isinstance(record, ClockTick)]
            assert len(times) == ticks
            assert times == sorted(times)
            newest = 0
            for record in found:
                if isinstance(record, ClockTick):
                    newest = record.as_of
                elif isinstance(record, Reported):
                    assert record.recorded_at > newest


def test_a_row_waits_for_every_older_transaction_that_still_runs(infra: Stack, room: Room, log: Log) -> None:
    with running(room, infra.kafka):
        wait_until_empty(room)
        with psycopg.connect(libpq(room.database)) as slow:
            slow.execute("SELECT pg_current_xact_id()")
            room.report()
            time.sleep(0.5)
            assert waiting(room) == 1
            slow.rollback()
        wait_until_empty(room)


def test_what_was_accepted_while_kafka_was_away_comes_before_the_tick_that_covers_it(
    infra: Stack, room: Room, log: Log
) -> None:
    """An hour of log time without Kafka: evidence is accepted all along, and each tick keeps its place."""
    expected = []
    before = waiting(room)
    for minutes in range(0, 60, 5):
        case_id = room.report()["case_id"]
        room.follow(case_id, {"type": "relevant_person_notified", "in_person": True})
        expected.append(case_id)
        room.tick(DAWN + (minutes + 5) * HOUR // 60)
    assert waiting(room) == before + 12 * PARTITIONS + 2 * 12
    with running(room, infra.kafka):
        wait_until_empty(room)
    log.read()
    for found in log.records.values():
        newest = 0
        for record in found:
            if isinstance(record, ClockTick):
                newest = record.as_of
            elif hasattr(record, "case_id"):
                assert record.recorded_at == newest  # type: ignore[attr-defined]
    everything = [record for found in log.records.values() for record in found]
    assert sorted(one.case_id for one in everything if isinstance(one, Reported)) == sorted(expected)


def test_a_standby_waits_and_takes_over(infra: Stack, room: Room, log: Log) -> None:
    with running(room, infra.kafka) as first:
        wait_until_empty(room)
        with running(room, infra.kafka) as second:
            until = time.monotonic() + 20
            while second.state != "standby":
                assert time.monotonic() < until
                time.sleep(0.01)
            assert second.ready()[0]
            first.stop()
            while second.state != "relaying":
                assert time.monotonic() < until
                time.sleep(0.01)
            case_id = room.report()["case_id"]
            wait_until_empty(room)
    reported = [record.case_id for record in log.read() if isinstance(record, Reported)]
    assert reported == [case_id]


def test_a_lost_connection_to_the_database_repeats_nothing(infra: Stack, room: Room, log: Log) -> None:
    expected = []
    with running(room, infra.kafka):
        for _ in range(6):
            expected.append(room.report()["case_id"])
            room.rows(KILL)
        wait_until_empty(room)
    reported = [record.case_id for record in log.read() if isinstance(record, Reported)]
    assert sorted(reported) == sorted(expected)


def test_it_stops_at_once_while_kafka_is_away(infra: Stack, room: Room, log: Log) -> None:
    case_id = room.report()["case_id"]
    with running(room, "127.0.0.1:1") as relay:
        until = time.monotonic() + 30
        while relay.state != "waits for Kafka":
            assert time.monotonic() < until
            time.sleep(0.01)
        began = time.monotonic()
    assert time.monotonic() - began < 5
    with running(room, infra.kafka):
        wait_until_empty(room)
    assert [one.case_id for one in log.read() if isinstance(one, Reported)] == [case_id]


def test_keys_are_placed_as_java_and_faust_place_them(infra: Stack, room: Room, log: Log) -> None:
    cases = {room.report()["case_id"] for _ in range(20)}
    with running(room, infra.kafka):
        wait_until_empty(room)
    log.read()
    for partition, found in log.records.items():
        for record in found:
            if isinstance(record, Reported):
                assert (murmur2(record.case_id.encode()) & 0x7FFFFFFF) % PARTITIONS == partition
                cases.remove(record.case_id)
    assert cases == set()
