"""Where the log ends is known again soon after the broker was killed: the sink's settling rests on it."""

from contextlib import closing
from pathlib import Path

import pytest
from confluent_kafka import KafkaException, Producer

from schemas.topics import CASE_EVENTS, PARTITIONS, TOPICS
from sinks.ends import Ends
from tests.fault.broker import Broker
from tests.people import until

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

PLACES = [(CASE_EVENTS, partition) for partition in range(PARTITIONS)]


def test_the_ends_are_known_again_after_kill_9_of_the_broker(tmp_path: Path) -> None:
    broker = Broker(tmp_path)
    broker.start()
    try:
        broker.make_topics(TOPICS)
        producer = Producer({"bootstrap.servers": broker.address, "log_level": 0})
        for partition in range(PARTITIONS):
            producer.produce(CASE_EVENTS, b"anything", partition=partition)
        assert producer.flush(30) == 0
        with closing(Ends(broker.address)) as ends:
            assert ends.of(PLACES) == dict.fromkeys(PLACES, 1)
            broker.kill_and_start(1)

            def known() -> bool:
                try:
                    return ends.of(PLACES) == dict.fromkeys(PLACES, 1)
                except (KafkaException, TimeoutError):
                    return False

            until(known)
    finally:
        broker.stop()
