"""A Kafka broker of the test's own, to be frozen and killed."""

import os
import signal
import subprocess
import time
from pathlib import Path

from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from embedded import ports
from embedded.kafka import kafka
from embedded.places import Places

READY_SECONDS = 120


class Broker:
    def __init__(self, data: Path) -> None:
        places = Places(data)
        places.make()
        chosen = ports.choose(data / "ports.json", ["kafka", "kafka-controller"])
        self._part = kafka(places, chosen["kafka"], chosen["kafka-controller"])
        self._log = data / "kafka.log"
        self._process: subprocess.Popen[bytes] | None = None
        self.address = f"127.0.0.1:{chosen['kafka']}"

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(list(self._part.command()), stdout=log, stderr=log)
        until = time.monotonic() + READY_SECONDS
        while not self._part.ready():
            if time.monotonic() > until or self._process.poll() is not None:
                raise TimeoutError(f"the broker did not start; see {self._log}")
            time.sleep(0.1)

    def make_topics(self, topics: dict[str, int]) -> None:
        admin = AdminClient({"bootstrap.servers": self.address})
        config = {"max.message.bytes": str(4 * 1024 * 1024)}
        wanted = [NewTopic(name, number, 1, config=config) for name, number in topics.items()]
        for made in admin.create_topics(wanted).values():
            made.result(30)

    def freeze(self, seconds: float) -> None:
        self._signal(signal.SIGSTOP)
        time.sleep(seconds)
        self._signal(signal.SIGCONT)

    def kill_and_start(self, seconds: float) -> None:
        self.stop(signal.SIGKILL)
        time.sleep(seconds)
        self.start()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        if self._process is not None:
            self._signal(number)
            self._process.wait(60)
            self._process = None

    def _signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        os.kill(self._process.pid, number)
