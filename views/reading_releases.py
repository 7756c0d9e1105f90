"""Releases of never-event figures, from the read model; names of organisations, from the directory."""

from typing import Any

from sqlalchemy import Connection, Engine, ScalarSelect, Select, case, func, literal, select, tuple_

from producers.tables import providers
from schemas.event_types import Instant
from sinks.tables import publication_progress, releases
from views import reading
from views.reading import Cursor

PUBLISHED = "published"


def page(
    connection: Connection, *, drafts: bool, after: Cursor | None, limit: int, as_at: Instant | None
) -> tuple[list[Any], Cursor | None]:
    """In the order in which they fell due, and where the next page begins, None for the last one.

    Only the published ones, unless drafts are asked for.
    """
    wanted = _releases(drafts, as_at)
    if after is not None:
        wanted = wanted.where(tuple_(releases.c.as_of, releases.c.id) > tuple_(*after))
    rows = connection.execute(wanted.order_by(releases.c.as_of, releases.c.id).limit(limit + 1)).all()
    if len(rows) <= limit:
        return list(rows), None
    last = rows[limit - 1]
    return list(rows[:limit]), (last.as_of, last.id)


def found(connection: Connection, id: str, *, drafts: bool, as_at: Instant | None = None) -> Any | None:
    """None for what is not there, or not for this reader."""
    return connection.execute(_releases(drafts, as_at).where(releases.c.id == id)).one_or_none()


def is_settled(connection: Connection, as_at: Instant | None) -> bool:
    """Whether all that fell due by the ticks that stand here, or by then, has been drafted."""
    looked_up_to = connection.scalar(select(func.max(publication_progress.c.looked_up_to)))
    newest = reading.settled_up_to(connection) if as_at is None else as_at
    drafted = looked_up_to is not None and newest is not None and looked_up_to >= newest
    return drafted and reading.is_settled(connection, as_at)


def _releases(drafts: bool, as_at: Instant | None) -> Select[Any]:
    """As they stand; or as they stood, by what fell due and was signed up to then.

    Each with `newest_signed`, of its year. A signature publishes: when the files came to lie in the public
    place is a matter of seconds and not kept.
    """
    if as_at is None:
        wanted = select(releases, _newest_signed(None).label("newest_signed"))
        return wanted if drafts else wanted.where(releases.c.status == PUBLISHED)
    signed_later = releases.c.signed_at > as_at
    then = {
        "status": case((signed_later, literal("checked")), else_=releases.c.status),
        "signed_at": case((signed_later, None), else_=releases.c.signed_at),
        "signed_by": case((signed_later, None), else_=releases.c.signed_by),
    }
    columns = [then[each.name].label(each.name) if each.name in then else each for each in releases.c]
    wanted = select(*columns, _newest_signed(as_at).label("newest_signed")).where(releases.c.as_of <= as_at)
    return wanted if drafts else wanted.where(then["status"] == PUBLISHED)


def _newest_signed(as_at: Instant | None) -> ScalarSelect[str]:
    of_year = releases.alias()
    mine = (of_year.c.window_from == releases.c.window_from) & of_year.c.signed_at.is_not(None)
    if as_at is not None:
        mine &= of_year.c.signed_at <= as_at
    newest = select(of_year.c.id).where(mine).correlate(releases)
    return newest.order_by(of_year.c.window_to.desc(), of_year.c.revision.desc()).limit(1).scalar_subquery()


def names(door: Engine) -> dict[str, str]:
    """What the directory calls each code now."""
    newest = select(providers.c.code, providers.c.name).order_by(providers.c.code, providers.c.valid_from)
    with door.connect() as connection:
        return {row.code: row.name for row in connection.execute(newest)}
