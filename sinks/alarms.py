"""Alarms: plain sentences that say what is wrong and what to do. Each stands once, until it is cleared."""

import time

from sqlalchemy import Connection, func, update
from sqlalchemy.dialects.postgresql import insert

from sinks.tables import alarms


def raise_alarm(connection: Connection, kind: str, about: str, text: str) -> bool:
    """Whether it is new: one that stands already is left as it is."""
    new = insert(alarms).values(kind=kind, about=about, text=text, raised_at=_now())
    return connection.execute(new.on_conflict_do_nothing()).rowcount == 1


def clear_alarm(connection: Connection, kind: str, about: str) -> bool:
    """Whether there was one to clear."""
    standing = (alarms.c.kind == kind) & (alarms.c.about == about) & alarms.c.cleared_at.is_(None)
    return connection.execute(update(alarms).where(standing).values(cleared_at=_now())).rowcount > 0


def standing(connection: Connection) -> int:
    count = connection.scalar(func.count().select().select_from(alarms).where(alarms.c.cleared_at.is_(None)))
    return count or 0


def _now() -> int:
    return time.time_ns() // 1_000_000
