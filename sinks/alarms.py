"""Alarms: plain sentences that say what is wrong and what to do. Each stands once, until it is cleared."""

import time
from collections.abc import Collection

from sqlalchemy import Connection, func, update
from sqlalchemy.dialects.postgresql import insert

from sinks.tables import alarms

TIME_STOOD_STILL = "time stood still"
"""The one kind that asks for nothing: it is over, and is told for a while."""


def raise_alarm(connection: Connection, kind: str, about: str, text: str) -> bool:
    """Whether it is new: one that stands already is left as it is."""
    new = insert(alarms).values(kind=kind, about=about, text=text, raised_at=_now())
    return connection.execute(new.on_conflict_do_nothing()).rowcount == 1


def clear_alarm(connection: Connection, kind: str, about: str) -> bool:
    """Whether there was one to clear."""
    standing = (alarms.c.kind == kind) & (alarms.c.about == about) & alarms.c.cleared_at.is_(None)
    return connection.execute(update(alarms).where(standing).values(cleared_at=_now())).rowcount > 0


def clear_others(connection: Connection, kind: str, about: Collection[str]) -> None:
    """Those of the kind that are about anything else."""
    others = (alarms.c.kind == kind) & alarms.c.about.not_in(about) & alarms.c.cleared_at.is_(None)
    connection.execute(update(alarms).where(others).values(cleared_at=_now()))


def standing(connection: Connection) -> int:
    """How many ask for somebody."""
    waits = alarms.c.cleared_at.is_(None) & (alarms.c.kind != TIME_STOOD_STILL)
    return connection.scalar(func.count().select().select_from(alarms).where(waits)) or 0


def _now() -> int:
    return time.time_ns() // 1_000_000
