"""What the clock had to say: ordinary gaps, shown, and alarms that stop it until a person clears them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from producers.connections import transaction
from producers.now import SystemClock
from producers.tables import clock_notes
from schemas.event_types import Instant

_STANDING = (clock_notes.c.stops, clock_notes.c.cleared_at.is_(None))


def note(
    connection: Connection, at: Instant, kind: str, detail: str, last_tick: Instant | None, *, stops: bool
) -> None:
    row = {"at": at, "kind": kind, "detail": detail, "last_tick": last_tick, "stops": stops}
    connection.execute(insert(clock_notes).values(row))


def newest_alarm(connection: Connection) -> Row[tuple[object, ...]] | None:
    stopping = select(clock_notes).where(clock_notes.c.stops).order_by(clock_notes.c.id.desc()).limit(1)
    return connection.execute(stopping).first()


def standing(connection: Connection) -> Sequence[Row[Any]]:
    """The alarms that nobody has cleared."""
    return connection.execute(select(clock_notes).where(*_STANDING).order_by(clock_notes.c.id)).all()


def clear(database: str, by: str) -> int:
    """A person looked at both clocks and lets time go on; gives the number of alarms that were cleared."""
    with transaction(database) as connection:
        now = SystemClock().now(connection)
        cleared = update(clock_notes).where(*_STANDING).values(cleared_at=now, cleared_by=by)
        return connection.execute(cleared).rowcount
