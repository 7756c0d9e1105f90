"""What is acknowledged stays through a power cut: on one broker each append is written through."""

from uuid import uuid4

import pytest
from confluent_kafka.admin import AdminClient, ConfigResource  # type: ignore[attr-defined]
from confluent_kafka.cimpl import NewTopic

from command.topics import create_topics, lasting
from tests.people import until
from tests.stack import Stack

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]


def flushed_after(admin: AdminClient, topic: str) -> str:
    (asked,) = admin.describe_configs([ConfigResource(ConfigResource.Type.TOPIC, topic)]).values()
    return str(asked.result(30)["flush.messages"].value)


def test_a_new_topic_and_one_that_is_there_are_written_through(infra: Stack) -> None:
    before, new = f"before-{uuid4().hex}", f"new-{uuid4().hex}"
    admin = AdminClient({"bootstrap.servers": infra.kafka})
    (made,) = admin.create_topics([NewTopic(before, 2, 1)], operation_timeout=30).values()
    made.result(30)
    # The broker answers from what it has heard of the controller so far, which may be a moment behind.
    until(lambda: before in admin.list_topics(timeout=30).topics)
    assert flushed_after(admin, before) != "1"
    for _ in range(2):
        create_topics(infra.kafka, {before: 2, new: 2})
        until(lambda: flushed_after(admin, before) == flushed_after(admin, new) == "1")


def test_with_three_copies_two_have_it_before_it_is_acknowledged() -> None:
    assert lasting(3) == {"min.insync.replicas": "2"}
    assert lasting(2) == lasting(1) == {"flush.messages": "1"}
