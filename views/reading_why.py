"""Why each verdict on a case was given: decided again from the log, and compared with what was said.

The read model knows where the records of a case lie. A record is taken from there when its bytes are those
that lay on the log (by their SHA-256); policies, calendars and ticks are read on the log itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Lock
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, RowMapping, func, select

from rules.case_rules import RULES as CASE_RULES
from rules.rule import Rule
from schemas.codec import Codec
from schemas.contracts import snake
from schemas.event_types import CalendarAdopted, CaseEvent, ClockTick, Instant, PolicyAdopted, Record
from schemas.registry import RegistryCodec
from schemas.topics import CASE_EVENTS, EVENT_TYPES, RULES
from sinks.tables import alarms, case_events, outcomes, progress
from sinks.writing import CLASH
from stream_apps.dead_letters import listed
from stream_apps.explaining import (
    Finding,
    Hearing,
    Stood,
    Told,
    Unproven,
    compared,
    quarantines_said,
    recomputed,
    rereading,
)
from stream_apps.looking import Look, TickSearch
from stream_apps.retelling import retold
from views.reading import outcome_of

EVENTS: dict[str, type[Record]] = {snake(kind.__name__): kind for kind in EVENT_TYPES}
TOPIC_OF = {rule: topic for topic, rule in RULES.items()}


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """`whole`: the whole partition was decided again. `newest_tick`: the newest that is settled there."""

    case_id: str
    partition: int
    providers: tuple[str, ...]
    findings: Sequence[Finding]
    events: Mapping[str, CaseEvent]
    places: Mapping[str, int]
    policies: Mapping[tuple[str, str], str]
    adopted: Sequence[Stood]
    whole: bool
    all_weighed: bool
    newest_tick: Instant | None
    known_since: Instant

    def settled(self, as_at: Instant | None) -> bool:
        if as_at is None:
            return self.all_weighed
        return self.newest_tick is not None and as_at <= self.newest_tick


@dataclass(kw_only=True)
class _Known:
    """What the read model holds of one case, in one snapshot."""

    events: Sequence[RowMapping]
    said: Sequence[Stood]
    adopted: Sequence[Stood]
    clashes: frozenset[str]
    until: int
    newest_tick: Instant | None

    @property
    def partition(self) -> int:
        partition: int = self.events[0]["partition"]
        return partition


@dataclass
class Reasons:
    """One for a process; any thread may ask. The registry is asked at the first question."""

    store: Engine
    kafka: str
    registry: str
    rules: Sequence[Rule] = CASE_RULES
    _codec: Codec | None = None
    _lock: Lock = field(default_factory=Lock)
    _adoptions: dict[tuple[int, int], Record] = field(default_factory=dict)

    def explain(self, case_id: str, *, whole: bool = False) -> Explanation | None:
        """None for a case that nothing is known of.

        `whole`: by the log alone, which takes the longer the larger the partition. Without it, that is done
        only where the short way finds a difference. Raises what Kafka and the registry raise when away.
        """
        with self.store.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
            known = _known(connection, case_id)
        if known is None:
            return None
        codec = self._codec_at_hand()
        told = None if whole else self._shortly(known, case_id, codec)
        findings = [] if told is None else compared(known.said, _about(told, case_id), known.clashes)
        if told is None or not all(one.agrees for one in findings):
            whole = True
            told = retold(self.kafka, codec, self.rules, known.partition, case_id, known.until)
            findings = compared(known.said, _about(told, case_id), known.clashes)
        return _explanation(known, case_id, told, findings, whole)

    def _shortly(self, known: _Known, case_id: str, codec: Codec) -> Told | None:
        with Look(self.kafka, codec, known.partition) as look:
            records, ticks = self._records(known, case_id, codec, look)
            hearing = Hearing(
                self.rules, codec.encode, known.partition, case_id,
                rereading(records), quarantines_said(known.said),
            )  # fmt: skip
            try:
                return recomputed(
                    hearing, records, known.until, known.newest_tick, TickSearch(look.ticks), ticks
                )
            except Unproven:
                return None

    def _records(
        self, known: _Known, case_id: str, codec: Codec, look: Look
    ) -> tuple[dict[int, Record], dict[int, Record]]:
        """The case's own records with the adoptions of its partition, and the ticks that were spoken of."""
        records, missing = _proven(known.events, codec)
        sources = {
            one.source_offset for one in (*known.said, *known.adopted) if one.source_offset is not None
        }
        wanted = {offset for offset in (*missing, *sources) if offset not in records and offset < known.until}
        cached = {
            at: self._adoptions[known.partition, at]
            for at in wanted
            if (known.partition, at) in self._adoptions
        }
        read = look.records(wanted - cached.keys())
        for offset, record in read.items():
            if isinstance(record, PolicyAdopted | CalendarAdopted):
                self._adoptions[known.partition, offset] = record
        found = {**cached, **read}
        ticks: dict[int, Record] = {at: one for at, one in found.items() if isinstance(one, ClockTick)}
        for offset, record in found.items():
            mine = not isinstance(record, CaseEvent) or record.case_id == case_id
            if mine and offset not in ticks:
                records[offset] = record
        set_aside = {
            letter.offset
            for letter in listed(self.kafka)
            if letter.place[:2] == (CASE_EVENTS, known.partition)
        }
        return {offset: one for offset, one in records.items() if offset not in set_aside}, ticks

    def _codec_at_hand(self) -> Codec:
        with self._lock:
            if self._codec is None:
                self._codec = RegistryCodec(self.registry)
            return self._codec


def _explanation(
    known: _Known, case_id: str, told: Told, findings: Sequence[Finding], whole: bool
) -> Explanation:
    events = {row["event_id"]: _event(row) for row in known.events}
    last = known.events[-1]
    return Explanation(
        case_id=case_id,
        partition=known.partition,
        providers=tuple(one.code for one in events[last["event_id"]].facts.providers),
        findings=findings,
        events=events,
        places={row["event_id"]: row["offset"] for row in known.events},
        policies=told.policies,
        adopted=known.adopted,
        whole=whole,
        all_weighed=last["offset"] < known.until,
        newest_tick=known.newest_tick,
        known_since=known.events[0]["recorded_at"],
    )


def said_at(finding: Finding) -> Instant:
    """When it was said; where it was not, when it ought to have been."""
    if finding.said is not None:
        return finding.said.recorded_at
    assert finding.follows is not None
    return finding.follows.outcome.recorded_at


def _about(told: Told, case_id: str) -> list[Any]:
    return [one for one in told.follows if one.outcome.case_id == case_id]


def _known(connection: Connection, case_id: str) -> _Known | None:
    mine = select(case_events).where(case_events.c.case_id == case_id).order_by(case_events.c.offset)
    events = connection.execute(mine).mappings().all()
    if not events:
        return None
    partition = events[0]["partition"]
    reached = connection.execute(select(progress).where(progress.c.partition == partition)).mappings().first()
    until = reached["engine_offset"] if reached else 0
    said = _stood(connection, outcomes.c.case_id == case_id, until)
    adopted = _stood(connection, outcomes.c.subject == f"partition:{partition}", until)
    ids = [one.id for one in said]
    clashing = select(alarms.c.about).where(alarms.c.kind == CLASH, alarms.c.about == func.any(ids))
    return _Known(
        events=events,
        said=said,
        adopted=adopted,
        clashes=frozenset(connection.scalars(clashing)),
        until=until,
        newest_tick=reached["settled_as_of"] if reached else None,
    )


def _stood(connection: Connection, which: Any, until: int) -> list[Stood]:
    rows = connection.execute(select(outcomes).where(which).order_by(outcomes.c.offset)).mappings()
    return [
        Stood(
            id=row["id"],
            rule=row["rule"],
            type=row["type"],
            topic=TOPIC_OF[row["rule"]],
            offset=row["offset"],
            source_offset=row["source_offset"],
            part=row["part"],
            sha256=bytes(row["sha256"]),
            subject=row["subject"],
            revision=row["revision"],
            recorded_at=row["recorded_at"],
            cause=row["cause"],
            outcome=outcome_of(row["type"], row["payload"]),
        )
        for row in rows
        if row["source_offset"] is None or row["source_offset"] < until  # the rest is not settled
    ]


def _event(row: RowMapping) -> CaseEvent:
    event: CaseEvent = msgspec.convert(row["payload"], EVENTS[row["type"]])  # type: ignore[assignment]
    return event


def _proven(rows: Sequence[RowMapping], codec: Codec) -> tuple[dict[int, Record], list[int]]:
    """The records whose bytes are those that the log had, and the offsets of the others: to be read there."""
    proven: dict[int, Record] = {}
    missing = []
    for row in rows:
        record = _event(row)
        if sha256(codec.encode(record)).digest() == bytes(row["sha256"]):
            proven[row["offset"]] = record
        else:  # written with another schema, for instance
            missing.append(row["offset"])
    return proven, missing
