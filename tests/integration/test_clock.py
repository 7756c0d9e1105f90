"""The clocks on the real PostgreSQL: ticks in every partition, the guards, and the manual clock's step."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from embedded import ports
from producers.clock import APART_MS, ORDINARY_GAP_MS, TICKING, WAITS_FOR_A_PERSON, SystemClockProcess
from producers.clock_notes import clear
from producers.connections import engine
from producers.now import SYSTEM_SLACK_MS, ManualClock, SystemClock
from producers.refusals import NotReady
from producers.ticking import advance, write_tick
from schemas.codec import Codec
from schemas.event_types import ClockTick
from schemas.topics import CASE_EVENTS, PARTITIONS, WARD_EVENTS
from tests.integration.door_room import DAWN, FALL, HOUR, Room, fresh_database, furnish, open_room
from tests.integration.probes import figures_of, worth_a_graph
from tests.people import until
from tests.stack import Stack, candour

KILL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'candour door'"
pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]


OPENED: list[SystemClockProcess] = []


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().close()


class Turned(SystemClockProcess):
    """A system clock whose two hands are turned by the test."""

    def __init__(self, database: str, interval_seconds: float = 30) -> None:
        super().__init__(engine(database, connections=1), interval_seconds)
        self.ahead_ms = self.elapsed = 0
        OPENED.append(self)

    def wall_ms(self, connection: Connection) -> int:
        return super().wall_ms(connection) + self.ahead_ms

    def elapsed_ms(self) -> int:
        return super().elapsed_ms() + self.elapsed


@pytest.fixture
def room(infra: Stack) -> Iterator[Room]:
    with open_room(infra.database, "system") as made:
        yield made


@pytest.fixture
def manual(infra: Stack) -> Iterator[Room]:
    with open_room(infra.database) as made:
        yield made


def put_tick(room: Room, ago_ms: int) -> None:
    made = engine(room.database, connections=1)
    with made.begin() as connection:
        now = SystemClock().now(connection)
        write_tick(connection, Codec.local(), now - ago_ms, manual=False)
    made.dispose()


def ticks(room: Room) -> int:
    count: int = room.rows("SELECT count(*) FROM door.ticks")[0][0]
    return count


def notes(room: Room) -> list[tuple[Any, ...]]:
    return room.rows("SELECT kind, stops, cleared_by FROM door.clock_notes ORDER BY id")


def test_a_tick_goes_to_every_partition_dated_back_by_two_seconds(room: Room) -> None:
    room.rows("DELETE FROM door.outbox RETURNING id")
    with room.engine.connect() as connection:
        before = SystemClock().now(connection)
    assert Turned(room.database).step() == TICKING
    with room.engine.connect() as connection:
        after = SystemClock().now(connection)
    found = room.rows("SELECT partition, key, xid::text, value, topic FROM door.outbox ORDER BY id")
    assert sorted((row[4], row[0], row[1]) for row in found) == sorted(
        (topic, p, f"partition:{p}") for topic in (CASE_EVENTS, WARD_EVENTS) for p in range(PARTITIONS)
    )
    assert len({row[2] for row in found}) == 1
    records = [Codec.local().decode(bytes(row[3])) for row in found]
    (as_of,) = {record.as_of for record in records if isinstance(record, ClockTick)}
    assert before - SYSTEM_SLACK_MS <= as_of <= after - SYSTEM_SLACK_MS
    assert room.rows("SELECT as_of, manual FROM door.ticks") == [(as_of, False)]


def test_it_ticks_at_its_interval_and_says_that_it_is_ready(room: Room) -> None:
    clock, stop = Turned(room.database, 0.05), threading.Event()
    assert not clock.ready()[0]
    thread = threading.Thread(target=clock.run, args=(stop,))
    thread.start()
    give_up = time.monotonic() + 30
    while ticks(room) < 5:
        assert time.monotonic() < give_up
        time.sleep(0.01)
    assert clock.ready()[0]
    stop.set()
    thread.join()


@pytest.mark.parametrize("parted_ms", [APART_MS + 1000, -APART_MS - 1000])
def test_it_stops_when_wall_and_elapsed_time_part_by_more_than_a_minute(room: Room, parted_ms: int) -> None:
    clock = Turned(room.database)
    assert clock.step() == TICKING
    clock.ahead_ms = parted_ms
    assert clock.step() == WAITS_FOR_A_PERSON
    assert clock.step() == WAITS_FOR_A_PERSON
    assert Turned(room.database).step() == WAITS_FOR_A_PERSON  # a restart is no person
    assert not clock.ready()[0]
    assert ticks(room) == 1
    assert clear(room.database, "admin") == 1
    time.sleep(0.01)
    assert Turned(room.database).step() == TICKING
    assert notes(room) == [("parted", True, "admin")]


@pytest.mark.parametrize("parted_ms", [APART_MS + 1000, -APART_MS - 1000])
def test_a_jump_is_seen_again_where_the_alarm_could_not_be_written(room: Room, parted_ms: int) -> None:
    class Cut(Turned):
        """Its connection is lost between what it saw and the commit, once the hands have parted."""

        cut = False

        def _problem(self, wall: int, elapsed: int, last: int | None) -> tuple[str, str] | None:
            found = super()._problem(wall, elapsed, last)
            if found is not None and not self.cut:
                self.cut = True
                room.rows(KILL)
            return found

    clock = Cut(room.database)
    assert clock.step() == TICKING
    clock.ahead_ms = parted_ms
    with pytest.raises(DBAPIError):
        clock.step()
    assert notes(room) == []
    assert clock.step() == WAITS_FOR_A_PERSON
    assert notes(room) == [("parted", True, None)]
    assert ticks(room) == 1


def test_a_minute_apart_is_ordinary_and_so_is_a_machine_that_slept(room: Room) -> None:
    clock = Turned(room.database)
    assert clock.step() == TICKING
    clock.ahead_ms = APART_MS - 1000
    assert clock.step() == TICKING
    clock.ahead_ms, clock.elapsed = APART_MS - 1000 + 8 * HOUR, 8 * HOUR
    assert clock.step() == TICKING
    assert notes(room) == []


def test_a_gap_after_a_stop_is_ordinary_up_to_31_days_and_shown(room: Room) -> None:
    put_tick(room, ORDINARY_GAP_MS - HOUR)
    assert Turned(room.database).step() == TICKING
    assert notes(room) == [("gap", False, None)]
    assert ticks(room) == 2


def test_a_longer_gap_waits_for_a_person(room: Room) -> None:
    put_tick(room, ORDINARY_GAP_MS + HOUR)
    clock = Turned(room.database)
    assert clock.step() == WAITS_FOR_A_PERSON
    assert ticks(room) == 1
    clear(room.database, "director")
    assert clock.step() == TICKING
    assert ticks(room) == 2
    assert notes(room) == [("long_gap", True, "director"), ("gap", False, None)]


def test_a_step_back_waits_for_a_person_and_then_for_the_time(room: Room) -> None:
    put_tick(room, -HOUR)
    clock = Turned(room.database)
    assert clock.step() == WAITS_FOR_A_PERSON
    assert notes(room) == [("step_back", True, None)]
    clear(room.database, "director")
    assert clock.step() == "behind the last tick"
    assert not clock.ready()[0]
    assert ticks(room) == 1


def test_a_person_lets_a_stopped_clock_go_on_by_the_command(room: Room, infra: Stack, tmp_path: Path) -> None:
    put_tick(room, ORDINARY_GAP_MS + HOUR)
    clock = Turned(room.database)
    assert clock.step() == WAITS_FOR_A_PERSON
    by_address = os.environ | {
        "KAFKA_BOOTSTRAP": infra.kafka,
        "SCHEMA_REGISTRY_URL": infra.registry,
        "DATABASE_URL": room.database,
        "CANDOUR_DATA": str(tmp_path),
    }
    clear_it = ("clock", "clear", "--by", "Pat Brown")

    examined = candour("doctor", environment=by_address)
    assert "WRONG  clock: waits for a person: the last tick is 31.0 days old, at 20" in examined.stdout
    assert "then `candour clock clear`" in examined.stdout
    unsure = candour(*clear_it, environment=by_address)  # nobody is there to answer
    assert unsure.returncode == 1
    assert "the last tick is 31.0 days old" in unsure.stdout
    assert clock.step() == WAITS_FOR_A_PERSON

    sure = candour(*clear_it, "--yes", environment=by_address)
    assert (sure.returncode, sure.stderr) == (0, "")
    assert sure.stdout.endswith("cleared by Pat Brown; the clock goes on\n")
    assert clock.step() == TICKING
    assert notes(room) == [("long_gap", True, "Pat Brown"), ("gap", False, None)]
    again = candour(*clear_it, "--yes", environment=by_address)
    assert again.stdout == "the clock waits for nobody; nothing to clear\n"
    examined = candour("doctor", environment=by_address)
    assert "  ok   clock: no tick for 268" in examined.stdout


def test_its_process_answers_and_has_the_figures_of_the_runbook(room: Room, tmp_path: Path) -> None:
    port = ports.choose(tmp_path / "ports.json", ["clock"])["clock"]
    environment = os.environ | {
        "DATABASE_URL": room.database,
        "CANDOUR_HEALTH_PORT": str(port),
        "CANDOUR_TICK_SECONDS": "0.2",
        "CANDOUR_DATA": str(tmp_path),
    }
    with subprocess.Popen([sys.executable, "-m", "command", "run", "clock"], env=environment) as process:
        until(lambda: ticks(room) > 1)
        figures = figures_of(f"http://127.0.0.1:{port}")
        process.terminate()
    assert process.returncode == 0
    assert {name for name in worth_a_graph() if name.startswith("candour_clock_")} <= figures


def test_two_clocks_make_no_two_ticks_of_one_moment(room: Room) -> None:
    one, other = Turned(room.database, 0.01), Turned(room.database, 0.01)
    stop = threading.Event()
    threads = [threading.Thread(target=clock.run, args=(stop,)) for clock in (one, other)]
    for thread in threads:
        thread.start()
    time.sleep(1)
    stop.set()
    for thread in threads:
        thread.join()
    rows = room.rows("SELECT topic, value FROM door.outbox WHERE key = 'partition:3'")
    codec = Codec.local()
    for topic in (CASE_EVENTS, WARD_EVENTS):
        there = [codec.decode(bytes(value)) for at, value in rows if at == topic]
        assert sum(isinstance(record, ClockTick) for record in there) == ticks(room)
    assert not [kind for kind, stops, _ in notes(room) if stops]


def test_without_the_database_there_is_no_tick_and_it_goes_on_when_it_is_back(room: Room) -> None:
    clock, stop = Turned(room.database, 0.05), threading.Event()
    thread = threading.Thread(target=clock.run, args=(stop,))
    thread.start()
    for _ in range(5):
        room.rows(KILL)
        time.sleep(0.05)
    before = ticks(room)
    give_up = time.monotonic() + 30
    while ticks(room) < before + 3:
        assert time.monotonic() < give_up
        time.sleep(0.01)
    stop.set()
    thread.join()


def test_the_manual_clock_moves_any_way_forward_and_never_back(manual: Room) -> None:
    assert not advance(manual.database, DAWN)
    assert not advance(manual.database, DAWN - 1)
    assert advance(manual.database, DAWN + 1)
    assert advance(manual.database, datetime(2053, 1, 1, tzinfo=UTC))
    assert ticks(manual) == 3


def test_now_is_the_newest_tick_for_whoever_writes(manual: Room) -> None:
    assert manual.report()["recorded_at"] == "2013-12-20T09:00:00.000Z"
    manual.tick(DAWN + HOUR)
    assert manual.report()["recorded_at"] == "2013-12-20T10:00:00.000Z"
    with manual.engine.connect() as connection:
        assert ManualClock().now(connection) == DAWN + HOUR


def test_the_manual_clock_steps_only_between_writers(manual: Room) -> None:
    """Whoever was writing under the old time is on the log before the step."""
    stepped = threading.Event()

    def step() -> None:
        manual.tick(DAWN + HOUR)
        stepped.set()

    with manual.door.visit() as visit:
        assert visit.now == DAWN
        thread = threading.Thread(target=step)
        thread.start()
        assert not stepped.wait(0.5)
    thread.join()
    assert stepped.is_set()


def test_before_the_first_tick_and_before_adoption_nothing_is_taken(infra: Stack) -> None:
    for how in ({"at": None, "adopted": False}, {"adopted": False}, {"ids": False}):
        with open_room(infra.database, "manual", **how) as room:
            answer = room.http.post("/api/reports", json=FALL)
            assert answer.status_code == 503
            assert int(answer.headers["Retry-After"]) > 0
            assert answer.headers["content-type"] == "application/problem+json"


def test_a_clock_without_contracts_waits(infra: Stack) -> None:
    database = fresh_database(infra.database)
    furnish(database, ids=False)
    with pytest.raises(NotReady):
        Turned(database).step()
