"""How fold and live engine read the log alike: sources of outcomes, cases read again, quarantines said."""

from collections.abc import Iterable
from typing import cast

from confluent_kafka import Message

from rules.rule import Rule
from schemas.codec import Codec, Undecodable
from schemas.event_types import Record
from schemas.outcome_types import CaseQuarantined
from schemas.topics import CASE_EVENTS
from stream_apps.decision import Reread
from stream_apps.partition_reader import PartitionReader


def source(message: Message) -> tuple[int, str]:
    """The offset of the record that an outcome was drawn from, and which part of its outcomes this is."""
    found = dict(message.headers() or ())
    offset, part = found["source_offset"], found["part"]
    assert isinstance(offset, bytes)
    assert isinstance(part, bytes)
    return int(offset), part.decode()


def rereader(kafka: str, codec: Codec, topic: str = CASE_EVENTS) -> Reread:
    """Reads again what is of a case, or of a provider in all its wards.

    What cannot be decoded lies among the dead letters, and is left out.
    """

    def reread(partition: int, start: int, end: int, whose: str) -> Iterable[tuple[int, Record]]:
        wanted = whose.encode()
        with PartitionReader(kafka) as reader:
            for message in reader.messages(topic, partition, start, end):
                if _owner(message) == wanted:
                    try:
                        record = codec.decode(message.value())
                    except Undecodable:
                        continue
                    offset = message.offset()
                    assert offset is not None
                    yield offset, record

    return reread


def _owner(message: Message) -> bytes:
    """A key is a case's id, or `provider|ward`."""
    return bytes(message.key() or b"").partition(b"|")[0]


def quarantines(
    reader: PartitionReader, rules: Iterable[Rule], codec: Codec, partition: int
) -> dict[tuple[int, str, str, int], str]:
    """Each quarantine on the outcome logs of a partition, as a fold must obey it."""
    names = {rule.topic: rule.name for rule in rules}
    found = {}
    for batch in reader.whole(names, partition):
        for message in batch:
            value = message.value()
            if codec.kind_of(value) is CaseQuarantined:
                said, rule = cast(CaseQuarantined, codec.decode(value)), names[message.topic() or ""]
                found[source(message)[0], rule, str(said.case_id), said.source_offset] = said.error
    return found
