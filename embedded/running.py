"""One part as the supervisor sees it: its process, its log, its state, and how often it has failed."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

import psutil

from embedded.parts import Part
from embedded.state import PartRecord

_LOG_BYTES = 20_000_000
_ASK_EVERY_SECONDS = 0.2


class Running:
    """States: waiting, preparing, starting, running, restarting, stopped."""

    def __init__(self, spec: Part, logs: Path) -> None:
        self.spec, self.name = spec, spec.name
        self.log = logs / f"{spec.name}.log"
        self.log_start = 0
        self.record = PartRecord(
            spec.name, "waiting", stop_signal=int(spec.stop_signal), stop_seconds=spec.stop_seconds
        )
        self.process: subprocess.Popen[bytes] | None = None
        self.failures = 0
        self.failing_since: float | None = None
        self.started_at = self.ready_at = self.again_at = 0.0
        self._command: Future[Sequence[str | Path]] | None = None
        self._answer: Future[bool] | None = None
        self._asked_at = 0.0
        self._asked_to_end: float | None = None

    def prepare(self, pool: ThreadPoolExecutor) -> None:
        self.record.state = "preparing"
        self._command = pool.submit(self.spec.command)

    def prepared(self) -> bool:
        return self._command is not None and self._command.done()

    def take_command(self) -> Sequence[str | Path]:
        """The command line; raises what went wrong in preparing it."""
        assert self._command is not None
        return self._command.result()

    def open_log(self) -> BinaryIO:
        if self.log.exists() and self.log.stat().st_size > _LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        file = self.log.open("ab")
        self.log_start = file.tell()
        return file

    def started(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.record.state, self.record.pid = "starting", process.pid
        with suppress(psutil.NoSuchProcess):
            self.record.started = psutil.Process(process.pid).create_time()
        self.started_at = time.monotonic()
        self._answer = None

    def answers(self, pool: ThreadPoolExecutor) -> bool:
        """Whether it has answered yet; asks in the pool, and never twice at a time."""
        if self._answer is not None and self._answer.done():
            with suppress(OSError):
                if self._answer.result():
                    return True
            self._answer = None
        if self._answer is None and time.monotonic() - self._asked_at > _ASK_EVERY_SECONDS:
            self._asked_at = time.monotonic()
            self._answer = pool.submit(self._ask)
        return False

    def _ask(self) -> bool:
        return self._listens() and self.spec.ready()

    def _listens(self) -> bool:
        if self.spec.port is None or self.record.pid is None:
            return True
        try:
            connections = psutil.Process(self.record.pid).net_connections("tcp")
        except psutil.Error:
            return False
        return any(
            one.status == psutil.CONN_LISTEN and one.laddr.port == self.spec.port for one in connections
        )

    def failed(self, reason: str, pause: float) -> None:
        self.failures += 1
        self.record.restarts += 1
        self.record.state, self.record.pid, self.record.problem = "restarting", None, reason
        self.process = None
        self.again_at = time.monotonic() + pause

    def steady(self) -> None:
        """It has run long enough to count as mended."""
        self.failures, self.failing_since = 0, None

    def ask_to_end(self) -> None:
        """Sends the stop signal once; kills when its time is over."""
        now = time.monotonic()
        if self.process is None:
            return
        if self._asked_to_end is None:
            self._asked_to_end = now
            self.record.state = "stopping"
            self.process.send_signal(self.spec.stop_signal)
        elif now - self._asked_to_end > self.spec.stop_seconds:
            self.kill()

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def end_group(self) -> None:
        """Whatever it started itself ends with it: it was the first of its own session."""
        if self.record.pid is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.record.pid, signal.SIGKILL)
