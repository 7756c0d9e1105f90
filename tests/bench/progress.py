"""What a person sees while a benchmark runs."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

Show = Callable[[int], None]
console = Console(stderr=True)


class Steps:
    """One line for each thing that is being done."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    @contextmanager
    def step(self, what: str, total: int | None = None) -> Iterator[Show]:
        task = self._progress.add_task(what, total=total)
        try:
            yield lambda done: self._progress.update(task, completed=done)
        finally:
            self._progress.update(task, total=total or 1, completed=total or 1)
            self._progress.stop_task(task)


@contextmanager
def steps() -> Iterator[Steps]:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        yield Steps(progress)
