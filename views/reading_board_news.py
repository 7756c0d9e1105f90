"""What is new for the board since a number it has seen: events and outcomes in the order of their commit."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct, convert
from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, null, select, union_all

from sinks.obligation import Obligation
from sinks.tables import case_events, cases, obligations, outcomes
from sinks.together import text_of
from views.api import shapes
from views.api.times import utc

MOST = 500
"""More than this is not told one by one: the board is to be loaded again."""

_SILENT = ("policy_taken", "calendar_taken", "evidence_taken", "evidence_withdrawn")


class News(Struct, frozen=True, kw_only=True):
    """One message of the live feed. `providers`: whose it is; empty where that is not known."""

    seq: int
    body: Mapping[str, Any]
    providers: tuple[str, ...] = ()

    def concerns(self, provider: str | None) -> bool:
        return provider is None or provider in self.providers or self.body["type"] == "reload"


def newest(connection: Connection) -> int:
    """The number of the newest row, 0 when there is none."""
    found = (select(func.max(table.c.seq)).scalar_subquery() for table in (case_events, outcomes))
    return connection.scalar(select(func.coalesce(func.greatest(*found), 0))) or 0


def since(connection: Connection, seen: int) -> tuple[list[News], int]:
    """What came after `seen`, and the number up to which that is all."""
    upto = newest(connection)
    rows = [dict(row) for row in connection.execute(_AFTER, values(seen)).mappings()] if seen <= upto else []
    if upto < seen or len(rows) > MOST:
        return [_reload(upto)], upto
    return told(rows, seen)


def told(rows: Sequence[Mapping[str, Any]], seen: int) -> tuple[list[News], int]:
    """The same from the rows of `AFTER`, where they are not more than `MOST`."""
    news = [_of_event(row) if row["subject"] is None else _of_outcome(row) for row in rows if _speaks(row)]
    return news, rows[-1]["seq"] if rows else seen


def _columns(table: Any, id: str, subject: ColumnElement[Any]) -> Select[Any]:
    names = ("seq", "type", "case_id", "recorded_at", "payload")
    chosen = select(*(table.c[name] for name in names), table.c[id].label("event_id"), subject)
    return chosen.where(table.c.seq > bindparam("seen"))


def _what_came() -> Select[Any]:
    """One statement sees all tables at one moment, and looks subjects up by key, however many there are."""
    news = (
        union_all(
            _columns(case_events, "event_id", null().label("subject")),
            _columns(outcomes, "id", outcomes.c.subject),
        )
        .order_by("seq")
        .limit(bindparam("limit"))
        .subquery("news")
    )
    owed = obligations.alias("owed")
    of_subject = select(func.to_jsonb(owed.table_valued())).where(owed.c.id == news.c.subject)
    of_case = select(cases.c.providers).where(cases.c.case_id == news.c.case_id)
    return select(
        news,
        of_subject.scalar_subquery().label("obligation"),
        of_case.scalar_subquery().label("owners"),
    ).order_by(news.c.seq)


_AFTER = _what_came()
AFTER = text_of(_AFTER)
"""What came after `seen`, one more than `MOST` at most; for who asks without SQLAlchemy."""


def values(seen: int) -> dict[str, int]:
    """What `AFTER` is asked with."""
    return {"seen": seen, "limit": MOST + 1}


def _reload(upto: int) -> News:
    return News(seq=upto, body={"seq": upto, "type": "reload"})


def _speaks(row: Mapping[str, Any]) -> bool:
    return row["subject"] is None or row["type"] not in _SILENT


def _of_event(row: Mapping[str, Any]) -> News:
    payload = row["payload"]
    body = {
        "seq": row["seq"],
        "type": row["type"],
        "case_id": row["case_id"],
        "event_id": row["event_id"],
        "recorded_at": utc(row["recorded_at"]),
        "kind": payload["facts"]["kind"],
        "harm": payload["harm"],
        "provider": next(iter(_codes(payload["facts"]["providers"])), None),
        "obligation": None,
    }
    return News(seq=row["seq"], body=body, providers=_codes(payload["facts"]["providers"]))


def _of_outcome(row: Mapping[str, Any]) -> News:
    owed = None if row["obligation"] is None else convert(row["obligation"], Obligation)
    owners = (owed.provider,) if owed else _codes(row["owners"] or ())
    body = {
        "seq": row["seq"],
        "type": row["type"],
        "case_id": row["case_id"],
        "recorded_at": utc(row["recorded_at"]),
        "because": row["payload"].get("because", []),
        "provider": next(iter(owners), None),
        "obligation": shapes.obligation(owed) if owed else None,
    }
    return News(seq=row["seq"], body=body, providers=owners)


def _codes(providers: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(provider["code"] for provider in providers)
