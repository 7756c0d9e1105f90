"""The running stack: where its parts answer. `up` writes it into the data folder, all others read it there.

Where nothing was started by `up`, as in containers, the three addresses of the environment say it.
"""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from command.settings import Settings
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


def on_folder(data: Path) -> Stack | None:
    """The stack that `up` runs on this folder."""
    stack = recorded(data)
    return stack if stack is not None and in_use(data / "run") else None


def running(data: Path) -> Stack:
    """The same; StartError where none does."""
    stack = on_folder(data)
    if stack is None:
        raise StartError(
            f"No stack runs on {data}. Start one with `candour up --data {data}`, or name another."
        )
    return stack


def at_addresses(settings: Settings) -> Stack | None:
    """The stack on the servers that the environment names, where it names all three."""
    if not (settings.kafka and settings.registry and settings.database):
        return None
    return Stack(
        data=str(settings.data.expanduser().resolve()),
        url="",
        kafka=settings.kafka,
        registry=settings.registry,
        database=settings.database,
        clock=settings.clock,
    )


def at_hand(settings: Settings, *, folder_named: bool) -> Stack | None:
    """The stack that a command is about. A folder that a person names stands before the environment."""
    here = on_folder(settings.data.expanduser().resolve())
    return here if here or folder_named else at_addresses(settings)


def without_password(address: str) -> str:
    """An address that may be shown."""
    parts = urlsplit(address)
    if parts.password is None:
        return address
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{parts.username}@{host}" if parts.username else host))
