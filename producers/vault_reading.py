"""Reading what the vault holds, and destroying the key of a case so that nobody can any more."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, CursorResult, TextClause, select, text, update

from producers.cases import require_id
from producers.connections import transaction
from producers.now import SystemClock
from producers.said import REPORTER
from producers.tables import case_keys
from producers.vault import CaseKey, Vault
from schemas.event_types import Instant

_READ_TEXTS = text(
    "SELECT event_id::text, sealed FROM door.read_texts(:case_id, :by_role, :provider, :purpose)"
)
_READ_REPORTER = text("SELECT event_id::text, sealed FROM door.read_reporter(:case_id, :by_role, :purpose)")
_READ_DECIDERS = text(
    "SELECT event_id::text, sealed FROM door.read_deciders(:case_id, :by_role, :provider, :purpose)"
)


class Erased(LookupError):
    """The key of this case was destroyed: what was kept with it cannot be read by anybody."""


@dataclass(frozen=True)
class Kept:
    """`said`: the fields of the body as they came; `aside`: by JSON pointer, those that nobody knew."""

    event_id: str
    said: dict[str, Any]
    aside: dict[str, Any]


def texts(
    connection: Connection,
    opener: Vault,
    case_id: str,
    *,
    by_role: str,
    purpose: str,
    provider: str | None = None,
    only: Collection[str] | None = None,
) -> tuple[Kept, ...]:
    """What was written about a case, in the order in which it came. The read is written down.

    Raises `Erased`. `provider`: the one that the reader belongs to, None for all. `only`: the events whose
    texts are wanted; no other is opened.
    """
    whom = {"by_role": by_role, "provider": provider, "purpose": purpose}
    key, rows = _read(connection, opener, case_id, _READ_TEXTS, whom)
    wanted = (row for row in rows if only is None or row.event_id in only)
    return tuple(_kept(row.event_id, key.unseal(row.event_id, row.sealed)) for row in wanted)


def _kept(event_id: str, content: dict[str, Any]) -> Kept:
    """Without what an earlier release kept here of a reporter, whose identity is read apart."""
    aside = {place: value for place, value in content["kept_aside"].items() if not place.startswith(REPORTER)}
    return Kept(event_id, content["said"], aside)


def reporters(
    connection: Connection, opener: Vault, case_id: str, *, by_role: str, purpose: str
) -> tuple[dict[str, Any], ...]:
    """Who reported a case; empty where that was not said. The read is written down. Raises `Erased`."""
    whom = {"by_role": by_role, "purpose": purpose}
    key, rows = _read(connection, opener, case_id, _READ_REPORTER, whom)
    return tuple(key.unseal_reporter(row.event_id, row.sealed) for row in rows)


def deciders(
    connection: Connection,
    opener: Vault,
    case_id: str,
    *,
    by_role: str,
    purpose: str,
    provider: str | None = None,
) -> dict[str, str]:
    """Who found or decided, by name and event, where that was said. The read is written down.

    Raises `Erased`. `provider`: the one that the reader belongs to, None for all.
    """
    whom = {"by_role": by_role, "provider": provider, "purpose": purpose}
    key, rows = _read(connection, opener, case_id, _READ_DECIDERS, whom)
    return {row.event_id: key.unseal_reporter(row.event_id, row.sealed)["name"] for row in rows}


def _read(
    connection: Connection, opener: Vault, case_id: str, question: TextClause, whom: Mapping[str, str | None]
) -> tuple[CaseKey, CursorResult[Any]]:
    """The key, and the sealed rows of one of the functions that write down who reads, and why."""
    key = _key(connection, opener, case_id)
    return key, connection.execute(question, {"case_id": key.case_id, **whom})


def erased_at(connection: Connection, case_id: str) -> Instant | None:
    """When the key of a case was destroyed; None where it was not."""
    wanted = select(case_keys.c.destroyed_at).where(case_keys.c.case_id == require_id(case_id))
    return connection.execute(wanted).scalar()


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
