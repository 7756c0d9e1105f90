"""Our own processes: how each is run, what it needs, and the door to its module."""

import os
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from command.settings import Settings
from command.stack import Stack
from embedded.parts import Part
from embedded.problems import StartError

NAMES = ["relay", "clock", "watchdog", "engine", "patterns", "sink", "publisher", "notifier", "web"]
_CAN_WAIT = 10
"""How far the priority of a process is lowered whose work of days must not hold up what is owed now."""
READY = "prepared"
"""The step after which the log, the contracts, the tables and the law are there."""
NEEDS = {"relay": ("tables", "topics"), "watchdog": ("tables", "topics"), "publisher": ("tables",)}
"""What those need that need not wait for all of it: they begin while the registry is still starting."""


def processes(settings: Settings, stack: Stack) -> list[Part]:
    """The parts of this start; the manual clock has no process."""
    names = [name for name in NAMES if name != "clock" or stack.clock == "system"]
    return [_part(name, settings, stack) for name in names]


def _part(name: str, settings: Settings, stack: Stack) -> Part:
    port = stack.health[name]
    host = settings.host if name == "web" else "127.0.0.1"
    environment = {
        "KAFKA_BOOTSTRAP": stack.kafka,
        "SCHEMA_REGISTRY_URL": stack.registry,
        "DATABASE_URL": stack.database,
        "CANDOUR_DATA": stack.data,
        "CANDOUR_CLOCK": stack.clock,
        "CANDOUR_TICK_SECONDS": str(settings.tick_seconds),
        "CANDOUR_HEALTH_PORT": str(port),
        "CANDOUR_HOST": settings.host,
        "CANDOUR_PORT": str(settings.port),
        "PYTHONUNBUFFERED": "1",
        # So that the next start need not compile them again.
        "PYTHONDONTWRITEBYTECODE": "",
    }
    # The processes run in a folder of their own, where a relative path would lead elsewhere.
    for variable, file in (
        ("CANDOUR_VAULT_KEY_FILE", settings.vault_key_file),
        ("CANDOUR_RELEASE_KEY_FILE", settings.release_key_file),
        ("CANDOUR_CONTACTS", settings.contacts),
        ("CANDOUR_SMTP_PASSWORD_FILE", settings.smtp_password_file),
    ):
        if file is not None:
            environment[variable] = str(file.expanduser().resolve())
    return Part(
        name=name,
        # -P: the folder it runs in must not offer modules.
        command=lambda: [Path(sys.executable), "-P", "-m", "command", "run", name],
        ready=lambda: _answers(host, port),
        port=port,
        needs=NEEDS.get(name, (READY,)),
        environment=environment,
        # SIGTERM lets the engine end on a commit, which an upgrade rests on.
        stop_seconds=20.0,
        vital=name == "web",
    )


def _answers(host: str, port: int) -> bool:
    host = f"[{host}]" if ":" in host else {"0.0.0.0": "127.0.0.1"}.get(host, host)
    try:
        with urllib.request.urlopen(f"http://{host}:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError:
        return False


def run(name: str, settings: Settings) -> None:
    """Becomes the named process; returns when SIGTERM has ended it in good order."""
    from command import contracts

    if name not in _RUNS:
        raise StartError(f"There is no process {name!r}; there are {', '.join(_RUNS)}.")
    if settings.registry:
        contracts.recall(settings.data / "run", settings.registry)
    _RUNS[name](settings)


def _given(name: str, value: str | None) -> str:
    if not value:
        raise StartError(f"{name} is not set. `candour up` sets it; a container needs it in its environment.")
    return value


def _kafka(settings: Settings) -> str:
    return _given("KAFKA_BOOTSTRAP", settings.kafka)


def _registry(settings: Settings) -> str:
    return _given("SCHEMA_REGISTRY_URL", settings.registry)


def _database(settings: Settings) -> str:
    return _given("DATABASE_URL", settings.database)


def _relay(s: Settings) -> None:
    from producers.relay import run

    run(database=_database(s), kafka=_kafka(s), registry=_registry(s), health_port=s.health_port)


def _clock(s: Settings) -> None:
    from producers.clock import run

    run(database=_database(s), interval_seconds=s.tick_seconds, health_port=s.health_port)


def _watchdog(s: Settings) -> None:
    from sinks.watchdog import run

    run(database=_database(s), kafka=_kafka(s), health_port=s.health_port)


def _engine(s: Settings) -> None:
    from stream_apps.case_engine import run

    run(
        kafka=_kafka(s),
        registry=_registry(s),
        data=str(s.data),
        health_port=s.health_port,
        instance=s.instance,
    )


def _patterns(s: Settings) -> None:
    from producers.courier import Courier
    from stream_apps.patterns import run

    os.nice(_CAN_WAIT)
    kafka, registry = _kafka(s), _registry(s)
    courier = Courier(database=_database(s), kafka=kafka, registry=registry, clock=s.clock)
    courier.start()
    try:
        run(
            kafka=kafka,
            registry=registry,
            data=str(s.data),
            health_port=s.health_port,
            instance=s.instance,
            beside=courier.ready,
        )
    finally:
        courier.stop()


def _sink(s: Settings) -> None:
    from sinks.read_model import run

    run(database=_database(s), kafka=_kafka(s), registry=_registry(s), health_port=s.health_port)


def _publisher(s: Settings) -> None:
    from sinks.publication.publisher import run

    database, key_file = _database(s), s.release_key_file
    run(database=database, data=str(s.data), health_port=s.health_port, key_file=key_file)


def _notifier(s: Settings) -> None:
    from command.notifier import run

    run(s, database=_database(s), kafka=_kafka(s), registry=_registry(s), health_port=s.health_port)


def _web(s: Settings) -> None:
    from views.web import run

    addresses = {"database": _database(s), "kafka": _kafka(s), "registry": _registry(s)}
    anywhere = s.sign_in == "anywhere"
    run(**addresses, host=s.host, port=s.port, data=str(s.data), clock=s.clock, sign_in_anywhere=anywhere)


_RUNS: dict[str, Callable[[Settings], None]] = {
    "relay": _relay,
    "clock": _clock,
    "watchdog": _watchdog,
    "engine": _engine,
    "patterns": _patterns,
    "sink": _sink,
    "publisher": _publisher,
    "notifier": _notifier,
    "web": _web,
}
