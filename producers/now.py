"""Time as a port: the system's clock, or the log's own (the newest tick).

Whoever writes takes the transaction's id and the time in one statement, the first that gives the transaction
an id. What is recorded at a time that a tick covers then always has the lower id, and the relay goes by ids.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

from sqlalchemy import Connection, text

from producers.refusals import NotReady
from schemas.event_types import Instant

SYSTEM_SLACK_MS = 2_000  # a tick is dated back by this; no intake transaction may last longer
_MANUAL_LOCK = 0x63616E64_6F6F7202

_SYSTEM = text("SELECT pg_current_xact_id()::text, (extract(epoch FROM clock_timestamp()) * 1000)::bigint")
_MANUAL = text("SELECT pg_current_xact_id()::text, (SELECT max(as_of) FROM door.ticks)")
_SYSTEM_NOW = text("SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint")
_MANUAL_NOW = text("SELECT max(as_of) FROM door.ticks")


@dataclass(frozen=True)
class Opening:
    """How a transaction of the door begins."""

    xid: str
    now: Instant


class Clock(Protocol):
    def open(self, connection: Connection) -> Opening:
        """The transaction's id and now, taken together. Must be the first thing a transaction does."""

    def now(self, connection: Connection) -> Instant:
        """For readers."""


class SystemClock:
    """The clock of the PostgreSQL server, so that all who write agree on it."""

    def open(self, connection: Connection) -> Opening:
        xid, now = connection.execute(_SYSTEM).one()
        return Opening(xid, now)

    def now(self, connection: Connection) -> Instant:
        return int(connection.execute(_SYSTEM_NOW).scalar_one())


class ManualClock:
    """The newest tick. It steps only when nobody is writing, since here no slack tells before from after."""

    def open(self, connection: Connection) -> Opening:
        connection.execute(text("SELECT pg_advisory_xact_lock_shared(:lock)"), {"lock": _MANUAL_LOCK})
        xid, now = connection.execute(_MANUAL).one()
        return Opening(xid, _set(now))

    def now(self, connection: Connection) -> Instant:
        return _set(connection.execute(_MANUAL_NOW).scalar_one_or_none())


def clock(mode: Literal["system", "manual"]) -> Clock:
    return ManualClock() if mode == "manual" else SystemClock()


def clock_of_log(connection: Connection) -> Clock:
    """The clock that the newest tick came from."""
    newest = connection.execute(text("SELECT manual FROM door.ticks ORDER BY as_of DESC LIMIT 1"))
    return ManualClock() if newest.scalar() else SystemClock()


def wait_for_writers(connection: Connection) -> None:
    """Before the manual clock steps: until all who write under the old time are done, and before new ones."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _MANUAL_LOCK})


def _set(now: Instant | None) -> Instant:
    if now is None:
        raise NotReady("The manual clock has not been set yet; `candour tick AS_OF` sets it.")
    return int(now)
