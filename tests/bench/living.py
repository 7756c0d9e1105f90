"""The live case engine: how fast beside a Faust agent that does nothing, how soon beside one that echoes."""

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
Waits = list[float]  # milliseconds
WARM = 200  # events that come first and are not counted


def measure(here: Ground, steps: Steps, *, quick: bool) -> list[Figure]:
    number, runs, counted = (20_000, 1, 500) if quick else (200_000, RUNS, 2000)
    plain, engine = _catch_up(here, steps, number, runs)
    echoes, waits = _in_turns(here, steps, counted, runs)
    pairs = list(zip(engine, plain, strict=True))
    rates = [mine["records_per_s"] / other["records_per_s"] for mine, other in pairs]
    efforts = [other["cpu_s_per_million"] / mine["cpu_s_per_million"] for mine, other in pairs]
    ratios = [mine / other for mine, other in zip(_each(waits, 99), _each(echoes, 99), strict=True)]
    return [
        *_of("plain_faust", plain),
        *_of("live_engine", engine),
        Figure("live_to_plain_faust_ratio", middle(rates), at_least=0.8, beside=spread(rates)),
        Figure("live_to_plain_faust_cpu_ratio", middle(efforts), beside=f"of CPU time; {spread(efforts)}"),
        *_told("plain_faust", echoes),
        *_told("event_to_outcome", waits, p99_at_most=10),
        Figure("event_to_outcome_to_plain_faust_p99_ratio", middle(ratios), beside=spread(ratios)),
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


def _in_turns(here: Ground, steps: Steps, counted: int, runs: int) -> tuple[list[Waits], list[Waits]]:
    echoes, engine = [], []
    for run in range(1, runs + 1):
        with steps.step(f"live: {A_SECOND} events a second, Faust agent that echoes, run {run}", counted):
            echoes.append(_latencies(here, counted, "echo", here.kafka, here.folder / "echo", f"echo-{run}"))
        with steps.step(f"live: {A_SECOND} events a second, case engine, run {run}", counted):
            where = (here.kafka, here.registry, here.folder / "live", GROUP, 0)
            engine.append(_latencies(here, counted, "engine", *where))
    return echoes, engine


def _told(name: str, runs: list[Waits], p99_at_most: float | None = None) -> list[Figure]:
    p50, p99 = _each(runs, 50), _each(runs, 99)
    return [
        Figure(f"{name}_p50_ms", middle(p50), beside=spread(p50)),
        Figure(f"{name}_p99_ms", middle(p99), at_most=p99_at_most, beside=spread(p99)),
    ]


def _each(runs: list[Waits], percent: float) -> list[float]:
    return [percentile(waits, percent) for waits in runs]


def _latencies(here: Ground, counted: int, *who: object) -> Waits:
    """From handing an event to the producer to having the first answer to it, of each event."""
    here.make_topics()
    listener = Listener(here)
    producer = here.producer(**{"linger.ms": 0})
    for partition in range(here.partitions):
        for record in adoptions(partition):
            here.put(producer, record, partition)
    producer.flush(30)
    with begun(*who):
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
