"""Apicurio Registry with its Confluent-compatible API on the loopback address; what it holds lies in Kafka."""

import signal
import urllib.request
from pathlib import Path

from embedded import ports
from embedded.archives import registry_home
from embedded.parts import Part
from embedded.places import Places

API = "/apis/ccompat/v7"


def registry(places: Places, port: int, management_port: int, kafka: str, needs: tuple[str, ...]) -> Part:
    """The registry at 127.0.0.1:port, keeping its schemas in the broker at `kafka`."""
    return Part(
        name="registry",
        command=lambda: _command(places),
        ready=lambda: ports.answers(port) and _serves(port),
        needs=needs,
        environment={
            "QUARKUS_HTTP_HOST": "127.0.0.1",
            "QUARKUS_HTTP_PORT": str(port),
            "QUARKUS_MANAGEMENT_HOST": "127.0.0.1",
            "QUARKUS_MANAGEMENT_PORT": str(management_port),
            "QUARKUS_HTTP_ACCESS_LOG_ENABLED": "false",
            "APICURIO_STORAGE_KIND": "kafkasql",
            "APICURIO_KAFKASQL_BOOTSTRAP_SERVERS": kafka,
            # Without this it waits for each poll of an empty topic to run its full time: 25 s to start.
            "APICURIO_KAFKASQL_CONSUMER_POLL_TIMEOUT": "100",
        },
        death_signal=signal.SIGTERM,
        stop_seconds=15.0,
    )


def _command(places: Places) -> list[str | Path]:
    home = registry_home(places.cache, places.progress, places.maven_repository)
    return [
        places.java(),
        "-Xms32m",
        "-Xmx192m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-XX:+ExitOnOutOfMemoryError",
        "-Djava.awt.headless=true",
        "-Djava.net.preferIPv4Stack=true",
        "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
        "-cp",
        f"{home}/*",
        "io.quarkus.bootstrap.runner.QuarkusEntryPoint",
    ]


def _serves(port: int) -> bool:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{API}/subjects", timeout=2) as answer:
        return bool(answer.status == 200)
