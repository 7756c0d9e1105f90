"""`candour tick`: moves the manual clock, and waits until everything has taken the new time."""

import time
from collections.abc import Callable
from datetime import datetime

import psycopg

from command.stack import Stack
from embedded.problems import StartError

_PATIENCE_SECONDS = 600.0
_STUCK_SECONDS = 60.0
_EMPTY = "SELECT NOT EXISTS (SELECT FROM door.outbox)"
_TAKEN = (
    "SELECT count(*) FILTER (WHERE settled_as_of >= (SELECT max(as_of) FROM door.ticks)),"
    " sum(settled_as_of), sum(engine_offset), min(settled_as_of) FROM read.progress"
)
_DRAFTED = (
    "SELECT coalesce(max(looked_up_to), 0) >= (SELECT max(as_of) FROM door.ticks)"
    " FROM read.publication_progress"
)


def tick(stack: Stack, as_of: datetime) -> None:
    """Returns when the outbox is empty and the read model has applied the tick in every partition,
    and all releases that fell due by it are drafted.

    Raises StartError with the system clock, or when nothing has moved for a minute.
    """
    if stack.clock != "manual":
        raise StartError("This stack runs by the system clock; `tick` is for `candour up --clock manual`.")
    from producers.ticking import advance

    if not advance(stack.database, as_of):
        raise StartError(
            f"{as_of.isoformat()} is not after the last tick: the manual clock only steps forward."
        )
    wait_until_taken(stack.database)
    print(f"it is {as_of.isoformat().replace('+00:00', 'Z')}")


def wait_until_taken(
    database: str,
    *,
    patience_seconds: float = _PATIENCE_SECONDS,
    tell: Callable[[int | None], None] = lambda settled_as_of: None,
) -> None:
    """Waits for the newest tick to stand in the read model, in all partitions.

    `tell`: called with the time up to which everything is settled so far (milliseconds).
    """
    from schemas.topics import PARTITIONS

    began = moved_at = time.monotonic()
    before: object = None
    with psycopg.connect(database, autocommit=True) as connection:
        while True:
            (empty,) = connection.execute(_EMPTY).fetchone() or (False,)
            taken, *way, settled = connection.execute(_TAKEN).fetchone() or (0, None, None)
            (drafted,) = connection.execute(_DRAFTED).fetchone() or (False,)
            if empty and drafted and taken == PARTITIONS:
                return
            tell(settled)
            now = time.monotonic()
            if (taken, *way) != before:
                before, moved_at = (taken, *way), now
            if now - moved_at > _STUCK_SECONDS or now - began > patience_seconds:
                late = f"only {taken} of {PARTITIONS} partitions have taken it"
                if taken == PARTITIONS:
                    late = "releases that fell due by it are not drafted yet"
                raise StartError(
                    f"The tick is on its way, but {late}. `candour doctor` tells which part is not at work."
                )
            time.sleep(0.02)
