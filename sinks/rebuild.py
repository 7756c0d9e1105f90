"""Empties the read model and restores it from the log, while readers look on and the sink waits."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from sqlalchemy import Connection, Engine, func, select, text

from health.locks import briefly
from schemas.registry import RegistryCodec
from sinks.arrivals import read
from sinks.database import engine
from sinks.ends import Ends
from sinks.log import PLACES, Log, Place
from sinks.migrations import upgrade
from sinks.read_model import WAIT_SECONDS
from sinks.settled import EngineOffsets, Settling
from sinks.tables import DERIVED
from sinks.writing import BOARD, ONE_WRITER, positions, write


def rebuild(*, database: str, kafka: str, registry: str, progress: bool = True) -> dict[str, int]:
    """Up to where the log ended at the start; what comes later is the sink's. Gives the rows of each table.

    Safe to break off and to repeat: the sink goes on from wherever it ended. Alarms stay, for they are not
    on the log, and the numbers of the board go on upwards, so that no page takes new rows for old ones.
    """
    upgrade(database)
    store, offsets = engine(database), EngineOffsets(kafka)
    try:
        with closing(RegistryCodec(registry)) as codec, _alone(store) as connection:
            _empty(connection)
            _restore(connection, kafka, codec, offsets, progress)
            return _counts(connection)
    finally:
        offsets.close()
        store.dispose()


@contextmanager
def _alone(store: Engine) -> Iterator[Connection]:
    """The right to write, kept from one short transaction to the next; waits for another rebuild."""
    with store.connect() as connection:
        connection.execute(select(func.pg_advisory_lock(ONE_WRITER)))
        connection.commit()
        try:
            yield connection
        finally:
            connection.rollback()
            connection.execute(select(func.pg_advisory_unlock(ONE_WRITER)))
            connection.execute(text(f"NOTIFY {BOARD}"))
            connection.commit()


def _empty(connection: Connection) -> None:
    names = ", ".join(str(table) for table in DERIVED)
    without_new_numbers = text(f"TRUNCATE {names}")  # no RESTART IDENTITY
    briefly(connection, lambda one: one.execute(without_new_numbers))


def _restore(
    connection: Connection, kafka: str, codec: RegistryCodec, offsets: EngineOffsets, shown: bool
) -> None:
    settling = Settling(connection)
    reached = positions(connection)
    connection.rollback()  # what was read is read; each batch is a transaction of its own
    source = Log(kafka, reached)
    try:
        ends = _ends(kafka)
        offsets.look()
        with _bars(shown) as bars:
            task = bars.add_task("Restoring the read model from the log", total=sum(ends.values()))
            while not _there(reached, ends):
                arrivals = read(source.batch(WAIT_SECONDS), codec)
                after = reached | arrivals.next_offsets
                settled = offsets.settled(after, settling)
                if arrivals.next_offsets or settled:
                    with connection.begin():
                        write(connection, arrivals, settling.take(arrivals.ticks, settled))
                    reached = after
                bars.update(task, completed=sum(reached.values()))
    finally:
        source.close()


def _ends(kafka: str) -> dict[Place, int]:
    with closing(Ends(kafka)) as asked:
        return asked.of(PLACES)


def _there(reached: dict[Place, int], ends: dict[Place, int]) -> bool:
    return all(reached.get(place, 0) >= end for place, end in ends.items())


def _bars(shown: bool) -> Bars:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Bars(*columns, console=Console(stderr=True), disable=not shown)


def _counts(connection: Connection) -> dict[str, int]:
    return {table.name: connection.scalar(select(func.count()).select_from(table)) or 0 for table in DERIVED}
