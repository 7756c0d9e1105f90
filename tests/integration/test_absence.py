"""Whoever holds a place in PostgreSQL is asked after: who stands by waits for no host that is gone."""

from typing import Any

import psycopg
import pytest
from confluent_kafka import Producer
from sqlalchemy import text

from command.topics import create_topics
from producers.connections import libpq
from producers.relay import Relay
from schemas.topics import TOPICS
from sinks.database import engine
from sinks.notify.notifier import _place
from tests.integration.door_room import open_room
from tests.stack import Stack

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

# Over the Unix socket of the tests the values themselves are nought; that they were set is told even so.
ASKED = "SELECT name FROM pg_settings WHERE name LIKE 'tcp!_%' ESCAPE '!' AND source = 'session'"
BY_SERVER = {"tcp_keepalives_idle", "tcp_keepalives_interval", "tcp_keepalives_count", "tcp_user_timeout"}
BY_US = {
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "11000",
}


class Held(Relay):
    """Ends where the relay has its place, and keeps what is said of its connection there."""

    told: tuple[set[str], dict[str, str]]

    def _make_whole(self, connection: psycopg.Connection[Any], producer: Producer) -> bool:
        self.told = {name for (name,) in connection.execute(ASKED)}, connection.info.get_parameters()
        self.stop()
        return False


def test_the_place_of_the_relay(infra: Stack) -> None:
    create_topics(infra.kafka, TOPICS)
    with open_room(infra.database) as room:
        relay = Held(room.database, infra.kafka)
        relay.run()
    server, ours = relay.told
    assert server == BY_SERVER
    assert BY_US.items() <= ours.items()


def test_the_place_of_the_notifier(infra: Stack) -> None:
    store = engine(libpq(infra.database), pool_size=1)
    with _place(store) as place:
        assert place is not None
        assert set(place.scalars(text(ASKED))) == BY_SERVER
        ours: Any = place.connection.driver_connection
        assert BY_US.items() <= ours.info.get_parameters().items()
    store.dispose()
