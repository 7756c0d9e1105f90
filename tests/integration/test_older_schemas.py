"""What is known by its first bytes is known under the schema of another release, too."""

from contextlib import closing

import pytest
from confluent_kafka import Producer

from command.topics import create_topics
from schemas.event_types import ClockTick
from schemas.outcome_types import CaseQuarantined
from schemas.registry import RegistryCodec
from schemas.topics import CASE_EVENTS, OBLIGATIONS, TOPICS
from stream_apps.log_records import quarantines
from stream_apps.looking import Look
from stream_apps.partition_reader import PartitionReader
from stream_apps.replay import case_rules
from tests.integration.log_writer import MORNING, said
from tests.integration.older import older
from tests.stack import Stack

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]
GARBAGE = (b"\0", b"no record of ours", b"\0\0\0\0\0")


def put(kafka: str, topic: str, *values: bytes, headers: dict[str, str | bytes | None] | None = None) -> None:
    producer = Producer({"bootstrap.servers": kafka})
    for value in values:
        producer.produce(topic, value, partition=2, headers=headers)
    assert producer.flush(30) == 0


def test_a_quarantine_of_another_release_is_obeyed(infra: Stack) -> None:
    create_topics(infra.kafka, TOPICS)
    one = said(
        CaseQuarantined, "case-7", 1, MORNING,
        subject="quarantine:case-7", rule="candour", source_offset=5, error="KeyError",
    )  # fmt: skip
    headers: dict[str, str | bytes | None] = {"source_offset": b"9", "part": b"1/1"}
    with closing(RegistryCodec(infra.registry)) as codec, PartitionReader(infra.kafka) as reader:
        put(infra.kafka, OBLIGATIONS, older(infra.registry, codec, one), headers=headers)
        found = quarantines(reader, case_rules(), codec, 2)
    assert found == {(9, "candour", "case-7", 5): "KeyError"}


def test_a_tick_of_another_release_is_seen_among_what_is_none(infra: Stack) -> None:
    create_topics(infra.kafka, TOPICS)
    with closing(RegistryCodec(infra.registry)) as codec:
        tick = older(infra.registry, codec, ClockTick(as_of=MORNING, partition=2, event_id="tick-1"))
        put(infra.kafka, CASE_EVENTS, *GARBAGE, tick)
        with Look(infra.kafka, codec, 2) as look:
            seen = [*look.ticks(0, len(GARBAGE) + 1)]
    assert [(offset, one.as_of) for offset, one in seen] == [(len(GARBAGE), MORNING)]
