"""Chaos: random histories, random faults against the engine's processes and the broker, judged each round."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from confluent_kafka import Consumer as Client
from confluent_kafka import KafkaException, Message, Producer, TopicPartition

from rules import patterns
from rules.case_rules import RULES
from rules.rule import Rule
from schemas.codec import Codec
from schemas.topics import DEAD_LETTERS
from stream_apps.dead_letters import listed
from stream_apps.partition_reader import PartitionReader
from stream_apps.verdict import Verdict
from stream_apps.verify import judge
from tests.fault.broker import Broker
from tests.fault.histories import Histories
from tests.fault.law_histories import LawHistories
from tests.fault.small_rules import small_rules
from tests.fault.ward_histories import WardHistories
from tests.fault.worker import GROUP, SESSION

PARTITIONS = 4
QUIET_WITHIN = 90.0
PLACES = {  # crash points and their chances
    "after_decide": 0.01,
    "between_outcomes": 0.01,
    "between_outcomes:flush": 0.01,
    "after_produce": 0.3,
    "before_commit": 0.3,
    "after_commit": 0.3,
    "recovery": 0.0005,
}
OF_A_WORKER = ("kill", "term", "freeze", "pause")
WORKERS = {"small": "worker", "law": "law_worker", "wards": "ward_worker"}
POISONED = "poison"
POISON = (b"", b"\0\0", b"garbage", b"\0\0\0\x03\xe7what is this", None)


@dataclass
class Plan:
    """What a lane does."""

    faults: tuple[str, ...] = ("kill", "kill", "term", "freeze", "pause", "hook", "hook", "join")
    lingers: tuple[int, ...] = (0, 1, 5, 500, 1500)
    hooks: tuple[str, ...] = tuple(PLACES)
    without: str = "none"
    seconds: float = 6.0
    records_per_second: int = 400
    of: Literal["small", "law", "wards"] = "small"  # the rules, over histories of theirs

    @property
    def rules(self) -> tuple[Rule, ...]:
        return {"small": small_rules(), "law": RULES, "wards": (patterns.RULE,)}[self.of]

    @property
    def topic(self) -> str:
        return self.rules[0].source

    def histories(self, chance: random.Random, partition: int) -> Histories | LawHistories | WardHistories:
        prefix = f"p{partition}c"
        if self.of == "small":
            return Histories(chance, prefix)
        return (LawHistories if self.of == "law" else WardHistories)(chance, prefix, partition)


class Worker:
    def __init__(self, command: list[str], fault: str, seed: int, log: Path) -> None:
        environment = os.environ | {"CANDOUR_FAULT": fault, "CANDOUR_FAULT_SEED": str(seed)}
        self.fault, self.frozen = fault, False
        with log.open("ab") as out:
            self.process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    def signal(self, number: signal.Signals) -> None:
        if self.alive:
            self.process.send_signal(number)
            self.frozen = {signal.SIGSTOP: True, signal.SIGCONT: False}.get(number, self.frozen)


class Lane:
    """One broker, one group of workers, one growing history."""

    def __init__(self, folder: Path, seed: int, plan: Plan) -> None:
        self.plan = plan
        self.chance = random.Random()
        self._pen = random.Random()  # the writer's own: it writes while faults are chosen
        self.seed(seed)
        kinds = list(dict.fromkeys(plan.faults))
        self._first = self.chance.sample(kinds, len(kinds))
        self.faults: Counter[str] = Counter()
        self.workers: list[Worker] = []
        self._folder = folder
        self._number = 0
        self._seed = seed
        self._codec = Codec.local()
        self._histories = [plan.histories(random.Random(seed * 10 + p), p) for p in range(PARTITIONS)]
        self._poisoned: set[tuple[str, int, int]] = set()
        self.broker = Broker(folder)

    def __enter__(self) -> "Lane":
        self.broker.start()
        topics = {rule.topic: PARTITIONS for rule in self.plan.rules}
        self.broker.make_topics({self.plan.topic: PARTITIONS, DEAD_LETTERS: 1, **topics})
        self._producer = Producer(
            {
                "bootstrap.servers": self.broker.address,
                "enable.idempotence": True,
                "linger.ms": 5,
                "message.timeout.ms": 0,
            }
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._end_all()
        self.broker.stop(signal.SIGKILL)

    def seed(self, seed: int) -> None:
        """The same records and the same chances of faults; how far each gets, the machine decides."""
        self.chance.seed(seed)
        self._pen.seed(seed)

    @property
    def not_yet(self) -> list[str]:
        """The faults of the plan that did not happen so far."""
        return [kind for kind in dict.fromkeys(self.plan.faults) if not self.faults[kind]]

    def round(self, last: bool = True) -> None:
        """Some seconds; the last one goes on until each fault has happened once."""
        over = threading.Event()
        pen = threading.Thread(target=self._write, args=(over,))
        pen.start()
        try:
            until = time.monotonic() + self.plan.seconds
            while time.monotonic() < until or (last and self._first):
                self._reap()
                if not any(not worker.frozen for worker in self.workers):
                    self.start()
                self._fault()
                time.sleep(self.chance.uniform(0.2, 2.0))
        finally:
            over.set()
            pen.join()

    def start(self, fault: str = "", linger: int | None = None) -> Worker:
        self._number += 1
        wait = self.chance.choice(self.plan.lingers) if linger is None else linger
        # Two workers of a name, as when a supervisor starts one anew while the old one is only frozen.
        instance = f"engine-{self._number % 4}"
        arguments = [self.broker.address, str(self._folder / "data"), instance, str(wait), self.plan.without]
        command = [sys.executable, "-m", f"tests.fault.{WORKERS[self.plan.of]}", *arguments]
        worker = Worker(command, fault, self._seed * 1000 + self._number, self._folder / "workers.log")
        self.workers.append(worker)
        return worker

    def refused(self) -> bool:
        """Whether a worker found its own log broken."""
        said = (self._folder / "workers.log").read_text(errors="replace")
        return "Gap(" in said or "Drift(" in said

    def quiet(self, until: Callable[[], bool] = lambda: False) -> float | None:
        """Seconds until nothing is left to do, with at least one sound worker; None if it takes too long."""
        began = time.monotonic()
        while time.monotonic() - began < QUIET_WITHIN and not until():
            self._reap()
            while len(self.workers) > 2:
                surplus = self.workers.pop(0)
                surplus.signal(signal.SIGKILL)
                surplus.process.wait()
            if not any(not worker.fault and not worker.frozen for worker in self.workers):
                self.start()
            if self._lag() == 0:
                return time.monotonic() - began
            time.sleep(0.25)
        return None

    def verdict(self) -> Verdict:
        verdict = judge(self.broker.address, self._codec, self.plan.rules, GROUP)
        set_aside = {letter.place for letter in listed(self.broker.address)}
        verdict.missing += [f"no dead letter of {place}" for place in self._poisoned - set_aside]
        verdict.strangers += [f"dead letter of sound {place}" for place in set_aside - self._poisoned]
        return verdict

    def kill_all(self) -> None:
        self._end_all()
        self._reap()

    def write_some(self, number: int) -> None:
        for _ in range(number):
            self._write_one()
        self._producer.flush(60)

    def _fault(self) -> None:
        kind = self._first[0] if self._first else self.chance.choice(self.plan.faults)
        victim = self.chance.choice(self.workers)
        if kind in OF_A_WORKER and not victim.alive:
            return
        match kind:
            case "kill":
                victim.signal(signal.SIGKILL)
            case "term":
                victim.signal(signal.SIGTERM)
            case "freeze" | "pause":
                seconds = (
                    SESSION + self.chance.uniform(1, 4) if kind == "freeze" else self.chance.uniform(0.3, 2)
                )
                victim.signal(signal.SIGSTOP)
                threading.Timer(seconds, victim.signal, (signal.SIGCONT,)).start()
            case "hook":
                place, _, flush = self.chance.choice(self.plan.hooks).partition(":")
                name = f"{place}:{flush}" if flush else place
                self.start(f"{place}:{PLACES[name]}:{flush}")
            case "join":
                self.start()
            case "broker freeze":
                self.broker.freeze(self.chance.uniform(0.5, 5))
            case "broker kill":
                self.broker.kill_and_start(self.chance.uniform(0, 2))
        self.faults[kind] += 1
        self._first = self._first[1:]

    def _write(self, over: threading.Event) -> None:
        while not over.is_set():
            for _ in range(max(1, self.plan.records_per_second // 50)):
                self._write_one()
            self._producer.poll(0)
            time.sleep(0.02)
        self._producer.flush(60)

    def _write_one(self) -> None:
        for partition, key, value in self.drawn():
            mark = self._mark if key == POISONED else None
            self._producer.produce(self.plan.topic, value, key, partition, on_delivery=mark)

    def drawn(self) -> Iterator[tuple[int, str, bytes | None]]:
        """What is written next: partition, key and value."""
        partition = self._pen.randrange(PARTITIONS)
        if self._pen.random() < 0.01:
            yield partition, POISONED, self._pen.choice(POISON)
            return
        for record in self._histories[partition].next():
            key = getattr(record, "key", getattr(record, "case_id", f"partition:{partition}"))
            yield partition, key, self._codec.encode(record)

    def _mark(self, error: object, message: Message) -> None:
        assert error is None
        self._poisoned.add((self.plan.topic, message.partition() or 0, message.offset() or 0))

    def _lag(self) -> int | None:
        """Records that are not committed yet; None where the broker does not say."""
        # Anew each time: what an idle client knows of the broker goes stale.
        client = Client({"bootstrap.servers": self.broker.address, "group.id": GROUP, "log_level": 0})
        try:
            wanted = [TopicPartition(self.plan.topic, partition) for partition in range(PARTITIONS)]
            done = {at.partition: max(at.offset, 0) for at in client.committed(wanted, timeout=5)}
            with PartitionReader(self.broker.address) as reader:
                return sum(reader.bounds(self.plan.topic, p)[1] - offset for p, offset in done.items())
        except (KafkaException, TimeoutError):
            return None
        finally:
            client.close()

    def _reap(self) -> None:
        for worker in self.workers:
            if not worker.alive:
                why = f" {worker.fault.partition(':')[0]}" if worker.fault else ""
                self.faults[f"exit {worker.process.returncode}{why}"] += 1
        self.workers = [worker for worker in self.workers if worker.alive]

    def _end_all(self) -> None:
        for worker in self.workers:
            worker.signal(signal.SIGKILL)
            worker.process.wait()
