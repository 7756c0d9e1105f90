"""Decides a whole partition again, and keeps what is said about one case: slow, right by the log alone."""

from collections.abc import Sequence

from rules.rule import Rule
from schemas.codec import Codec, Undecodable
from schemas.topics import CASE_EVENTS
from stream_apps.dead_letters import listed
from stream_apps.explaining import Hearing, Told
from stream_apps.log_records import quarantines, rereader
from stream_apps.partition_reader import PartitionReader
from stream_apps.peek import Peek


def retold(kafka: str, codec: Codec, rules: Sequence[Rule], partition: int, case_id: str, until: int) -> Told:
    """What follows about the case from all records of its partition before the offset `until`.

    Quarantines and dead letters stand, as for any fold (`stream_apps.replay`).
    """
    peek = Peek(rules, codec)
    set_aside = {letter.place for letter in listed(kafka)}
    with PartitionReader(kafka) as reader:
        obeyed = quarantines(reader, rules, codec, partition)
        hearing = Hearing(rules, codec.encode, partition, case_id, rereader(kafka, codec), obeyed)
        for message in reader.messages(CASE_EVENTS, partition, None, until):
            value, offset = message.value(), message.offset()
            assert offset is not None
            if peek.passes(value) or (CASE_EVENTS, partition, offset) in set_aside:
                continue
            try:
                record = codec.decode(value)
            except Undecodable:
                continue  # its dead letter is on its way
            hearing.hear(offset, record)
    return hearing.told
