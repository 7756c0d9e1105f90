"""Starts a real stack (or only Kafka, registry and PostgreSQL) on a folder of its own."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from command import stack as recorded
from embedded import ports, state

READY_SECONDS = 240  # a busy machine is slow


class StackEnded(Exception):
    """`candour up` ended before it was ready, or did not end; the text has what it said."""


NO_NETWORK = {"CANDOUR_MAVEN_REPOSITORY": "http://127.0.0.1:9"}
"""Nobody answers there: what a start needs was fetched by `make setup`."""


class Stack:
    """One `candour up`. Use as a context manager, or call `start` and `stop`."""

    def __init__(
        self,
        data: Path,
        *,
        clock: str = "manual",
        at: str | None = None,
        only: str | None = None,
        port: int | None = None,
        arguments: tuple[str, ...] = (),
        environment: dict[str, str] | None = None,
    ) -> None:
        self.data = data
        self.port = port if port is not None else ports.choose(_remembered(data), ["web"])["web"]
        self._arguments = ["up", "--data", str(data), "--port", str(self.port), "--clock", clock, *arguments]
        self._arguments += ["--at", at] if at else []
        self._arguments += ["--only", only] if only else []
        # Compiled modules are kept: six processes that compile theirs anew would not be quick.
        inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        given = ("KAFKA_BOOTSTRAP", "SCHEMA_REGISTRY_URL", "DATABASE_URL")
        self.environment = {name: value for name, value in inherited.items() if name not in given}
        self.environment |= NO_NETWORK | {"PYTHONWARNINGS": "default"} | (environment or {})
        self.process: subprocess.Popen[str] | None = None
        self._said: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()

    def start(self, seconds: float = READY_SECONDS) -> Self:
        """Starts it and returns when it has said that it is ready."""
        self.begin()
        try:
            self.wait_ready(seconds)
        except StackEnded:
            self.stop()
            raise
        return self

    def begin(self) -> None:
        """Starts it and returns at once."""
        self._said, self._lines = [], queue.Queue()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "command", *self._arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        threading.Thread(target=self._read, args=(self.process, self._lines), daemon=True).start()

    def wait_ready(self, seconds: float = READY_SECONDS) -> None:
        until = time.monotonic() + seconds
        while True:
            try:
                line = self._lines.get(timeout=max(0.1, until - time.monotonic()))
            except queue.Empty:
                raise StackEnded(f"not ready within {seconds} s: {self.said}") from None
            if line is None:
                raise StackEnded(self.said)
            if line.startswith("ready "):
                return

    def _read(self, process: subprocess.Popen[str], lines: "queue.Queue[str | None]") -> None:
        assert process.stdout is not None
        with process.stdout as stdout:
            for line in stdout:
                self._said.append(line)
                lines.put(line)
        lines.put(None)

    @property
    def said(self) -> str:
        """All that it has printed so far, on stdout and stderr."""
        return "".join(self._said)

    @property
    def record(self) -> recorded.Stack:
        return recorded.running(self.data)

    @property
    def url(self) -> str:
        return self.record.url

    @property
    def kafka(self) -> str:
        return self.record.kafka

    @property
    def registry(self) -> str:
        return self.record.registry

    @property
    def database(self) -> str:
        return self.record.database

    def pids(self) -> dict[str, int]:
        """The living process of each part, by name."""
        return {record.name: record.pid for record in state.read(self.data / "run") if record.pid is not None}

    def states(self) -> dict[str, str]:
        return {record.name: record.state for record in state.read(self.data / "run")}

    def kill(self, part: str) -> None:
        """kill -9 of one part."""
        os.kill(self.pids()[part], signal.SIGKILL)

    def wait_running(self, part: str, *, other_than: int | None = None, seconds: float = 60) -> int:
        """Waits until a part runs (under another pid than the given one) and gives its pid."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            pid = self.pids().get(part)
            if pid is not None and pid != other_than and self.states().get(part) == "running":
                return pid
            time.sleep(0.05)
        raise StackEnded(f"{part} was not running again within {seconds} s: {self.said}")

    def tick(self, as_of: str) -> str:
        """Moves the manual clock; returns when everything has taken the new time."""
        return self.command("tick", as_of)

    def command(self, *arguments: str, accept: tuple[int, ...] = (0,), seconds: float = 300) -> str:
        """Runs one `candour` command on this stack and gives what it printed."""
        done = candour(*arguments, "--data", str(self.data), environment=self.environment, seconds=seconds)
        if done.returncode not in accept:
            raise StackEnded(f"candour {' '.join(arguments)}: {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def stop(self, seconds: float = 60) -> int:
        """SIGTERM; gives the exit status."""
        return self.end(signal.SIGTERM, seconds)

    def end(self, number: signal.Signals, seconds: float = 60) -> int:
        if self.process is None:
            return 0
        self.process.send_signal(number)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise StackEnded(
                f"did not end within {seconds} s: {self.said} {json.dumps(self.states())}"
            ) from None

    def kill_everything(self) -> None:
        """kill -9 of every process."""
        pids = [*self.pids().values()]
        assert self.process is not None
        self.process.kill()
        for pid in pids:
            with suppress(ProcessLookupError):  # some had asked the kernel to end with their supervisor
                os.kill(pid, signal.SIGKILL)
        self.process.wait()

    def __enter__(self) -> Self:
        return self if self.process is not None and self.process.poll() is None else self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def candour(
    *arguments: str, environment: dict[str, str] | None = None, seconds: float = 300
) -> subprocess.CompletedProcess[str]:
    """Runs one command to its end, whatever its exit status."""
    return subprocess.run(
        [sys.executable, "-m", "command", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def _remembered(data: Path) -> Path:
    data.mkdir(parents=True, exist_ok=True)
    return data / "test-port.json"


def processes_of(data: Path) -> list[str]:
    """What still runs and has this folder in its command line or as its working directory."""
    found = []
    for process in psutil.process_iter(["pid", "cmdline", "cwd"]):
        about = " ".join([*(process.info["cmdline"] or []), process.info["cwd"] or ""])
        if str(data) in about and process.info["pid"] != os.getpid():
            found.append(about)
    return found


def gone(data: Path, seconds: float = 20) -> bool:
    until = time.monotonic() + seconds
    while processes_of(data):
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True
