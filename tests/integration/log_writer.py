"""Writes on the log as the door and the engine would, for tests of what reads it."""

from dataclasses import dataclass
from typing import Any

from confluent_kafka import Consumer, Producer, TopicPartition

from rules.identity import obligation_id
from rules.rule import outcome_id
from schemas import event_types as events
from schemas import outcome_types as outcomes
from schemas.codec import Codec
from schemas.event_types import Record
from schemas.topics import CASE_EVENTS, OBLIGATIONS, PARTITIONS
from sinks.ends import ENGINE_GROUP

MORNING = 1_387_530_000_000
"""2013-12-20T09:00:00Z"""
HOUR = 3_600_000
DUE = 1_389_225_599_000
"""2014-01-08T23:59:59Z"""

TRUST = events.Provider(code="RXX", type="nhs_trust", nhs_contract=True, scheme_member=True)


def patient(ref: str = "p1", harm: events.Grade = "moderate") -> events.Patient:
    return events.Patient(ref=ref, physical=harm, psychological="none", relation="patient")


def facts(**changed: Any) -> events.CaseFacts:
    said: dict[str, Any] = {
        "kind": "incident",
        "reported_at": MORNING,
        "aware_at": MORNING - HOUR,
        "aware_assumed": False,
        "occurred_at": MORNING - 12 * HOUR,
        "providers": (TRUST,),
        "patients": (patient(),),
    }
    return events.CaseFacts(**said | changed)


def event(
    kind: type[Record], case_id: str, event_id: str, recorded_at: int = MORNING, **fields: Any
) -> Record:
    said: dict[str, Any] = {
        "harm": "moderate",
        "potential": "not_known",
        "flags": 0,
        "event_id": event_id,
        "case_id": case_id,
        "at": recorded_at,
        "recorded_at": recorded_at,
        "by_role": "clinician",
        "facts": facts(),
    }
    return kind(**said | fields)


def reported(case_id: str, recorded_at: int = MORNING, **fields: Any) -> Record:
    fields = {"event_id": f"report-{case_id}", "reporter_role": "clinician"} | fields
    return event(events.Reported, case_id, recorded_at=recorded_at, **fields)


def tell(case_id: str, instrument: str = "SC35_2013", patient: str = "p1", provider: str = "RXX") -> str:
    return obligation_id(case_id, patient, provider, "tell", instrument)


def opened(case_id: str, recorded_at: int = MORNING, **changed: Any) -> outcomes.ObligationOpened:
    said: dict[str, Any] = {
        "subject": tell(case_id, changed.get("instrument", "SC35_2013")),
        "revision": 1,
        "case_id": case_id,
        "recorded_at": recorded_at,
        "cause": f"report-{case_id}",
        "because": ("Moderate harm at an NHS trust.",),
        "policy_version": "SC35_2013",
        "calendar_version": "2014",
        "patient": "p1",
        "provider": "RXX",
        "provider_type": "nhs_trust",
        "duty": "tell",
        "instrument": "SC35_2013",
        "basis": "contract",
        "threshold": "moderate or worse",
        "provisional": False,
        "harm": "moderate",
        "aware_at": MORNING - HOUR,
        "aware_assumed": False,
        "reported_at": MORNING,
        "starts_at": MORNING,
        "due_days": 10,
        "due_at": DUE,
        "owner_role": "clinician",
        "relation": "patient",
    }
    return outcomes.ObligationOpened(**said | changed)


def said(
    kind: type[outcomes.Outcome],
    case_id: str,
    revision: int,
    recorded_at: int,
    because: str = "",
    **fields: Any,
) -> outcomes.Outcome:
    """One outcome about the duty to tell under SC35_2013 (or about another `subject`)."""
    common: dict[str, Any] = {
        "subject": tell(case_id),
        "revision": revision,
        "case_id": case_id,
        "recorded_at": recorded_at,
        "cause": f"tick:{recorded_at}",
        "because": (because or f"Because of {kind.__name__}.",),
    }
    return kind(**common | fields)


@dataclass
class LogWriter:
    """Appends to the real topics; a case lies in the partition that is given, 0 if none is."""

    kafka: str
    codec: Codec
    partition: int = 0

    def __post_init__(self) -> None:
        self._producer = Producer(
            {
                "bootstrap.servers": self.kafka,
                "linger.ms": 0,
                "acks": "all",
                "log_level": 0,
                "message.max.bytes": 4_000_000,
            }
        )

    def event(self, *records: Record) -> None:
        for record in records:
            self.raw(CASE_EVENTS, record.case_id.encode(), self.codec.encode(record))  # type: ignore[attr-defined]

    def outcome(self, *records: outcomes.Outcome) -> None:
        for record in records:
            headers = {"id": outcome_id("candour", record).encode(), "source_offset": b"0", "part": b"1/1"}
            self.raw(OBLIGATIONS, (record.case_id or "").encode(), self.codec.encode(record), headers)

    def tick(self, as_of: int, partitions: range = range(PARTITIONS)) -> None:
        for partition in partitions:
            tick = events.ClockTick(partition=partition, as_of=as_of, event_id=f"tick-{as_of}-{partition}")
            self.raw(
                CASE_EVENTS, f"partition:{partition}".encode(), self.codec.encode(tick), partition=partition
            )

    def raw(
        self,
        topic: str,
        key: bytes,
        value: bytes | None,
        headers: dict[str, bytes] | None = None,
        partition: int | None = None,
        written_ms: int = 0,
    ) -> None:
        """`written_ms`: the time of the record, since the epoch; nought for now."""
        where = self.partition if partition is None else partition
        pairs: list[tuple[str, str | bytes | None]] = [*(headers or {}).items()]
        self._producer.produce(
            topic, value=value, key=key, partition=where, headers=pairs, timestamp=written_ms
        )
        self._producer.flush(30)

    def ends(self) -> dict[tuple[str, int], int]:
        """Where each partition of both topics ends."""
        places = [
            TopicPartition(topic, part) for topic in (CASE_EVENTS, OBLIGATIONS) for part in range(PARTITIONS)
        ]
        consumer = Consumer({"bootstrap.servers": self.kafka, "group.id": "test-ends", "log_level": 0})
        try:
            return {(at.topic, at.partition): consumer.get_watermark_offsets(at)[1] for at in places}
        finally:
            consumer.close()

    def engine_commits(self) -> None:
        """As if the engine had decided everything that is on the log now."""
        consumer = Consumer(
            {"bootstrap.servers": self.kafka, "group.id": ENGINE_GROUP, "enable.auto.commit": False}
        )
        ends = self.ends()
        places = [TopicPartition(CASE_EVENTS, part, ends[CASE_EVENTS, part]) for part in range(PARTITIONS)]
        consumer.commit(offsets=places, asynchronous=False)
        consumer.close()
