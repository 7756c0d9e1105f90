"""The running stack of a data folder: where its parts answer; written by `up`, read by all others."""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from embedded.problems import StartError
from embedded.state import in_use, write_json

FILE = "stack.json"


@dataclass(frozen=True)
class Stack:
    """Addresses of one stack; `health` has the port of each of our processes."""

    data: str
    url: str
    kafka: str
    registry: str
    database: str
    clock: str
    health: dict[str, int] = field(default_factory=dict)


def write(run: Path, stack: Stack) -> None:
    """Writes DATA/run/stack.json for its owner alone, for a given DATABASE_URL may hold a password."""
    before = os.umask(0o077)
    try:
        write_json(run / FILE, asdict(stack))
    finally:
        os.umask(before)


def recorded(data: Path) -> Stack | None:
    """The stack that was last started on this folder, running or not."""
    try:
        return Stack(**json.loads((data / "run" / FILE).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def running(data: Path) -> Stack:
    """The stack that runs on this folder; StartError where none does."""
    stack = recorded(data)
    if stack is None or not in_use(data / "run"):
        raise StartError(
            f"No stack runs on {data}. Start one with `candour up --data {data}`, or name another."
        )
    return stack


def without_password(address: str) -> str:
    """An address that may be shown."""
    parts = urlsplit(address)
    if parts.password is None:
        return address
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{parts.username}@{host}" if parts.username else host))
