"""Reviews of claims, and what stands beside them in their cases, as they are and as they were."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import Any

from msgspec import Struct, field
from sqlalchemy import ColumnElement, Connection, Table, func, select, tuple_

from schemas import indemnity_types as said
from schemas.event_types import Instant
from schemas.outcome_types import Outcome
from sinks import indemnity as standing
from sinks.database import one as read_row
from sinks.tables import cases, facts, family_updates, markers, outcomes, payments, reviews
from views.reading import Cursor, outcome_of

TABLES: dict[type[standing.Row], Table] = {
    standing.Marker: markers,
    standing.FamilyUpdate: family_updates,
    standing.Fact: facts,
    standing.Payment: payments,
}

STEP_OF: dict[type[Outcome], Callable[[Any, Any], Any]] = {
    **dict.fromkeys((said.EvidenceMarked, said.MarkerWithdrawn), standing.marker_step),
    **dict.fromkeys(
        (said.FamilyUpdateOwed, said.FamilyUpdateGiven, said.FamilyUpdateWithdrawn),
        standing.family_update_step,
    ),
    **dict.fromkeys(
        (said.FactWaits, said.FactTold, said.FactNotShared, said.FactAlarmWithdrawn, said.FactDropped),
        standing.fact_step,
    ),
    **dict.fromkeys((said.PaymentCounted, said.PaymentWithdrawn), standing.payment_step),
}
"""The fold to which each outcome belongs."""

Owed = standing.FamilyUpdate | standing.Fact
OWED: dict[type[Owed], tuple[str, ...]] = {
    standing.FamilyUpdate: ("owed",),
    standing.Fact: ("waiting", "not_shared"),
}
"""What families have still to hear, and the states in which they have not."""


class Wanted(Struct, frozen=True, kw_only=True):
    """Which reviews; None and empty mean any."""

    states: tuple[str, ...] = ()
    provider: str | None = None
    case_id: str | None = None
    claim_id: str | None = None

    def unchanging(self) -> list[ColumnElement[bool]]:
        names = ("provider", "case_id", "claim_id")
        return [reviews.c[name] == value for name in names if (value := getattr(self, name)) is not None]


class Beside(Struct, frozen=True, kw_only=True):
    """What stands in a case beside its reviews, in the order in which it was first spoken of."""

    markers: list[standing.Marker] = field(default_factory=list)
    updates: list[standing.FamilyUpdate] = field(default_factory=list)
    facts: list[standing.Fact] = field(default_factory=list)
    payments: list[standing.Payment] = field(default_factory=list)


def page(
    connection: Connection, wanted: Wanted, *, after: Cursor | None, limit: int, as_at: Instant | None
) -> tuple[list[standing.Review], Cursor | None]:
    """In the order in which they were first suggested; and where the next page begins, None for the last."""
    found: list[standing.Review] = []
    while len(found) <= limit:
        candidates = _candidates(connection, wanted, after, limit + 1, as_at)
        if as_at is None:
            found += candidates
        else:
            then = reviews_at(connection, [candidate.id for candidate in candidates], as_at)
            known = (then.get(candidate.id) for candidate in candidates)
            found += [one for one in known if one and (not wanted.states or one.state in wanted.states)]
        if len(candidates) <= limit:
            break
        after = (candidates[-1].opened_at, candidates[-1].id)
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], (last.opened_at, last.id)


def review(connection: Connection, id: str, as_at: Instant | None) -> standing.Review | None:
    if as_at is not None:
        return reviews_at(connection, [id], as_at).get(id)
    row = connection.execute(select(reviews).where(reviews.c.id == id)).mappings().first()
    return None if row is None else read_row(row, standing.Review)


def reviews_at(connection: Connection, ids: Sequence[str], as_at: Instant) -> dict[str, standing.Review]:
    """How these stood by what was recorded up to then; those not yet spoken of are left out."""
    mine = (outcomes.c.subject == func.any(list(ids))) & (outcomes.c.recorded_at <= as_at)
    found: dict[str, standing.Review] = {}
    for outcome in _said(connection, mine):
        if (after := standing.review_step(found.get(outcome.subject), outcome)) is not None:
            found[outcome.subject] = after
    return found


def beside(connection: Connection, case_ids: Iterable[str], as_at: Instant | None) -> Mapping[str, Beside]:
    """By case; every case asked for is there."""
    found = {case_id: Beside() for case_id in case_ids}
    for row in _rows(connection, list(found), as_at):
        place = found[row.case_id]
        match row:
            case standing.Marker():
                place.markers.append(row)
            case standing.FamilyUpdate():
                place.updates.append(row)
            case standing.Fact():
                place.facts.append(row)
            case standing.Payment():
                place.payments.append(row)
    return found


def owed_to_families(
    connection: Connection, provider: str | None, *, after: Cursor | None, limit: int, as_at: Instant | None
) -> tuple[list[Owed], Cursor | None]:
    """Families to go back to, and new facts that they have not heard, in the order in which they were first
    spoken of; and where the next page begins, None for the last."""
    found: list[Owed] = []
    while len(found) <= limit:
        both = (_may_be_owed(connection, kind, provider, after, limit + 1, as_at) for kind in OWED)
        candidates = sorted(chain.from_iterable(both), key=_place)[: limit + 1]
        if as_at is None:
            found += candidates
        else:
            mine = outcomes.c.subject == func.any([one.id for one in candidates])
            then = _then(connection, mine & (outcomes.c.recorded_at <= as_at))
            known = (then.get(one.id) for one in candidates)
            found += [one for one in known if isinstance(one, Owed) and one.state in OWED[type(one)]]
        if len(candidates) <= limit:
            break
        after = _place(candidates[-1])
    if len(found) <= limit:
        return found, None
    return found[:limit], _place(found[limit - 1])


def _may_be_owed(
    connection: Connection,
    kind: type[Owed],
    provider: str | None,
    after: Cursor | None,
    size: int,
    as_at: Instant | None,
) -> list[Owed]:
    table = TABLES[kind]
    chosen = select(table).order_by(table.c.opened_at, table.c.id).limit(size)
    if as_at is None:
        chosen = chosen.where(table.c.state.in_(OWED[kind]))
    else:
        chosen = chosen.where(table.c.opened_at <= as_at)
    if after is not None:
        chosen = chosen.where(tuple_(table.c.opened_at, table.c.id) > tuple_(*after))
    if provider is not None:
        chosen = chosen.join(cases, cases.c.case_id == table.c.case_id).where(
            cases.c.providers.contains([{"code": provider}])
        )
    return [read_row(row, kind) for row in connection.execute(chosen).mappings()]


def _place(row: standing.Row) -> Cursor:
    return row.opened_at, row.id


def _candidates(
    connection: Connection, wanted: Wanted, after: Cursor | None, size: int, as_at: Instant | None
) -> list[standing.Review]:
    conditions = wanted.unchanging()
    if as_at is not None:
        conditions.append(reviews.c.opened_at <= as_at)
    elif wanted.states:
        conditions.append(reviews.c.state.in_(wanted.states))
    if after is not None:
        conditions.append(tuple_(reviews.c.opened_at, reviews.c.id) > tuple_(*after))
    chosen = select(reviews).where(*conditions).order_by(reviews.c.opened_at, reviews.c.id).limit(size)
    return [read_row(row, standing.Review) for row in connection.execute(chosen).mappings()]


def _rows(connection: Connection, case_ids: list[str], as_at: Instant | None) -> list[standing.Row]:
    if as_at is None:
        found: list[standing.Row] = []
        for kind, table in TABLES.items():
            mine = select(table).where(table.c.case_id == func.any(case_ids))
            found += [read_row(row, kind) for row in connection.execute(mine).mappings()]
    else:
        mine_then = (
            (outcomes.c.case_id == func.any(case_ids))
            & (outcomes.c.rule == "indemnity")
            & (outcomes.c.recorded_at <= as_at)
        )
        found = list(_then(connection, mine_then).values())
    return sorted(found, key=_place)


def _then(connection: Connection, mine: ColumnElement[bool]) -> dict[str, standing.Row]:
    """By id, as these outcomes leave them."""
    then: dict[str, standing.Row] = {}
    for outcome in _said(connection, mine):
        step = STEP_OF.get(type(outcome))
        if step is not None and (after := step(then.get(outcome.subject), outcome)) is not None:
            then[outcome.subject] = after
    return then


def _said(connection: Connection, mine: ColumnElement[bool]) -> Iterable[Outcome]:
    order = (outcomes.c.subject, outcomes.c.revision)
    chosen = select(outcomes.c.type, outcomes.c.payload).where(mine).order_by(*order)
    for kind, payload in connection.execute(chosen):
        outcome = outcome_of(kind, payload)
        if outcome is not None:
            yield outcome
