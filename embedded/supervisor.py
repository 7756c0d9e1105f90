"""Starts parts in the order of their needs, starts again what dies, and ends all in the reverse order.

One thread owns all processes: a process asks the kernel to be told of its parent's death, and for the kernel
the parent is the thread that made it. What may take long (preparing a part, asking whether it answers, the
steps in between) runs in a pool and only reports back.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from embedded import diagnosis, state
from embedded.launch import __file__ as launcher
from embedded.parts import Node, Part, Step, in_order
from embedded.places import Places
from embedded.problems import StartError
from embedded.running import Running

_BEAT_SECONDS = 0.05
_FIRST_PAUSE, _DOUBLINGS, _LONGEST_PAUSE = 0.5, 5, 15.0
_STEADY_SECONDS = 60.0
GIVE_UP_SECONDS = 300.0

Tell = Callable[[str], None]


def to_stderr(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


class Supervisor:
    """Runs the nodes until told to stop; `run` returns after a clean end and raises StartError otherwise."""

    def __init__(
        self, nodes: Sequence[Node], places: Places, tell: Tell = to_stderr, give_up: float = GIVE_UP_SECONDS
    ) -> None:
        self._places, self._tell, self._give_up = places, tell, give_up
        self._nodes = in_order(nodes)
        self._done: set[str] = set()
        self._steps: dict[str, Future[None]] = {}
        self._parts = {
            node.name: Running(node, places.logs) for node in self._nodes if isinstance(node, Part)
        }
        self._stop = threading.Event()
        self._hurry = threading.Event()
        # Wide enough that a step which waits never keeps another part from being asked.
        self._pool = ThreadPoolExecutor(max_workers=2 * len(self._nodes) + 2, thread_name_prefix="start")

    def stop(self) -> None:
        """Asks for the end; a second time, for the end at once. May be called from a signal handler."""
        if self._stop.is_set():
            self._hurry.set()
        self._stop.set()

    def run(self, when_ready: Callable[[], None]) -> None:
        """Starts all, calls `when_ready` once, and goes on watching. Ends all before it returns or raises."""
        told_ready = False
        try:
            while not self._stop.is_set():
                self._advance()
                if not told_ready and len(self._done) == len(self._nodes):
                    told_ready = True
                    when_ready()
                self._stop.wait(_BEAT_SECONDS)
        finally:
            self._end_all()

    def _advance(self) -> None:
        for node in self._nodes:
            if node.name not in self._done and not all(need in self._done for need in node.needs):
                continue
            if isinstance(node, Step):
                self._advance_step(node)
            else:
                self._advance_part(self._parts[node.name])

    def _advance_step(self, step: Step) -> None:
        if step.name in self._done:
            return
        if step.name not in self._steps:
            self._steps[step.name] = self._pool.submit(step.run)
        elif self._steps[step.name].done():
            self._steps[step.name].result()
            self._done.add(step.name)

    def _advance_part(self, part: Running) -> None:
        before = part.record.state
        if part.record.state == "waiting":
            part.prepare(self._pool)
        elif part.record.state == "preparing" and part.prepared():
            self._spawn(part)
        elif part.record.state in ("starting", "running"):
            self._watch(part)
        elif part.record.state == "restarting" and time.monotonic() >= part.again_at:
            part.prepare(self._pool)
        if part.record.state != before:
            self._write()

    def _spawn(self, part: Running) -> None:
        spec = part.spec
        try:
            command = part.take_command()
        except (StartError, OSError) as error:
            self._failed(part, str(error), "it could not be prepared")
            return
        user = "-" if spec.user is None else str(spec.user)
        shim = [sys.executable, "-I", "-S", launcher, str(os.getpid()), str(int(spec.death_signal)), user]
        with part.open_log() as log:
            process = subprocess.Popen(
                [*shim, *map(str, command)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **spec.environment},
                cwd=spec.directory or self._places.data,
                # A Ctrl-C in the terminal is for the supervisor alone: it ends the parts in order.
                start_new_session=True,
            )
        part.started(process)
        self._write()

    def _watch(self, part: Running) -> None:
        exit_code = part.process.poll() if part.process else None
        if exit_code is not None:
            self._died(part, exit_code)
        elif part.record.state == "starting":
            if part.answers(self._pool):
                part.record.state = "running"
                part.record.problem = None
                part.ready_at = time.monotonic()
                if part.name in self._done:
                    self._tell(f"{part.name} is back")
                self._done.add(part.name)
            elif time.monotonic() - part.started_at > part.spec.ready_seconds:
                part.kill()
                self._died(part, None)
        elif part.failing_since is not None and time.monotonic() - part.ready_at > _STEADY_SECONDS:
            part.steady()

    def _died(self, part: Running, exit_code: int | None) -> None:
        part.end_group()
        reason = diagnosis.why(
            part.name, exit_code, part.log, part.log_start, self._places.data, self._places.cache
        )
        self._failed(part, reason, diagnosis.ending(exit_code))

    def _failed(self, part: Running, reason: str, shortly: str) -> None:
        if part.name not in self._done and (part.spec.vital or self._waited_for(part.name)):
            raise StartError(reason)
        now = time.monotonic()
        part.failing_since = part.failing_since or now
        if part.spec.vital and now - part.failing_since > self._give_up:
            raise StartError(f"{reason} (given up after {self._give_up / 60:.0f} minutes of restarts)")
        pause = pause_after(part.failures)
        part.failed(reason, pause)
        told = f"{part.name}: {shortly}" if part.name in self._done else reason
        self._tell(f"{told}; starting it again in {pause:g} s ({part.log})")

    def _waited_for(self, name: str) -> bool:
        """Whether something cannot begin before it has answered for the first time."""
        return any(name in node.needs for node in self._nodes if node.name not in self._done)

    def _write(self) -> None:
        state.write(self._places.run, [part.record for part in self._parts.values()])

    def _end_all(self) -> None:
        """Ends each part when all that need it have ended; those that do not need each other, together."""
        alive = {name: part for name, part in self._parts.items() if part.process is not None}
        while alive:
            needed = self._needed_by(alive)
            for name, part in list(alive.items()):
                if self._hurry.is_set():
                    part.kill()
                elif name not in needed:
                    part.ask_to_end()
                if part.ended():
                    part.end_group()
                    part.record.state, part.record.pid = "stopped", None
                    del alive[name]
                    self._write()
            time.sleep(0.02)
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _needed_by(self, alive: dict[str, Running]) -> set[str]:
        needs = {node.name: set(node.needs) for node in self._nodes}
        needed: set[str] = set()
        for name in alive:
            pending = list(needs[name])
            while pending:
                need = pending.pop()
                if need not in needed:
                    needed.add(need)
                    pending.extend(needs[need])
        return needed


def pause_after(failures: int) -> float:
    """Seconds before the next start, after so many failures before this one."""
    return min(_FIRST_PAUSE * 2.0 ** min(failures, _DOUBLINGS), _LONGEST_PAUSE)


def handle_signals(supervisor: Supervisor) -> None:
    """SIGINT and SIGTERM end the stack in order."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: supervisor.stop())
