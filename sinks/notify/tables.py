"""The PostgreSQL schema `notify`: who was to be told, and what became of it.

Not part of the read model: a rebuild leaves it alone, or people would be paged again for what was long over.
Times are milliseconds since the epoch; `…_wall` by the clock of the machine, all others by that of the log.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, Table, Text
from sqlalchemy import text as sql

SCHEMA = "notify"

metadata = MetaData(schema=SCHEMA)


def _moment(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


escalations = Table(
    "escalations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("page", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("trigger", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("level", Integer, nullable=False),
    Column("owner_role", Text, nullable=False),
    Column("next_step", Text, nullable=False),
    _moment("raised_at"),
    _moment("since"),
    _moment("acknowledge_by"),
    _moment("act_by"),
    Column("waits", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
)
"""Each escalation as far as it concerns telling somebody. `page`: id of the outcome that named the owner."""

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Text, primary_key=True),
    Column("page", Text, nullable=False),
    Column("escalation_id", Text, nullable=False),
    Column("case_id", Text, nullable=False),
    Column("level", Integer, nullable=False),
    Column("place", Integer, nullable=False),
    Column("channel", Text, nullable=False),
    Column("contact", Text),
    Column("owner_role", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("detail", Text),
    _moment("planned_at"),
    _moment("give_up_at"),
    _moment("next_wall"),
    _moment("changed_wall"),
    Index("deliveries_of_an_escalation", "escalation_id", "level", "place"),
    Index("deliveries_of_a_page", "page", "place"),
    Index(
        "deliveries_under_way",
        "state",
        "next_wall",
        postgresql_where=sql("state IN ('planned', 'sending', 'handed_over')"),
    ),
)
"""One way of telling one owner. The id is the idempotency key; the body does not change between attempts.
The address is not here: it is looked up by role, provider and `contact` when it is used."""

steps = Table(
    "steps",
    metadata,
    Column("event_id", Text, primary_key=True),
    Column("case_id", Text, nullable=False),
    Column("escalation_id", Text, nullable=False),
    Column("level", Integer, nullable=False),
    Column("channel", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("attempt", Integer, nullable=False),
    _moment("at"),
    Column("recorded", Boolean, nullable=False),
    Column("refused", Text),
    Index("steps_to_record", "at", postgresql_where=sql("NOT recorded")),
)
"""What is to go to the log through the door, and what has gone there."""

offsets = Table(
    "offsets",
    metadata,
    Column("partition", Integer, primary_key=True),
    Column("next_offset", BigInteger, nullable=False),
)
"""How far `safety.escalations` was read: in the same transaction as what was planned for it."""
