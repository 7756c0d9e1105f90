"""What the processes of this room share: ending on a signal, and saying how they are."""

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from health import serve

_READY_SECONDS = 10.0


class Pulse:
    """Whether the process does its work: it beats when it has worked, or seen nothing to do."""

    def __init__(self) -> None:
        self._beat_at: float | None = None

    def beat(self) -> None:
        self._beat_at = time.monotonic()

    def ready(self) -> tuple[bool, dict[str, object]]:
        if self._beat_at is None:
            return False, {"reason": "has not done anything yet"}
        age = time.monotonic() - self._beat_at
        return age < _READY_SECONDS, {"seconds_since_last_work": round(age, 1)}


def ending(stop: threading.Event | None) -> threading.Event:
    """What ends the process: the event that is given, or a new one that SIGTERM and SIGINT set."""
    if stop is not None:
        return stop
    event = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: event.set())
    return event


@contextmanager
def answering(name: str, port: int) -> Iterator[Pulse]:
    """Answers /livez /readyz /version /metrics meanwhile."""
    pulse = Pulse()
    health = serve(port, pulse.ready, {"name": f"candour {name}"})
    try:
        yield pulse
    finally:
        health.close()
