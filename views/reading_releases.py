"""Releases of never-event figures, from the read model; names of organisations, from the directory."""

from typing import Any

from sqlalchemy import Connection, Engine, select

from producers.tables import providers
from sinks.tables import releases

PUBLISHED = "published"
_LISTED = [column for column in releases.c if column.name != "checks"]


def listed(connection: Connection, *, drafts: bool) -> list[Any]:
    """In the order in which they fell due; only the published ones, unless drafts are asked for."""
    wanted = select(*_LISTED).order_by(releases.c.as_of, releases.c.id)
    return list(connection.execute(wanted if drafts else wanted.where(releases.c.status == PUBLISHED)))


def found(connection: Connection, id: str, *, drafts: bool) -> Any | None:
    """None for what is not there, or not for this reader."""
    wanted = select(releases).where(releases.c.id == id)
    return connection.execute(
        wanted if drafts else wanted.where(releases.c.status == PUBLISHED)
    ).one_or_none()


def names(door: Engine) -> dict[str, str]:
    """What the directory calls each code now."""
    newest = select(providers.c.code, providers.c.name).order_by(providers.c.code, providers.c.valid_from)
    with door.connect() as connection:
        return {row.code: row.name for row in connection.execute(newest)}
