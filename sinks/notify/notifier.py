"""The notifier: follows what the escalation rule says, plans who is to be told, sends, and records each step.

Nobody is told of what was over before it was read: the first attempt waits until everything that was on the
log at the start has been read. One notifier works; a second one waits for its place.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import msgspec
import structlog
from confluent_kafka import KafkaException
from prometheus_client import Gauge
from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import ProgrammingError, SQLAlchemyError

from health.absence import OF_THE_SERVER
from schemas.codec import Codec, Undecodable, schema_id
from schemas.event_types import Instant
from schemas.outcome_types import Outcome
from schemas.registry import RegistryCodec, RegistryRefused
from schemas.topics import ESCALATIONS, PARTITIONS
from sinks.alarms import clear_alarm, raise_alarm
from sinks.database import engine, upsert
from sinks.ends import Ends
from sinks.log import Entry, Log, LogAway, LogLost, Place
from sinks.notify import faults, figures, planning
from sinks.notify.book import Contacts
from sinks.notify.contacts import ContactsRefused
from sinks.notify.pace import Pace
from sinks.notify.recording import NotRecorded, Record, record
from sinks.notify.sending import Sender
from sinks.notify.smtp import MailServer
from sinks.notify.tables import offsets
from sinks.process import Pulse, answering, ending

PLACES = [(ESCALATIONS, partition) for partition in range(PARTITIONS)]
BOOK_ALARM = "the contact book cannot be used"
_ONE_NOTIFIER = 7_203_012
_BUSY_SECONDS, _IDLE_SECONDS = 0.1, 0.5
"""Between two looks at what is due: while something is being sent, and while nothing is."""

_LINGER_SECONDS = 0.1
_RECORD_SECONDS = 0.5
"""Escalations that come together are planned together, and so are their steps recorded: one by one, they
would cost more than the reports that raised them. The board does not wait for either."""

_RETRY_SECONDS = 1.0
_PASSING = (
    SQLAlchemyError, KafkaException, TimeoutError, httpx.HTTPError, RegistryRefused, LogAway, ContactsRefused,
)  # fmt: skip

log = structlog.get_logger()
_LOST = (
    f"{ESCALATIONS} does not have what would be read next. If this is the right Kafka, delete the rows of "
    "notify.offsets: it is read from its beginning, and nobody is told again of what they were told of."
)
standby = Gauge("candour_notify_standby", "1 while another notifier is at work")


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """`address`: where people reach the pages, for the link. `mail`: None where no server is named."""

    contacts: Path
    address: str
    mail: MailServer | None = None
    pace: Pace = Pace()


def run(
    *,
    database: str,
    kafka: str,
    registry: str,
    settings: Settings,
    now: Callable[[], Instant],
    to_door: Record,
    health_port: int = 0,
    stop: threading.Event | None = None,
) -> None:
    """Returns after SIGTERM, or when `stop` is set. `now`: the clock of the log; raises `NotRecorded` while
    it cannot be told. Raises `SystemExit` when the log lost what comes next.
    """
    ends = ending(stop)
    with answering("notifier", health_port) as pulse:
        store = engine(database, pool_size=12)
        contacts = Contacts(settings.contacts)
        sender = Sender(store, contacts.now, settings.mail, now, settings.pace, ends)
        try:
            while not ends.is_set():
                try:
                    with _place(store) as mine, closing(RegistryCodec(registry)) as codec:
                        standby.set(mine is None)
                        if mine is not None:
                            one = Pass(store, kafka, codec, settings, contacts, sender, to_door, pulse)
                            one.run(mine, ends)
                        else:
                            pulse.beat()
                except LogLost as error:
                    raise SystemExit(f"candour notifier: {_LOST}") from error
                except (*_PASSING, NotRecorded) as error:
                    log.warning("the notifier waits", reason=_line(error), error=type(error).__name__)
                    _tell_of(store, contacts)
                ends.wait(_RETRY_SECONDS)
        finally:
            sender.close()
            store.dispose()


class Pass:
    """From the offsets in PostgreSQL on, until something goes wrong."""

    def __init__(
        self,
        store: Engine,
        kafka: str,
        codec: Codec,
        settings: Settings,
        contacts: Contacts,
        sender: Sender,
        to_door: Record,
        pulse: Pulse,
    ) -> None:
        self._store, self._kafka, self._codec, self._settings = store, kafka, codec, settings
        self._contacts, self._sender, self._to_door, self._pulse = contacts, sender, to_door, pulse

    def run(self, place: Connection, stop: threading.Event) -> None:
        self._sender.settle()
        self._sender.recover()
        with self._store.connect() as connection:
            reached = positions(connection)
        with closing(Ends(self._kafka)) as asked:
            there = asked.of(PLACES)
        source = Log(self._kafka, reached, PLACES, _LINGER_SECONDS)
        told_of: str | None = ""
        recorded = 0.0
        try:
            while not stop.is_set():
                place.execute(select(1))  # fails where the connection that holds the place is gone
                place.commit()
                caught_up = all(reached.get(place, 0) >= end for place, end in there.items())
                pause = _BUSY_SECONDS if self._sender.sending() else _IDLE_SECONDS
                self._take(source.batch(pause), reached, caught_up)
                if caught_up:
                    self._sender.begin_due()
                    if time.monotonic() - recorded >= _RECORD_SECONDS:
                        self._record()
                        recorded = time.monotonic()
                if told_of != self._contacts.problem:
                    told_of = self._contacts.problem
                    _tell_of(self._store, self._contacts)
                self._pulse.beat()
        finally:
            source.close()

    def _take(self, entries: list[Entry], reached: dict[Place, int], caught_up: bool) -> None:
        book = self._contacts.now()
        if not entries:
            return
        said = [*_outcomes(entries, self._codec)]
        after = {(one.topic, one.partition): one.offset + 1 for one in entries}
        now = self._sender.moment()
        with self._store.begin() as connection:
            standing = planning.plan(connection, said, book, self._settings.pace, now, self._settings.address)
            rows = [{"partition": part, "next_offset": end} for (_, part), end in after.items()]
            upsert(connection, offsets, rows)
        faults.point("planned")
        reached.update(after)
        if caught_up:
            figures.observe(said, standing)

    def _record(self) -> None:
        try:
            record(self._store, self._to_door)
        except NotRecorded as error:  # people are told even so
            log.warning("steps wait for the door", reason=_line(error))


def positions(connection: Connection) -> dict[Place, int]:
    rows = connection.execute(select(offsets))
    return {(ESCALATIONS, row.partition): row.next_offset for row in rows}


def _outcomes(entries: list[Entry], codec: Codec) -> Iterator[Outcome]:
    for entry in entries:
        try:
            if not codec.knows(schema_id(entry.value)):
                raise Undecodable("its schema is not known")
            outcome = codec.decode(entry.value)
        except Undecodable as error:
            log.warning("passed over", partition=entry.partition, offset=entry.offset, reason=str(error))
            continue
        if isinstance(outcome, Outcome):
            yield outcome


@contextmanager
def _place(store: Engine) -> Iterator[Connection | None]:
    """The place of the one notifier that works, for as long as this connection holds; None if it is taken."""
    with store.connect() as connection:
        connection.exec_driver_sql(OF_THE_SERVER)
        mine = bool(connection.scalar(select(func.pg_try_advisory_lock(_ONE_NOTIFIER))))
        connection.commit()
        try:
            yield connection if mine else None
        finally:
            if mine:
                connection.invalidate()  # closes it, and so gives the place away whatever state it is in


def _tell_of(store: Engine, contacts: Contacts) -> None:
    """The alarm about the contact book; the read model, where alarms stand, may be away."""
    try:
        with store.begin() as connection:
            if contacts.problem is None:
                clear_alarm(connection, BOOK_ALARM, "notifications")
            else:
                told = f"{contacts.problem} `candour contacts check` tells all that is wrong with it."
                raise_alarm(connection, BOOK_ALARM, "notifications", told)
    except (ProgrammingError, SQLAlchemyError):
        return


def _line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "")
