"""What is written down about a running stack, so that the next one can find and end what is left of it."""

import fcntl
import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from embedded.problems import StartError

PARTS_FILE = "parts.json"
_SAME_START_SECONDS = 2.0


@dataclass
class PartRecord:
    """One part as it was last seen; `started` is the process's start in seconds since the epoch."""

    name: str
    state: str
    pid: int | None = None
    started: float | None = None
    restarts: int = 0
    problem: str | None = None
    stop_signal: int = signal.SIGTERM
    stop_seconds: float = 20.0

    def process(self) -> psutil.Process | None:
        """The living process of this record; None when it ended or its pid belongs to another now."""
        if self.pid is None or self.started is None:
            return None
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < _SAME_START_SECONDS
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.NoSuchProcess:
            return None


@contextmanager
def locked(run: Path) -> Iterator[None]:
    """Holds the data folder; a second `up` on it is refused."""
    with (run / "lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            raise StartError(
                f"{run.parent} is in use by another `candour up` (process {holder}). End that one first, or "
                "choose another folder with --data."
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def in_use(run: Path) -> bool:
    """Whether an `up` holds the folder now."""
    try:
        with (run / "lock").open("a+") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def write(run: Path, records: list[PartRecord]) -> None:
    """Replaces the state file in one step, so that a reader never sees half of it."""
    content = {"supervisor": os.getpid(), "parts": [asdict(record) for record in records]}
    write_json(run / PARTS_FILE, content)


def write_json(path: Path, content: object) -> None:
    """Writes a file that is either the old one or the new one, whatever happens meanwhile."""
    aside = path.with_suffix(".new")
    aside.write_text(json.dumps(content, indent=1))
    os.replace(aside, path)


def read(run: Path) -> list[PartRecord]:
    """The parts as last written; none where nothing was, or where it cannot be read."""
    try:
        return [PartRecord(**entry) for entry in json.loads((run / PARTS_FILE).read_text())["parts"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def end_leftovers(run: Path) -> list[str]:
    """Ends what a killed supervisor left behind, last started first; gives the names of the parts ended."""
    ended: list[str] = []
    for record in reversed(read(run)):
        process = record.process()
        if process is None:
            continue
        ended.append(record.name)
        try:
            process.send_signal(record.stop_signal)
            process.wait(record.stop_seconds)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(record.stop_seconds)
        except psutil.NoSuchProcess:
            pass
    return ended
