"""`candour up --demo`: the invented examples are taken in once, while the pages answer already."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from command.guard import told
from command.settings import ClockKind
from command.stack import Stack

FOLDER = "demo"
LOADED = "loaded"

Tell = Callable[[str], None]


def begin(stack: Stack, tell: Tell) -> None:
    """Starts loading in the background; an error is told, and the stack goes on without the examples."""
    threading.Thread(target=_guarded, args=(stack, tell), name="demonstration", daemon=True).start()


def _guarded(stack: Stack, tell: Tell) -> None:
    try:
        load(stack, tell)
    except Exception as error:
        tell(f"examples: {told(error)} (the next start with --demo goes on where this one stopped)")


def load(stack: Stack, tell: Tell) -> None:
    """Takes in the examples of all years, and those of the thirty days before this first start."""
    folder = Path(stack.data) / FOLDER
    if (folder / LOADED).exists():
        tell("examples: loaded at an earlier start")
        return
    from producers.bulk import import_file

    clock: ClockKind = "manual" if stack.clock == "manual" else "system"
    rejected = 0
    for file in _files(folder, stack.database, clock):
        summary = import_file(file, database=stack.database, data=Path(stack.data), clock=clock)
        rejected += summary.rejected
        tell(f"examples: {file.name}: {summary}")
    if not rejected:
        (folder / LOADED).touch()


def _files(folder: Path, database: str, clock: ClockKind) -> list[Path]:
    """Copies in the data folder, where a reject file may lie beside them.

    Kept from one start to the next: made anew at another time, a recent report would be another one.
    """
    from examples.make import REPORTS, ndjson, recent

    folder.mkdir(exist_ok=True)
    all_years, latest = folder / REPORTS.name, folder / "recent.ndjson"
    if not all_years.exists():
        _write(all_years, REPORTS.read_text(encoding="utf-8"))
    if not latest.exists():
        _write(latest, ndjson(recent(_now(database, clock))))
    return [all_years, latest]


def _write(file: Path, content: str) -> None:
    making = file.with_suffix(".making")
    making.write_text(content, encoding="utf-8")
    making.replace(file)


def _now(database: str, mode: ClockKind) -> datetime:
    from producers import now
    from producers.connections import transaction

    with transaction(database) as connection:
        milliseconds = now.clock(mode).now(connection)
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
