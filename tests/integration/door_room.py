"""A door with a database of its own on the shared PostgreSQL, and the JSON API over real HTTP."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

import httpx
import psycopg
import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine

from embedded import ports
from producers import migrations
from producers.adoption import adopt
from producers.connections import engine, libpq
from producers.door import Door
from producers.now import clock
from producers.outbox import save_ids
from producers.providers import load_demonstration
from producers.sign_in import SignIn
from producers.ticking import advance
from producers.vault import Vault
from producers.vault_reading import Kept, texts
from producers.ward import router
from rules.defaults import DEFAULTS
from schemas.codec import Codec
from schemas.contracts import TYPES
from schemas.event_types import Record

DAWN = 1387530000000  # 2013-12-20T09:00:00Z
HOUR = 3_600_000
SAFETY = {"Authorization": "Bearer demo:safety"}
LOCAL_IDS = {name: number for number, name in enumerate(sorted(TYPES), 1)}
FALL: dict[str, Any] = {
    "kind": "incident",
    "what_happened": "Fell from the bed and broke a hip.",
    "provider": "RXX",
    "harm": {"physical": "moderate"},
}


Upgrade = Callable[[str], None]


@dataclass
class Room:
    database: str
    key: bytes
    mode: Literal["system", "manual"]
    door: Door = field(init=False)
    http: httpx.Client = field(init=False)

    @property
    def engine(self) -> Engine:
        return self.door.engine

    def report(self, body: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
        answer = self.http.post("/api/reports", json={**(body or FALL), **changes})
        assert answer.status_code == 201, answer.text
        taken: dict[str, Any] = answer.json()
        return taken

    def post(self, case_id: str, body: dict[str, Any], role: str = "safety") -> httpx.Response:
        headers = {"Authorization": f"Bearer demo:{role}"}
        return self.http.post(f"/api/cases/{case_id}/events", json=body, headers=headers)

    def follow(self, case_id: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self.post(case_id, body)
        assert answer.status_code == 201, answer.text
        taken: dict[str, Any] = answer.json()
        return taken

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(libpq(self.database)) as connection:
            return connection.execute(statement.encode(), values).fetchall()

    def records(self, case_id: str) -> list[Any]:
        """What is on its way to the log about a case, in order."""
        found = self.rows("SELECT value FROM door.outbox WHERE key = %s ORDER BY xid, id", case_id)
        codec = Codec.local()
        decoded: list[Record] = [codec.decode(bytes(value)) for (value,) in found]
        return decoded

    def texts(self, case_id: str) -> tuple[Kept, ...]:
        with self.engine.begin() as connection:
            return texts(connection, self.door.vault, case_id, by_role="safety", purpose="a test")

    def tick(self, as_of: int) -> None:
        assert advance(self.database, as_of)


def fresh_database(database: str, like: str = "template1") -> str:
    """A new one beside it, on the same server: empty, or a copy of the one of this name."""
    name = f"door_{uuid4().hex[:12]}"
    with psycopg.connect(libpq(database), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}".encode())
    parts = urlsplit(database)
    return urlunsplit(parts._replace(path=f"/{name}"))


def furnish(database: str, *, at: int | None = DAWN, adopted: bool = True, ids: bool = True) -> None:
    """Tables, directory, contracts, the first tick, policy and calendar."""
    migrations.upgrade(database)
    load_demonstration(database)
    if not ids:
        return
    made = engine(database, connections=1)
    with made.begin() as connection:
        save_ids(connection, LOCAL_IDS)
    made.dispose()
    if at is not None:
        advance(database, at)
    if adopted:
        for rule, content in DEFAULTS.items():
            adopt(database, rule, "test", content()[1])
        adopt(database, "calendar", "test", "{}")


_MADE: dict[tuple[Any, ...], str] = {}


def furnished(database: str, also: tuple[Upgrade, ...] = (), **how: Any) -> str:
    """A fresh database as `furnish` and what else there is make it; made once, then copied."""
    kind = (database, also, *sorted(how.items()))
    if kind not in _MADE:
        made = fresh_database(database)
        furnish(made, **how)
        for upgrade in also:
            upgrade(made)
        _MADE[kind] = urlsplit(made).path.removeprefix("/")
    return fresh_database(database, like=_MADE[kind])


@contextmanager
def open_room(
    database: str,
    mode: Literal["system", "manual"] = "manual",
    also: tuple[Upgrade, ...] = (),
    **how: Any,
) -> Iterator[Room]:
    """On a fresh database; with `at=None` for the system clock. `also`: further tables that it has."""
    own = furnished(database, also, **{"at": DAWN if mode == "manual" else None, **how})
    room = Room(own, b"k" * 32, mode)
    room.door = Door(engine(own, connections=8), Vault(room.key), clock(mode))
    with served(room.door) as url, httpx.Client(base_url=url, timeout=30) as room.http:
        yield room
    room.door.close()


@contextmanager
def served(door: Door, sign_in: SignIn | None = None) -> Iterator[str]:
    """The API on a port of its own."""
    app = FastAPI(openapi_url="/api/openapi.json")
    app.include_router(router(door, sign_in or SignIn(demonstration=True)))
    with TemporaryDirectory() as folder:
        port = ports.choose(Path(folder) / "ports.json", ["web"])["web"]
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", lifespan="off", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join()
