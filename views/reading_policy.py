"""The policy in force on the log: for each rule what it took last, and when."""

from typing import NamedTuple

from sqlalchemy import Connection, select

from schemas.event_types import Instant
from schemas.outcome_types import CalendarTaken, PolicyTaken
from schemas.topics import OBLIGATIONS, RULES
from sinks.tables import outcomes, publication_records
from views.reading import outcome_of

FIRST_PARTITION = "partition:0"
"""A policy goes to all partitions at once; one of them tells which."""


class Adopted(NamedTuple):
    rule: str
    version: str
    content: str
    adopted_at: Instant


def adopted(connection: Connection, rule: str | None = None) -> list[Adopted]:
    """The newest of each rule, in the order of the topics, then of what is no rule of a case.

    Empty before the first one was taken.
    """
    mine = (outcomes.c.subject == FIRST_PARTITION) & (outcomes.c.type == "policy_taken")
    if rule is not None:
        mine &= outcomes.c.rule == rule
    rows = connection.execute(
        select(outcomes.c.rule, outcomes.c.type, outcomes.c.payload).where(mine).order_by(outcomes.c.revision)
    )
    newest: dict[str, Adopted] = {}
    for name, kind, payload in rows:
        taken = outcome_of(kind, payload)
        if isinstance(taken, PolicyTaken):
            newest[name] = Adopted(name, taken.policy_version or "", taken.content, taken.recorded_at)
    found = [newest[name] for name in RULES.values() if name in newest]
    return found + [one for one in _of_publication(connection) if rule in (None, one.rule)]


def adopted_calendar(connection: Connection) -> tuple[str, str] | None:
    """Version and content of the newest: all rules take the same one, and one of them tells which."""
    mine = (outcomes.c.subject == FIRST_PARTITION) & (outcomes.c.type == "calendar_taken")
    chosen = select(outcomes.c.type, outcomes.c.payload).where(mine, outcomes.c.rule == RULES[OBLIGATIONS])
    row = connection.execute(chosen.order_by(outcomes.c.revision.desc()).limit(1)).first()
    taken = None if row is None else outcome_of(row.type, row.payload)
    return (taken.calendar_version or "", taken.content) if isinstance(taken, CalendarTaken) else None


def _of_publication(connection: Connection) -> list[Adopted]:
    """Releases follow a policy that no rule of a case takes: it is read as it was adopted."""
    table = publication_records
    newest = (
        select(table.c.payload)
        .where(table.c.type == "policy_adopted")
        .order_by(table.c.recorded_at.desc(), table.c.event_id.desc())
        .limit(1)
    )
    return [
        Adopted(one["rule"], one["version"], one["content"], one["recorded_at"])
        for one in connection.scalars(newest)
    ]
