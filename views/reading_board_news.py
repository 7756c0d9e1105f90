"""What is new for the board since a number it has seen: events and outcomes in the order of their commit."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, null, select, union_all

from sinks.obligation import Obligation
from sinks.tables import case_events, cases, obligations, outcomes
from views.api import shapes
from views.api.times import utc
from views.reading import load

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
    if upto < seen:
        return [_reload(upto)], upto
    return after(connection, seen)


def after(connection: Connection, seen: int) -> tuple[list[News], int]:
    """The same for one who knows that `seen` was told by this read model, in fewer questions."""
    # One statement sees both tables at one moment.
    rows = [dict(row) for row in connection.execute(_AFTER, {"seen": seen}).mappings()]
    if not rows:
        return [], seen
    if len(rows) > MOST:
        upto = newest(connection)
        return [_reload(upto)], upto
    events = [row for row in rows if row["subject"] is None]
    return _told(connection, events, [row for row in rows if row["subject"] is not None]), rows[-1]["seq"]


def _columns(table: Any, id: str, subject: ColumnElement[Any]) -> Select[Any]:
    names = ("seq", "type", "case_id", "recorded_at", "payload")
    chosen = select(*(table.c[name] for name in names), table.c[id].label("event_id"), subject)
    return chosen.where(table.c.seq > bindparam("seen"))


_AFTER = (
    union_all(
        _columns(case_events, "event_id", null().label("subject")),
        _columns(outcomes, "id", outcomes.c.subject),
    )
    .order_by("seq")
    .limit(MOST + 1)
)


def _reload(upto: int) -> News:
    return News(seq=upto, body={"seq": upto, "type": "reload"})


def _told(
    connection: Connection, events: Sequence[Mapping[str, Any]], said: Sequence[Mapping[str, Any]]
) -> list[News]:
    said = [row for row in said if row["type"] not in _SILENT]
    owed = _obligations(connection, {row["subject"] for row in said})
    owners = _providers(connection, {row["case_id"] for row in said if row["case_id"]})
    news = [_of_event(row) for row in events]
    news += [_of_outcome(row, owed.get(row["subject"]), owners.get(row["case_id"], ())) for row in said]
    return sorted(news, key=lambda each: each.seq)


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


def _of_outcome(row: Mapping[str, Any], owed: Obligation | None, owners: tuple[str, ...]) -> News:
    body = {
        "seq": row["seq"],
        "type": row["type"],
        "case_id": row["case_id"],
        "recorded_at": utc(row["recorded_at"]),
        "because": row["payload"].get("because", []),
        "provider": owed.provider if owed else next(iter(owners), None),
        "obligation": shapes.obligation(owed) if owed else None,
    }
    return News(seq=row["seq"], body=body, providers=(owed.provider,) if owed else owners)


def _codes(providers: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(provider["code"] for provider in providers)


def _obligations(connection: Connection, ids: Iterable[str]) -> dict[str, Obligation]:
    chosen = select(obligations).where(obligations.c.id == func.any(list(ids)))
    return {one.id: one for one in load(connection.execute(chosen).mappings())}


def _providers(connection: Connection, case_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    chosen = select(cases.c.case_id, cases.c.providers).where(cases.c.case_id == func.any(list(case_ids)))
    return {row.case_id: _codes(row.providers) for row in connection.execute(chosen)}
