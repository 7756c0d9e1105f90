"""What the read model holds for publication: outcomes of the never-events rule, policies, releases, time."""

from collections.abc import Callable, Sequence
from datetime import date

import msgspec
from sqlalchemy import Connection, func, select

from rules.publication import policy
from rules.publication.succession import Made, Signature
from rules.publication.terms import Terms, in_force
from rules.publication.windows import Adopted, Window, policy_at
from schemas.contracts import snake
from schemas.event_types import Instant
from schemas.never_event_types import NEVER_EVENT_OUTCOMES
from schemas.outcome_types import SHARED_OUTCOMES, Outcome, PolicyTaken
from schemas.topics import NEVER_EVENTS, PARTITIONS, RULES
from sinks.tables import outcomes, progress, publication_records, releases

RULE = RULES[NEVER_EVENTS]
_KINDS = {snake(kind.__name__): kind for kind in (*NEVER_EVENT_OUTCOMES, *SHARED_OUTCOMES)}


def said(connection: Connection, up_to: Instant) -> list[Outcome]:
    """All that the never-events rule said up to then. What a later version says is left out."""
    mine = select(outcomes.c.type, outcomes.c.payload).where(
        outcomes.c.rule == RULE, outcomes.c.recorded_at <= up_to, outcomes.c.type.in_(_KINDS)
    )
    return [msgspec.convert(row.payload, _KINDS[row.type]) for row in connection.execute(mine)]


def adopted(connection: Connection) -> list[Adopted]:
    """The publication policies, in the order of their adoption."""
    rows = connection.execute(
        select(publication_records)
        .where(publication_records.c.type == "policy_adopted")
        .order_by(publication_records.c.recorded_at, publication_records.c.event_id)
    )
    return [Adopted(policy.parse(row.payload["content"]), row.recorded_at) for row in rows]


def settled(connection: Connection) -> Instant | None:
    """The newest tick whose consequences stand here in every partition."""
    ticks = list(connection.scalars(select(progress.c.settled_as_of)))
    return min(ticks) if len(ticks) == PARTITIONS and None not in ticks else None


def terms(connection: Connection) -> Callable[[Instant], Terms | None]:
    """What a release as at a time rests on; None before both policies were adopted."""
    policies = adopted(connection)
    wanted = select(outcomes.c.payload).where(
        outcomes.c.rule == RULE, outcomes.c.type == snake(PolicyTaken.__name__)
    )
    taken = [msgspec.convert(payload, PolicyTaken) for payload in connection.scalars(wanted)]

    def as_at(as_of: Instant) -> Terms | None:
        policy = policy_at(policies, as_of)
        return in_force(policy, taken, as_of) if policy else None

    return as_at


def made(connection: Connection) -> list[Made]:
    """The releases that were drafted, in order."""
    rows = connection.execute(
        select(
            releases.c.id,
            releases.c.window_from,
            releases.c.window_to,
            releases.c.as_of,
            releases.c.revision,
            releases.c.supersedes,
            releases.c.sha256,
            releases.c.stopped_because,
        ).order_by(releases.c.as_of, releases.c.id)
    )
    as_at = terms(connection)
    return [
        Made(
            row.id,
            window(row.window_from, row.window_to),
            row.as_of,
            row.revision,
            row.supersedes,
            row.sha256,
            bool(row.stopped_because),
            rests_on,
        )
        for row in rows
        if (rests_on := as_at(row.as_of)) is not None
    ]


def signatures(connection: Connection) -> list[Signature]:
    """All that the log holds, whatever they are worth."""
    rows = connection.execute(
        select(publication_records).where(publication_records.c.type == "release_signed")
    )
    return [
        Signature(row.recorded_at, row.event_id, row.payload["release_id"], row.payload["sha256"])
        for row in rows
    ]


def contents(connection: Connection, ids: Sequence[str]) -> dict[str, bytes]:
    """The canonical JSON of these releases."""
    rows = connection.execute(
        select(releases.c.id, releases.c.content).where(releases.c.id == func.any(list(ids)))
    )
    return {row.id: row.content.encode() for row in rows}


def window(first: str, last: str) -> Window:
    return Window(date.fromisoformat(first), date.fromisoformat(last))
