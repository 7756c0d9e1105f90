"""Compares every row of the read model with what the log makes of it, by the sink's own functions.

Who can write to PostgreSQL need not be able to write to the log: whatever is missing, changed or a stranger
in the one is named by its place in the other.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from msgspec import NODEFAULT, Struct, json
from msgspec.structs import asdict, fields
from sqlalchemy import Connection, Engine, Table, select, text

from schemas.codec import Codec
from schemas.contracts import snake
from schemas.event_types import ClockTick, PolicyAdopted
from schemas.never_event_events import ReleaseSigned
from schemas.outcome_types import CaseQuarantined, CaseReadAgain, Outcome
from schemas.registry import RegistryCodec
from schemas.topics import CASE_EVENTS, PARTITIONS, RULES
from sinks import tables
from sinks.arrivals import read
from sinks.database import Row, engine
from sinks.ends import Ends
from sinks.log import PLACES, TOPICS, Entry, Log, Place
from sinks.rows import case_row, quarantine_row
from sinks.standings import STANDINGS
from sinks.together import Together
from sinks.writing import positions

PATIENCE = 20.0  # seconds that the read model may be behind before it is compared as far as it is
SILENCE = 30.0  # seconds without a record where there are some to come
COMPARED = (
    tables.case_events,
    tables.cases,
    tables.outcomes,
    *(kept.table for kept in STANDINGS),
    tables.quarantines,
    tables.publication_records,
)
CAME_AGAIN = "on the log again with another content"
CHANGED, MISSING = "not as the log has it", "missing"
STRANGER = "without a record on the log"
_PLACE = ("partition", "offset")
_AT_ONCE = 1000
_WAIT_SECONDS = 0.1
_TOPIC_OF = {rule: topic for topic, rule in RULES.items()}
_FOR_PUBLICATION = {snake(kind.__name__): kind for kind in (PolicyAdopted, ReleaseSigned)}

Key = tuple[Any, ...]
"""Of a row, the values of its primary key."""
Arrived = TypeVar("Arrived", bound=Struct | None)


class Due(NamedTuple):
    """A row as it ought to be, and the place of the record that it was last made from."""

    place: str
    row: Row


class Compared(NamedTuple):
    """`behind`: records of the log that the read model has not come to. `differences`: by what is wrong."""

    rows: int
    behind: int
    differences: dict[str, list[str]]


def compare(*, database: str, kafka: str, registry: str, patience: float = PATIENCE) -> Compared:
    """Everything up to where the read model is: a sink that is behind is given time, and is not accused.

    Reads alone, as at one moment; a rebuild waits for it. Raises what Kafka, PostgreSQL and the registry do
    when they are away.
    """
    store, ends = engine(database), Ends(kafka)
    try:
        _await(store, ends.of(PLACES), patience)
        with closing(RegistryCodec(registry)) as codec, _as_at_one_moment(store) as connection:
            reached, end = positions(connection), ends.of(PLACES)
            comparison = Comparison(connection, codec)
            comparison.reach(reached, end)
            for partition in range(PARTITIONS):
                until = {(topic, partition): reached.get((topic, partition), 0) for topic in TOPICS}
                comparison.partition(_entries(kafka, {at: min(until[at], end[at]) for at in until}))
            comparison.strangers()
            behind = sum(max(0, end[place] - reached.get(place, 0)) for place in PLACES)
            return Compared(comparison.rows, behind, dict(comparison.differences))
    finally:
        ends.close()
        store.dispose()


class Comparison:
    """Partition after partition, so that what stands of one alone is held; ids are held of all."""

    def __init__(self, connection: Connection, codec: Codec) -> None:
        self._connection, self._codec = connection, codec
        self._due: dict[Table, dict[Key, bytes]] = {table: {} for table in COMPARED}
        """Keys of the rows that there ought to be, with the hash of the record where there is one record."""
        self.rows = 0
        self.differences: defaultdict[str, list[str]] = defaultdict(list)

    def reach(self, reached: Mapping[Place, int], end: Mapping[Place, int]) -> None:
        for (topic, partition), offset in reached.items():
            if offset > (ends := end.get((topic, partition), 0)):
                told = f"{topic}/{partition} ends at {ends}; read.offsets says {offset}"
                self.differences["of read.offsets beyond the end of the log"].append(told)

    def partition(self, batches: Iterable[list[Entry]]) -> None:
        """All that a partition of every topic holds, up to where the read model is."""
        cases: dict[Key, Due] = {}
        standing: dict[Table, dict[Key, tuple[str, Any]]] = {kept.table: {} for kept in STANDINGS}
        quarantines: dict[Key, Due] = {}
        for entries in batches:
            wanted = [entry for entry in entries if self._codec.kind_of(entry.value) is not ClockTick]
            arrivals = read(wanted, self._codec)
            if arrivals.clashes:
                self.differences[CAME_AGAIN] += arrivals.clashes
            events = self._first(tables.case_events, arrivals.events)
            outcomes = self._first(tables.outcomes, arrivals.outcomes)
            self._check(
                tables.case_events,
                {(row["event_id"],): Due(_of_event(row), row | {"payload": event}) for event, row in events},
            )
            self._check(
                tables.outcomes,
                {
                    (row["id"],): Due(_of_outcome(row), row | {"payload": outcome or row["payload"]})
                    for outcome, row in outcomes
                },
            )
            self._check(
                tables.publication_records,
                {(id,): Due(f"{CASE_EVENTS} {id}", _typed(row)) for id, row in arrivals.publication.items()},
            )
            cases |= {(event.case_id,): Due(_of_event(row), case_row(event, row)) for event, row in events}
            for outcome, row in outcomes:
                if outcome is not None:
                    _stand(standing, outcome, row)
                    _quarantine(quarantines, outcome, row)
        self._check(tables.cases, cases)
        for table, stands in standing.items():
            self._check(table, {key: Due(place, asdict(one)) for key, (place, one) in stands.items()})
        self._check(tables.quarantines, quarantines)

    def strangers(self) -> None:
        """Once every partition was compared: the rows that nothing on the log has made."""
        for table in COMPARED:
            due = self._due[table]
            keys, place = len(table.primary_key), [table.c[name] for name in _PLACE if name in table.c]
            asked = select(*table.primary_key, *place).execution_options(yield_per=10 * _AT_ONCE)
            for row in self._connection.execute(asked):
                if due.pop(tuple(row[:keys]), None) is None:
                    said = f", which says partition {row[-2]} offset {row[-1]}" if place else ""
                    self._tell(table, STRANGER, f"{_named(row[:keys])}{said}")

    def _first(self, table: Table, arrived: Mapping[str, tuple[Arrived, Row]]) -> list[tuple[Arrived, Row]]:
        """What comes for the first time; what comes again, as a relay may send it, has no row of its own."""
        first, due = [], self._due[table]
        for id, (record, row) in arrived.items():
            if (id,) not in due:
                due[id,] = row["sha256"]
                first.append((record, row))
            elif due[id,] != row["sha256"]:
                self.differences[CAME_AGAIN].append(id)
        return first

    def _check(self, table: Table, due: Mapping[Key, Due]) -> None:
        names = tuple(column.name for column in table.c if column.name != "seq")
        keys = iter(due)
        while chunk := dict.fromkeys(islice(keys, _AT_ONCE)):
            for key in chunk:
                self._due[table].setdefault(key, b"")
            asking = Together(self._connection)
            asking.ask_rows(table, next(iter(table.primary_key)).name, [key[0] for key in chunk], names)
            (held,) = asking.read()
            self.rows += len(held)
            for row in held:
                key = tuple(row[column.name] for column in table.primary_key)
                if key not in due:  # a stranger: told with the others
                    continue
                chunk.pop(key, None)
                if changed := [
                    name
                    for name, value in due[key].row.items()
                    if row[name] != value and not _like(value, row[name])
                ]:
                    told = f"{due[key].place}: {', '.join(changed)} of {_named(key)}"
                    self._tell(table, CHANGED, told)
            for key in chunk:
                self._tell(table, MISSING, f"{due[key].place}: {_named(key)}")

    def _tell(self, table: Table, what: str, told: str) -> None:
        self.differences[f"of {table} {what}"].append(told)


def _stand(standing: dict[Table, dict[Key, tuple[str, Any]]], outcome: Outcome, row: Row) -> None:
    for kept in STANDINGS:
        if kept.rule == row["rule"]:
            stands, key = standing[kept.table], (outcome.subject,)
            after = kept.step(stands[key][1] if key in stands else None, outcome)
            if after is not None:
                stands[key] = (_of_outcome(row), after)


def _quarantine(quarantines: dict[Key, Due], outcome: Outcome, row: Row) -> None:
    if isinstance(outcome, CaseQuarantined):
        quarantines[outcome.case_id, outcome.rule] = Due(_of_outcome(row), quarantine_row(outcome))
    elif isinstance(outcome, CaseReadAgain):
        quarantines.pop((outcome.case_id, outcome.rule), None)


def _of_event(row: Row) -> str:
    return f"{CASE_EVENTS}/{row['partition']} offset {row['offset']} {row['type']}"


def _of_outcome(row: Row) -> str:
    return f"{_TOPIC_OF[row['rule']]}/{row['partition']} offset {row['offset']} {row['type']}"


def _named(key: Iterable[Any]) -> str:
    return " ".join(map(str, key))


def _typed(row: Row) -> Row:
    return row | {"payload": json.decode(row["payload"], type=_FOR_PUBLICATION[row["type"]])}


def _like(due: Any, held: Any) -> bool:
    """As it ought to be; a field that its type has got since, at its default, may be lacking."""
    if isinstance(due, Struct | tuple) and held == json.decode(json.encode(due)):
        return True
    if isinstance(due, Struct):
        defaults = _defaults(type(due))
        return (
            isinstance(held, dict)
            and held.keys() <= defaults.keys()
            and all(
                _like(getattr(due, name), held[name]) if name in held else getattr(due, name) == default
                for name, default in defaults.items()
            )
        )
    if isinstance(due, tuple):
        return isinstance(held, list) and len(due) == len(held) and all(map(_like, due, held))
    return bool(due == held)


@lru_cache(maxsize=256)
def _defaults(kind: type[Struct]) -> dict[str, Any]:
    """By field; NODEFAULT, which nothing equals, where there is none."""
    return {
        field.name: field.default if field.default_factory is NODEFAULT else field.default_factory()
        for field in fields(kind)
    }


def _await(store: Engine, ends: Mapping[Place, int], patience: float) -> None:
    give_up = time.monotonic() + patience
    while time.monotonic() < give_up:
        with store.connect() as connection:
            reached = positions(connection)
        if all(reached.get(place, 0) >= end for place, end in ends.items()):
            return
        time.sleep(_WAIT_SECONDS)


@contextmanager
def _as_at_one_moment(store: Engine) -> Iterator[Connection]:
    with store.connect() as made:
        connection = made.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        # Before the first look: a table that is emptied between that and its turn would seem to be empty.
        names = ", ".join(map(str, (*COMPARED, tables.offsets)))
        connection.execute(text(f"LOCK TABLE {names} IN ACCESS SHARE MODE"))
        yield connection


def _entries(kafka: str, ends: Mapping[Place, int]) -> Iterator[list[Entry]]:
    """All before these offsets, each place in its order. Raises `LogLost`, `LogAway` and `TimeoutError`."""
    left = {place for place, end in ends.items() if end}
    heard = time.monotonic()
    with closing(Log(kafka, {}, [*left])) as source:
        while left:
            came = source.batch(_WAIT_SECONDS)
            if came:
                heard = time.monotonic()
            elif time.monotonic() - heard > SILENCE:
                raise TimeoutError(f"no record for {SILENCE} s with some left of {sorted(left)}")
            left -= {
                (one.topic, one.partition) for one in came if one.offset + 1 >= ends[one.topic, one.partition]
            }
            yield [one for one in came if one.offset < ends[one.topic, one.partition]]
