"""The system clock as a process: a tick in every partition at each interval, and an alarm rather than a lie.

`advance` moves the manual clock, which has no process.
"""

import logging
import signal
import threading
import time

from prometheus_client import Gauge
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from health import serve
from producers.clock_notes import newest_alarm, note
from producers.connections import engine as pool
from producers.now import SYSTEM_SLACK_MS, SystemClock
from producers.outbox import codec_of
from producers.refusals import NotReady
from producers.ticking import advance, last_tick, system_tick
from schemas.codec import Codec
from schemas.event_types import Instant

__all__ = ["SystemClockProcess", "advance", "run"]

log = logging.getLogger(__name__)

APART_MS = 60_000
ORDINARY_GAP_MS = 31 * 24 * 3600 * 1000
_GAP_INTERVALS = 4
_LOCK = text(f"SELECT pg_try_advisory_xact_lock({0x63616E64_6F6F7205})")
TICKING, WAITS_FOR_A_PERSON = "ticking", "waits for a person"
last_tick_ms = Gauge("candour_clock_last_tick_ms", "The newest tick, in milliseconds since the epoch")
stopped = Gauge("candour_clock_stopped", "1 while the clock waits for a person")

_Hands = tuple[Instant, int]
"""Wall and elapsed time, read together; milliseconds."""


class SystemClockProcess:
    """`elapsed_ms`: time that no one can set; it goes on while the machine sleeps."""

    def __init__(self, engine: Engine, interval_seconds: float) -> None:
        self._engine, self._interval = engine, interval_seconds
        self._codec: Codec | None = None
        self._before: _Hands | None = None
        self._ticked_at: float | None = None
        self.state = "starting"

    def elapsed_ms(self) -> int:
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000

    def wall_ms(self, connection: Connection) -> Instant:
        return SystemClock().now(connection)

    def ready(self) -> tuple[bool, dict[str, object]]:
        late = self._ticked_at is None or time.monotonic() - self._ticked_at > 3 * self._interval + 2
        return self.state == TICKING and not late, {"state": self.state}

    def run(self, stop: threading.Event) -> None:
        """Goes on through any absence of PostgreSQL: no tick is made then, so no verdict of silence."""
        while not stop.is_set():
            began = time.monotonic()
            try:
                self.state = self.step()
            except (DBAPIError, NoConnection, NotReady) as error:
                self._say("waits", f"no tick could be written: {error.__class__.__name__}")
            stopped.set(self.state == WAITS_FOR_A_PERSON)
            pause = self._interval if self.state == TICKING else min(self._interval, 1.0)
            stop.wait(max(0.0, pause - (time.monotonic() - began)))

    def step(self) -> str:
        """One tick, if it may be; gives the state in which that leaves the clock."""
        with self._engine.begin() as connection:
            state, seen, as_of = self._look(connection)
        self._before = seen  # not before it is committed: an alarm that could not be written is found again
        if as_of is not None:
            last_tick_ms.set(as_of)
            self._ticked_at = time.monotonic()
        return state

    def _look(self, connection: Connection) -> tuple[str, _Hands | None, Instant | None]:
        """The state, what both clocks showed, and the tick if one was written."""
        if not connection.execute(_LOCK).scalar():
            return "standby", None, None
        self._codec = self._codec or codec_of(connection)
        last, alarm = last_tick(connection), newest_alarm(connection)
        if alarm is not None and alarm.cleared_at is None:
            return WAITS_FOR_A_PERSON, None, None  # who clears an alarm has looked at both clocks
        seen = wall, elapsed = self.wall_ms(connection), self.elapsed_ms()
        cleared = alarm is not None and alarm.last_tick == last
        problem = self._problem(wall, elapsed, None if cleared else last)
        if problem is not None:
            note(connection, wall, *problem, last, stops=True)
            log.critical("the clock stops: %s", problem[1])
            return WAITS_FOR_A_PERSON, seen, None
        as_of = system_tick(connection, self._codec)
        if as_of is None:
            return "behind the last tick", seen, None
        self._signal_gap(connection, last, as_of)
        return TICKING, seen, as_of

    def _problem(self, wall: Instant, elapsed: int, last: Instant | None) -> tuple[str, str] | None:
        if self._before is not None:
            apart = (wall - self._before[0]) - (elapsed - self._before[1])
            if abs(apart) > APART_MS:
                return "parted", f"the wall clock parted from elapsed time by {apart / 1000:.0f} s"
            return None
        if last is None:
            return None
        gap = wall - SYSTEM_SLACK_MS - last
        if gap < -SYSTEM_SLACK_MS:
            return "step_back", f"the wall clock is {-gap / 1000:.0f} s behind the last tick"
        if gap > ORDINARY_GAP_MS:
            return "long_gap", f"the last tick is {gap / 86_400_000:.1f} days old"
        return None

    def _signal_gap(self, connection: Connection, before: Instant | None, as_of: Instant) -> None:
        silent_ms = 0 if before is None else as_of - before
        if silent_ms > _GAP_INTERVALS * self._interval * 1000:
            detail = f"no tick for {silent_ms / 1000:.0f} s before this one"
            note(connection, as_of, "gap", detail, before, stops=False)
            log.warning("the clock: %s", detail)

    def close(self) -> None:
        self._engine.dispose()

    def _say(self, state: str, why: str) -> None:
        if self.state != state:
            log.error("the clock %s: %s", state, why)
        self.state = state


def run(*, database: str, interval_seconds: float = 30.0, health_port: int = 0) -> None:
    """The system clock as a process: until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    clock = SystemClockProcess(pool(database, connections=1), interval_seconds)
    health = serve(health_port, clock.ready, {"process": "clock"})
    try:
        clock.run(stop)
    finally:
        health.close()
        clock.close()
