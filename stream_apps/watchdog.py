"""Ends a process that stays out of its group: aiokafka can hang for good after a broker restart."""

import threading
import time
from collections.abc import Callable
from typing import NoReturn


class Watchdog(threading.Thread):
    """`in_group` is asked twice a second; `feed` is for work that keeps the process out of the group."""

    def __init__(self, in_group: Callable[[], bool], die: Callable[[str], NoReturn], patience: float = 60.0):
        super().__init__(daemon=True, name="watchdog")
        self._in_group = in_group
        self._die = die
        self._patience = patience
        self._fed = time.monotonic()
        self._over = threading.Event()

    def feed(self) -> None:
        self._fed = time.monotonic()

    def close(self) -> None:
        self._over.set()

    def run(self) -> None:
        asked = time.monotonic()
        while not self._over.wait(0.5):
            now = time.monotonic()
            # A process that was frozen itself has not been patient, it has been away.
            if now - asked > 5:
                self.feed()
            asked = now
            if self._in_group():
                self.feed()
            elif now - self._fed > self._patience:
                self._die(f"not in the group for {self._patience:.0f} s")
