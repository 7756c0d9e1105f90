"""The guarded loop: what happens to a record that cannot be read, or over which something stumbles."""

import asyncio
import random
from collections import deque
from dataclasses import dataclass, field, replace
from typing import NoReturn

import httpx
import pytest

from rules.rule import Rule
from schemas.codec import Codec
from schemas.contracts import TYPES
from schemas.event_types import ClockTick, Record
from stream_apps.dead_letters import KEPT_WHOLE, DeadLetter
from stream_apps.engine import Engine, Unsaid
from stream_apps.peek import Peek
from stream_apps.runner import Runner
from stream_apps.watchdog import Watchdog
from tests.fault.histories import Histories
from tests.fault.small_rules import small_rules
from tests.unit.test_engine import reported, tick

HEADERS = [("ce_id", b"1"), ("empty", b"")]


class Ended(BaseException):
    """In the place of the end of the process."""


def end(reason: str) -> NoReturn:
    raise Ended(reason)


@dataclass
class Given:
    value: bytes | None
    offset: int = 0
    topic: str = "safety.case-events"
    partition: int = 0
    key: bytes | None = b"a"
    headers: object = field(default_factory=lambda: list(HEADERS))


class Away(Codec):
    """A codec whose registry is away for a number of questions, and then knows one more schema."""

    def __init__(self, times: int) -> None:
        self.times = times
        super().__init__({name: number for number, name in enumerate(sorted(TYPES), 1)})

    def knows(self, number: int) -> bool:
        if super().knows(number):
            return True
        self.times -= 1
        if self.times >= 0:
            raise httpx.ConnectError("away")
        return False


class Room:
    """A runner and what is around it, in memory."""

    def __init__(
        self, rules: tuple[Rule, ...] | None = None, codec: Codec | None = None, patience: float = 5
    ) -> None:
        self.codec = codec or Codec.local()
        rules = rules or small_rules()
        self.written: list[Unsaid] = []
        self.letters: list[DeadLetter] = []
        self.pauses: list[float] = []
        self.engine = Engine(rules, self.codec.encode, self.codec.decode, 0, 0, lambda *_: ())
        peek = Peek(rules, self.codec)
        self.runner = Runner({0: self.engine}, self.codec, peek, self, self, end, patience, self.pause)

    def write(self, partition: int, unsaid: Unsaid) -> None:
        self.written.append(unsaid)

    def serve(self) -> None:
        """Nothing to deliver."""

    def flush(self, seconds: float) -> int:
        return 0

    async def put(self, letter: DeadLetter) -> None:
        assert self.engine.next == letter.offset, "delivered before going on"
        self.letters.append(letter)

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0)

    def hear(self, *records: Record | bytes | None) -> "Room":
        for record in records:
            value = self.codec.encode(record) if isinstance(record, Record) else record
            asyncio.run(self.runner.hear(Given(value, self.engine.next)))
        return self

    def kinds(self) -> list[str]:
        return [type(unsaid.said.outcome).__name__ for unsaid in self.written]


POISON = {
    "a tombstone": None,
    "nothing": b"",
    "no wire format": b"garbage",
    "an unknown schema": b"\0\0\1\0\0something",
    "a record cut short": Codec.local().encode(tick(5))[:-3],
    "a record with more behind it": Codec.local().encode(tick(5)) + b"more",
    "two megabytes": b"\0" * 2_000_000,
}


@pytest.mark.parametrize("value", POISON.values(), ids=POISON.keys())
def test_what_cannot_be_read_goes_to_the_dead_letters_and_the_partition_goes_on(value: bytes | None) -> None:
    room = Room().hear(reported("a"), value, tick(200))
    (letter,) = room.letters
    assert (letter.value, letter.key, letter.offset, letter.partition) == (value, b"a", 1, 0)
    assert letter.headers == tuple(HEADERS)
    assert letter.error
    assert room.kinds() == ["ObligationReopened", "ObligationBreached", "DeadlineWarned"]


def test_a_letter_says_on_the_wire_where_it_came_from_and_keeps_what_it_had() -> None:
    value, headers = DeadLetter("t", 3, 7, "what is wrong", b"k", b"v", (("ce_id", b"1"),)).on_wire()
    assert value == b"v"
    assert dict(headers) == {
        "topic": b"t",
        "partition": b"3",
        "offset": b"7",
        "error": b"what is wrong",
        "original.ce_id": b"1",
    }


def test_a_letter_too_large_to_keep_twice_points_to_the_log() -> None:
    value, headers = DeadLetter("t", 3, 7, "garbage", b"k", b"v" * (KEPT_WHOLE + 1)).on_wire()
    assert value is None
    assert dict(headers)["left-in-place"] == str(KEPT_WHOLE + 2).encode()


def test_a_registry_that_is_away_holds_the_partition_for_a_while() -> None:
    room = Room(codec=Away(3))
    room.hear(b"\0\0\1\0\0something")
    assert room.pauses == [0.1, 0.2, 0.4]
    assert len(room.letters) == 1


def test_a_registry_that_stays_away_ends_the_process_uncommitted() -> None:
    room = Room(codec=Away(1000), patience=0)
    with pytest.raises(Ended, match="ConnectError"):
        room.hear(b"\0\0\1\0\0something")
    assert room.engine.next == 0


def test_a_rule_that_stumbles_where_no_case_is_concerned_ends_the_process() -> None:
    class Broken(Exception):
        pass

    def stumbles(*_: object) -> list[str | None]:
        raise Broken

    (watch, _) = small_rules()
    with pytest.raises(Ended, match="record 0/0: Broken"):
        Room((replace(watch, concerned=stumbles),)).hear(tick(1))


def test_a_record_of_a_partition_without_an_engine_ends_the_process() -> None:
    room = Room()
    with pytest.raises(Ended, match="KeyError"):
        asyncio.run(room.runner.hear(Given(b"x", partition=5)))


def test_a_record_heard_before_is_passed_over_and_not_set_aside_again() -> None:
    room = Room().hear(b"garbage")
    asyncio.run(room.runner.hear(Given(b"garbage", 0)))
    assert len(room.letters) == 1


def given(room: Room, records: list[Record]) -> list[Given]:
    return [Given(room.codec.encode(record), offset) for offset, record in enumerate(records)]


def test_what_no_rule_needs_is_not_decoded_and_still_counts() -> None:
    room = Room()
    head = room.codec.encode(reported("a", harm="none"))[:8]
    fetched = [Given(head + b"not looked at", offset) for offset in range(3)]
    fetched.insert(2, Given(room.codec.encode(tick(1)), 2))
    fetched[3].offset = 3
    (needed,) = room.runner.sift(0, fetched)
    assert (needed.offset, room.runner.heard(0)) == (2, 2), "up to the tick, which is not heard yet"
    asyncio.run(room.runner.hear(needed))
    assert (room.letters, room.runner.heard(0)) == ([], 4)


def with_more_that_nobody_needs(chance: random.Random, records: list[Record]) -> list[Record]:
    """About as many again, so that runs of them lie between the others."""
    for number in range(len(records)):
        records.insert(chance.randint(0, len(records)), reported(f"unneeded-{number}", harm="none"))
    return records


def test_however_much_is_fetched_ahead_the_same_is_said_and_nothing_counts_before_its_turn() -> None:
    sifted_out = 0
    for seed in range(100):
        chance = random.Random(seed)
        records = with_more_that_nobody_needs(chance, Histories(chance).records(chance.randint(5, 60)))
        plain, room = Room().hear(*records), Room()
        fetched, queue, at = given(room, records), deque[Given](), 0
        needed_at, heard = {one.offset for one in Room().runner.sift(0, fetched)}, set[int]()
        while at < len(fetched) or queue:
            if at < len(fetched) and (not queue or chance.random() < 0.4):
                batch = fetched[at : at + chance.randint(1, 20)]
                at += len(batch)
                needed = room.runner.sift(0, batch)
                sifted_out += len(batch) - len(needed)
                queue += needed
            elif chance.random() < 0.15:  # a rebalance: what was fetched is let go, and read again
                queue.clear()
                at = room.runner.heard(0) or 0
            else:
                heard.add(queue[0].offset)
                asyncio.run(room.runner.hear(queue.popleft()))
            reached = room.runner.heard(0) or 0
            assert needed_at & set(range(reached)) <= heard, f"seed {seed}"
            assert queue or reached >= at, f"seed {seed}"
        assert room.written == plain.written, f"seed {seed}"
        assert room.engine.states == plain.engine.states, f"seed {seed}"
    assert sifted_out > 1000


def test_a_record_about_which_the_log_holds_words_is_heard_whatever_the_rules_need() -> None:
    room = Room()
    (fetched,) = given(room, [reported("a", harm="none")])
    assert room.runner.sift(0, [fetched]) == []
    room = Room()
    said = Room().hear(reported("a", harm="severe")).written[0]
    room.engine.recall(said.said.rule, 0, said.part, said.said.payload)
    assert room.runner.sift(0, [fetched]) == [fetched]


def test_of_a_partition_without_an_engine_nothing_is_passed_over() -> None:
    room = Room()
    fetched = given(room, [reported("a", harm="none")])
    assert room.runner.sift(5, fetched) == fetched
    assert room.runner.heard(5) is None


def test_others_get_their_turn_while_a_tick_is_worked_off() -> None:
    room = Room(small_rules()[:1]).hear(*(reported(f"c{n}") for n in range(2000)))
    room.pauses.clear()
    room.hear(tick(200))
    assert len(room.pauses) > 10
    assert [unsaid.part for unsaid in room.written[2000:]] == [f"{n}/2000" for n in range(1, 2001)]


def test_cancelled_in_the_middle_of_a_record_the_process_ends() -> None:
    """Faust would acknowledge the record, and the rest of its outcomes would never be said."""
    room = Room(small_rules()[:1]).hear(*(reported(f"c{n}") for n in range(2000)))

    async def scene() -> None:
        given = Given(room.codec.encode(ClockTick(partition=0, as_of=200, event_id="t")), 2000)
        task = asyncio.ensure_future(room.runner.hear(given))
        while not room.pauses:
            await asyncio.sleep(0)
        task.cancel()
        await task

    room.pauses.clear()
    with pytest.raises(Ended, match="CancelledError"):
        asyncio.run(scene())


def test_a_process_out_of_its_group_is_ended_and_one_that_recovers_is_not() -> None:
    ends: list[str] = []

    def note(reason: str) -> NoReturn:
        ends.append(reason)
        raise SystemExit

    out = Watchdog(lambda: False, note, patience=0.1)
    with pytest.raises(SystemExit):
        out.run()
    assert ends == ["not in the group for 0 s"]
