"""What a supervisor runs: parts (processes that stay) and steps (work done once between them)."""

import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Part:
    """A process that is started when what it needs is there, watched, and started again when it dies."""

    name: str
    command: Callable[[], Sequence[str | Path]]
    """Gives the command line at each start; runs in a thread, for it may fetch or make a database."""
    ready: Callable[[], bool]
    """Whether it answers; may block for a second or two, may raise OSError for "no"."""
    port: int | None = None
    """Where it must listen itself before it is asked: another program's answer there is not its own."""
    needs: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    directory: Path | None = None
    stop_signal: int = signal.SIGTERM
    stop_seconds: float = 20.0
    death_signal: int = signal.SIGKILL
    """What it gets when the supervisor was killed."""
    user: int | None = None
    ready_seconds: float = 120.0
    vital: bool = True
    """Whether all ends where it does not stay up; the others are started again for as long as it takes."""


@dataclass(frozen=True)
class Step:
    """Work that is done once, in a thread, when what it needs is there; an error in it ends the start."""

    name: str
    run: Callable[[], None]
    needs: Sequence[str] = ()


Node = Part | Step


def in_order(nodes: Sequence[Node]) -> list[Node]:
    """The nodes so that each comes after what it needs; unknown or circular needs are a ValueError."""
    known = {node.name: node for node in nodes}
    ordered: dict[str, Node] = {}
    pending = list(nodes)
    while pending:
        free = [node for node in pending if all(need in ordered for need in node.needs)]
        if not free:
            unmet = {need for node in pending for need in node.needs} - set(ordered)
            raise ValueError(f"needs that cannot be met: {', '.join(sorted(unmet or set(known)))}")
        for node in free:
            ordered[node.name] = node
        pending = [node for node in pending if node.name not in ordered]
    return list(ordered.values())
