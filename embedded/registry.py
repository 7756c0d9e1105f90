"""Apicurio Registry, its Confluent-compatible API on the loopback address, its schemas in Kafka."""

import os
import signal
import urllib.request
from pathlib import Path

from embedded import ports
from embedded.archives import registry_home
from embedded.parts import Part
from embedded.places import Places

_MAIN = "io.quarkus.runner.GeneratedMain"
_FLAGS = [
    "-Xms32m",
    "-Xmx192m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:+ExitOnOutOfMemoryError",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
    "--enable-native-access=ALL-UNNAMED",
    "-Djava.awt.headless=true",
    "-Djava.net.preferIPv4Stack=true",
    "-Djava.util.logging.manager=org.jboss.logmanager.LogManager",
]

API = "/apis/ccompat/v7"


def registry(places: Places, port: int, management_port: int, kafka: str, needs: tuple[str, ...]) -> Part:
    """The registry at 127.0.0.1:port, keeping its schemas in the broker at `kafka`."""
    return Part(
        name="registry",
        command=lambda: _command(places),
        ready=lambda: ports.answers(port) and _serves(port),
        port=port,
        needs=needs,
        environment={
            "QUARKUS_HTTP_HOST": "127.0.0.1",
            "QUARKUS_HTTP_PORT": str(port),
            "QUARKUS_MANAGEMENT_HOST": "127.0.0.1",
            "QUARKUS_MANAGEMENT_PORT": str(management_port),
            "QUARKUS_HTTP_ACCESS_LOG_ENABLED": "false",
            "QUARKUS_LOG_CATEGORY__ORG_APACHE_KAFKA__LEVEL": "WARN",
            "APICURIO_STORAGE_KIND": "kafkasql",
            "APICURIO_KAFKASQL_BOOTSTRAP_SERVERS": kafka,
            # Without this it waits for each poll of an empty topic to run its full time: 25 s to start.
            "APICURIO_KAFKASQL_CONSUMER_POLL_TIMEOUT": "100",
        },
        death_signal=signal.SIGTERM,
        stop_seconds=15.0,
        vital=False,
    )


def _command(places: Places) -> list[str]:
    home = registry_home(places.cache, places.progress, places.maven_repository)
    return [*places.java("registry", [*_FLAGS, "-cp", os.pathsep.join(_class_path(home))]), _MAIN]


def _class_path(home: Path) -> list[str]:
    """Its jars in one path instead of its own class loader, so that the cache of the JVM holds for them."""
    first = [home / "quarkus" / "transformed-bytecode.jar", home / "quarkus" / "generated-bytecode.jar"]
    others = [
        jar for folder in ("app", "lib/boot", "lib/main") for jar in sorted((home / folder).glob("*.jar"))
    ]
    return [str(jar) for jar in [*first, *others]]


def _serves(port: int) -> bool:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{API}/subjects", timeout=2) as answer:
        return bool(answer.status == 200)
