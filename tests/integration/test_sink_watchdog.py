"""The watchdog: silence is an alarm, and every alarm is a sentence that says what to do."""

import math
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from confluent_kafka import KafkaException, Producer
from sqlalchemy import Engine, insert, select, text, update

from command.topics import create_topics
from producers import migrations as door_tables
from producers.clock_notes import clear, note
from producers.tables import clock_notes
from producers.tables import courier as brought
from rules.london import in_words
from schemas.topics import ESCALATIONS, PARTITIONS, PATTERNS, TOPICS
from sinks import watchdog
from sinks.alarms import TIME_STOOD_STILL
from sinks.database import engine
from sinks.ends import Ends
from sinks.judging import CLOCK_WAITS, GAP_SHOWN_MS, Found, Partition, judge
from sinks.log import PLACES, Place
from sinks.migrations import upgrade
from sinks.notify import migrations as notify_tables
from sinks.notify.tables import deliveries
from sinks.notify.tables import offsets as told
from sinks.tables import alarms, offsets, progress, watch
from sinks.watchdog import Seen, alarms_standing, look, outbox_age, tick_age
from tests.integration.filled import own_database
from tests.stack import Stack

HOUR = 3_600_000


def found(
    manual: bool = False,
    outbox: int | None = 0,
    watched: int = 600_000,
    clock_waits: str | None = None,
    **changed: Any,
) -> Found:
    fine: dict[str, Any] = {
        "tick_age_ms": 10_000,
        "engine_behind": 0,
        "engine_age_ms": 0,
        "sink_behind": 0,
        "sink_age_ms": 0,
    }
    partitions = [Partition(number=3, **fine | changed), Partition(number=4, **fine)]
    return Found(
        manual_clock=manual,
        outbox_age_ms=outbox,
        partitions=partitions,
        watched_ms=watched,
        clock_waits=clock_waits,
    )


def standing(one: Found) -> dict[str, str]:
    return {kind: told for kind, told in judge(one).items() if told is not None}


def test_all_well_raises_nothing() -> None:
    assert standing(found()) == {}


@pytest.mark.parametrize(
    ("kind", "says", "changed"),
    [
        ("time stands still", "the clock and the relay", {"tick_age_ms": 90_001}),
        ("time stands still", "partition 3", {"tick_age_ms": None}),
        ("engine stands still", "engine's log", {"engine_age_ms": 30_001, "engine_behind": 1}),
        ("read model stands still", "sink's log", {"sink_age_ms": 30_001, "sink_behind": 1}),
    ],
)
def test_what_stands_still_is_an_alarm(kind: str, says: str, changed: dict[str, Any]) -> None:
    (told,) = [told for name, told in standing(found(**changed)).items() if name == kind]
    assert says in told
    assert "partition 3" in told


def test_manual_clock_may_be_silent() -> None:
    assert standing(found(manual=True, tick_age_ms=10**12)) == {}


def test_tick_not_come_to_yet_is_no_silence() -> None:
    assert "time stands still" not in standing(found(tick_age_ms=95_000, sink_behind=500))


def test_start_is_given_its_time() -> None:
    assert standing(found(tick_age_ms=None, watched=5_000)) == {}


def test_waiting_reports_are_an_alarm() -> None:
    assert "relay" in standing(found(outbox=30_001))["reports wait"]
    assert standing(found(outbox=None)) == {}


def test_a_clock_that_waits_for_a_person_is_an_alarm_unless_it_is_the_manual_one() -> None:
    why = "the last tick is 40.0 days old"
    told = standing(found(clock_waits=why))[CLOCK_WAITS]
    assert why in told
    assert "`candour clock clear`" in told
    assert standing(found(clock_waits=why, manual=True)) == {}


def test_without_kafka_only_what_is_known_is_said() -> None:
    away = Found(manual_clock=False, outbox_age_ms=0, partitions=[], watched_ms=0)
    assert set(judge(away)) == {"Kafka is away", CLOCK_WAITS, "reports wait"}
    assert "Start Kafka again" in standing(away)["Kafka is away"]


def test_idle_position_counts_as_standing_only_while_something_waits() -> None:
    seen = Seen()
    assert seen.stood_ms("engine 0", 5, waiting=False) == 0
    seen._marks["engine 0"] = (5, seen.began_at - 3600)
    assert seen.stood_ms("engine 0", 5, waiting=False) == 0
    assert seen.stood_ms("engine 0", 5, waiting=True) < 1000
    seen._marks["engine 0"] = (5, seen.began_at - 3600)
    assert seen.stood_ms("engine 0", 5, waiting=True) >= 3_600_000
    assert seen.stood_ms("engine 0", 6, waiting=True) == 0


@pytest.fixture
def store(infra: Stack) -> Iterator[Engine]:
    create_topics(infra.kafka, TOPICS)
    with own_database(infra.database, "watched") as database:
        upgrade(database)
        made = engine(database)
        yield made
        made.dispose()


def all_ends(asked: Ends) -> dict[Place, int]:
    """A broker that has only just made a topic may not know yet who leads its partitions."""
    give_up = time.monotonic() + 60
    while True:
        try:
            return asked.of(PLACES)
        except KafkaException:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.2)


def test_look_measures_every_partition_and_keeps_one_alarm(store: Engine, infra: Stack) -> None:
    with closing(Ends(infra.kafka)) as asked:
        with store.begin() as connection:  # whatever others wrote on this Kafka, the sink has read it
            written = [
                {"topic": topic, "partition": partition, "next_offset": end}
                for (topic, partition), end in all_ends(asked).items()
            ]
            connection.execute(insert(offsets), written)
        seen = Seen()
        look(store, store, asked, seen, "system")
        with store.begin() as connection:
            an_hour_ago = time.time_ns() // 1_000_000 - HOUR
            heard = {"partition": 3, "engine_offset": 0, "heard_as_of": an_hour_ago, "heard_offset": 0}
            connection.execute(insert(progress).values(**heard))
        seen.began_at -= 600
        for _ in range(2):
            look(store, store, asked, seen, "system")
        with store.connect() as connection:
            rows = connection.execute(select(watch)).all()
            raised = connection.execute(select(alarms).where(alarms.c.kind == "time stands still")).all()
        assert [row.partition for row in sorted(rows)] == list(range(PARTITIONS))
        assert {row.sink_behind for row in rows} == {0}
        assert len(raised) == 1
        assert tick_age.labels("3")._value.get() == pytest.approx(HOUR / 1000, abs=60)
        look(store, store, asked, seen, "manual")
        with store.connect() as connection:
            still = connection.execute(text("SELECT 1 FROM read.alarms WHERE cleared_at IS NULL")).all()
        assert still == []


def test_look_reads_the_outbox_and_the_kind_of_clock_from_the_door(store: Engine, infra: Stack) -> None:
    with store.begin() as connection:
        connection.execute(text("CREATE SCHEMA door"))
        connection.execute(text("CREATE TABLE door.ticks (as_of bigint, manual boolean)"))
        connection.execute(text("CREATE TABLE door.outbox (id bigint, xid xid8, recorded_at bigint)"))
        connection.execute(text("INSERT INTO door.ticks VALUES (1, false), (2, true)"))
        connection.execute(text("INSERT INTO door.outbox VALUES (1, pg_current_xact_id(), 1000)"))
    with closing(Ends(infra.kafka)) as asked:
        manual = look(store, store, asked, Seen(), None)
        assert (manual.manual_clock, manual.outbox_age_ms) == (True, 0)
        system = look(store, store, asked, Seen(), "system")
        assert (system.outbox_age_ms or 0) > 10**12
        assert outbox_age._value.get() == (system.outbox_age_ms or 0) / 1000


def test_look_tells_of_a_clock_that_stopped_and_of_the_gaps_of_a_day(store: Engine, infra: Stack) -> None:
    database = store.url.render_as_string(hide_password=False)
    door_tables.upgrade(database)
    now = time.time_ns() // 1_000_000
    with store.begin() as connection:
        for ago in (GAP_SHOWN_MS + HOUR, 3 * HOUR, HOUR):
            note(connection, now - ago, "gap", "no tick", now - ago - HOUR, stops=False)
        note(connection, now, "parted", "the wall clock parted", now, stops=True)

    def told() -> list[tuple[str, str]]:
        with store.connect() as connection:
            standing = select(alarms.c.kind, alarms.c.text).where(alarms.c.cleared_at.is_(None))
            rows = connection.execute(standing.order_by(alarms.c.raised_at, alarms.c.about))
            return [(kind, words) for kind, words in rows if kind in (TIME_STOOD_STILL, CLOCK_WAITS)]

    with closing(Ends(infra.kafka)) as asked:
        for _ in range(2):
            look(store, store, asked, Seen(), "system")
        (stopped,) = [words for kind, words in told() if kind == CLOCK_WAITS]
        assert "the wall clock parted" in stopped
        gaps = [words for kind, words in told() if kind == TIME_STOOD_STILL]
        assert [words.partition(": ")[0] for words in gaps] == [
            f"Time stood still from {in_words(now - ago - HOUR)} to {in_words(now - ago)}"
            for ago in (3 * HOUR, HOUR)
        ]
        assert alarms_standing._value.get() == len(standing_kinds(store) - {TIME_STOOD_STILL})

        clear(database, "Pat Brown")
        with store.begin() as connection:
            connection.execute(update(clock_notes).values(at=clock_notes.c.at - 22 * HOUR))
        look(store, store, asked, Seen(), "system")
        assert [(kind, words) for kind, words in told() if kind == CLOCK_WAITS] == []
        assert [words for _, words in told()] == gaps[1:]
        with store.connect() as connection:
            assert {row.partition for row in connection.execute(select(watch))} == set(range(PARTITIONS))
        assert math.isnan(tick_age.labels("0")._value.get())  # no tick was heard: not known, not nought


def standing_kinds(store: Engine) -> set[str]:
    with store.connect() as connection:
        return set(connection.scalars(select(alarms.c.kind).where(alarms.c.cleared_at.is_(None))))


def test_look_tells_of_a_courier_and_a_notifier_that_stand_still(
    store: Engine, infra: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = store.url.render_as_string(hide_password=False)
    door_tables.upgrade(database)
    notify_tables.upgrade(database)
    monkeypatch.setattr(watchdog, "ENGINE_LIMIT_MS", 0)
    producer = Producer({"bootstrap.servers": infra.kafka})
    producer.produce(PATTERNS, b"found", partition=5)
    producer.produce(ESCALATIONS, b"raised", partition=4)
    assert producer.flush(30) == 0
    seen = Seen()
    with closing(Ends(infra.kafka)) as asked:
        look(store, store, asked, seen, "system")
        stuck = look(store, store, asked, seen, "system")
        assert 5 in stuck.courier_stuck
        assert 4 in stuck.notifier_stuck
        assert {"courier stands still", "nobody is told"} <= standing_kinds(store)

        with store.begin() as connection:
            for table, topic in ((brought, PATTERNS), (told, ESCALATIONS)):
                ends = asked.of((topic, partition) for partition in range(PARTITIONS))
                rows = [{"partition": partition, "next_offset": end} for (_, partition), end in ends.items()]
                connection.execute(insert(table), rows)
        look(store, store, asked, seen, "system")
        assert not {"courier stands still", "nobody is told"} & standing_kinds(store)


@pytest.mark.parametrize(
    ("state", "next_wall", "changed_wall", "waits"),
    [
        ("planned", -HOUR, -HOUR, True),
        ("planned", HOUR, -HOUR, False),
        ("sending", -HOUR, -HOUR, True),
        ("handed_over", -HOUR, 0, False),
        ("waits", -HOUR, -HOUR, False),
    ],
)
def test_a_message_that_ought_to_be_under_way_is_an_alarm(
    store: Engine, infra: Stack, state: str, next_wall: int, changed_wall: int, waits: bool
) -> None:
    notify_tables.upgrade(store.url.render_as_string(hide_password=False))
    now = time.time_ns() // 1_000_000
    texts = ("id", "page", "escalation_id", "case_id", "channel", "owner_role", "provider", "body")
    row = dict.fromkeys(texts, "one") | dict.fromkeys(("level", "place", "attempts"), 1)
    times = {
        "planned_at": now,
        "give_up_at": now,
        "next_wall": now + next_wall,
        "changed_wall": now + changed_wall,
    }
    with store.begin() as connection:
        connection.execute(insert(deliveries).values(row | times | {"state": state}))
    with closing(Ends(infra.kafka)) as asked:
        look(store, store, asked, Seen(), "system")
    assert ("nobody is told" in standing_kinds(store)) is waits
