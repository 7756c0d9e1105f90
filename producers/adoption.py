"""Puts the policy and the calendar into every partition of the log, so that a replay needs the log alone."""

from collections.abc import Mapping
from hashlib import sha256
from uuid import uuid4

from sqlalchemy import select, text

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


def adopt_defaults(database: str) -> None:
    """Adopt what the release brings, once the door knows the contracts. Safe to repeat.

    A manual clock is set before, or these records have the time of the machine.
    """
    from rules.calendar import default_content as calendar_content
    from rules.defaults import DEFAULTS

    for rule, content in DEFAULTS.items():
        adopt(database, rule, *content())
    adopt(database, CALENDAR, *calendar_content())


def learn_contracts(database: str, ids: Mapping[str, int]) -> None:
    """Keep the ids of the registered contracts: from now on nothing at the door waits for the registry."""
    with transaction(database) as connection:
        save_ids(connection, ids)


def adopt(database: str, rule: str, version: str, content: str) -> bool:
    """Adopt a policy of a rule, or the calendar (`rule="calendar"`); False where it was adopted before."""
    subject = CALENDAR if rule == CALENDAR else f"policy:{rule}"
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
        }
        connection.execute(adoptions.insert().values(row))
        return True
