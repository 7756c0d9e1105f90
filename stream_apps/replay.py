"""The same rules as a plain batch loop over the log: for audit, what-if, and as the live engine's oracle.

Most records are passed over by their first bytes and never become Python objects. Where the live engine put
a record or a case aside, the fold does too: the dead letters and the quarantines that were said stand.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache
from itertools import repeat
from multiprocessing import get_context

import msgspec
from confluent_kafka import KafkaException, Message

from rules.rule import Rule
from schemas.codec import Codec, Undecodable
from schemas.outcome_types import Outcome
from schemas.registry import RegistryCodec, contract_ids, hand_over
from schemas.topics import CASE_EVENTS
from stream_apps.dead_letters import listed
from stream_apps.decision import Deliberation, Encode, Said
from stream_apps.log_records import quarantines, rereader
from stream_apps.partition_reader import PartitionReader
from stream_apps.peek import HEAD, Peek
from stream_apps.replayed import Replayed

Progress = Callable[[int], None]
Folded = tuple[int, list[Said]]
"""Offset of a record, and all that the rules say about it."""


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
        self._heard = rules[0].source
        self._peek = Peek(rules, codec)
        self._set_aside = {letter.place for letter in listed(kafka)}
        self.seen = self.decoded = 0

    def partition(self, partition: int, until: int | None = None) -> Iterator[Folded]:
        """What the rules say of the records before the offset `until`, where they say anything."""
        with PartitionReader(self._kafka) as reader:
            obeyed = quarantines(reader, self._rules, self._codec, partition) if self._obey else {}
            deliberation = Deliberation(
                self._rules, self._encode, partition, rereader(self._kafka, self._codec, self._heard), obeyed
            )
            take = deliberation.take
            for offset, value in self._needed(reader, partition, until):
                try:
                    record = self._codec.decode(value)
                except Undecodable:
                    if (self._heard, partition, offset) not in self._set_aside:
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
        for batch in reader.batches(self._heard, partition, None, until):
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
                if (self._heard, partition, offset) not in set_aside:
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
    folding = Fold(kafka, codec, rules or case_rules(), codec.encode)
    ends = dict(until) if until is not None else dict.fromkeys(_partitions(kafka))
    return {partition: list(folding.partition(partition, end)) for partition, end in ends.items()}


def replay(
    *,
    kafka: str,
    registry: str,
    partitions: Sequence[int] | None = None,
    progress: Progress | None = None,
    last: str | None = None,
    processes: int | None = None,
    show: Callable[[str], None] = print,
) -> Replayed:
    """Run the rules over whole partitions, and say how much, how fast, and what they said.

    `last`: the name of a rule; those that would hear what it says are left out. `processes`: how many
    partitions are folded at a time, by default one for each core. Raises `KeyError` for an unknown rule.
    """
    rules = case_rules(last)
    result = Replayed()
    began = time.perf_counter()
    wanted = list(_partitions(kafka) if partitions is None else partitions)
    processes = min(processes or len(os.sched_getaffinity(0)), len(wanted))
    if processes > 1:
        ids = contract_ids(registry)
        with ProcessPoolExecutor(processes, get_context("spawn"), hand_over, (registry, ids)) as pool:
            for part in pool.map(_replayed, repeat(kafka), repeat(registry), repeat(last), wanted):
                result.add(part)
                if progress:
                    progress(result.records)
    else:
        folding = Fold(kafka, RegistryCodec(registry), rules, checked_only, progress)
        for partition in wanted:
            result.add(_counted(folding, partition))
    result.seconds = time.perf_counter() - began
    for line in result.lines():
        show(line)
    return result


def _replayed(kafka: str, registry: str, last: str | None, partition: int) -> Replayed:
    """One partition, in a process that was started for some of them."""
    try:
        return _counted(_folding(kafka, registry, last), partition)
    except KafkaException as error:  # it cannot be carried to another process
        raise ConnectionError(str(error)) from None


@lru_cache(maxsize=1)
def _folding(kafka: str, registry: str, last: str | None) -> Fold:
    return Fold(kafka, RegistryCodec(registry), case_rules(last), checked_only)


def _counted(folding: Fold, partition: int) -> Replayed:
    seen, decoded = folding.seen, folding.decoded
    result = Replayed(by_partition={partition: 0})
    for _, said in folding.partition(partition):
        result.by_partition[partition] += len(said)
        result.outcomes.update([type(word.outcome).__name__ for word in said])
    result.records = folding.seen - seen
    result.passed_over = result.records - (folding.decoded - decoded)
    return result


def checked_only(outcome: Outcome) -> bytes:
    """In the place of an encoder where nothing is written: raises for what does not fit its type."""
    text = msgspec.json.encode(outcome)
    msgspec.json.decode(text, type=type(outcome))
    return text


def case_rules(last: str | None = None) -> Sequence[Rule]:
    """All, or those up to this one. Raises `KeyError` where there is none of that name."""
    # Here and not above: whoever brings rules of their own does not need ours.
    from rules.case_rules import RULES

    return RULES if last is None else RULES[: {rule.name: n for n, rule in enumerate(RULES, 1)}[last]]


def _partitions(kafka: str) -> range:
    with PartitionReader(kafka) as reader:
        return range(reader.partitions(CASE_EVENTS))


def _offset(message: Message) -> int:
    error, offset = message.error(), message.offset()
    if error or offset is None:
        raise KafkaException(error)
    return offset
