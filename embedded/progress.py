"""Shows what the first start fetches: bars on a terminal, plain lines elsewhere."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

Advance = Callable[[int], None]


class Progress:
    """Bars on stderr that several threads may move; shown only while something is being fetched."""

    def __init__(self) -> None:
        self._console = Console(file=sys.stderr)
        self._lock = threading.Lock()
        self._bars: Bars | None = None
        self._open = 0

    @contextmanager
    def files(self, what: str, count: int) -> Iterator[Advance]:
        """A bar that counts files."""
        with self._bar(f"{what} ({count} files)", count) as advance:
            yield advance

    @contextmanager
    def bytes(self, what: str, total: int) -> Iterator[Advance]:
        """A bar that counts bytes."""
        with self._bar(f"{what} ({total // 1_000_000} MB)", total) as advance:
            yield advance

    @contextmanager
    def _bar(self, what: str, total: int) -> Iterator[Advance]:
        if not self._console.is_terminal:
            print(f"fetching {what}, this once", file=sys.stderr, flush=True)
            yield lambda amount: None
            return
        bars = self._shown()
        task = bars.add_task(f"fetching {what}, this once", total=total)
        try:
            yield lambda amount: bars.advance(task, amount)
        finally:
            self._hide()

    def _shown(self) -> Bars:
        with self._lock:
            if self._bars is None:
                self._bars = Bars(
                    TextColumn("{task.description}"),
                    BarColumn(),
                    TextColumn("{task.percentage:>3.0f} %"),
                    TimeRemainingColumn(),
                    console=self._console,
                )
                self._bars.start()
            self._open += 1
            return self._bars

    def _hide(self) -> None:
        with self._lock:
            self._open -= 1
            if self._open == 0 and self._bars is not None:
                self._bars.stop()
                self._bars = None
