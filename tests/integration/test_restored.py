"""The door restored by `pg_dump` into a server whose transaction ids are lower: order and intake hold."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from embedded.postgres import _programs
from producers.adopted import contents
from producers.adoption import adopt
from producers.clock import TICKING, SystemClockProcess
from producers.connections import engine, libpq
from producers.door import Door
from producers.now import clock
from producers.restored import settle_in
from producers.vault import Vault
from rules.defaults import DEFAULTS
from schemas.event_types import ClockTick, Reported
from tests.integration.door_room import FALL, Room, fresh_database, open_room, served
from tests.integration.test_relay import Log, running, wait_until_empty
from tests.stack import Stack

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

RULE = "candour"
FAR_AHEAD = "UPDATE door.{} SET xid = (xid::text::bigint + 2000000)::text::xid8 RETURNING xid"
"""As if the server that was dumped had taken so many transactions more than the one it is restored into."""


def restored(room: Room) -> str:
    """Another database, with what `pg_dump --schema=door` kept of this one."""
    for table in ("outbox", "adoptions"):
        assert room.rows(FAR_AHEAD.format(table))
    there = fresh_database(room.database)
    dump: list[str | Path] = [_programs() / "pg_dump", "--schema=door", f"--dbname={libpq(room.database)}"]
    kept = subprocess.run(dump, check=True, capture_output=True).stdout
    load: list[str | Path] = [
        _programs() / "psql",
        "--quiet",
        "--set=ON_ERROR_STOP=1",
        f"--dbname={libpq(there)}",
    ]
    subprocess.run(load, check=True, capture_output=True, input=kept)
    return there


@contextmanager
def opened(database: str, key: bytes) -> Iterator[Room]:
    room = Room(database, key, "system")
    room.door = Door(engine(database, connections=4), Vault(key), clock("system"))
    with served(room.door) as url, httpx.Client(base_url=url, timeout=30) as room.http:
        yield room
    room.door.close()


def test_what_waited_goes_before_the_first_tick_and_intake_is_open(infra: Stack) -> None:
    log = Log(infra.kafka)
    with open_room(infra.database, "system") as old:
        waited = [old.report()["case_id"] for _ in range(20)]
        policies = [f"{version}\n{DEFAULTS[RULE]()[1]}" for version in ("# second", "# third")]
        for version, content in enumerate(policies, 2):
            assert adopt(old.database, RULE, f"test {version}", content)
        database, key = restored(old), old.key
    with opened(database, key) as room:
        assert room.http.post("/api/reports", json=FALL).status_code == 503
        assert "have not been adopted" in str(room.door.lacks())
        assert settle_in(database)
        assert not settle_in(database)
        assert room.door.lacks() is None
        ticking = SystemClockProcess(engine(database, connections=1), 30)
        assert ticking.step() == TICKING
        ticking.close()
        afterwards = room.report()["case_id"]
        with room.engine.connect() as connection:
            assert contents(connection, RULE)[:2] == policies[::-1]
        assert adopt(database, RULE, "test 4", "# fourth")
        with room.engine.connect() as connection:
            assert contents(connection, RULE)[0] == "# fourth"
        with running(room, infra.kafka):
            wait_until_empty(room)
    records = log.read()
    log.close()
    cases = [one.case_id for one in records if isinstance(one, Reported)]
    assert sorted(cases) == sorted([*waited, afterwards])
    for found in log.records.values():
        (tick,) = [place for place, one in enumerate(found) if isinstance(one, ClockTick)]
        before = [one.case_id for one in found[:tick] if isinstance(one, Reported)]
        assert [one.case_id for one in found if isinstance(one, Reported) and one.case_id in waited] == before
