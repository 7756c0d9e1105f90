"""How the relay appends: what a row of the outbox is to Kafka, and what the producer must promise."""

from typing import Any, NamedTuple


class Row(NamedTuple):
    id: int
    topic: str
    partition: int | None
    key: str
    value: bytes
    headers: list[tuple[str, str]]


class Delivered(NamedTuple):
    """Where a row of the outbox lies on the log."""

    id: int
    partition: int
    offset: int


def settings(kafka: str, linger_ms: int) -> dict[str, Any]:
    return {
        "bootstrap.servers": kafka,
        "client.id": "candour-relay",
        "enable.idempotence": True,
        "enable.gapless.guarantee": True,
        "acks": "all",
        "message.timeout.ms": 0,  # a message that times out by itself leaves a hole even so
        "partitioner": "murmur2_random",  # as Java and Faust have it
        "linger.ms": linger_ms,
        "message.max.bytes": 1_000_000,
        "topic.metadata.refresh.interval.ms": 5_000,
        "reconnect.backoff.max.ms": 1_000,
        "compression.type": "lz4",
    }
