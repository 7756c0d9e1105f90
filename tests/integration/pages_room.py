"""The pages and the read API in this process, over a filled read model beside the tables of a real door."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from producers.connections import engine
from producers.door import Door
from producers.now import clock
from producers.sign_in import SignIn
from producers.vault import Vault
from sinks.migrations import upgrade
from tests.integration.door_room import furnished
from tests.integration.filled import Asking, Filled
from views.access import Access
from views.api import audit, cases, escalations, obligations, signals
from views.at_door import AtDoor
from views.web import create_app


@dataclass(frozen=True)
class PagesRoom:
    database: str
    model: Filled
    ask: Asking

    def page(self, path: str) -> str:
        answer = self.ask.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 200, answer.text
        return answer.text


@contextmanager
def pages_room(server: str, now: int) -> Iterator[PagesRoom]:
    """`now`: what the pages' clock says."""
    database = furnished(server, (upgrade,))
    door = Door(engine(database, connections=2), Vault(b"k" * 32), clock("manual"))
    model, access = Filled(database), Access(SignIn(demonstration=True))
    store = model.store
    app = create_app(
        apis=[
            cases.router(store, access, AtDoor.of(door.engine)),
            obligations.router(store, access),
            escalations.router(door, store, access),
            audit.router(store, access),
            signals.router(store, access),
        ],
        store=store,
        access=access,
        now=lambda: now,
        ready=lambda: (True, {}),
        version={"version": "0"},
    )
    yield PagesRoom(database, model, Asking(app))
    model.close()
    door.close()
