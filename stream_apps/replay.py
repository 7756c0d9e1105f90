"""The same rules as a plain batch loop over the log: for audit, what-if, and as the live engine's oracle.

Most records are passed over by their first bytes and never become Python objects. Where the live engine put
a record or a case aside, the fold does too: the dead letters and the quarantines that were said stand.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
from confluent_kafka import KafkaException, Message

from rules.rule import Rule
from schemas.codec import Codec, Undecodable
from schemas.outcome_types import Outcome
from schemas.registry import RegistryCodec
from schemas.topics import CASE_EVENTS
from stream_apps.dead_letters import listed
from stream_apps.decision import Deliberation, Encode, Said
from stream_apps.log_records import quarantines, rereader
from stream_apps.partition_reader import PartitionReader
from stream_apps.peek import HEAD, Peek

Progress = Callable[[int], None]
Folded = tuple[int, list[Said]]
"""Offset of a record, and all that the rules say about it."""


@dataclass
class Replayed:
    """What a replay over whole partitions came to."""

    records: int = 0
    passed_over: int = 0
    seconds: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)
    by_partition: dict[int, int] = field(default_factory=dict)

    @property
    def records_per_second(self) -> float:
        return self.records / self.seconds if self.seconds else 0.0


class Fold:
    """Folds partition after partition; `seen` counts records, `decoded` those that had to be decoded."""

    def __init__(
        self,
        kafka: str,
        codec: Codec,
        rules: Sequence[Rule],
        encode: Encode,
        progress: Progress | None = None,
        obey: bool = True,
    ) -> None:
        self._kafka, self._codec, self._rules, self._encode = kafka, codec, rules, encode
        self._progress = progress or (lambda records: None)
        self._obey = obey
        self._peek = Peek(rules, codec)
        self._set_aside = {letter.place for letter in listed(kafka)}
        self.seen = self.decoded = 0

    def partition(self, partition: int, until: int | None = None) -> Iterator[Folded]:
        """What the rules say of the records before the offset `until`, where they say anything."""
        with PartitionReader(self._kafka) as reader:
            obeyed = quarantines(reader, self._rules, self._codec, partition) if self._obey else {}
            deliberation = Deliberation(
                self._rules, self._encode, partition, rereader(self._kafka, self._codec), obeyed
            )
            take = deliberation.take
            for offset, value in self._needed(reader, partition, until):
                try:
                    record = self._codec.decode(value)
                except Undecodable:
                    if (CASE_EVENTS, partition, offset) not in self._set_aside:
                        raise
                    continue
                said = [word for part in take(offset, record) for word in part]
                if said:
                    yield offset, said

    def _needed(
        self, reader: PartitionReader, partition: int, until: int | None
    ) -> Iterator[tuple[int, bytes | None]]:
        """The records that rules may need. Most of the log goes through here: one slice, one look-up."""
        passed, passes, set_aside = self._peek.passed, self._peek.passes, self._set_aside
        for batch in reader.batches(CASE_EVENTS, partition, None, until):
            self.seen += len(batch)
            self._progress(self.seen)
            needed = [
                message
                for message in batch
                if (value := message.value()) is None or value[:HEAD] not in passed
            ]
            for message in needed:
                value = message.value()
                if passes(value):
                    continue
                offset = _offset(message)
                if (CASE_EVENTS, partition, offset) not in set_aside:
                    self.decoded += 1
                    yield offset, value


def fold(
    kafka: str,
    registry: str,
    until: Mapping[int, int] | None = None,
    rules: Sequence[Rule] | None = None,
) -> dict[int, list[Folded]]:
    """Per partition what must be on the outcome logs, up to the offsets `until` (default: all of it)."""
    codec = RegistryCodec(registry)
    folding = Fold(kafka, codec, case_rules(rules), codec.encode)
    ends = dict(until) if until is not None else dict.fromkeys(_partitions(kafka))
    return {partition: list(folding.partition(partition, end)) for partition, end in ends.items()}


def replay(
    *,
    kafka: str,
    registry: str,
    partitions: Sequence[int] | None = None,
    progress: Progress | None = None,
    rules: Sequence[Rule] | None = None,
    show: Callable[[str], None] = print,
) -> Replayed:
    """Run the rules over whole partitions, and say how much, how fast, and what they said."""
    folding = Fold(kafka, RegistryCodec(registry), case_rules(rules), checked_only, progress)
    result = Replayed()
    began = time.perf_counter()
    for partition in _partitions(kafka) if partitions is None else partitions:
        count = 0
        for _, said in folding.partition(partition):
            count += len(said)
            result.outcomes.update([type(word.outcome).__name__ for word in said])
        result.by_partition[partition] = count
    result.seconds = time.perf_counter() - began
    result.records, result.passed_over = folding.seen, folding.seen - folding.decoded
    show(
        f"{result.records:,} records in {result.seconds:.1f} s ({result.records_per_second:,.0f} a second), "
        f"{result.passed_over:,} of them passed over by their first bytes"
    )
    for kind, number in sorted(result.outcomes.items()):
        show(f"{number:>12,}  {kind}")
    return result


def checked_only(outcome: Outcome) -> bytes:
    """In the place of an encoder where nothing is written: raises for what does not fit its type."""
    text = msgspec.json.encode(outcome)
    msgspec.json.decode(text, type=type(outcome))
    return text


def case_rules(rules: Sequence[Rule] | None) -> Sequence[Rule]:
    if rules is not None:
        return rules
    # Here and not above: whoever brings rules of their own does not need ours.
    from stream_apps.case_rules import RULES

    return RULES


def _partitions(kafka: str) -> range:
    with PartitionReader(kafka) as reader:
        return range(reader.partitions(CASE_EVENTS))


def _offset(message: Message) -> int:
    error, offset = message.error(), message.offset()
    if error or offset is None:
        raise KafkaException(error)
    return offset
