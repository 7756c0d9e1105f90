"""The sink: rows a second from Kafka into PostgreSQL, each batch with its offsets in one transaction."""

import time

from sqlalchemy import Engine, create_engine, make_url, text

import producers.migrations
import sinks.migrations
from tests.bench.figures import Figure
from tests.bench.ground import Ground, begun
from tests.bench.progress import Show, Steps
from tests.bench.remembering import write_open_duties

_SECONDS = 900
_READ = text("select coalesce(sum(next_offset), 0) from read.offsets")
_ROWS = text(
    "select (select count(*) from read.case_events) + (select count(*) from read.outcomes)"
    " + (select count(*) from read.cases) + (select count(*) from read.obligations)"
)


def measure(here: Ground, steps: Steps, *, quick: bool) -> list[Figure]:
    number = 5_000 if quick else 50_000
    here.make_topics()
    producers.migrations.upgrade(here.database)
    sinks.migrations.upgrade(here.database)
    with steps.step(f"sink: writing {number:,} reports and outcomes", number) as show:
        write_open_duties(here, number, show)
    store = create_engine(make_url(here.database).set(drivername="postgresql+psycopg"))
    total = 2 * (number + 2 * here.partitions)
    with (
        steps.step("sink: into PostgreSQL", total) as show,
        begun("sink", here.kafka, here.registry, here.database),
    ):
        seconds, records = _taken(store, total, show)
        with store.connect() as connection:
            rows = connection.execute(_ROWS).scalar_one()
    store.dispose()
    return [
        Figure("sink_records_per_s", records / seconds, beside="half of them reports, half outcomes"),
        Figure("sink_rows_per_s", rows / seconds, beside="events, outcomes, cases, obligations"),
    ]


def _taken(store: Engine, total: int, show: Show) -> tuple[float, int]:
    """Seconds from the first records in PostgreSQL to the last, and how many came in them."""
    began, first, give_up = 0.0, 0, time.monotonic() + _SECONDS
    while time.monotonic() < give_up:
        with store.connect() as connection:
            done = int(connection.execute(_READ).scalar_one())
        show(done)
        if done and not first:
            began, first = time.perf_counter(), done
        if done >= total:
            return time.perf_counter() - began, total - first
        time.sleep(0.05)
    raise TimeoutError(f"{done:,} of {total:,} records after {_SECONDS} s")
