"""Wards that go on reporting while parts of the stack die, as a careful client does: one key per report."""

import threading
import time
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx

from tests.people import MODERATE_HARM

AT_ONCE = 6
PAUSE_SECONDS = 0.2  # some twenty a second together: what dies has to come back beside it
PATIENCE_SECONDS = 120.0  # for one report, over all its repetitions


@dataclass
class Reporters:
    """Some threads; what was answered 201 stands in `answered`, by the number of the report."""

    url: str
    at_least: int
    answered: dict[int, dict[str, Any]] = field(default_factory=dict)
    strange: list[str] = field(default_factory=list)
    repeated: int = 0

    def __post_init__(self) -> None:
        self._numbers = count()
        self._lock = threading.Lock()
        self._enough = threading.Event()
        self._threads = [threading.Thread(target=self._go, daemon=True) for _ in range(AT_ONCE)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def finish(self) -> None:
        """Returns when each report that was begun is answered, and there are enough of them."""
        self._enough.set()
        for thread in self._threads:
            thread.join()

    def _go(self) -> None:
        with httpx.Client(base_url=self.url, timeout=10) as http:
            while not (self._enough.is_set() and len(self.answered) >= self.at_least) and not self.strange:
                number = next(self._numbers)
                self._report(http, number)
                time.sleep(PAUSE_SECONDS)

    def _report(self, http: httpx.Client, number: int) -> None:
        body = {**MODERATE_HARM, "what_happened": f"Report number {number}."}
        give_up = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                headers = {"Idempotency-Key": f"report-{number}"}
                answer = http.post("/api/reports", json=body, headers=headers)
                if answer.status_code == 201:
                    self.answered[number] = answer.json()
                    return
                told = f"{answer.status_code}: {answer.text}"
                if answer.status_code != 503:
                    self.strange.append(told)
                    return
            except httpx.TransportError as error:
                told = repr(error)
            if time.monotonic() > give_up:
                self.strange.append(f"no answer to report {number} in {PATIENCE_SECONDS} s: {told}")
                return
            with self._lock:
                self.repeated += 1
            time.sleep(0.2)
