"""What the engine rests on in Faust: the order in which it calls. A new version must pass this first."""

import asyncio
import inspect
from importlib.metadata import version
from typing import Any, cast

import faust
import pytest
from aiokafka import ConsumerRecord
from faust.app.base import App
from faust.tables.recovery import Recovery
from faust.transport.consumer import Consumer
from faust.types import TP

from stream_apps.transport import behind_barrier

HERE = TP("safety.case-events", 3)


def test_faust_is_the_version_that_was_looked_at() -> None:
    assert version("faust-streaming") == "0.15.3"


class Committing:
    """A real consumer of ours, with the network cut off behind its last call; it is the engine as well."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.reached: int | None = 3
        self.app = faust.App(
            "contract", broker="aiokafka://127.0.0.1:1", store="memory://", autodiscover=False
        )
        transport = behind_barrier(self.app, self._settled, self)

        async def nothing(*_: Any) -> None:
            return None

        self.consumer = cast(
            Any,
            transport.create_consumer(nothing, on_partitions_revoked=nothing, on_partitions_assigned=nothing),
        )
        self.consumer._thread.thread_loop.close()
        self.consumer._thread = self
        self.app._producer = self  # type: ignore[assignment]

    def heard(self, partition: int) -> int | None:
        return self.reached

    def sift(self, partition: int, records: list[Any]) -> list[Any]:
        return [record for record in records if record.offset % 3 == 0]

    async def _settled(self) -> None:
        self.calls.append("settled")
        self.reached = 5  # goes on in the meantime

    async def flush(self) -> None:
        self.calls.append("flush")

    def assignment(self) -> set[TP]:
        return {HERE}

    async def getmany(self, *_: Any) -> dict[TP, list[Any]]:
        return {HERE: [ConsumerRecord(*HERE, at, 0, 0, None, b"", None, 0, 0, ()) for at in range(7)]}

    def highwater(self, at: TP) -> int:
        return 7

    async def commit(self, offsets: dict[TP, int]) -> bool:
        self.calls.append(f"commit {offsets[HERE]}")
        return True


def test_offsets_are_chosen_then_everything_is_delivered_then_they_are_committed() -> None:
    async def scene() -> list[str]:
        committing = Committing()
        await committing.consumer.commit()
        return committing.calls

    assert asyncio.run(scene()) == ["settled", "flush", "commit 3"]


def test_a_failure_to_deliver_commits_nothing() -> None:
    async def scene() -> list[str]:
        committing = Committing()

        async def fails() -> None:
            raise SystemExit(70)

        transport = behind_barrier(committing.app, fails, committing)
        kind: Any = type(transport).Consumer
        with pytest.raises(SystemExit):
            await kind._commit_offsets(committing.consumer, {HERE: 3})
        return committing.calls

    assert asyncio.run(scene()) == []


def test_what_is_passed_over_never_becomes_an_event() -> None:
    async def scene() -> list[int]:
        committing = Committing()
        consumer = committing.consumer
        consumer.flow_active = True
        consumer._active_partitions = {HERE}
        return [message.offset async for _, message in consumer.getmany(timeout=1.0)]

    assert asyncio.run(scene()) == [0, 3, 6]


def test_a_hole_between_two_records_is_not_taken_for_done() -> None:
    async def scene() -> list[str]:
        committing = Committing()
        await committing.consumer._add_gap(HERE, 3, 8)
        committing.reached = None
        await committing.consumer.commit()
        return committing.calls

    assert asyncio.run(scene()) == []


def in_order(function: Any, *words: str) -> bool:
    source = inspect.getsource(function)
    places = [source.find(word) for word in words]
    return -1 not in places and places == sorted(places)


def test_partitions_stay_paused_until_the_recovery_has_returned() -> None:
    assert in_order(
        Recovery._resume_streams, "on_rebalance_complete.send", "resume_partitions", "perform_seek"
    )


def test_a_rebalance_waits_for_the_record_at_hand_and_commits_it_before_the_engine_is_told() -> None:
    assert in_order(
        App._on_partitions_revoked, "stop_flow", "_consumer_wait_empty", "on_partitions_revoked.send"
    )
    assert in_order(Consumer.wait_empty, "_unacked_messages", "_wait_for_ack", "commit_and_end_transactions")


def test_every_commit_goes_through_the_one_method_that_has_the_barrier() -> None:
    assert in_order(Consumer._commit_tps, "_filter_committable_offsets", "_commit_offsets")
    callers = [
        name
        for name, member in inspect.getmembers(Consumer, inspect.isfunction)
        if "self._commit(" in inspect.getsource(member)
    ]
    assert callers == ["_commit_offsets"]
