"""Who read what the vault holds of a case: by role, as each reading was written down."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import Connection, Text, cast, literal, null, select, union_all

from producers.cases import require_id
from producers.tables import decider_reads, reporter_reads, text_reads
from schemas.event_types import Instant

What = Literal["words", "deciders", "reporter"]
_KEPT_IN = {"words": text_reads, "deciders": decider_reads, "reporter": reporter_reads}


@dataclass(frozen=True)
class Reading:
    """`read_at`: by the clock of the database. `provider`: that of the reader; None for all, or not said."""

    read_at: Instant
    what: What
    by_role: str
    provider: str | None
    purpose: str


def readings(connection: Connection, case_id: str) -> tuple[Reading, ...]:
    """The newest first. They stay when the key of the case is destroyed."""
    wanted = require_id(case_id)
    each = [
        select(
            table.c.read_at,
            literal(what).label("what"),
            table.c.by_role,
            table.c.provider if "provider" in table.c else cast(null(), Text).label("provider"),
            table.c.purpose,
            table.c.id,
        ).where(table.c.case_id == wanted)
        for what, table in _KEPT_IN.items()
    ]
    found = union_all(*each).subquery()
    newest = select(found).order_by(found.c.read_at.desc(), found.c.what, found.c.id.desc())
    return tuple(Reading(*row[:-1]) for row in connection.execute(newest))
