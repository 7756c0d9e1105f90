"""The process `publisher`: looks several times a second whether something fell due or was signed."""

import threading
from contextlib import suppress
from pathlib import Path

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from prometheus_client import Counter
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from sinks.alarms import clear_alarm, raise_alarm
from sinks.database import engine
from sinks.process import answering, ending
from sinks.publication.drafting import draft_due
from sinks.publication.keys import key_place, signing_key
from sinks.publication.place import Altered, public_place
from sinks.publication.publishing import NEWS_OF_SIGNATURES, publish_signed, take_signatures
from sinks.tables import progress, publication_progress

INTERVAL_SECONDS = 0.5
RETRY_SECONDS = 2.0
CANNOT = "releases cannot be made"
_EVERYTHING = "publication"

_NEWS = select(
    select(func.min(progress.c.settled_as_of)).scalar_subquery(),
    select(func.max(publication_progress.c.looked_up_to)).scalar_subquery(),
    NEWS_OF_SIGNATURES,
)
"""Asked again and again, and cheap: whether time has moved, and whether something was signed."""

log = structlog.get_logger()
drafted_total = Counter("candour_releases_drafted_total", "Releases of never-event figures drafted")
published_total = Counter("candour_releases_published_total", "Releases of never-event figures published")


def run(
    *,
    database: str,
    data: str,
    health_port: int,
    key_file: Path | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Returns after SIGTERM, or when `stop` is set. Raises `NoKey` where the signing key is gone."""
    ends = ending(stop)
    place = public_place(Path(data))
    key = signing_key(key_place(Path(data), key_file), place)
    publisher = Publisher(engine(database, pool_size=2), place, key)
    with answering("publisher", health_port) as pulse:
        while not ends.is_set():
            if publisher.look():
                pulse.beat()
                ends.wait(INTERVAL_SECONDS)
            else:
                ends.wait(RETRY_SECONDS)
    publisher.store.dispose()


class Publisher:
    """Whatever goes wrong here stops no other process; it stands as an alarm until it goes well again."""

    def __init__(self, store: Engine, place: Path, key: Ed25519PrivateKey) -> None:
        self.store, self._place, self._key = store, place, key
        self._well, self._first = False, True

    def step(self) -> None:
        """Draft what fell due, take signatures, publish what was signed."""
        with self.store.connect() as connection:
            settled_as_of, looked_up_to, signed = connection.execute(_NEWS).one()
        if settled_as_of is not None and settled_as_of != looked_up_to:
            drafted_total.inc(len(draft_due(self.store)))
        if signed or self._first:
            take_signatures(self.store)
            published_total.inc(len(publish_signed(self.store, self._place, self._key)))
        self._first = False

    def look(self) -> bool:
        """One step, and whether it went well."""
        try:
            self.step()
            if not self._well:
                with self.store.begin() as connection:
                    clear_alarm(connection, CANNOT, _EVERYTHING)
        except SQLAlchemyError as error:
            log.warning("publication waits: PostgreSQL does not answer", error=type(error).__name__)
            self._well = False
        except Exception as error:
            self._tell(error)
            self._well = False
        else:
            self._well = True
        return self._well

    def _tell(self, error: Exception) -> None:
        own = isinstance(error, Altered | OSError)
        what = str(error) if own else f"{type(error).__name__}; the log of the process `publisher` has more."
        log.error(CANNOT, reason=what, exc_info=None if own else error)
        told = f"Releases of never-event figures can be neither drafted nor published: {what}"
        with suppress(SQLAlchemyError), self.store.begin() as connection:
            raise_alarm(connection, CANNOT, _EVERYTHING, told)
