"""Events that a process of ours records, and nobody by a form: by the same way to the log, each once by id.

They say nothing that belongs into the vault, so that no key is needed here.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from sqlalchemy import Connection, Engine, insert, select

from producers import outbox
from producers.cases import require_id
from producers.connections import engine
from producers.door import patiently
from producers.facts import CaseState, from_plain
from producers.now import Clock
from producers.now import clock as port
from producers.refusals import Refused
from producers.tables import cases, events
from schemas.codec import Codec
from schemas.contracts import snake
from schemas.escalation_events import Channel, DeliveryRecorded, DeliveryStep
from schemas.event_types import Instant

SYSTEM = "system"
NO_SUCH_CASE = "there is no such case"


class DeliveryNote(NamedTuple):
    """A step of bringing an escalation to a person; nothing of who that is or where they are reached."""

    event_id: str
    case_id: str
    escalation_id: str
    level: int
    channel: Channel
    step: DeliveryStep
    attempt: int
    at: Instant


class MachineDoor:
    """Open once per process; every method may be called from any thread and raises `NotReady`."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine, self._clock = engine, clock
        self._codec: Codec | None = None

    @classmethod
    def open(cls, database: str, clock: Literal["system", "manual"]) -> "MachineDoor":
        """With connections of its own."""
        return cls(engine(database, connections=2), port(clock))

    def close(self) -> None:
        self._engine.dispose()

    def now(self) -> Instant:
        def ask() -> Instant:
            with self._engine.connect() as connection:
                return self._clock.now(connection)

        return patiently(ask)

    def record_deliveries(self, notes: Sequence[DeliveryNote]) -> dict[str, str]:
        """Each that is not known yet goes on its way, all in one transaction.

        Gives the reason for each event id that can never be recorded.
        """
        return patiently(lambda: self._record(notes))

    def _record(self, notes: Sequence[DeliveryNote]) -> dict[str, str]:
        if self._codec is None:
            with self._engine.connect() as connection:
                self._codec = outbox.codec_of(connection)
        refused: dict[str, str] = {}
        rows: list[tuple[dict[str, object], dict[str, object]]] = []
        with self._engine.begin() as connection:
            now = self._clock.open(connection).now
            known = _known(connection, [note.event_id for note in notes])
            states = _states(connection, [note.case_id for note in notes])
            for note in {note.event_id: note for note in notes if note.event_id not in known}.values():
                if note.case_id not in states:
                    refused[note.event_id] = NO_SUCH_CASE
                    continue
                record = _record(note, states[note.case_id], now)
                try:
                    rows.append((_event_row(record), outbox.case_row(self._codec, record)))
                except outbox.TooLarge as error:
                    refused[note.event_id] = str(error)
            if rows:
                connection.execute(insert(events), [event for event, _ in rows])
                outbox.put(connection, [row for _, row in rows], awaited=False)
        return refused


def _known(connection: Connection, ids: Sequence[str]) -> set[str]:
    found = select(events.c.event_id).where(events.c.event_id.in_(ids))
    return set(connection.execute(found).scalars())


def _states(connection: Connection, ids: Sequence[str]) -> dict[str, CaseState]:
    """The facts of each case as they are now; nobody changes them until this is on its way."""
    wanted = {id for id in ids if _is_id(id)}
    found = (
        select(cases.c.case_id, cases.c.state)
        .where(cases.c.case_id.in_(wanted))
        .order_by(cases.c.case_id)
        .with_for_update(read=True)
    )
    return {row.case_id: from_plain(row.state) for row in connection.execute(found)}


def _is_id(text: str) -> bool:
    try:
        return require_id(text) == text
    except Refused:
        return False


def _record(note: DeliveryNote, state: CaseState, now: Instant) -> DeliveryRecorded:
    return DeliveryRecorded(
        **state.copied(),
        event_id=note.event_id,
        case_id=note.case_id,
        at=min(note.at, now),
        recorded_at=now,
        by_role=SYSTEM,
        escalation_id=note.escalation_id,
        level=note.level,
        channel=note.channel,
        step=note.step,
        attempt=note.attempt,
    )


def _event_row(record: DeliveryRecorded) -> dict[str, object]:
    return {
        "event_id": record.event_id,
        "case_id": record.case_id,
        "type": snake(type(record).__name__),
        "at": record.at,
        "recorded_at": record.recorded_at,
        "changes": {},
    }
