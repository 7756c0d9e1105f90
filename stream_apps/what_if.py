"""Another policy over the same log, writing nothing: what would come in or go out, and what would change.

Both sides are folds over the same records by the same rules (`stream_apps.replay`). On one side the policies
are heard as they were adopted; on the other the proposed one stands in the place of the first of its rule,
and later ones of that rule are not heard: as if it had been in force from the beginning of the log, on the
days that it names itself. Quarantines that were said stand on both sides.

Only rules that hear cases are compared: `patterns` hears wards, on a log of its own, and the policy on
publication shapes releases and decides no case.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, wait
from dataclasses import dataclass, field
from functools import lru_cache
from multiprocessing import get_context
from typing import Any, Literal, NamedTuple

from confluent_kafka import KafkaException
from msgspec import structs

from rules import london
from rules.candour.state import UNSETTLED, Obligation
from rules.candour.state import State as CandourState
from rules.proposals import Proposal
from rules.rule import Rule
from schemas.codec import Codec, Undecodable
from schemas.contracts import snake
from schemas.event_types import Instant, PolicyAdopted, Record
from schemas.never_event_types import LedgerEntry, NeverEventCounted, NeverEventProposed, NeverEventRestated
from schemas.outcome_types import CaseQuarantined, ObligationOpened, Outcome
from schemas.registry import RegistryCodec
from schemas.topics import CASE_EVENTS
from stream_apps.dead_letters import listed
from stream_apps.decision import Deliberation
from stream_apps.log_records import quarantines, rereader
from stream_apps.partition_reader import PartitionReader
from stream_apps.peek import Peek

Fate = Literal["comes_in", "goes_out", "changes"]
Progress = Callable[[int], None]
NOT_OWED = ("merged", "stood_down")
TELL = "tell"
_SHARED_SUBJECTS = ("case:", "quarantine:", "partition:")


class Matter(NamedTuple):
    """What a rule speaks of: a duty, an escalation, a review; as it stands at the end of the log.

    Two sides say the same of it where all of this is equal; texts are not compared.
    """

    rule: str
    id: str
    case_id: str
    what: str  # the duty, a never event, or the kind of the first outcome
    under: str  # the instrument, the trigger, or the list and the number on it
    patient: str
    provider: str
    state: str
    starts_at: Instant
    owner: str = ""  # the role that is to act
    due_at: Instant | None = None
    target_at: Instant | None = None

    @property
    def month(self) -> str:
        """Of its start, in London: `2014-01`."""
        return f"{london.day_of(self.starts_at):%Y-%m}"

    @property
    def deadline(self) -> Instant | None:
        return self.due_at if self.due_at is not None else self.target_at


class Row(NamedTuple):
    """One matter that is not the same under both. A side is None where it does not exist."""

    fate: Fate
    now: Matter | None
    proposed: Matter | None

    @property
    def either(self) -> Matter:
        matter = self.now or self.proposed
        assert matter is not None
        return matter


class Told(NamedTuple):
    """One patient whom one provider has to tell in one case; by reference, never by name."""

    case_id: str
    patient: str
    provider: str


@dataclass
class Shadow:
    """What the comparison came to. `kept`: of each rule and what, how many are the same under both.

    `starting` and `falling_due` count matters by London month and by side: `kept`, `now`, `proposed`.
    """

    records: int = 0
    seconds: float = 0.0
    rows: list[Row] = field(default_factory=list)
    kept: Counter[tuple[str, str]] = field(default_factory=Counter)
    states: Counter[tuple[str, str, str, str]] = field(default_factory=Counter)  # rule, what, state, side
    starting: Counter[tuple[str, str]] = field(default_factory=Counter)
    falling_due: Counter[tuple[str, str]] = field(default_factory=Counter)
    newly_told: set[Told] = field(default_factory=set)
    no_longer_told: set[Told] = field(default_factory=set)
    cannot_say: int = 0  # cases over which a rule stumbles under the proposal alone
    versions: dict[str, str] = field(default_factory=dict)  # by rule: adopted last on the log

    def add(self, part: "Shadow") -> None:
        self.records += part.records
        self.rows += part.rows
        for mine, other in (
            (self.kept, part.kept),
            (self.states, part.states),
            (self.starting, part.starting),
            (self.falling_due, part.falling_due),
        ):
            mine.update(other)  # type: ignore[arg-type]
        self.newly_told |= part.newly_told
        self.no_longer_told |= part.no_longer_told
        self.cannot_say += part.cannot_say
        self.versions.update(part.versions)

    def cases(self, fate: Fate) -> set[str]:
        return {row.either.case_id for row in self.rows if row.fate == fate}


class NoPolicy(ValueError):
    """The log has no policy of the rule that could be replaced."""


class Unreadable(RuntimeError):
    """Kafka does not answer, or not in time."""


class Side:
    """One fold: hears records, and at the end tells how everything stands."""

    def __init__(self, deliberation: Deliberation, proposals: Mapping[str, Proposal]) -> None:
        self._deliberation, self._proposals = deliberation, proposals
        self._replaced: set[str] = set()
        self._owners: dict[str, str] = {}
        self._others: dict[tuple[str, str], Matter] = {}
        self.stumbled: set[str] = set()
        self.versions: dict[str, str] = {}

    def hear(self, offset: int, record: Record) -> None:
        if isinstance(record, PolicyAdopted):
            if record.rule in self._replaced:
                return
            record = self._instead(record)
            self.versions[record.rule] = record.version
        for part in self._deliberation.take(offset, record):
            for word in part:
                self._remember(word.rule, word.outcome)

    def _instead(self, record: PolicyAdopted) -> PolicyAdopted:
        proposal = self._proposals.get(record.rule)
        if proposal is None:
            return record
        self._replaced.add(record.rule)
        return structs.replace(record, version=proposal.version, sha256="", content=proposal.content)

    def _remember(self, rule: str, outcome: Outcome) -> None:
        if isinstance(outcome, CaseQuarantined):
            self.stumbled.add(str(outcome.case_id))
        # The candour rule's own state says how its duties stand, but for whose they are.
        if isinstance(outcome, ObligationOpened):
            self._owners[outcome.subject] = outcome.owner_role
        if rule != "candour" and outcome.case_id and not outcome.subject.startswith(_SHARED_SUBJECTS):
            key = rule, outcome.subject
            self._others[key] = _after(self._others.get(key), rule, outcome)

    def matters(self) -> dict[tuple[str, str], Matter]:
        """By rule and subject."""
        found: dict[tuple[str, str], Matter] = {}
        for name, state in self._deliberation.states.items():
            if isinstance(state, CandourState):
                for case_id, case in state.cases.items():
                    for id, one in case.obligations.items():
                        found[name, id] = _duty(name, case_id, one, self._owners[id])
        return found | self._others


def what_if(
    *,
    kafka: str,
    registry: str,
    proposals: Sequence[Proposal],
    progress: Progress | None = None,
    processes: int | None = None,
) -> Shadow:
    """Compare over the whole log as it is now, on all cores. `progress` hears how many records are done.

    Raises `NoPolicy` where the log has no policy of a proposed rule.
    """
    began = time.perf_counter()
    with PartitionReader(kafka) as reader:
        partitions = range(reader.partitions(CASE_EVENTS))
    processes = min(processes or len(os.sched_getaffinity(0)), len(partitions))
    context = get_context("spawn")
    done = context.Value("q", 0)
    result = Shadow()
    with ProcessPoolExecutor(processes, context, _begin, (done, kafka, registry, list(proposals))) as pool:
        waiting = {pool.submit(_partition, partition) for partition in partitions}
        while waiting:
            ready, waiting = wait(waiting, timeout=0.2)
            for part in ready:
                result.add(part.result())
            if progress:
                progress(done.value)
    result.seconds = time.perf_counter() - began
    result.rows.sort(key=lambda row: (row.either.rule, row.fate, row.either.starts_at, row.either.id))
    return result


def records_on(kafka: str) -> int:
    """How many records the log holds now."""
    with PartitionReader(kafka) as reader:
        bounds = [reader.bounds(CASE_EVENTS, one) for one in range(reader.partitions(CASE_EVENTS))]
    return sum(high - low for low, high in bounds)


_here: dict[str, Any] = {}
"""Of a process that was started for some partitions."""


def _begin(done: Any, kafka: str, registry: str, proposals: list[Proposal]) -> None:
    _here.update(done=done, kafka=kafka, registry=registry, proposals=proposals)


@lru_cache(maxsize=1)
def _codec(registry: str) -> Codec:
    return RegistryCodec(registry)


def _partition(partition: int) -> Shadow:
    from rules.case_rules import RULES

    done = _here["done"]

    def count(number: int) -> None:
        with done.get_lock():
            done.value += number

    codec = _codec(_here["registry"])
    try:
        return compared(_here["kafka"], codec, RULES, _here["proposals"], partition, count)
    except KafkaException as error:  # which cannot go from one process to another
        raise Unreadable(f"partition {partition} of the log cannot be read: {error}; try again") from None


def compared(
    kafka: str,
    codec: Codec,
    rules: Sequence[Rule],
    proposals: Sequence[Proposal],
    partition: int,
    count: Progress = lambda number: None,
) -> Shadow:
    """One partition. `count` hears of each batch how many records it had."""
    result = Shadow()
    instead = {one.rule: one for one in proposals}
    with PartitionReader(kafka) as reader:
        obeyed = quarantines(reader, rules, codec, partition)
        reread = rereader(kafka, codec)
        now, proposed = (
            Side(Deliberation(rules, _unwritten, partition, reread, obeyed), policies)
            for policies in ({}, instead)
        )
        for offset, record in _heard(kafka, reader, codec, rules, partition, result, count):
            now.hear(offset, record)
            proposed.hear(offset, record)
    missing = instead.keys() - now.versions.keys()
    if missing and result.records:
        raise NoPolicy(f"the log has no policy of {', '.join(sorted(missing))} that this one could replace")
    weigh(result, now.matters(), proposed.matters())
    result.cannot_say = len(proposed.stumbled - now.stumbled)
    result.versions = now.versions
    return result


def weigh(
    result: Shadow, now: Mapping[tuple[str, str], Matter], proposed: Mapping[tuple[str, str], Matter]
) -> None:
    """Put what two folds came to beside each other."""
    for key in [*now, *(key for key in proposed if key not in now)]:
        before, after = now.get(key), proposed.get(key)
        either = before or after
        assert either is not None
        if before is not None and after is not None:
            side = "kept"
            if before == after:
                result.kept[either.rule, either.what] += 1
            else:
                result.rows.append(Row("changes", before, after))
        else:
            side = "now" if before is not None else "proposed"
            result.rows.append(Row("goes_out" if before is not None else "comes_in", before, after))
        result.starting[either.month, side] += 1
        for one, name in ((before, "now"), (after, "proposed")):
            if one is not None:
                result.states[one.rule, one.what, one.state, name] += 1
                if one.deadline is not None:
                    result.falling_due[f"{london.day_of(one.deadline):%Y-%m}", name] += 1
    told_now, told_then = _told(now.values()), _told(proposed.values())
    result.newly_told, result.no_longer_told = told_then - told_now, told_now - told_then


def _told(matters: Any) -> set[Told]:
    return {
        Told(one.case_id, one.patient, one.provider)
        for one in matters
        if one.what == TELL and one.state not in NOT_OWED
    }


def _heard(
    kafka: str,
    reader: PartitionReader,
    codec: Codec,
    rules: Sequence[Rule],
    partition: int,
    result: Shadow,
    count: Progress,
) -> Iterator[tuple[int, Record]]:
    peek = Peek(rules, codec)
    set_aside = {letter.place for letter in listed(kafka)}
    for batch in reader.batches(CASE_EVENTS, partition):
        for message in batch:
            value, offset = message.value(), message.offset()
            assert offset is not None
            if peek.passes(value) or (CASE_EVENTS, partition, offset) in set_aside:
                continue
            try:
                record = codec.decode(value)
            except Undecodable:
                continue  # its dead letter is on its way
            yield offset, record
        result.records += len(batch)
        count(len(batch))


def _duty(rule: str, case_id: str, one: Obligation, owner: str) -> Matter:
    # What was done late was done; a breach stands beside what is not done, and beside a late discharge.
    state = "breached" if one.breached and one.status in (*UNSETTLED, "discharged") else one.status
    return Matter(
        rule=rule,
        id=one.id,
        case_id=case_id,
        what=one.duty,
        under=one.instrument,
        patient=one.patient,
        provider=one.provider,
        state=state,
        starts_at=one.starts_at,
        owner=owner,
        due_at=one.due_at,
        target_at=one.target_at,
    )


def _after(before: Matter | None, rule: str, outcome: Outcome) -> Matter:
    """How it stands after one more outcome; what that one does not speak of stays."""
    if before is None:
        before = Matter(
            rule=rule,
            id=outcome.subject,
            case_id=str(outcome.case_id),
            what="never_event" if isinstance(outcome, LedgerEntry) else snake(type(outcome).__name__),
            under="",
            patient=_said(outcome, "patient") or "",
            provider="",
            state="",
            starts_at=outcome.recorded_at,
        )
    return before._replace(
        under=_under(outcome) or before.under,
        provider=_said(outcome, "provider") or before.provider,
        state=_state(outcome),
        owner=_said(outcome, "owner_role") or before.owner,
        due_at=_said(outcome, "act_by", "due_at") or before.due_at,
    )


def _said(outcome: Outcome, *names: str) -> Any:
    return next((value for name in names if (value := getattr(outcome, name, None)) is not None), None)


def _under(outcome: Outcome) -> str | None:
    if isinstance(outcome, LedgerEntry):
        return f"{outcome.list_version}/{outcome.type_no or '?'}"
    found: str | None = _said(outcome, "trigger", "instrument", "clock", "claim_id")
    return found


def _state(outcome: Outcome) -> str:
    """Its kind; where an entry on the ledger is restated, how it stands by that."""
    if isinstance(outcome, NeverEventRestated):
        return snake((NeverEventCounted if outcome.counted else NeverEventProposed).__name__)
    return snake(type(outcome).__name__)


def _unwritten(outcome: Outcome) -> bytes:
    return b""
