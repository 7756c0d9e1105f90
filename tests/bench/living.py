"""The live case engine: how fast beside a Faust agent that does nothing, and how soon it answers."""

import threading
import time
from collections.abc import Iterable
from uuid import uuid4

from confluent_kafka import Consumer, TopicPartition

from schemas.topics import CASE_EVENTS, OBLIGATIONS
from stream_apps.case_engine import GROUP
from tests.bench.figures import Figure, middle, percentile, spread
from tests.bench.ground import Ground, append, begun, contender
from tests.bench.progress import Steps
from tests.bench.records import Mix, adoptions

RUNS = 3
A_SECOND = 100
Done = dict[str, float]
WARM = 200  # events that come first and are not counted


def measure(here: Ground, steps: Steps, *, quick: bool) -> list[Figure]:
    number, runs, counted = (20_000, 1, 500) if quick else (200_000, RUNS, 3000)
    plain, engine = _catch_up(here, steps, number, runs)
    with steps.step(f"live: {A_SECOND} events a second", counted):
        waits = _latencies(here, counted)
    pairs = list(zip(engine, plain, strict=True))
    rates = [mine["records_per_s"] / other["records_per_s"] for mine, other in pairs]
    efforts = [other["cpu_s_per_million"] / mine["cpu_s_per_million"] for mine, other in pairs]
    return [
        *_of("plain_faust", plain),
        *_of("live_engine", engine),
        Figure("live_to_plain_faust_ratio", middle(rates), at_least=0.8, beside=spread(rates)),
        Figure("live_to_plain_faust_cpu_ratio", middle(efforts), beside=f"of CPU time; {spread(efforts)}"),
        Figure("event_to_outcome_p50_ms", percentile(waits, 50)),
        Figure("event_to_outcome_p99_ms", percentile(waits, 99), at_most=10),
    ]


def _of(name: str, runs: list[Done]) -> list[Figure]:
    rates = [run["records_per_s"] for run in runs]
    efforts = [run["cpu_s_per_million"] for run in runs]
    return [
        Figure(f"{name}_records_per_s", middle(rates), beside=spread(rates)),
        Figure(f"{name}_cpu_s_per_million", middle(efforts), beside=spread(efforts)),
    ]


def _catch_up(here: Ground, steps: Steps, number: int, runs: int) -> tuple[list[Done], list[Done]]:
    """Both in turn, each time on a log of their own."""
    plain, engine = [], []
    for run in range(1, runs + 1):
        here.make_topics()
        with steps.step(f"live: writing {number:,} reports", number) as show:
            total = here.fill(Mix(here.codec, seed=run).records(number), show)
        with steps.step(f"live: plain Faust agent, run {run}"):
            plain.append(contender("plain", here.kafka, here.folder / "plain", f"plain-{run}", total))
        with steps.step(f"live: case engine, run {run}"):
            where = (here.kafka, here.registry, here.folder / "engine")
            engine.append(contender("engine", *where, f"engine-{run}", total))
    return plain, engine


def _latencies(here: Ground, counted: int) -> list[float]:
    """Milliseconds from handing an event to the producer to having its first outcome, of each event."""
    here.make_topics()
    listener = Listener(here)
    producer = here.producer(**{"linger.ms": 0})
    for partition in range(here.partitions):
        for record in adoptions(partition):
            here.put(producer, record, partition)
    producer.flush(30)
    with begun("engine", here.kafka, here.registry, here.folder / "live", GROUP, 0):
        listener.wait_for(f"partition:{partition}".encode() for partition in range(here.partitions))
        sent: dict[bytes, float] = {}
        begin = time.perf_counter() + 0.5
        for number, (key, value) in enumerate(Mix(here.codec, relevant=True).records(WARM + counted)):
            time.sleep(max(0.0, begin + number / A_SECOND - time.perf_counter()))
            sent[key] = time.perf_counter()
            append(producer, CASE_EVENTS, key, value, here.partition_of(key))
            producer.poll(0)
        listener.wait_for(sent)
    listener.close()
    return [(listener.seen[key] - at) * 1000 for key, at in list(sent.items())[WARM:]]


class Listener(threading.Thread):
    """An independent consumer of the outcomes: when the first one of each key came."""

    def __init__(self, here: Ground, *, since_now: bool = False) -> None:
        super().__init__(daemon=True)
        self.seen: dict[bytes, float] = {}
        self._over = threading.Event()
        self._consumer = Consumer(
            {"bootstrap.servers": here.kafka, "group.id": f"listener-{uuid4()}", "fetch.wait.max.ms": 100}
        )
        places = [TopicPartition(OBLIGATIONS, partition, 0) for partition in range(here.partitions)]
        for place in places if since_now else ():
            place.offset = self._consumer.get_watermark_offsets(place, timeout=30)[1]
        self._consumer.assign(places)
        self.start()

    def run(self) -> None:
        while not self._over.is_set():
            message = self._consumer.poll(0.2)
            if message is not None and not message.error():
                key = message.key()
                self.seen.setdefault(
                    key.encode() if isinstance(key, str) else key or b"", time.perf_counter()
                )
        self._consumer.close()

    def wait_for(self, keys: Iterable[bytes], seconds: float = 120) -> None:
        wanted = set(keys)
        give_up = time.monotonic() + seconds
        while not wanted <= self.seen.keys():
            if time.monotonic() > give_up:
                raise TimeoutError(f"{len(wanted - self.seen.keys())} outcomes did not come in {seconds} s")
            time.sleep(0.01)

    def close(self) -> None:
        self._over.set()
        self.join()
