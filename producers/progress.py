"""How far an import has come, on the terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

Advance = Callable[[int, str], None]


@contextmanager
def shown(path: Path, wanted: bool) -> Iterator[Advance]:
    """Gives a function to call with bytes done and what to say beside the bar."""
    if not wanted:
        yield lambda done, said: None
        return
    columns = (TextColumn(path.name), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, TextColumn("{task.fields[said]}"), console=Console(stderr=True)) as bar:
        task = bar.add_task(path.name, total=path.stat().st_size, said="")
        yield lambda done, said: bar.update(task, advance=done, said=said)
