"""The policy in force on the log: for each rule what it took last, and when."""

from typing import NamedTuple

from sqlalchemy import Connection, select

from schemas.event_types import Instant
from schemas.outcome_types import PolicyTaken
from schemas.topics import RULES
from sinks.tables import outcomes
from views.reading import outcome_of

FIRST_PARTITION = "partition:0"
"""A policy goes to all partitions at once; one of them tells which."""


class Adopted(NamedTuple):
    rule: str
    version: str
    content: str
    adopted_at: Instant


def adopted(connection: Connection, rule: str | None = None) -> list[Adopted]:
    """The newest of each rule, in the order of the topics; empty before the first one was taken."""
    mine = (outcomes.c.subject == FIRST_PARTITION) & (outcomes.c.type == "policy_taken")
    rows = connection.execute(
        select(outcomes.c.rule, outcomes.c.type, outcomes.c.payload).where(mine).order_by(outcomes.c.revision)
    )
    newest: dict[str, Adopted] = {}
    for name, kind, payload in rows:
        taken = outcome_of(kind, payload)
        if isinstance(taken, PolicyTaken) and rule in (None, name):
            newest[name] = Adopted(name, taken.policy_version or "", taken.content, taken.recorded_at)
    return [newest[name] for name in RULES.values() if name in newest]
