"""Where partitions of the log end, and how far the engine has committed, as Kafka says."""

from collections.abc import Iterable

from confluent_kafka import Consumer, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec  # type: ignore[attr-defined]

from schemas.topics import CASE_EVENTS, PARTITIONS
from sinks.log import Place

ENGINE_GROUP = "candour-case-engine"
PATTERNS_GROUP = "candour-patterns"
_ANSWER_SECONDS = 5.0
_LATEST = OffsetSpec.latest()  # type: ignore[no-untyped-call]


class Ends:
    """Every question raises `KafkaException` or `TimeoutError` when Kafka does not answer."""

    def __init__(self, kafka: str, group: str = ENGINE_GROUP, heard: str = CASE_EVENTS) -> None:
        self._heard = heard
        self._common: dict[str, str | int | float | bool] = {"bootstrap.servers": kafka, "log_level": 0}
        # It never subscribes, so it is no member of the group and takes no partition from the engine.
        self._consumer = Consumer({**self._common, "group.id": group, "enable.auto.commit": False})
        self._admin = AdminClient(self._common)

    def committed(self) -> dict[int, int]:
        """The group's committed offset of each partition of what it hears that has one."""
        asked = [TopicPartition(self._heard, partition) for partition in range(PARTITIONS)]
        answers = self._consumer.committed(asked, timeout=_ANSWER_SECONDS)
        return {one.partition: one.offset for one in answers if one.error is None and one.offset >= 0}

    def of(self, places: Iterable[Place]) -> dict[Place, int]:
        """The offset that the next record of each partition will have."""
        asked = {TopicPartition(*place): _LATEST for place in places}
        if not asked:
            return {}
        answers = self._admin.list_offsets(asked, request_timeout=_ANSWER_SECONDS)
        try:
            return {
                (place.topic, place.partition): answer.result(_ANSWER_SECONDS).offset
                for place, answer in answers.items()
            }
        except KafkaException:
            # When the broker was killed, an old client asks with the epoch it knows of the leader for ever.
            self._admin = AdminClient(self._common)
            raise

    def close(self) -> None:
        self._consumer.close()
