"""The real Kafka, registry and PostgreSQL: they answer, come back after a kill, and leave nothing behind."""

import httpx
import psycopg
from confluent_kafka.admin import AdminClient

from tests.stack import Stack


def test_all_three_answer(infra: Stack) -> None:
    assert AdminClient({"bootstrap.servers": infra.kafka}).list_topics(timeout=10).brokers
    assert httpx.get(f"{infra.registry}/subjects").json() == []
    with psycopg.connect(infra.database) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
