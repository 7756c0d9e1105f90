"""Apache Kafka as one KRaft node on the loopback address."""

import os
import signal
import subprocess
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from pathlib import Path

from embedded import diagnosis, ports
from embedded.archives import kafka_jars
from embedded.parts import Part
from embedded.places import Places
from embedded.problems import StartError

_LOGGING = """\
Configuration:
  Appenders:
    Console: {name: out, target: SYSTEM_OUT, PatternLayout: {pattern: "%d{ISO8601} %p %m (%c{1})%n"}}
  Loggers:
    Root: {level: WARN, AppenderRef: {ref: out}}
    Logger: [{name: kafka.server.KafkaRaftServer, level: INFO}]
"""


def kafka(places: Places, port: int, controller_port: int) -> Part:
    """The broker at 127.0.0.1:port; its log lies under DATA/kafka."""
    return Part(
        name="kafka",
        command=lambda: _command(places, port, controller_port),
        ready=lambda: ports.answers(port) and _serves(port),
        port=port,
        directory=places.run,
        # A clean end makes the next start quick; if it hangs, the next `up` ends it.
        death_signal=signal.SIGTERM,
        stop_seconds=30.0,
        vital=False,
    )


def _command(places: Places, port: int, controller_port: int) -> list[str | Path]:
    jars = kafka_jars(places.cache, places.progress, places.maven_repository)
    home = places.data / "kafka"
    home.mkdir(parents=True, exist_ok=True)
    settings = places.run / "kafka.properties"
    settings.write_text("".join(f"{k}={v}\n" for k, v in _settings(home, port, controller_port).items()))
    (places.run / "kafka.log4j2.yaml").write_text(_LOGGING)
    # No path of this stack is among these flags: the cache of the JVM belongs to all stacks.
    java = [
        "-Xms192m",
        "-Xmx320m",
        # Whoever waits for a record waits for the collector too: rare and short, by two threads.
        "-Xmn128m",
        "-XX:+UseParallelGC",
        "-XX:MetaspaceSize=64m",
        "-XX:TieredStopAtLevel=1",
        "-XX:+ExitOnOutOfMemoryError",
        "-XX:ReservedCodeCacheSize=64m",
        "--enable-native-access=ALL-UNNAMED",
        "-Djava.awt.headless=true",
        "-Djava.net.preferIPv4Stack=true",
        "-Dlog4j2.configurationFile=kafka.log4j2.yaml",
        "-cp",
        os.pathsep.join(str(jar) for jar in jars),
    ]
    if not (home / "meta.properties").exists():
        _format(places, [str(places.plain_java()), *java], settings)
    return [*places.java("kafka", java), "kafka.Kafka", settings]


def _settings(home: Path, port: int, controller_port: int) -> Mapping[str, object]:
    return {
        "process.roles": "broker,controller",
        "node.id": 1,
        "controller.quorum.voters": f"1@127.0.0.1:{controller_port}",
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{port}",
        "inter.broker.listener.name": "PLAINTEXT",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "log.dirs": home,
        # A name that is misspelt must be an error, and the log is kept for ever.
        "auto.create.topics.enable": "false",
        "log.retention.ms": -1,
        "message.max.bytes": 4 * 1024 * 1024,
        "replica.fetch.max.bytes": 4 * 1024 * 1024,
        "default.replication.factor": 1,
        "min.insync.replicas": 1,
        "offsets.topic.replication.factor": 1,
        "offsets.topic.num.partitions": 3,
        # Offsets of a worker that was away for a long time are not forgotten.
        "offsets.retention.minutes": 60 * 24 * 365,
        "transaction.state.log.replication.factor": 1,
        "transaction.state.log.min.isr": 1,
        "transaction.state.log.num.partitions": 3,
        "share.coordinator.state.topic.replication.factor": 1,
        "share.coordinator.state.topic.min.isr": 1,
        "share.coordinator.state.topic.num.partitions": 1,
        "group.initial.rebalance.delay.ms": 0,
        # One machine, a handful of clients, little memory.
        "num.network.threads": 2,
        "num.io.threads": 4,
        "num.partitions": 1,
        "log.cleaner.threads": 1,
        "log.cleaner.dedupe.buffer.size": 8 * 1024 * 1024,
        "log.cleaner.io.buffer.size": 128 * 1024,
        "num.recovery.threads.per.data.dir": 2,
        "initial.broker.registration.timeout.ms": 30_000,
        # After a kill -9 the new start waits until the old registration has run out.
        "broker.session.timeout.ms": 3_000,
        "broker.heartbeat.interval.ms": 500,
    }


def _format(places: Places, java: list[str], settings: Path) -> None:
    home = places.data / "kafka"
    # Data without the file that names its cluster is not ours to overwrite.
    if any(home.glob("*-0")):
        raise StartError(
            f"The data in {home} is damaged: meta.properties is missing. Put a copy back, or start "
            "with another folder (--data)."
        )
    cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=").replace("-", "x")
    arguments: list[str | Path] = ["format", "--cluster-id", cluster, "--config", settings]
    done = subprocess.run(
        [*java, "kafka.tools.StorageTool", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=settings.parent,
    )
    if done.returncode:
        told = (done.stderr + done.stdout).strip()
        known = diagnosis.known("kafka", told, places.data, places.cache)
        why = known or (told.splitlines()[-1] if told else f"status {done.returncode}")
        raise StartError(f"kafka: {home} could not be prepared: {why}")


def _serves(port: int) -> bool:
    from confluent_kafka import KafkaException
    from confluent_kafka.admin import AdminClient

    admin = AdminClient({"bootstrap.servers": f"127.0.0.1:{port}", "log_level": 0})
    try:
        return bool(admin.list_topics(timeout=2).brokers)
    except KafkaException:
        return False
