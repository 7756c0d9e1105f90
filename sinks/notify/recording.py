"""Sends each step on its way to the log. The door knows an event by its id, so a repeat does no harm."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from sqlalchemy import Engine, func, select, update

from schemas.escalation_events import Channel, DeliveryStep
from schemas.event_types import Instant
from sinks.notify import faults, figures
from sinks.notify.tables import steps

BATCH = 100


class Step(NamedTuple):
    """One step of bringing an escalation to a person."""

    event_id: str
    case_id: str
    escalation_id: str
    level: int
    channel: Channel
    step: DeliveryStep
    attempt: int
    at: Instant


class NotRecorded(Exception):
    """The door is closed for the moment."""


Record = Callable[[Sequence[Step]], dict[str, str]]
"""Takes steps to the door, all or none; gives the reason for each event id that it will never take.
Raises `NotRecorded`."""


def record(store: Engine, to_door: Record) -> int:
    """How many steps were sent on their way. Raises `NotRecorded`."""
    waiting = select(*(steps.c[name] for name in Step._fields)).where(~steps.c.recorded)
    with store.connect() as connection:
        rows = [Step(*row) for row in connection.execute(waiting.order_by(steps.c.at).limit(BATCH))]
    figures.waiting.set(len(rows))
    if not rows:
        return 0
    refused = to_door(rows)
    for step in sorted({row.step for row in rows}):
        faults.point(f"recorded_{step}")
    with store.begin() as connection:
        ids = [row.event_id for row in rows]
        connection.execute(update(steps).where(steps.c.event_id == func.any(ids)).values(recorded=True))
        for event_id, why in refused.items():
            connection.execute(update(steps).where(steps.c.event_id == event_id).values(refused=why))
    return len(rows)
