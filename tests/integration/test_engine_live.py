"""The case engine with the candour rule on a real broker: outcomes, dead letters, its end, a second start."""

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Message, Producer
from msgspec import structs

from embedded import ports
from rules.case_rules import RULES
from schemas.cloud_events import CONTENT_TYPE
from schemas.codec import Codec
from schemas.contracts import FULL_NAMES
from schemas.outcome_types import ObligationBreached
from schemas.topics import CASE_EVENTS, DEAD_LETTERS, OBLIGATIONS
from stream_apps.dead_letters import headers_of, listed, replay
from stream_apps.partition_reader import PartitionReader, committed
from stream_apps.replay import Fold
from stream_apps.verify import judge
from tests.bench.records import DAY, FIRST, adoptions, report, tick
from tests.fault.broker import Broker
from tests.fault.live_worker import GROUP
from tests.integration.probes import figure

pytestmark = pytest.mark.real

CODEC = Codec.local()
PARTITIONS = 2
POISON = (None, b"garbage", b"\0\0\1\0\0of an unknown schema", b"\0" * 2_000_000)


class Scene:
    """A broker with a log, and the engine as a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.broker = Broker(folder)
        self.port = ports.choose(folder / "ports.json", ["engine"])["engine"]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "tests.fault.live_worker",
            self.broker.address,
            str(self.folder / "data"),
            str(self.port),
        ]
        with (self.folder / "engine.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)

    def figure(self, name: str, **labels: str) -> float:
        return figure(f"http://127.0.0.1:{self.port}", f"candour_engine_{name}", **labels)

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(60)

    def write(self, partition: int, *values: bytes | None) -> None:
        producer = Producer({"bootstrap.servers": self.broker.address, "message.max.bytes": 4_000_000})
        for value in values:
            producer.produce(CASE_EVENTS, value, "a-key", partition, headers=[("ce_id", b"original")])
        assert producer.flush(30) == 0

    def ends(self) -> dict[int, int]:
        with PartitionReader(self.broker.address) as reader:
            return {p: reader.bounds(CASE_EVENTS, p)[1] for p in range(PARTITIONS)}

    def done(self) -> dict[int, int]:
        return committed(self.broker.address, GROUP, CASE_EVENTS, range(PARTITIONS))

    def wait(self, seconds: float = 90) -> None:
        until = time.monotonic() + seconds
        while self.done() != self.ends():
            assert time.monotonic() < until, (self.folder / "engine.log").read_text()[-4000:]
            time.sleep(0.2)

    def outcome_bounds(self, partition: int) -> tuple[int, int]:
        with PartitionReader(self.broker.address) as reader:
            return reader.bounds(OBLIGATIONS, partition)

    def outcomes(self) -> list[Message]:
        with PartitionReader(self.broker.address) as reader:
            return [message for p in range(PARTITIONS) for message in reader.messages(OBLIGATIONS, p)]


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    scene = Scene(tmp_path_factory.mktemp("live"))
    scene.broker.start()
    try:
        said = {rule.topic: PARTITIONS for rule in RULES}
        scene.broker.make_topics({CASE_EVENTS: PARTITIONS, **said, DEAD_LETTERS: 1})
        chance = random.Random(7)
        for partition in range(PARTITIONS):
            reports = [
                report(chance, FIRST + n * DAY, f"e{partition}-{n}", f"c{partition}-{n}") for n in range(100)
            ]
            scene.write(partition, *map(CODEC.encode, adoptions(partition)), *map(CODEC.encode, reports))
            scene.write(partition, *POISON, CODEC.encode(tick(partition, FIRST + 200 * DAY)))
        scene.start()
        scene.wait()
        yield scene
    finally:
        if scene.process is not None and scene.process.poll() is None:
            scene.stop(signal.SIGKILL)
        scene.broker.stop(signal.SIGKILL)


def test_what_stands_on_the_log_is_what_one_fold_over_the_input_says(scene: Scene) -> None:
    verdict = judge(scene.broker.address, CODEC, RULES, GROUP)
    assert verdict.clean, verdict.lines()
    assert verdict.expected == verdict.written > 20
    kinds = {type(CODEC.decode(message.value())) for message in scene.outcomes()}
    assert ObligationBreached in kinds


def test_each_outcome_carries_its_id_its_source_and_the_attributes_of_cloud_events(scene: Scene) -> None:
    for message in scene.outcomes():
        headers = dict(headers_of(message))
        said = CODEC.decode(message.value())
        assert headers["ce_id"] == headers["id"]
        assert headers["ce_type"].decode() == FULL_NAMES[type(said)]
        assert headers["content-type"] == CONTENT_TYPE
        assert {"source_offset", "part", "ce_source", "ce_time", "ce_subject", "ce_specversion"} <= set(
            headers
        )


def test_what_cannot_be_read_lies_whole_among_the_dead_letters(scene: Scene) -> None:
    letters = [letter for letter in listed(scene.broker.address) if letter.partition == 0][: len(POISON)]
    assert [letter.value for letter in letters] == list(POISON)
    assert all(
        letter.key == b"a-key" and dict(letter.headers) == {"ce_id": b"original"} for letter in letters
    )
    assert all(letter.error for letter in letters)


def test_what_the_engine_shows_of_itself_is_what_it_did(scene: Scene) -> None:
    assert scene.figure("dead_letters_total") == len(POISON) * PARTITIONS
    heard, passed_over = (scene.figure("records_total", what=what) for what in ("heard", "passed_over"))
    assert passed_over > 0
    assert heard + passed_over + len(POISON) * PARTITIONS == sum(scene.ends().values())
    assert scene.figure("decide_seconds_count") == heard
    assert 0 < scene.figure("decide_seconds_sum") < 90
    kinds = Counter(type(CODEC.decode(message.value())).__name__ for message in scene.outcomes())
    assert {kind: scene.figure("outcomes_total", rule="candour", kind=kind) for kind in kinds} == kinds
    assert scene.figure("outcomes_total", rule="candour") == kinds.total()
    newest = (FIRST + 200 * DAY) / 1000
    ticks = [scene.figure("last_tick_timestamp_seconds", partition=f"{p}") for p in range(PARTITIONS)]
    assert ticks == [newest] * PARTITIONS
    assert scene.figure("lag_seconds") == pytest.approx(time.time() - newest, abs=30)
    assert 0 <= scene.figure("commit_age_seconds") < 90


def test_a_dead_letter_is_put_back_once_where_it_came_from(scene: Scene) -> None:
    before = scene.ends()
    (letter,) = [
        each for each in listed(scene.broker.address) if (each.partition, each.value) == (1, b"garbage")
    ]
    assert replay(scene.broker.address, [letter]) == 1
    with PartitionReader(scene.broker.address) as reader:
        (again,) = reader.messages(CASE_EVENTS, 1, before[1])
    assert (again.value(), again.key(), headers_of(again)) == (b"garbage", b"a-key", [("ce_id", b"original")])
    (handled,) = [each for each in listed(scene.broker.address) if each.place == letter.place]
    assert handled.replayed_as == before[1]
    assert replay(scene.broker.address, [handled]) == 0
    scene.wait()


def test_a_difference_is_seen_and_said(scene: Scene) -> None:
    folding = Fold(scene.broker.address, CODEC, RULES, CODEC.encode)
    offset, said = next(one for one in folding.partition(0) if one[1][0].rule == "candour")
    other = CODEC.encode(structs.replace(said[0].outcome, cause="somebody else"))
    headers: list[tuple[str, str | bytes | None]] = [("id", said[0].id), ("source_offset", str(offset))]
    producer = Producer({"bootstrap.servers": scene.broker.address})
    producer.produce(OBLIGATIONS, other, "a", 0, headers=[*headers, ("part", f"1/{len(said)}")])
    assert producer.flush(30) == 0
    verdict = judge(scene.broker.address, CODEC, RULES, GROUP)
    assert not verdict
    assert len(verdict.two_payloads) == 1
    assert "1 differs from what follows:" in verdict.lines()


def test_sigterm_ends_on_a_commit_and_a_second_start_says_nothing_twice(scene: Scene) -> None:
    scene.write(0, CODEC.encode(report(random.Random(9), FIRST, "e-last", "c-last", relevant=True)))
    time.sleep(1.5)
    assert scene.stop() == 0
    said = len(scene.outcomes())
    assert scene.done() == scene.ends()
    scene.start()
    scene.write(1, CODEC.encode(tick(1, FIRST + 201 * DAY)))
    scene.wait()
    assert len(scene.outcomes()) >= said
    ids = [dict(headers_of(message))["id"] for message in scene.outcomes()]
    assert len(set(ids)) == len(ids) - 1, "but for the one that was forged"


def test_what_a_stranger_wrote_among_the_outcomes_is_named(scene: Scene) -> None:
    _, end = scene.outcome_bounds(1)
    producer = Producer({"bootstrap.servers": scene.broker.address})
    forged = {"id": b"forged", "source_offset": b"1000000", "part": b"1/1"}
    for value, headers in (
        (b"garbage", {}),
        (b"garbage", forged | {"source_offset": b"nowhere"}),
        (scene.outcomes()[0].value(), forged),
        (b"garbage", forged | {"source_offset": b"3"}),
    ):
        producer.produce(OBLIGATIONS, value, "a", 1, headers=[*headers.items()])
    assert producer.flush(30) == 0
    verdict = judge(scene.broker.address, CODEC, RULES, GROUP)
    assert verdict.strangers == [
        f"{OBLIGATIONS}/1 offset {end}: it has no id, or names no record",
        f"{OBLIGATIONS}/1 offset {end + 1}: it has no id, or names no record",
        f"{OBLIGATIONS}/1 offset {end + 2}: there is no record 1000000",
        "candour/1 bytes that nobody can read, part 1/1 of record 3 (forged)",
    ]
