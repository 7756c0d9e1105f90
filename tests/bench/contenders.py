"""One contender in a process of its own, so that none inherits another's memory; its figures come as JSON.

python -m tests.bench.contenders NAME ARGUMENTS…
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from typing import Any

import faust
from confluent_kafka import Consumer, TopicPartition

from health.pauses import short_pauses
from rules.case_rules import RULES
from schemas.event_types import ClockTick
from schemas.registry import RegistryCodec, contract_ids, hand_over
from schemas.topics import CASE_EVENTS, OBLIGATIONS
from stream_apps.case_engine import CaseEngine, Setting, _app
from stream_apps.partition_reader import BATCH, READER, PartitionReader
from stream_apps.process import serve_app
from stream_apps.replay import replay
from stream_apps.watchdog import Watchdog


def raw(kafka: str, _: str) -> dict[str, float]:
    """All partitions at once through confluent-kafka's `consume`, and nothing done with what comes."""
    return _timed(lambda: _consumed(kafka, None))


def decode(kafka: str, registry: str) -> dict[str, float]:
    """The same, and every record decoded."""
    codec = RegistryCodec(registry)
    return _timed(lambda: _consumed(kafka, codec))


def fold(kafka: str, registry: str, processes: str, last: str) -> dict[str, float]:
    """`candour replay --rule LAST`; `processes`: 0 for one on each core, as the command does it.

    The command has the ids of the contracts from the start of its stack; so they are at hand here.
    """
    hand_over(registry, contract_ids(registry))
    how = {"last": last, "processes": int(processes) or None, "show": lambda _: None}
    return _timed(lambda: replay(kafka=kafka, registry=registry, **how).records)  # type: ignore[arg-type]


def _consumed(kafka: str, codec: RegistryCodec | None) -> int:
    with PartitionReader(kafka) as reader:
        bounds = [reader.bounds(CASE_EVENTS, at) for at in range(reader.partitions(CASE_EVENTS))]
    total = sum(high - low for low, high in bounds)
    consumer = Consumer(READER | {"bootstrap.servers": kafka})
    consumer.assign([TopicPartition(CASE_EVENTS, at, low) for at, (low, _) in enumerate(bounds)])
    seen = 0
    while seen < total:
        messages = consumer.consume(min(BATCH, total - seen), 0.5)
        seen += len(messages)
        if codec is not None:
            for message in messages:
                codec.decode(message.value())
    consumer.close()
    return seen


def _timed(work: Callable[[], int]) -> dict[str, float]:
    began, cpu = time.perf_counter(), _cpu()
    records = work()
    seconds = time.perf_counter() - began
    return {
        "records_per_s": records / seconds,
        "cpu_s_per_million": (_cpu() - cpu) / records * 1e6,
        "peak_mb": max(getrusage(who).ru_maxrss for who in (RUSAGE_SELF, RUSAGE_CHILDREN)) / 1024,
    }


def _cpu() -> float:
    return sum(used.ru_utime + used.ru_stime for used in (getrusage(RUSAGE_SELF), getrusage(RUSAGE_CHILDREN)))


class _Count:
    """From the first record to the last: then it says how long that took, and ends the process."""

    def __init__(self, total: int) -> None:
        self._total, self._seen = total, 0

    def begin(self) -> None:
        if not self._seen:
            self._began, self._cpu = time.perf_counter(), _cpu()

    def done(self, number: int) -> bool:
        """Whether all are done with these."""
        self._seen += number
        return self._seen == self._total

    def end(self) -> None:
        seconds = time.perf_counter() - self._began
        _say(records_per_s=self._seen / seconds, cpu_s_per_million=(_cpu() - self._cpu) / self._seen * 1e6)
        os._exit(0)


def plain(kafka: str, data: str, group: str, total: str) -> None:
    """A Faust agent without a table that does nothing with what comes; set up as the engine is."""
    app = _app(Setting(kafka, data, instance=None, group=group))
    count = _Count(int(total))

    async def listen(stream: Any) -> None:
        async for _ in stream.events():
            count.begin()
            if count.done(1):
                count.end()

    app.agent(_raw(app, CASE_EVENTS), name="plain")(listen)
    serve_app(app, _no_watchdog())


def echo(kafka: str, data: str, group: str) -> None:
    """A Faust agent that answers each record with itself, by Faust's own producer; until SIGTERM."""
    app = _app(Setting(kafka, data, instance=None, group=group))
    said = _raw(app, OBLIGATIONS)

    async def listen(stream: Any) -> None:
        async for event in stream.events():
            await said.send(key=event.key, value=event.value, partition=event.message.partition)

    app.agent(_raw(app, CASE_EVENTS), name="echo")(listen)
    serve_app(app, _no_watchdog())


def _raw(app: faust.App, topic: str) -> Any:
    return app.topic(topic, key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")


def engine(kafka: str, registry: str, data: str, group: str, total: str) -> None:
    """The case engine. `total`: 0 to go on until SIGTERM, telling what each tick took in milliseconds."""
    case_engine = CaseEngine(Setting(kafka, data, instance=None, group=group), RULES, RegistryCodec(registry))
    runner, outcomes = case_engine.runner, case_engine.outcomes
    sift, hear, count = runner.sift, runner.hear, _Count(int(total))

    ending: list[asyncio.Future[None]] = []

    async def end() -> None:
        await outcomes.settled()
        count.end()

    def sifted(partition: int, records: Any) -> Any:
        count.begin()
        needed = sift(partition, records)
        if count.done(len(records) - len(needed)):
            ending.append(asyncio.ensure_future(end()))
        return needed

    async def counted(message: Any) -> None:
        await hear(message)
        if count.done(1):
            await end()

    async def telling(message: Any) -> None:
        began = time.perf_counter()
        await hear(message)
        took = time.perf_counter() - began
        if isinstance(case_engine.codec.decode(message.value), ClockTick):
            _say(tick_ms=took * 1000)

    if int(total):
        runner.sift, runner.hear = sifted, counted  # type: ignore[method-assign]
    else:
        runner.hear = telling  # type: ignore[method-assign]
    short_pauses()  # as its process does
    serve_app(case_engine.app, case_engine.watchdog)


def sink(kafka: str, registry: str, database: str) -> None:
    """The read model's sink, until SIGTERM."""
    from sinks.read_model import run

    run(database=database, kafka=kafka, registry=registry, health_port=0)


def _no_watchdog() -> Watchdog:
    return Watchdog(lambda: True, lambda reason: sys.exit(reason))


def _say(**figures: float) -> None:
    print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    contenders: dict[str, Callable[..., dict[str, float] | None]] = {
        kind.__name__: kind for kind in (raw, decode, fold, plain, echo, engine, sink)
    }
    answer = contenders[sys.argv[1]](*sys.argv[2:])
    if answer is not None:
        _say(**answer)
