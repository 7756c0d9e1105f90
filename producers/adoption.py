"""Puts the policy and the calendar into every partition of the log, so that a replay needs the log alone."""

from collections.abc import Mapping
from hashlib import sha256
from typing import NamedTuple
from uuid import uuid4

from sqlalchemy import Connection, select, text

from producers.connections import transaction
from producers.now import clock_of_log
from producers.outbox import codec_of, partition_row, put, save_ids
from producers.tables import adoptions
from schemas.event_types import CalendarAdopted, PolicyAdopted
from schemas.topics import CASE_EVENTS, PARTITIONS, WARD_EVENTS

CALENDAR = "calendar"
PATTERNS = "patterns"
"""The rule that hears the wards; its windows are counted in days, so that it needs no calendar."""
_LOCK = 0x63616E64_6F6F7203


class Withheld(NamedTuple):
    """A version that a release brings and that is not adopted, because a person adopted the other."""

    rule: str
    stands: str
    brought: str


def adopt_defaults(database: str) -> list[Withheld]:
    """Adopt what the release brings, once the door knows the contracts. Safe to repeat.

    What a person has adopted stands until a person replaces it: the release's own is withheld, and told.
    A manual clock is set before, or these records have the time of the machine.
    """
    from rules.calendar import default_content as calendar_content
    from rules.defaults import DEFAULTS

    brought = {rule: content() for rule, content in DEFAULTS.items()} | {CALENDAR: calendar_content()}
    withheld = []
    for rule, (version, content) in brought.items():
        with transaction(database) as connection:
            stands = _adopted_by_a_person(connection, rule)
        if stands is None:
            adopt(database, rule, version, content)
        elif stands != version:
            withheld.append(Withheld(rule, stands, version))
    return withheld


def learn_contracts(database: str, ids: Mapping[str, int]) -> None:
    """Keep the ids of the registered contracts: from now on nothing at the door waits for the registry."""
    with transaction(database) as connection:
        save_ids(connection, ids)


def _adopted_by_a_person(connection: Connection, rule: str) -> str | None:
    """The version that stands, where it was a person who adopted it."""
    mine = select(adoptions).where(adoptions.c.subject == _subject(rule))
    newest = connection.execute(mine.order_by(adoptions.c.xid.desc()).limit(1)).first()
    return newest.version if newest is not None and newest.by_person else None


def _subject(rule: str) -> str:
    return CALENDAR if rule == CALENDAR else f"policy:{rule}"


def adopt(database: str, rule: str, version: str, content: str, *, by_person: bool = False) -> bool:
    """Adopt a policy of a rule, or the calendar (`rule="calendar"`); False where it was adopted before."""
    subject = _subject(rule)
    digest = sha256(content.encode()).hexdigest()
    with transaction(database) as connection:
        codec = codec_of(connection)
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        there = select(adoptions.c.sha256).where(adoptions.c.subject == subject, adoptions.c.sha256 == digest)
        if connection.execute(there).first() is not None:
            return False
        now = clock_of_log(connection).open(connection).now
        records: list[PolicyAdopted | CalendarAdopted] = []
        for partition in range(PARTITIONS):
            common = {
                "partition": partition,
                "event_id": str(uuid4()),
                "recorded_at": now,
                "version": version,
                "sha256": digest,
                "content": content,
            }
            records.append(
                CalendarAdopted(**common) if rule == CALENDAR else PolicyAdopted(**common, rule=rule)  # type: ignore[arg-type]
            )
        topic = WARD_EVENTS if rule == PATTERNS else CASE_EVENTS
        put(
            connection,
            [partition_row(codec, one, one.event_id, one.partition, now, topic) for one in records],
        )
        row = {
            "subject": subject,
            "sha256": digest,
            "version": version,
            "content": content,
            "recorded_at": now,
            "by_person": by_person,
        }
        connection.execute(adoptions.insert().values(row))
        return True
