"""From what the escalation rule said to who is to be told: in one transaction with how far it was read.

Of each escalation only the last owner counts: whoever was to be told before is not told any more.
"""

from collections.abc import Sequence

from msgspec.structs import asdict
from sqlalchemy import Connection, func, insert, select

from schemas.escalation_types import DeliveryHeard
from schemas.outcome_types import Outcome
from sinks.database import one, upsert
from sinks.notify import message
from sinks.notify.contacts import Book
from sinks.notify.deliveries import Ended, Moment, begin, drop, end, take_step
from sinks.notify.pace import Pace
from sinks.notify.standing import BOARD, Standing, delivery_id, step, step_id
from sinks.notify.tables import deliveries, escalations, steps

_SAID: dict[str, Ended] = {"sent": "sent", "delivered": "delivered", "failed": "failed", "unknown": "unknown"}


def plan(
    connection: Connection, said: Sequence[Outcome], book: Book, pace: Pace, now: Moment, address: str
) -> dict[str, Standing]:
    """`said`: outcomes in the order of the log. `address`: where the pages are, for the link.

    Gives each escalation as it stands after them.
    """
    subjects = list(dict.fromkeys(outcome.subject for outcome in said))
    if not subjects:
        return {}
    rows = connection.execute(select(escalations).where(escalations.c.id == func.any(subjects))).mappings()
    before = {row["id"]: one(row, Standing) for row in rows}
    after = dict(before)
    for outcome in said:
        stands = step(after.get(outcome.subject), outcome)
        if stands is not None:
            after[outcome.subject] = stands
    upsert(connection, escalations, [asdict(one) for one in after.values() if before.get(one.id) != one])
    turned = [one for one in after.values() if _turned(before.get(one.id), one)]
    told = [one for one in turned if one.id in before]
    drop(connection, (one.id for one in told if not one.waits), "somebody took it on, or it was closed", now)
    drop(connection, (one.id for one in told if one.waits), "it went to somebody else", now)
    for stands in turned:
        if stands.waits:
            _tell(connection, stands, book, pace, now, address)
    for outcome in said:
        if isinstance(outcome, DeliveryHeard) and outcome.subject in after:
            _hear(connection, after[outcome.subject], outcome, pace, now)
    return after


def _turned(before: Standing | None, after: Standing) -> bool:
    return before is None or before.page != after.page or before.waits != after.waits


def _tell(connection: Connection, one: Standing, book: Book, pace: Pace, now: Moment, address: str) -> None:
    """The board at once; of the channels the first, the others in case it fails."""
    channels = book.channels(one.owner_role, one.provider)
    rows = [_row(one, 0, BOARD, None, "shown", now, address)]
    rows += [
        _row(one, place, channel.kind, channel.name, "waits", now, address)
        for place, channel in enumerate(channels, 1)
    ]
    known = set(
        connection.execute(
            select(deliveries.c.id).where(deliveries.c.id == func.any([row["id"] for row in rows]))
        ).scalars()
    )
    fresh = [row for row in rows if row["id"] not in known]
    if not fresh:
        return
    connection.execute(insert(deliveries), fresh)
    if fresh[0]["channel"] == BOARD:
        take_step(connection, fresh[0], "produced", 1, now.log)
    ways = [row for row in fresh if row["channel"] != BOARD]
    if ways:
        begin(connection, ways[0], now, pace, len(ways) - 1)


def _row(
    one: Standing, place: int, channel: str, contact: str | None, state: str, now: Moment, address: str
) -> dict[str, object]:
    id = delivery_id(one.page, contact or BOARD)
    return {
        "id": id,
        "page": one.page,
        "escalation_id": one.id,
        "case_id": one.case_id,
        "level": one.level,
        "place": place,
        "channel": channel,
        "contact": contact,
        "owner_role": one.owner_role,
        "provider": one.provider,
        "body": message.body(id, one, now.log, address),
        "state": state,
        "attempts": 0,
        "planned_at": now.log,
        "give_up_at": one.acknowledge_by,
        "next_wall": now.wall,
        "changed_wall": now.wall,
    }


def _hear(connection: Connection, one: Standing, heard: DeliveryHeard, pace: Pace, now: Moment) -> None:
    """What the log says was done before what is kept here was lost: nobody is told of it twice."""
    ended = _SAID.get(heard.step)
    if ended is None or connection.execute(select(steps).where(steps.c.event_id == heard.cause)).first():
        return
    open_rows = connection.execute(
        select(deliveries)
        .where(deliveries.c.page == one.page, deliveries.c.state.in_(("planned", "waits")))
        .order_by(deliveries.c.place)
    ).mappings()
    for row in list(open_rows):
        if step_id(row["id"], heard.step, heard.attempt) == heard.cause:
            why = "the log says so; it was done before this was kept here"
            end(connection, row, ended, why, now, pace, attempt=heard.attempt)
