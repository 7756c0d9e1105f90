"""`candour publish`: releases as they stand, a draft for any window, and the checks of a release."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from command.stack import Stack
from embedded.problems import StartError
from rules.london import instant


def show_list(stack: Stack) -> None:
    """Prints a line for each release, newest first."""
    from sqlalchemy import select

    from rules.publication.release import read
    from sinks.tables import releases

    with _reading(stack) as connection:
        rows = connection.execute(select(releases).order_by(releases.c.as_of.desc(), releases.c.id)).all()
    if not rows:
        print("No release has fallen due yet.")
    for row in rows:
        totals = read(row.content.encode()).totals
        numbers = f"{totals.count} meet the definition, {totals.under_review} under review"
        stopped = f"  stopped: {row.stopped_because}" if row.stopped_because else ""
        print(f"{row.id}  {row.cadence}  {row.status}  {numbers}  {row.sha256[:12]}{stopped}")


def show_checks(stack: Stack, release_id: str) -> bool:
    """Prints the checks of a release; whether all passed. Raises StartError where there is none."""
    from sqlalchemy import select

    from sinks.tables import releases

    with _reading(stack) as connection:
        row = connection.execute(select(releases).where(releases.c.id == release_id)).one_or_none()
    if row is None:
        raise StartError(f"There is no release {release_id}; `candour publish list` names all.")
    print(f"{row.id}  {row.status}  sha256 {row.sha256}")
    for check in row.checks:
        print(f"{'  ok ' if check['passed'] else 'WRONG'}  {check['id']}: {check['told']}")
    return not row.stopped_because


def draft(stack: Stack, first: date, last: date, as_of: datetime | None, folder: Path) -> bool:
    """Writes a draft for any window to a folder of its own; whether its checks passed.

    Nothing is kept, signed or published. Raises StartError for a window or a time that cannot be.
    """
    from rules.publication.release import canonical
    from sinks.publication.by_hand import Unfit, draft_of
    from sinks.publication.files import drafted_files
    from sinks.publication.place import public_place

    target, public = folder.expanduser().resolve(), public_place(Path(stack.data)).resolve()
    if public in (target, *target.parents):
        raise StartError(f"{folder} lies in the public place; a draft goes elsewhere.")
    if target.exists() and any(target.iterdir()):
        raise StartError(f"{folder} is not empty; name a new folder.")
    try:
        one, checked = draft_of(stack.database, first, last, instant(as_of) if as_of else None)
    except Unfit as error:
        raise StartError(str(error)) from error
    target.mkdir(parents=True, exist_ok=True)
    for name, content in drafted_files(one, checked).items():
        (target / name).write_bytes(content)
    for check in checked:
        print(f"{'  ok ' if check.passed else 'WRONG'}  {check.id}: {check.told}")
    print(
        f"draft of {one.window_from} to {one.window_to} in {folder}, {len(canonical(one)):,} bytes of figures"
    )
    return all(check.passed for check in checked)


@contextmanager
def _reading(stack: Stack) -> Iterator[Any]:
    """A connection to the read model, closed with all that belongs to it."""
    from sinks.database import engine

    store = engine(stack.database)
    try:
        with store.connect() as connection:
            yield connection
    finally:
        store.dispose()


def verify_release(folder: Path, key: Path) -> bool:
    """Prints what is wrong, or that all is well; offline. Whether it is as it was signed."""
    from sinks.publication.verifying import problems

    found = problems(folder, key)
    for problem in found:
        print(f"WRONG  {problem}")
    if not found:
        print(f"{folder.name}: signed, complete and unchanged")
    return not found
