"""What families have still to hear, for the board: verdicts that changed, and new facts, in one list."""

from functools import lru_cache
from typing import Any, Literal

from msgspec import Struct
from sqlalchemy import (
    BigInteger,
    Connection,
    Select,
    Table,
    Text,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)

from rules import london
from rules.indemnity.policy import Policy, default_content, parse
from schemas.event_types import Instant
from schemas.topics import REVIEWS, RULES
from sinks.tables import cases, facts, family_updates
from views.reading_policy import adopted

RULE = RULES[REVIEWS]

What = Literal["changed_verdict", "new_fact"]


class ToHear(Struct, frozen=True, kw_only=True):
    """`since`: from when it could have been told; `due_at`: None where the policy sets no time."""

    id: str
    case_id: str
    what: What
    patient: str | None
    providers: tuple[str, ...]
    owner_role: str
    since: Instant
    due_at: Instant | None
    overdue: bool


class Waiting(Struct, frozen=True, kw_only=True):
    """The first of it, and how much there is in all."""

    shown: list[ToHear]
    count: int
    overdue: int


def waiting(
    connection: Connection, now: Instant, provider: str | None, owner_role: str | None, shown: int
) -> Waiting:
    """What is overdue first; then what waits longest. `owner_role`: only what is for that one to tell."""
    policy = _policy(connection)
    owners = {"changed_verdict": policy.update_owner_role, "new_fact": policy.fact_owner_role}
    still = union_all(
        _still(family_updates, "changed_verdict", "found_at", None, "owed"),
        _still(facts, "new_fact", "known_at", "due_at", "waiting", "not_shared"),
    ).subquery()
    overdue = func.coalesce(still.c.due_at <= now - london.SECOND, False)  # the due second itself is in time
    mine = [] if provider is None else [cases.c.providers.contains([{"code": provider}])]
    mine.append(still.c.what.in_([what for what, role in owners.items() if owner_role in (None, role)]))
    chosen = (
        select(
            still,
            cases.c.providers,
            overdue.label("overdue"),
            func.count().over().label("in_all"),
            func.count().filter(overdue).over().label("overdue_in_all"),
        )
        # What is said of a case may be read before the case is; then only its provider is not known.
        .select_from(still.outerjoin(cases, cases.c.case_id == still.c.case_id))
        .where(*mine)
        .order_by(overdue.desc(), still.c.since, still.c.id)
        .limit(shown)
    )
    rows = connection.execute(chosen).all()
    found = [
        ToHear(
            id=row.id,
            case_id=row.case_id,
            what=row.what,
            patient=row.patient,
            providers=tuple(provider["code"] for provider in row.providers or ()),
            owner_role=owners[row.what],
            since=row.since,
            due_at=row.due_at,
            overdue=row.overdue,
        )
        for row in rows
    ]
    first = rows[0] if rows else None
    return Waiting(
        shown=found,
        count=first.in_all if first else 0,
        overdue=first.overdue_in_all if first else 0,
    )


def _still(table: Table, what: What, since: str, due_at: str | None, *states: str) -> Select[Any]:
    due = null() if due_at is None else table.c[due_at]
    return select(
        table.c.id,
        table.c.case_id,
        table.c.patient,
        literal(what, Text).label("what"),
        table.c[since].label("since"),
        cast(due, BigInteger).label("due_at"),
    ).where(table.c.state.in_(states))


def _policy(connection: Connection) -> Policy:
    """That in force; before one was taken, that of the release."""
    taken = adopted(connection, RULE)
    return _parsed(taken[0].content if taken else default_content()[1])


@lru_cache(maxsize=4)
def _parsed(content: str) -> Policy:
    return parse(content)
