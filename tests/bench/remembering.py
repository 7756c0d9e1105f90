"""The case engine with a million open obligations: its memory, a tick that fires none, and a restart."""

import json
import subprocess
import threading
import time
from pathlib import Path

from schemas.topics import CASE_EVENTS, OBLIGATIONS
from stream_apps.case_engine import GROUP
from tests.bench.figures import Figure, middle
from tests.bench.ground import Ground, append, begun
from tests.bench.living import Listener
from tests.bench.open_duties import OpenDuties, said_of_adoptions
from tests.bench.progress import Show, Steps
from tests.bench.records import LAST, Mix, OnWire, adoptions, tick

TICKS = 5  # to each partition


def measure(here: Ground, steps: Steps, *, quick: bool) -> list[Figure]:
    number = 50_000 if quick else 1_000_000
    here.make_topics()
    with steps.step(f"remember: writing {number:,} obligations", number) as show:
        write_open_duties(here, number, show)
    here.commit(GROUP)
    listener = Listener(here, since_now=True)
    with steps.step("remember: a restart, then ticks"):
        back, after, peak, ticks = _restarted(here, listener)
    listener.close()
    return [
        Figure("engine_open_obligations", number),
        Figure(
            "engine_restart_to_work_s", back, at_most=60, beside="from its start to the first new outcome"
        ),
        Figure("engine_rss_mb", after, at_most=1024, beside="one process, all partitions"),
        Figure("engine_peak_rss_mb", peak, beside="while it came back"),
        Figure("idle_tick_p50_ms", middle(ticks), at_most=1, beside="hearing one tick of one partition"),
        Figure("idle_tick_worst_ms", max(ticks), beside=f"of {len(ticks)}"),
    ]


def write_open_duties(here: Ground, number: int, show: Show) -> None:
    """Reports, and what the engine has said of each: so many obligations are open."""
    producer = here.producer(**{"linger.ms": 20, "batch.size": 1_000_000})
    offsets = [0] * here.partitions
    for partition in range(here.partitions):
        for record, said in zip(adoptions(partition), said_of_adoptions(here.codec, partition), strict=True):
            here.put(producer, record, partition)
            at = ("source_offset", str(offsets[partition]).encode())
            key = f"partition:{partition}".encode()
            for topic, payload, headers in said:
                append(producer, topic, key, payload, partition, headers=[*headers, at])
            offsets[partition] += 1
    duties = OpenDuties(here.codec)
    duties.check()
    for count, ((key, value), payload, headers) in enumerate(duties.all(number), 1):
        partition = here.partition_of(key)
        append(producer, CASE_EVENTS, key, value, partition)
        at = ("source_offset", str(offsets[partition]).encode())
        append(producer, OBLIGATIONS, key, payload, partition, headers=[*headers, at])
        offsets[partition] += 1
        if not count % 10_000:
            show(count)
    producer.flush(120)


def _restarted(here: Ground, listener: Listener) -> tuple[float, float, float, list[float]]:
    """Seconds to the first new outcome, MB after it and at most, milliseconds of ticks that fire nothing."""
    probe = next(iter(Mix(here.codec, seed=99, relevant=True).records(1)))
    began = time.perf_counter()
    with begun("engine", here.kafka, here.registry, here.folder / "million", GROUP, 0) as process:
        told = _told(process)
        _send(here, probe)
        listener.wait_for([probe.key], seconds=600)
        back = listener.seen[probe.key] - began
        for number in range(1, TICKS + 1):
            _tick(here, LAST + number)
            time.sleep(0.5)
        wanted, give_up = TICKS * here.partitions, time.monotonic() + 60
        while len(told) < wanted and time.monotonic() < give_up:
            time.sleep(0.1)
        status = Path(f"/proc/{process.pid}/status").read_text()
        rss, peak = (int(status.partition(f"{name}:")[2].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))
    return back, rss, peak, told[:wanted]


def _tick(here: Ground, as_of: int) -> None:
    producer = here.producer(**{"linger.ms": 0})
    for partition in range(here.partitions):
        here.put(producer, tick(partition, as_of), partition)
    producer.flush(30)


def _send(here: Ground, record: OnWire) -> None:
    producer = here.producer(**{"linger.ms": 0})
    append(producer, CASE_EVENTS, record.key, record.value, here.partition_of(record.key))
    producer.flush(30)


def _told(process: "subprocess.Popen[str]") -> list[float]:
    """The milliseconds of each tick, growing as the process tells them."""
    told: list[float] = []

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            told.append(json.loads(line)["tick_ms"])

    threading.Thread(target=read, daemon=True).start()
    return told
