"""What the cases of obligations say of awareness and the relevant person, now or by what was recorded up to a
time: an enrichment, a link or a retraction changes it long after a duty was opened."""

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import convert
from sqlalchemy import BigInteger, ColumnElement, Connection, Select, Subquery, func, literal, select
from sqlalchemy.dialects.postgresql import distinct_on

from schemas.event_types import Instant
from sinks.obligation import Known, Obligation, as_known
from sinks.tables import case_events, cases, obligations


def with_facts(
    connection: Connection, found: Sequence[Obligation], as_at: Instant | None = None
) -> list[Obligation]:
    """These obligations as their cases have them; as they were opened where no event of a case came yet."""
    known = _known(connection, list({one.case_id for one in found}), as_at)
    return [as_known(one, known[one.case_id]) if one.case_id in known else one for one in found]


def by_awareness(chosen: Select[Any]) -> Select[Any]:
    """Of a choice of obligations those first that were noticed first."""
    links = _links(None)
    linked = select(links.c.case_id, func.min(links.c.aware_at).label("aware_at")).group_by(links.c.case_id)
    earliest, owed = linked.subquery(), obligations.c
    joined = chosen.outerjoin(cases, cases.c.case_id == owed.case_id).outerjoin(
        earliest, earliest.c.case_id == owed.case_id
    )
    own = func.coalesce(cases.c.aware_at, owed.aware_at)
    return joined.order_by(func.least(own, earliest.c.aware_at), owed.id)


def _known(connection: Connection, case_ids: list[str], as_at: Instant | None) -> dict[str, Known]:
    facts = _now(case_ids) if as_at is None else _then(case_ids, as_at)
    known = {
        row.case_id: convert({name: row.facts[name] for name in Known.__struct_fields__}, Known)
        for row in connection.execute(facts)
    }
    links = _links(as_at, case_events.c.case_id == func.any(case_ids))
    for row in connection.execute(select(links)):
        if row.case_id in known:
            known[row.case_id] = known[row.case_id].linked(row.reported_at, row.aware_at)
    return known


def _now(case_ids: list[str]) -> Select[Any]:
    facts = func.jsonb_build_object(
        *(part for name in Known.__struct_fields__ for part in (name, cases.c[name]))
    )
    return select(cases.c.case_id, facts.label("facts")).where(cases.c.case_id == func.any(case_ids))


def _then(case_ids: list[str], as_at: Instant) -> Select[Any]:
    events = case_events.c
    return (
        select(events.case_id, events.payload["facts"].label("facts"))
        .ext(distinct_on(events.case_id))
        .where(events.case_id == func.any(case_ids), events.recorded_at <= as_at)
        .order_by(events.case_id, events.offset.desc())
    )


def _links(as_at: Instant | None, *which: ColumnElement[bool]) -> Subquery:
    """The reports that were found to be of the same incident, and not found to be another's since."""
    link, retraction = case_events.c, case_events.alias("retraction").c
    retracted = (
        select(retraction.event_id)
        .where(
            retraction.case_id == link.case_id,
            retraction.type == "event_retracted",
            retraction.payload["retracted_event_id"].astext == link.event_id,
            *_up_to(retraction.recorded_at, as_at),
        )
        .exists()
    )
    return (
        select(
            link.case_id,
            link.payload["other_reported_at"].astext.cast(BigInteger).label("reported_at"),
            link.payload["other_aware_at"].astext.cast(BigInteger).label("aware_at"),
        )
        .where(
            link.type == literal("case_linked", literal_execute=True),
            link.payload["side"].astext == "primary",
            ~retracted,
            *_up_to(link.recorded_at, as_at),
            *which,
        )
        .subquery()
    )


def _up_to(recorded_at: ColumnElement[int], as_at: Instant | None) -> Iterable[ColumnElement[bool]]:
    return () if as_at is None else (recorded_at <= as_at,)
