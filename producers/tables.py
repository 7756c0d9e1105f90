"""What the door keeps, in the PostgreSQL schema `door`. Times are milliseconds since the epoch (UTC)."""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.types import UserDefinedType

SCHEMA = "door"


class Xid8(UserDefinedType[str]):
    """A PostgreSQL transaction id that never wraps round."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


METADATA = MetaData(schema=SCHEMA)
_Uuid = UUID(as_uuid=False)
_this_transaction = text("pg_current_xact_id()")

outbox = Table(
    "outbox",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("xid", Xid8, nullable=False, server_default=_this_transaction),
    Column("topic", Text, nullable=False, server_default=text("'safety.case-events'")),
    Column("partition", Integer),
    Column("key", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Index("outbox_order", "xid", "id"),
)

delivered = Table(
    "delivered",
    METADATA,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("log_offset", BigInteger, primary_key=True),
    Column("key", Text, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("headers", JSONB, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
)
"""What left the outbox in the last minutes, and where it lies on the log; `at` is the server's own time."""

ticks = Table(
    "ticks",
    METADATA,
    Column("as_of", BigInteger, primary_key=True),
    Column("manual", Boolean, nullable=False),
)

courier = Table(
    "courier",
    METADATA,
    Column("partition", Integer, primary_key=True),
    Column("next_offset", BigInteger, nullable=False),
)

clock_notes = Table(
    "clock_notes",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("last_tick", BigInteger),
    Column("stops", Boolean, nullable=False),
    Column("cleared_at", BigInteger),
    Column("cleared_by", Text),
)

adoptions = Table(
    "adoptions",
    METADATA,
    Column("subject", Text, primary_key=True),
    Column("sha256", Text, primary_key=True),
    Column("version", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("xid", Xid8, nullable=False, server_default=_this_transaction),
    Column("by_person", Boolean, nullable=False, server_default=text("false")),
)

schema_ids = Table(
    "schema_ids",
    METADATA,
    Column("full_name", Text, primary_key=True),
    Column("id", Integer, nullable=False),
)

providers = Table(
    "providers",
    METADATA,
    Column("code", Text, primary_key=True),
    Column("valid_from", Text, primary_key=True),
    Column("valid_to", Text),
    Column("name", Text, nullable=False),
    Column("class", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("nhs_contract", Boolean, nullable=False),
    Column("scheme_member", Boolean, nullable=False),
    Column("commissioner", Text),
    Column("successor", Text),
)

cases = Table(
    "cases",
    METADATA,
    Column("case_id", _Uuid, primary_key=True),
    Column("state", JSONB, nullable=False),
    Column("duplicate_of", _Uuid),
    Column("recorded_at", BigInteger, nullable=False),
)

events = Table(
    "events",
    METADATA,
    Column("event_id", _Uuid, primary_key=True),
    Column("case_id", _Uuid, ForeignKey("door.cases.case_id"), nullable=False),
    Column("type", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("seq", BigInteger, Identity(), nullable=False),
    Column("changes", JSONB, nullable=False),
    Column("twin", _Uuid),
    Column("retracted_by", _Uuid),
    Index("events_of_case", "case_id", "seq"),
)

receipts = Table(
    "receipts",
    METADATA,
    Column("report_id", _Uuid, primary_key=True),
    Column("case_id", _Uuid, ForeignKey("door.cases.case_id"), nullable=False),
    Column("receipt", Text, nullable=False),
)

answers = Table(
    "answers",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("fingerprint", LargeBinary, nullable=False),
    Column("answer", JSONB, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
)

case_keys = Table(
    "case_keys",
    METADATA,
    Column("case_id", _Uuid, primary_key=True),
    Column("wrapped", LargeBinary),
    Column("destroyed_at", BigInteger),
    Column("destroyed_by", Text),
)

vault = Table(
    "vault",
    METADATA,
    Column("event_id", _Uuid, primary_key=True),
    Column("case_id", _Uuid, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Index("vault_of_case", "case_id"),
)

reporters = Table(
    "reporters",
    METADATA,
    Column("event_id", _Uuid, primary_key=True),
    Column("case_id", _Uuid, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index("reporters_of_case", "case_id"),
)

reporter_reads = Table(
    "reporter_reads",
    METADATA,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("read_at", BigInteger, nullable=False),
    Column("case_id", _Uuid, nullable=False),
    Column("by_role", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("database_role", Text, nullable=False, server_default=text("session_user")),
    Index("reporter_reads_of_case", "case_id"),
)


def _reads(name: str) -> Table:
    return Table(
        name,
        METADATA,
        Column("id", BigInteger, Identity(), primary_key=True),
        Column("read_at", BigInteger, nullable=False),
        Column("case_id", _Uuid, nullable=False),
        Column("by_role", Text, nullable=False),
        Column("provider", Text),
        Column("purpose", Text, nullable=False),
        Column("database_role", Text, nullable=False, server_default=text("session_user")),
        Index(f"{name}_of_case", "case_id"),
    )


text_reads = _reads("text_reads")
decider_reads = _reads("decider_reads")
