"""What the live board shows: what is late, due next, waiting, untold, not known, and how fresh it all is."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select

from producers.facts import FLAG_BITS
from rules import london
from schemas.event_types import Instant
from sinks.alarms import TIME_STOOD_STILL
from sinks.obligation import UNSETTLED
from sinks.tables import alarms, cases, escalations, obligations, quarantines, signals, watch
from views.api import escalation_shapes, shapes
from views.api.times import london_time, utc
from views.reading import load, settled_up_to
from views.reading_escalations import load as load_escalations
from views.reading_facts import by_awareness, with_facts
from views.reading_families import ToHear, waiting
from views.reading_signals import standing_patterns

SHOWN = 100
_HARMED = ("incident", "outcome")
"""A near miss, a hazard and good care have no harm to grade."""

Json = Mapping[str, Any]


class Part(Struct, frozen=True, kw_only=True):
    """A list of the board: the first of it, and how many there are in all."""

    shown: Sequence[Json]
    count: int


class Freshness(Struct, frozen=True, kw_only=True):
    """Ages in seconds, None where not known. `settled_at`: everything up to this tick was decided."""

    settled_at: str | None
    behind_seconds: float | None
    outbox_age_seconds: float | None
    records_waiting: int | None
    measured_at: str | None


class Board(Struct, frozen=True, kw_only=True):
    """Obligations have the shape of the API. `owner_roles`: whose something waits, whoever was asked for."""

    escalations: Part
    to_hear: Part
    to_hear_overdue: int
    late: Part
    due_next: Part
    targets_next: Part
    provisional: Part
    targets_passed: Part
    grade_needed: Part
    provider_needed: Part
    quarantined: Part
    quiet: Part
    questions: int
    states: Mapping[str, int]
    owner_roles: Sequence[str]
    alarms: Sequence[str]
    gaps: Sequence[str]
    """When time stood still of late: it is over, and the page may be relied on."""
    freshness: Freshness


def board(
    connection: Connection,
    *,
    now: Instant,
    provider: str | None = None,
    owner_role: str | None = None,
    duty: str | None = None,
    shown: int = SHOWN,
) -> Board:
    """`now`: the clock's; `provider`: only its cases. Quarantines and alarms are everybody's affair.

    `owner_role`, `duty`: only such obligations. Escalations and what families have to hear are about no duty;
    of them only that owner's.
    """
    owed, known = obligations.c, cases.c
    at = [] if provider is None else [owed.provider == provider]
    mine = at + [owed[name] == value for name, value in (("owner_role", owner_role), ("duty", duty)) if value]
    own = [] if provider is None else [known.providers.contains([{"code": provider}])]
    waits = owed.state.in_(("open", "provisional"))
    gone = now - london.SECOND  # the very second of the due time is in time

    def duties(condition: ColumnElement[bool], order: ColumnElement[Any]) -> Part:
        return _duties(connection, and_(condition, *mine), lambda one: one.order_by(order, owed.id), shown)

    def unclear(condition: ColumnElement[bool]) -> Part:
        return _cases(connection, and_(condition, *own), shown)

    families = waiting(connection, now, provider, owner_role, shown)
    standing = _standing(connection, at)
    return Board(
        escalations=_escalations(connection, provider, owner_role, shown),
        to_hear=Part(shown=[_to_hear(one) for one in families.shown], count=families.count),
        to_hear_overdue=families.overdue,
        late=duties(
            or_((owed.state == "breached") & owed.discharged_at.is_(None), waits & (owed.due_at <= gone)),
            owed.due_at,
        ),
        due_next=duties(waits & (owed.due_at > gone), owed.due_at),
        targets_next=duties(
            waits & owed.due_at.is_(None) & owed.target_passed_at.is_(None), owed.target_at.nulls_last()
        ),
        provisional=_duties(connection, and_(owed.state == "provisional", *mine), by_awareness, shown),
        targets_passed=duties(
            waits & owed.due_at.is_(None) & owed.target_passed_at.is_not(None), owed.target_at
        ),
        grade_needed=unclear((known.harm == "not_known") & known.kind.in_(_HARMED)),
        provider_needed=unclear(known.flags.op("&")(FLAG_BITS["provider_not_known"]) != 0),
        quarantined=_quarantined(connection, shown),
        quiet=_quiet(connection, provider, shown),
        questions=_questions(connection, provider),
        states=_states(standing),
        owner_roles=_owner_roles(connection, standing, provider),
        alarms=_alarms(connection, alarms.c.kind != TIME_STOOD_STILL),
        gaps=_alarms(connection, alarms.c.kind == TIME_STOOD_STILL),
        freshness=freshness(connection, now),
    )


def _alarms(connection: Connection, kind: ColumnElement[bool]) -> list[str]:
    chosen = select(alarms.c.text).where(alarms.c.cleared_at.is_(None), kind)
    return list(connection.scalars(chosen.order_by(alarms.c.raised_at)))


def _to_hear(one: ToHear) -> Json:
    return {
        "id": one.id,
        "case_id": one.case_id,
        "what": one.what,
        "patient": one.patient,
        "providers": list(one.providers),
        "owner_role": one.owner_role,
        "since": utc(one.since),
        "due_at": london_time(one.due_at),
        "overdue": one.overdue,
    }


def _quiet(connection: Connection, provider: str | None, shown: int) -> Part:
    """Wards and providers that used to report, and report nothing: above all that is fine."""
    found = [one for one in standing_patterns(connection, provider, None) if one.kind == "quiet"]
    told = [
        {
            "provider": one.provider,
            "grouped_by": one.grouped_by,
            "group_ref": one.group_ref,
            "last_at": utc(one.last_at),
        }
        for one in found[:shown]
    ]
    return Part(shown=told, count=len(found))


def _questions(connection: Connection, provider: str | None) -> int:
    mine = [] if provider is None else [signals.c.provider == provider]
    chosen = select(func.count()).select_from(signals).where(signals.c.state == "asked", *mine)
    return connection.scalar(chosen) or 0


def freshness(connection: Connection, now: Instant) -> Freshness:
    settled = settled_up_to(connection)
    measured = connection.execute(
        select(
            func.max(watch.c.measured_at).label("measured_at"),
            func.max(watch.c.outbox_age_ms).label("outbox_age_ms"),
            func.sum(watch.c.sink_behind + watch.c.engine_behind).label("records_waiting"),
        )
    ).one()
    return Freshness(
        settled_at=utc(settled),
        behind_seconds=None if settled is None else max(0, now - settled) / 1000,
        outbox_age_seconds=None if measured.outbox_age_ms is None else measured.outbox_age_ms / 1000,
        records_waiting=None if measured.records_waiting is None else int(measured.records_waiting),
        measured_at=utc(measured.measured_at),
    )


def _escalations(connection: Connection, provider: str | None, owner_role: str | None, shown: int) -> Part:
    """What is open, the most urgent first; of those, what nobody has taken on, and what waits longest."""
    one = escalations.c
    condition = and_(*_open_escalations(provider))
    if owner_role:
        condition = and_(condition, one.owner_role == owner_role)
    taken = one.state == "acknowledged"
    order = (one.urgency, taken, case((taken, one.act_by), else_=one.acknowledge_by), one.id)
    chosen = select(escalations).where(condition).order_by(*order).limit(shown)
    found = load_escalations(connection.execute(chosen).mappings())
    return Part(
        shown=[escalation_shapes.escalation(each) for each in found],
        count=_count(connection, escalations, condition, found, shown),
    )


def _duties(
    connection: Connection, condition: ColumnElement[bool], in_order: Callable[[Any], Any], shown: int
) -> Part:
    chosen = in_order(select(obligations).where(condition)).limit(shown)
    found = with_facts(connection, load(connection.execute(chosen).mappings()))
    return Part(
        shown=[shapes.obligation(one) for one in found],
        count=_count(connection, obligations, condition, found, shown),
    )


def _cases(connection: Connection, condition: ColumnElement[bool], shown: int) -> Part:
    chosen = select(cases).where(condition).order_by(cases.c.reported_at, cases.c.case_id).limit(shown)
    found = [
        {
            "case_id": row.case_id,
            "provider": row.provider or None,
            "kind": row.kind,
            "harm": row.harm,
            "potential": row.potential,
            "flags": shapes.flags(row.flags),
            "reported_at": utc(row.reported_at),
            "aware_at": utc(row.aware_at),
        }
        for row in connection.execute(chosen)
    ]
    return Part(shown=found, count=_count(connection, cases, condition, found, shown))


def _quarantined(connection: Connection, shown: int) -> Part:
    chosen = select(quarantines).order_by(quarantines.c.recorded_at, quarantines.c.case_id).limit(shown)
    found = [
        {
            "case_id": row.case_id,
            "rule": row.rule,
            "error": row.error,
            "recorded_at": utc(row.recorded_at),
        }
        for row in connection.execute(chosen)
    ]
    return Part(shown=found, count=_count(connection, quarantines, None, found, shown))


def _count(
    connection: Connection,
    table: Any,
    condition: ColumnElement[bool] | None,
    found: Sequence[object],
    shown: int,
) -> int:
    if len(found) < shown:
        return len(found)
    chosen = select(func.count()).select_from(table)
    return connection.scalar(chosen if condition is None else chosen.where(condition)) or 0


def _open_escalations(provider: str | None) -> list[ColumnElement[bool]]:
    mine = [] if provider is None else [escalations.c.provider == provider]
    return [escalations.c.state != "closed", *mine]


def _standing(connection: Connection, at: Sequence[ColumnElement[bool]]) -> list[tuple[str, str, int]]:
    """How many obligations stand in each state, by who owns them."""
    owed = obligations.c
    chosen = (
        select(owed.state, owed.owner_role, func.count()).where(*at).group_by(owed.state, owed.owner_role)
    )
    return [(state, role, number) for state, role, number in connection.execute(chosen)]


def _states(standing: Sequence[tuple[str, str, int]]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for state, _, number in standing:
        counts[state] += number
    return dict(counts)


def _owner_roles(
    connection: Connection, standing: Sequence[tuple[str, str, int]], provider: str | None
) -> list[str]:
    roles = {role for state, role, _ in standing if state in UNSETTLED}
    escalated = select(escalations.c.owner_role).distinct().where(*_open_escalations(provider))
    return sorted(roles.union(connection.scalars(escalated)))
