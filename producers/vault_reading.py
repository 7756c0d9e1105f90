"""Reading what the vault holds, and destroying the key of a case so that nobody can any more."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select, text, update

from producers.cases import require_id
from producers.connections import transaction
from producers.now import SystemClock
from producers.tables import case_keys, vault
from producers.vault import CaseKey, Vault

_READ_REPORTER = text("SELECT event_id::text, sealed FROM door.read_reporter(:case_id, :by_role, :purpose)")


class Erased(LookupError):
    """The key of this case was destroyed: what was kept with it cannot be read by anybody."""


@dataclass(frozen=True)
class Kept:
    """`said`: the fields of the body as they came; `aside`: by JSON pointer, those that nobody knew."""

    event_id: str
    said: dict[str, Any]
    aside: dict[str, Any]


def texts(connection: Connection, opener: Vault, case_id: str) -> tuple[Kept, ...]:
    """What was written about a case, in the order in which it came. Raises `Erased`."""
    key = _key(connection, opener, case_id)
    rows = connection.execute(
        select(vault.c.event_id, vault.c.sealed)
        .where(vault.c.case_id == key.case_id)
        .order_by(vault.c.recorded_at)
    )
    opened = ((row.event_id, key.unseal(row.event_id, row.sealed)) for row in rows)
    return tuple(Kept(event_id, content["said"], content["kept_aside"]) for event_id, content in opened)


def reporters(
    connection: Connection, opener: Vault, case_id: str, *, by_role: str, purpose: str
) -> tuple[dict[str, Any], ...]:
    """Who reported a case; empty where that was not said. The read is written down. Raises `Erased`."""
    key = _key(connection, opener, case_id)
    values = {"case_id": key.case_id, "by_role": by_role, "purpose": purpose}
    rows = connection.execute(_READ_REPORTER, values)
    return tuple(key.unseal_reporter(row.event_id, row.sealed) for row in rows)


def erase(database: str, case_id: str, by: str) -> bool:
    """Destroy the key of a case; False where there was none to destroy. Nothing brings it back."""
    wanted = require_id(case_id)
    with transaction(database) as connection:
        now = SystemClock().now(connection)
        standing = update(case_keys).where(case_keys.c.case_id == wanted, case_keys.c.wrapped.is_not(None))
        done = connection.execute(standing.values(wrapped=None, destroyed_at=now, destroyed_by=by))
        return done.rowcount == 1


def _key(connection: Connection, opener: Vault, case_id: str) -> CaseKey:
    wanted = require_id(case_id)
    wrapped = connection.execute(select(case_keys.c.wrapped).where(case_keys.c.case_id == wanted)).scalar()
    if wrapped is None:
        raise Erased(f"the key of case {wanted} was destroyed, or there is no such case")
    return opener.open_key(wanted, wrapped)
