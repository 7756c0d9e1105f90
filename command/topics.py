"""Makes the topics, so that neither Faust nor the broker makes one with a number of partitions of its own."""

from collections.abc import Mapping

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (  # type: ignore[attr-defined]  # its stubs do not export all of them
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
)
from confluent_kafka.cimpl import NewTopic

from embedded.problems import StartError

_SECONDS = 30
_CONFIG = {
    # The log is kept for ever: what was written in 2026 is read in 2046.
    "retention.ms": "-1",
    "retention.bytes": "-1",
    "cleanup.policy": "delete",
    "max.message.bytes": str(4 * 1024 * 1024),
}


def create_topics(kafka: str, topics: Mapping[str, int]) -> None:
    """Makes what is missing; a topic with another number of partitions is refused, for keys would move.

    Those that are there are made to last as those that are made now.
    """
    admin = AdminClient({"bootstrap.servers": kafka, "log_level": 0})
    try:
        there = admin.list_topics(timeout=_SECONDS).topics
    except KafkaException as error:
        raise StartError(f"Kafka at {kafka} does not answer: {error.args[0].str()}.") from error
    for name, partitions in topics.items():
        found = len(there[name].partitions) if name in there else partitions
        if found != partitions:
            raise StartError(
                f"Topic {name} at {kafka} has {found} partitions and must have {partitions}. "
                "Use another Kafka, or take that topic away if nothing in it is needed."
            )
    replicas = _replicas(admin)
    config = _CONFIG | lasting(replicas)
    missing = [
        NewTopic(name, num_partitions=count, replication_factor=replicas, config=config)
        for name, count in topics.items()
        if name not in there
    ]
    if missing:
        for name, made in admin.create_topics(missing, operation_timeout=_SECONDS).items():
            _accept(name, made.exception(_SECONDS))
    for name in topics:
        if name in there:
            copies = min(len(partition.replicas) for partition in there[name].partitions.values())
            _make_last(admin, name, lasting(copies))


def lasting(replicas: int) -> dict[str, str]:
    """What keeps a record that was acknowledged, though a machine loses what it had not yet put on its disk.

    With three copies, a second one; with fewer, the disk itself: each append is written through.
    """
    return {"min.insync.replicas": "2"} if replicas >= 3 else {"flush.messages": "1"}


def _make_last(admin: AdminClient, name: str, wanted: Mapping[str, str]) -> None:
    place = ConfigResource(ConfigResource.Type.TOPIC, name)
    try:
        (asked,) = admin.describe_configs([place], request_timeout=_SECONDS).values()
        found = asked.result(_SECONDS)
        for key, value in wanted.items():
            if found[key].value != value:
                place.add_incremental_config(
                    ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET)
                )
        if place.incremental_configs:
            (done,) = admin.incremental_alter_configs([place], request_timeout=_SECONDS).values()
            done.result(_SECONDS)
    except KafkaException as error:
        raise StartError(
            f"Topic {name} could not be made to last ({', '.join(map('='.join, wanted.items()))}): "
            f"{error.args[0].str()}. Set it there, or let the user that this process has set it."
        ) from error


def _replicas(admin: AdminClient) -> int:
    """Three copies where the cluster has the brokers for it."""
    return min(3, len(admin.list_topics(timeout=_SECONDS).brokers))


def _accept(name: str, error: BaseException | None) -> None:
    if error is None:
        return
    known = isinstance(error, KafkaException) and error.args[0].code() == KafkaError.TOPIC_ALREADY_EXISTS
    if not known:
        raise StartError(f"Topic {name} could not be made: {error}.") from error
