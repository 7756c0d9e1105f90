"""A provider over which the rule on patterns stumbled is read again from a real log, once it is released."""

import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from confluent_kafka import Producer
from msgspec.structs import replace

from rules.patterns import RULE
from schemas.codec import Codec
from schemas.event_types import Record
from schemas.outcome_types import CaseQuarantined, CaseReadAgain, Outcome
from schemas.pattern_types import PatternFound
from schemas.topics import DEAD_LETTERS, PATTERNS, WARD_EVENTS
from schemas.ward_events import ProviderReleased, WardReported
from stream_apps.partition_reader import PartitionReader, committed
from stream_apps.verify import judge
from tests.fault.broker import Broker
from tests.fault.stumbling_wards import GROUP
from tests.spec.notation import moment
from tests.spec.wards import Wards

pytestmark = pytest.mark.real

CODEC = Codec.local()
EIGHT = "2014-01-06 09:00  reports 8 ward=w1 every=1d\n"


class Hospital:
    """A broker with a log of wards, and the app of patterns as a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.broker = folder, Broker(folder)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, over: str) -> None:
        data = str(self.folder / "data")
        command = [sys.executable, "-m", "tests.fault.stumbling_wards", self.broker.address, data, over]
        with (self.folder / "patterns.log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)

    def stop(self) -> int:
        if self.process is None:
            return 0
        self.process.terminate()
        return self.process.wait(60)

    def write(self, records: Iterable[Record]) -> None:
        producer = Producer({"bootstrap.servers": self.broker.address})
        for record in records:
            producer.produce(WARD_EVENTS, CODEC.encode(record), getattr(record, "key", "partition"), 0)
        assert producer.flush(30) == 0
        self._wait()

    def said(self) -> list[Outcome]:
        with PartitionReader(self.broker.address) as reader:
            found = [CODEC.decode(message.value()) for message in reader.messages(PATTERNS, 0)]
        return [one for one in found if isinstance(one, Outcome)]

    def _wait(self, seconds: float = 60) -> None:
        with PartitionReader(self.broker.address) as reader:
            end = reader.bounds(WARD_EVENTS, 0)[1]
        until = time.monotonic() + seconds
        while committed(self.broker.address, GROUP, WARD_EVENTS, [0])[0] < end:
            assert time.monotonic() < until, (self.folder / "patterns.log").read_text()[-4000:]
            time.sleep(0.2)


@pytest.fixture
def hospital(tmp_path: Path) -> Iterator[Hospital]:
    made = Hospital(tmp_path)
    try:
        made.broker.start()
        made.broker.make_topics({WARD_EVENTS: 1, PATTERNS: 1, DEAD_LETTERS: 1})
        yield made
    finally:
        made.stop()
        made.broker.stop()


def clusters(said: Iterable[Outcome], provider: str) -> set[str]:
    return {one.subject for one in said if isinstance(one, PatternFound) and one.provider == provider}


def test_what_was_missed_is_found_and_only_of_that_provider(hospital: Hospital) -> None:
    wards = Wards().tell(EIGHT)
    policy, *reports = wards.log
    # Another provider whose code begins alike: its records lie between, under keys that begin alike.
    others = [replace(one, provider="RXXB", event_id=f"b{n}") for n, one in enumerate(reports)]
    between = [record for pair in zip(reports, others, strict=True) for record in pair]
    stumbled = reports[2]
    assert isinstance(stumbled, WardReported)

    hospital.start(over=stumbled.event_id)
    hospital.write([policy, *between])
    before = hospital.said()
    (quarantine,) = [one for one in before if isinstance(one, CaseQuarantined)]
    assert (quarantine.case_id, quarantine.source_offset) == ("RXX", 5)
    assert not clusters(before, "RXX")
    found = clusters(before, "RXXB")
    assert found, "who is not set aside is heard as ever"

    assert hospital.stop() == 0  # the defect is mended: a new release of the program
    hospital.start(over="none")
    at = moment("2014-01-15T09:00")
    release = ProviderReleased(
        event_id="release", provider="RXX", rule="patterns", at=at, recorded_at=at, by_role="admin"
    )
    hospital.write([release])

    after = hospital.said()
    assert clusters(after, "RXX") == clusters(wards.said, "RXX") != set()
    assert clusters(after, "RXXB") == found
    assert [one.case_id for one in after if isinstance(one, CaseReadAgain)] == ["RXX"]
    verdict = judge(hospital.broker.address, CODEC, (RULE,), GROUP)
    assert verdict.clean, verdict.lines()
