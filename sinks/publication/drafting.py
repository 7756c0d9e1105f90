"""Drafts what has fallen due, and checks it: from the outcomes that stand, as at the time it fell due.

What is drafted depends on the log alone, not on when this runs: a rebuild drafts the same bytes again.
"""

from collections.abc import Callable, Sequence

import structlog
from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.dialects.postgresql import insert

from rules.publication.checks import Check, checks
from rules.publication.drafting import due
from rules.publication.release import Release, canonical, fingerprint, instant_of, read
from rules.publication.succession import Made, Signature
from rules.publication.terms import Terms
from rules.publication.windows import Planned, timetable
from schemas.event_types import Instant
from schemas.outcome_types import Outcome
from sinks.alarms import raise_alarm
from sinks.database import Row, upsert
from sinks.publication import history
from sinks.publication.parity import parity
from sinks.tables import outcomes, publication_progress, releases

STOPPED = "a release was stopped by a check"

log = structlog.get_logger()


def looked_up_to(connection: Connection) -> Instant | None:
    found: Instant | None = connection.scalar(select(func.max(publication_progress.c.looked_up_to)))
    return found


def draft_due(store: Engine) -> list[str]:
    """Draft and check all that has fallen due; the ids of what is new. Nothing where time stands still."""
    with store.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        # The outcomes first: a rebuild empties the tables in that order, and waits for whoever reads them.
        connection.execute(select(outcomes.c.id).limit(1))
        now, before = history.settled(connection), looked_up_to(connection)
        if now is None or now == before:
            return []
        rows = _rows(connection, now)
    with store.begin() as connection:
        for row in rows:
            connection.execute(insert(releases).values(row).on_conflict_do_nothing())
            if row["stopped_because"]:
                raise_alarm(connection, STOPPED, row["id"], row["stopped_because"])
                log.error("release stopped", release=row["id"], reason=row["stopped_because"])
        upsert(connection, publication_progress, [{"only": 1, "looked_up_to": now}])
    return [row["id"] for row in rows]


def _rows(connection: Connection, now: Instant) -> list[Row]:
    made = history.made(connection)
    known = {(one.window, one.as_of) for one in made}
    plans = [
        plan
        for plan, _ in timetable(history.adopted(connection), now)
        if (plan.window, plan.as_of) not in known
    ]
    if not plans:
        return []
    said, again = history.said(connection, now), history.said(connection, now)[::-1]
    drafts = Drafts(connection, said, again, made, history.signatures(connection), history.terms(connection))
    for plan in plans:
        drafts.add(plan)
    return drafts.rows


class Drafts:
    """Releases drafted one after another, each knowing the ones before."""

    def __init__(
        self,
        connection: Connection,
        said: Sequence[Outcome],
        again: Sequence[Outcome],
        made: list[Made],
        signatures: Sequence[Signature],
        terms: Callable[[Instant], Terms | None],
    ) -> None:
        self._connection, self._said, self._again = connection, said, again
        self._made, self._contents = made, dict[str, bytes]()
        self._signatures, self._terms = signatures, terms
        self.rows: list[Row] = []

    def add(self, plan: Planned) -> None:
        terms = self._terms(plan.as_of)
        if terms is None:
            log.warning("no release: the never-events rule had no policy then", window=plan.window.named)
            return
        before = list(self._made)
        once, twice = (
            list(due(said, plan, before, self._signatures, terms)) for said in (self._said, self._again)
        )
        for one, again in zip(once, twice, strict=True):
            self._keep(one, self._checked(one, canonical(again), terms), terms)

    def _checked(self, one: Release, again: bytes, terms: Terms) -> list[Check]:
        earlier = None
        if one.supersedes is not None:
            if one.supersedes not in self._contents:
                self._contents |= history.contents(self._connection, [one.supersedes])
            held = self._contents.get(one.supersedes)
            earlier = read(held) if held else None
        return [*checks(one, again, earlier), parity(self._connection, one, terms)]

    def _keep(self, one: Release, checked: Sequence[Check], terms: Terms) -> None:
        content = canonical(one)
        failed = [check.told for check in checked if not check.passed]
        self._contents[one.id] = content
        window = history.window(one.window_from, one.window_to)
        self._made.append(
            Made(
                one.id,
                window,
                instant_of(one.as_of),
                one.revision,
                one.supersedes,
                fingerprint(content),
                bool(failed),
                terms,
            )
        )
        self.rows.append(
            {
                "id": one.id,
                "window_from": one.window_from,
                "window_to": one.window_to,
                "cadence": one.cadence,
                "kind": one.kind,
                "status": "draft" if failed else "checked",
                "as_of": instant_of(one.as_of),
                "revision": one.revision,
                "supersedes": one.supersedes,
                "content": content.decode(),
                "sha256": fingerprint(content),
                "checks": checked,
                "stopped_because": " ".join(failed) or None,
            }
        )
