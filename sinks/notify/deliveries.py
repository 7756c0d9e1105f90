"""The states of a delivery in `notify.deliveries`, and the only statements that move one from state to state.

    waits -> planned -> sending [-> handed_over] -> sent | delivered | failed | unknown
    waits -> not_needed          planned | sending -> dropped

`sending` is committed before anything goes out, `handed_over` before the mail server may have the text: so a
crash leaves behind whether the other side can have the message.
"""

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, RowMapping, and_, case, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import ProgrammingError

from schemas.escalation_events import DeliveryStep
from schemas.event_types import Instant
from sinks.alarms import raise_alarm
from sinks.notify import figures
from sinks.notify.pace import Pace
from sinks.notify.standing import step_id
from sinks.notify.tables import deliveries, escalations, steps
from sinks.tables import alarms

Ended = Literal["sent", "delivered", "failed", "unknown", "dropped"]
UNREACHED = "nobody could be told"
_UNDER_WAY = ("sending", "handed_over")


class Moment(NamedTuple):
    """Now: by the clock of the log, for what is recorded, and by that of the machine, for pauses."""

    log: Instant
    wall: int


def wall() -> int:
    return time.time_ns() // 1_000_000


def take_step(
    connection: Connection, row: Mapping[Any, Any], step: DeliveryStep, attempt: int, at: Instant
) -> None:
    """Put a step on its way to the log; the same step a second time changes nothing."""
    values = {
        "event_id": step_id(row["id"], step, attempt),
        **{name: row[name] for name in ("case_id", "escalation_id", "level", "channel")},
        "step": step,
        "attempt": attempt,
        "at": at,
        "recorded": False,
    }
    connection.execute(insert(steps).values(values).on_conflict_do_nothing())


def begin(connection: Connection, row: Mapping[Any, Any], now: Moment, pace: Pace, further: int) -> None:
    """It is this channel's turn."""
    acknowledge_by = connection.scalar(
        select(escalations.c.acknowledge_by).where(escalations.c.id == row["escalation_id"])
    )
    give_up_at = pace.give_up_at(now.log, acknowledge_by or now.log, further)
    _move(
        connection, row["id"], "planned", now,
        planned_at=now.log, give_up_at=give_up_at, next_wall=now.wall,
    )  # fmt: skip
    take_step(connection, row, "produced", 1, now.log)


def receiver(row: Mapping[Any, Any]) -> str:
    """Who takes it: each webhook for itself, one mail server for all e-mail."""
    return str(row["contact"] if row["channel"] == "webhook" else row["channel"])


def claim(
    connection: Connection, now: Moment, most: int, to_one: int, under_way: Mapping[str, int]
) -> list[RowMapping]:
    """What is due, at most so many and so many to one receiver; taken in hand, with the attempt counted.

    `under_way`: how many attempts are being made, by receiver. The rest to one that has enough waits.
    """
    full = [name for name, number in under_way.items() if number >= to_one]
    named = case((deliveries.c.channel == "webhook", deliveries.c.contact), else_=deliveries.c.channel)
    due = (
        select(deliveries.c.id, deliveries.c.channel, deliveries.c.contact)
        .where(deliveries.c.state == "planned", deliveries.c.next_wall <= now.wall, named.not_in(full))
        .order_by(deliveries.c.next_wall)
        .limit(most)
        .with_for_update()
    )
    counts, mine = Counter(under_way), []
    for row in connection.execute(due).mappings():
        counts[receiver(row)] += 1
        if counts[receiver(row)] <= to_one:
            mine.append(row["id"])
    taken = (
        update(deliveries)
        .where(deliveries.c.id.in_(mine))
        .values(state="sending", attempts=deliveries.c.attempts + 1, changed_wall=now.wall)
        .returning(deliveries)
    )
    return list(connection.execute(taken).mappings())


def hand_over(connection: Connection, row: Mapping[Any, Any], now: Moment) -> bool:
    """Whether it may be given away: still this attempt's, and still needed."""
    needed = exists().where(escalations.c.page == row["page"], escalations.c.waits)
    moved = connection.execute(
        update(deliveries)
        .where(_this_attempt(row), deliveries.c.state == "sending", needed)
        .values(state="handed_over", changed_wall=now.wall)
    )
    return moved.rowcount == 1


def is_ours(connection: Connection, row: Mapping[Any, Any]) -> bool:
    """Whether this attempt still has the delivery in hand; holds it until the end of the transaction."""
    held = select(deliveries.c.id).where(_this_attempt(row), deliveries.c.state.in_(_UNDER_WAY))
    return connection.execute(held.with_for_update()).first() is not None


def is_needed(connection: Connection, row: Mapping[Any, Any]) -> bool:
    found = select(escalations.c.id).where(escalations.c.page == row["page"], escalations.c.waits)
    return connection.execute(found).first() is not None


def try_again(
    connection: Connection, row: Mapping[Any, Any], why: str | None, next_wall: int, now: Moment
) -> None:
    _move(connection, row["id"], "planned", now, detail=why, next_wall=next_wall)


def end(
    connection: Connection,
    row: Mapping[Any, Any],
    ended: Ended,
    why: str | None,
    now: Moment,
    pace: Pace,
    *,
    attempt: int | None = None,
) -> None:
    """This channel has done what it could; where it reached nobody it is the next one's turn."""
    attempt = max(1, row["attempts"]) if attempt is None else attempt
    _move(connection, row["id"], ended, now, detail=why)
    if ended == "delivered":
        take_step(connection, row, "sent", attempt, now.log)
    take_step(connection, row, ended, attempt, now.log)
    if ended in ("failed", "unknown"):
        figures.failures.labels(row["channel"], ended).inc()
        _next(connection, row, why, now, pace)
    elif ended in ("sent", "delivered"):
        _not_needed(connection, row, now)


def drop(connection: Connection, escalation_ids: Iterable[str], why: str, now: Moment) -> None:
    """Nothing further goes out for these; what is going out at this moment cannot be called back."""
    wanted = list(escalation_ids)
    if not wanted:
        return
    of_these = deliveries.c.escalation_id == func.any(wanted)
    for row in connection.execute(
        select(deliveries).where(of_these, deliveries.c.state == "planned").with_for_update()
    ).mappings():
        _move(connection, row["id"], "dropped", now, detail=why)
        take_step(connection, row, "dropped", max(1, row["attempts"]), now.log)
    connection.execute(
        update(deliveries)
        .where(of_these, deliveries.c.state == "waits")
        .values(state="not_needed", changed_wall=now.wall)
    )
    _clear_alarms(connection, wanted)


def recover(connection: Connection, now: Moment, pace: Pace) -> None:
    """After a crash: what cannot have been taken is tried again; of the rest nobody knows."""
    rows = connection.execute(
        select(deliveries).where(deliveries.c.state.in_(_UNDER_WAY)).with_for_update()
    ).mappings()
    for row in list(rows):
        if row["state"] == "handed_over":
            why = "the notifier ended before it heard whether the mail server took it"
            end(connection, row, "unknown", why, now, pace)
        elif is_needed(connection, row):
            try_again(connection, row, "the notifier ended during an attempt", now.wall, now)
        else:
            end(connection, row, "dropped", "no longer needed", now, pace)


def _next(connection: Connection, row: Mapping[Any, Any], why: str | None, now: Moment, pace: Pace) -> None:
    if not is_needed(connection, row):
        _not_needed(connection, row, now)
        return
    waiting = list(
        connection.execute(
            select(deliveries)
            .where(deliveries.c.page == row["page"], deliveries.c.state == "waits")
            .order_by(deliveries.c.place)
        ).mappings()
    )
    if waiting:
        begin(connection, waiting[0], now, pace, len(waiting) - 1)
        return
    figures.unreached.inc()
    told = (
        f"The {row['owner_role']}{_of(row['provider'])} was not reached by any channel (the last: {why}). "
        "The escalation is on the board and goes to the next level in time. Telephone them."
    )
    _alarm(connection, row["escalation_id"], told)


def _not_needed(connection: Connection, row: Mapping[Any, Any], now: Moment) -> None:
    """The other ways of telling the same owner."""
    others = (deliveries.c.page == row["page"]) & (deliveries.c.id != row["id"])
    connection.execute(
        update(deliveries)
        .where(others, deliveries.c.state.in_(("waits", "planned")))
        .values(state="not_needed", changed_wall=now.wall)
    )


def _move(connection: Connection, id: str, state: str, now: Moment, **values: Any) -> None:
    connection.execute(
        update(deliveries).where(deliveries.c.id == id).values(state=state, changed_wall=now.wall, **values)
    )


def _this_attempt(row: Mapping[Any, Any]) -> Any:
    return and_(deliveries.c.id == row["id"], deliveries.c.attempts == row["attempts"])


def _alarm(connection: Connection, escalation: str, told: str) -> None:
    """Alarms stand in the read model, which may be away: that must not keep anybody from being told."""
    with suppress(ProgrammingError), connection.begin_nested():
        raise_alarm(connection, UNREACHED, escalation, told)


def _clear_alarms(connection: Connection, about: list[str]) -> None:
    stand = (alarms.c.kind == UNREACHED) & alarms.c.about.in_(about) & alarms.c.cleared_at.is_(None)
    with suppress(ProgrammingError), connection.begin_nested():
        connection.execute(update(alarms).where(stand).values(cleared_at=wall()))


def _of(provider: str) -> str:
    return f" of {provider}" if provider else ""
