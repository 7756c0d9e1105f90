"""Why each verdict on a case with 200 events was given, in a stack whose log holds many other cases."""

import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from confluent_kafka import Producer

from schemas.registry import RegistryCodec
from schemas.topics import CASE_EVENTS
from sinks.database import engine
from tests.bench.figures import Figure, middle, percentile
from tests.bench.progress import Show, Steps
from tests.bench.records import Mix
from tests.people import TOLD_IN_PERSON, Person
from tests.stack import Stack
from views import why
from views.reading_why import Reasons

EVENTS = 200
A_DAY = 20  # events of the case between two ticks
BEGIN = datetime(2026, 7, 1, 9, tzinfo=UTC)


def measure(steps: Steps, *, quick: bool) -> list[Figure]:
    others, asked = (5_000, 5) if quick else (200_000, 50)
    with tempfile.TemporaryDirectory(prefix="candour-bench-", ignore_cleanup_errors=True) as folder:
        stack = Stack(Path(folder), clock="manual", at=BEGIN.isoformat())
        with steps.step("explain: starting the stack"):
            stack.start()
        try:
            with steps.step(f"explain: {others:,} other cases", others) as show:
                _fill(stack, others, show)
            with steps.step(f"explain: a case with {EVENTS} events", EVENTS) as show:
                case_id = _case(stack, show)
            with steps.step(f"explain: {asked} times", asked) as show:
                shortly, shape = _asked(stack, case_id, asked, show)
                wholly, _ = _asked(stack, case_id, 1, lambda done: None, whole=True)
        finally:
            stack.stop()
    if not shape["agrees"] or shape["decided_again_from"] != "case":
        raise RuntimeError(f"the explanation does not agree: {shape['said']}")
    return [
        Figure(
            "explain_p50_ms",
            percentile(shortly, 50),
            at_most=300,
            beside=f"{len(shape['verdicts'])} verdicts",
        ),
        Figure("explain_p99_ms", percentile(shortly, 99)),
        Figure("explain_whole_partition_ms", middle(wholly), beside=f"of a log of {others:,} other cases"),
    ]


def _fill(stack: Stack, number: int, show: Show) -> None:
    """Straight onto the log, past the door: what is measured begins behind it."""
    codec = RegistryCodec(stack.registry)
    producer = Producer(
        {"bootstrap.servers": stack.kafka, "linger.ms": 20, "partitioner": "murmur2_random", "log_level": 0}
    )
    for count, (key, value) in enumerate(Mix(codec).records(number), 1):
        while True:
            try:
                producer.produce(CASE_EVENTS, value=value, key=key)
                break
            except BufferError:
                producer.poll(0.05)
        if not count % 1000:
            show(count)
    producer.flush(60)
    codec.close()


def _case(stack: Stack, show: Show) -> str:
    now = BEGIN
    with Person(stack.url) as person:
        case_id = person.report(occurred_at=(now - timedelta(hours=3)).isoformat())
        for number in range(EVENTS - 1):
            if not number % A_DAY:
                now += timedelta(days=1)
                stack.command("tick", now.isoformat(), seconds=900)
            person.add(case_id, _event(number, now))
            show(number + 1)
        stack.command("tick", (now + timedelta(days=30)).isoformat(), seconds=900)
        person.settled(case_id)
    return case_id


def _event(number: int, now: datetime) -> dict[str, Any]:
    if number == EVENTS // 2:
        return {**TOLD_IN_PERSON, "at": now.isoformat()}
    if number % 3 == 0:
        return {"type": "support_offered", "at": now.isoformat()}
    return {"type": "contact_attempted", "at": now.isoformat(), "means": "telephone", "result": "no_answer"}


def _asked(
    stack: Stack, case_id: str, times: int, show: Show, *, whole: bool = False
) -> tuple[list[float], dict[str, Any]]:
    """Milliseconds of each answer, as the API makes it, and the last one."""
    store = engine(stack.database)
    reasons = Reasons(store, stack.kafka, stack.registry)
    shape: dict[str, Any] = {}
    took = []
    try:
        reasons.explain(case_id)  # the first one asks the registry, and is not counted
        for number in range(times):
            began = time.perf_counter()
            found = reasons.explain(case_id, whole=whole)
            assert found is not None
            shape = why.shape(found, None)
            took.append((time.perf_counter() - began) * 1000)
            show(number + 1)
    finally:
        store.dispose()
    return took, shape
