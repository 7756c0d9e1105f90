"""Makes the topics, so that neither Faust nor the broker makes one with a number of partitions of its own."""

from collections.abc import Mapping

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient
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
    """Makes what is missing; a topic with another number of partitions is refused, for keys would move."""
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
    missing = [
        NewTopic(name, num_partitions=count, replication_factor=_replicas(admin), config=_CONFIG)
        for name, count in topics.items()
        if name not in there
    ]
    if missing:
        for name, made in admin.create_topics(missing, operation_timeout=_SECONDS).items():
            _accept(name, made.exception(_SECONDS))


def _replicas(admin: AdminClient) -> int:
    """Three copies where the cluster has the brokers for it."""
    return min(3, len(admin.list_topics(timeout=_SECONDS).brokers))


def _accept(name: str, error: BaseException | None) -> None:
    if error is None:
        return
    known = isinstance(error, KafkaException) and error.args[0].code() == KafkaError.TOPIC_ALREADY_EXISTS
    if not known:
        raise StartError(f"Topic {name} could not be made: {error}.") from error
