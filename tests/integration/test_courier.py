"""The courier as it runs: whether it says so when it cannot keep what it read."""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest
from confluent_kafka import Producer
from sqlalchemy import text

from command.topics import create_topics
from producers import courier as courier_module
from producers.courier import Courier
from schemas import registry
from schemas.escalation_events import PatternDetected
from schemas.registry import RegistryCodec, register_all
from schemas.topics import PATTERNS, TOPICS
from tests.integration.door_room import Room, open_room
from tests.integration.notify_room import until
from tests.integration.older import older
from tests.integration.test_wards_at_door import found
from tests.stack import Stack

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]


@pytest.fixture
def room(infra: Stack, monkeypatch: pytest.MonkeyPatch) -> Iterator[Room]:
    create_topics(infra.kafka, TOPICS)
    monkeypatch.setitem(registry._HANDED_OVER, infra.registry, register_all(infra.registry))
    with open_room(infra.database) as opened:
        yield opened


@contextmanager
def carrying(room: Room, infra: Stack) -> Iterator[Courier]:
    one = Courier(database=room.database, kafka=infra.kafka, registry=infra.registry, clock="manual")
    one.start()
    try:
        yield one
    finally:
        one.stop()
        one.join()


def put(kafka: str, value: bytes) -> None:
    producer = Producer({"bootstrap.servers": kafka})
    producer.produce(PATTERNS, value, partition=3)
    assert producer.flush(30) == 0


def brought(room: Room, case_id: str) -> bool:
    return any(isinstance(one, PatternDetected) for one in room.records(case_id))


def test_a_courier_that_can_keep_nothing_is_not_ready_until_it_can(
    room: Room, infra: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courier_module, "_UNHEALTHY_SECONDS", 3.0)
    case_id = room.report()["case_id"]
    with closing(RegistryCodec(infra.registry)) as codec:
        put(infra.kafka, codec.encode(found(case_id)))
    with room.engine.begin() as connection:
        connection.execute(text("ALTER TABLE door.courier ADD CONSTRAINT shut CHECK (partition < 0)"))
    with carrying(room, infra) as courier:
        until(lambda: not courier.ready()[0], 30)
        for _ in range(40):
            time.sleep(0.1)
            assert courier.ready() == (False, {"courier": "waits"})
        with room.engine.begin() as connection:
            connection.execute(text("ALTER TABLE door.courier DROP CONSTRAINT shut"))
        until(lambda: courier.ready()[0], 30)
        assert brought(room, case_id)


def test_what_was_written_under_an_older_schema_is_brought(room: Room, infra: Stack) -> None:
    case_id = room.report()["case_id"]
    with closing(RegistryCodec(infra.registry)) as codec:
        put(infra.kafka, older(infra.registry, codec, found(case_id)))
    with carrying(room, infra):
        until(lambda: brought(room, case_id), 30)
