"""Writes one batch with its offsets in one short transaction: the read model has each record exactly once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import structlog
from msgspec import convert
from msgspec.structs import asdict
from prometheus_client import Counter
from sqlalchemy import Connection, delete, select, tuple_

from schemas.outcome_types import CaseQuarantined, CaseReadAgain, Outcome
from sinks import tables
from sinks.alarms import raise_alarm
from sinks.arrivals import Arrivals
from sinks.database import Row
from sinks.log import TOPICS, Place
from sinks.rows import case_row, quarantine_row
from sinks.standings import STANDINGS, Standing
from sinks.together import Together

BOARD = "board"
"""The channel that says: there is something new to see."""

ONE_WRITER = 7_203_002
"""The advisory lock that whoever writes the read model holds."""

CLASH = "same id, other content"

log = structlog.get_logger()
clashes_total = Counter("candour_clashes_total", "Ids met again with another content")

Arrived = TypeVar("Arrived")

# A transaction that a crash takes back takes its offsets back too, so nothing need wait for the disk.
_TURN = f"""
SELECT pg_try_advisory_xact_lock({ONE_WRITER}) AS free, set_config('synchronous_commit', 'off', true),
(SELECT coalesce(sum(next_offset), 0) FROM {tables.offsets} WHERE topic = ANY(%(topics)s)) AS written
"""


class Busy(Exception):
    """Somebody else writes the read model, a rebuild for instance: wait, and read on from where it ended."""


def positions(connection: Connection) -> dict[Place, int]:
    """The next offset of each partition that was ever read."""
    rows = connection.execute(select(tables.offsets))
    return {(row.topic, row.partition): row.next_offset for row in rows if row.topic in TOPICS}


def write(
    connection: Connection,
    arrivals: Arrivals,
    progress: Sequence[Row],
    before: Mapping[Place, int] | None = None,
) -> None:
    """The batch, whole, with the rows of `read.progress` that change by it.

    `before`: where the reading stood before this batch; None for the one that holds `ONE_WRITER` already.
    Raises `Busy` where somebody else writes, or wrote since then.
    """
    batch = Together(connection)
    if before is not None:
        batch.ask(_TURN, topics=list(TOPICS))
    _ask_known(batch, arrivals)
    answers = batch.read()
    if before is not None:
        _require_turn(answers.pop(0)[0], before)
    known_events, known_outcomes, *standing = answers
    clashes = list(arrivals.clashes)
    events = _fresh(arrivals.events, known_events, clashes)
    outcomes = _fresh(arrivals.outcomes, known_outcomes, clashes)
    for id in clashes:
        _clash(connection, id)
    batch.insert(tables.case_events, [row for _, row in events])
    batch.insert(tables.outcomes, [row for _, row in outcomes])
    batch.upsert(tables.cases, {event.case_id: case_row(event, row) for event, row in events}.values())
    for kept, rows in zip(STANDINGS, standing, strict=True):
        said = [outcome for outcome, row in outcomes if outcome is not None and row["rule"] == kept.rule]
        batch.upsert(kept.table, _stands(kept, rows, said))
    _write_quarantines(connection, batch, [outcome for outcome, _ in outcomes if outcome is not None])
    batch.upsert(tables.publication_records, arrivals.publication.values())
    batch.upsert(tables.progress, progress)
    batch.upsert(
        tables.offsets,
        [
            {"topic": topic, "partition": partition, "next_offset": offset}
            for (topic, partition), offset in arrivals.next_offsets.items()
        ],
    )
    batch.send(f"NOTIFY {BOARD}")


def _require_turn(found: Row, before: Mapping[Place, int]) -> None:
    """Be the only writer until the transaction ends."""
    if not found["free"]:
        raise Busy("the read model is being rebuilt, or a second sink is running")
    # Offsets only grow, and a rebuild that comes to the same sum has written the same.
    if found["written"] != sum(before.values()):
        raise Busy("the read model was written by somebody else in between")


def _ask_known(batch: Together, arrivals: Arrivals) -> None:
    """What the read model has already of all that came, and then what stands of each subject spoken of."""
    for table, key, came in (
        (tables.case_events, "event_id", arrivals.events),
        (tables.outcomes, "id", arrivals.outcomes),
    ):
        batch.ask_rows(table, key, list(came), (key, "sha256"))
    for kept in STANDINGS:
        subjects = {row["subject"] for _, row in arrivals.outcomes.values() if row["rule"] == kept.rule}
        batch.ask_rows(kept.table, "id", list(subjects))


def _fresh(
    arrived: Mapping[str, tuple[Arrived, Row]], known: Iterable[Row], clashes: list[str]
) -> list[tuple[Arrived, Row]]:
    """What was never seen. What comes again must be the same, else it is one more of the clashes."""
    fresh = dict(arrived)
    for id, sha256 in (row.values() for row in known):
        if fresh.pop(id)[1]["sha256"] != bytes(sha256):
            clashes.append(id)
    return list(fresh.values())


def _clash(connection: Connection, id: str) -> None:
    clashes_total.inc()
    log.error("the same id came with another content; the first one stands", id=id)
    told = (
        f"{id} came a second time with another content. The first one stands. "
        "Run `candour verify`, and find out who else writes to the log."
    )
    raise_alarm(connection, CLASH, id, told)


def _stands(kept: Standing, before: Iterable[Row], said: Iterable[Outcome]) -> list[Row]:
    """The rows of the subjects that were spoken of, after what was said."""
    standing: dict[str, Any] = {row["id"]: convert(row, kept.kind) for row in before}
    changed: dict[str, None] = {}
    for outcome in said:
        standing[outcome.subject] = kept.step(standing.get(outcome.subject), outcome)
        changed[outcome.subject] = None
    return [asdict(standing[subject]) for subject in changed if standing[subject] is not None]


def _write_quarantines(connection: Connection, batch: Together, said: Iterable[Outcome]) -> None:
    last = {
        (outcome.case_id, outcome.rule): outcome
        for outcome in said
        if isinstance(outcome, CaseQuarantined | CaseReadAgain)
    }
    table = tables.quarantines
    released = [key for key, outcome in last.items() if isinstance(outcome, CaseReadAgain)]
    if released:
        connection.execute(delete(table).where(tuple_(table.c.case_id, table.c.rule).in_(released)))
    rows = [quarantine_row(outcome) for outcome in last.values() if isinstance(outcome, CaseQuarantined)]
    batch.upsert(table, rows)
