"""`candour up`: how long a second start takes, and what the idle stack holds in memory."""

import tempfile
import time
from pathlib import Path

import psutil

from tests.bench.figures import Figure, middle, spread
from tests.bench.progress import Steps
from tests.stack import Stack

IDLE_SECONDS = 30
_MB = 2**20


def measure(steps: Steps, *, quick: bool) -> list[Figure]:
    runs, idle = (1, 3) if quick else (3, IDLE_SECONDS)
    seconds = []
    with tempfile.TemporaryDirectory(prefix="candour-bench-", ignore_cleanup_errors=True) as folder:
        stack = Stack(Path(folder), clock="system")
        with steps.step("start: the first"), stack:
            pass
        for run in range(1, runs + 1):
            with steps.step(f"start: again, run {run}"):
                began = time.perf_counter()
                stack.start()
                seconds.append(time.perf_counter() - began)
            if run == runs:
                with steps.step(f"start: idle for {idle} s"):
                    time.sleep(idle)
                shares, residents = _memory(stack)
            stack.stop()
    return [
        Figure("up_second_start_s", middle(seconds), at_most=20, beside=spread(seconds)),
        Figure("idle_stack_pss_mb", sum(shares.values()), at_most=1600, beside=_parts(shares)),
        Figure("idle_stack_rss_mb", sum(residents.values()), beside="counts shared pages more than once"),
    ]


def _memory(stack: Stack) -> tuple[dict[str, float], dict[str, float]]:
    """MB by part: proportional (shared pages counted once in all), and resident."""
    assert stack.process is not None
    whole = psutil.Process(stack.process.pid)
    names = {pid: name for name, pid in stack.pids().items()} | {whole.pid: "up"}
    shares: dict[str, float] = {}
    residents: dict[str, float] = {}
    for process in (whole, *whole.children(recursive=True)):
        name = next((names[pid] for pid in _line(process) if pid in names), "other")
        held = process.memory_full_info()
        shares[name] = shares.get(name, 0) + held.pss / _MB
        residents[name] = residents.get(name, 0) + held.rss / _MB
    return shares, residents


def _line(process: psutil.Process) -> list[int]:
    return [process.pid, *(parent.pid for parent in process.parents())]


def _parts(shares: dict[str, float]) -> str:
    ordered = sorted(shares.items(), key=lambda part: -part[1])
    return ", ".join(f"{name} {megabytes:.0f}" for name, megabytes in ordered)
