"""`candour up`: puts parts and the steps between them in one order, runs them, and says when all answers."""

import os
import sys
from dataclasses import dataclass
from datetime import datetime

from command import demonstration, stack
from command.infrastructure import INNER_PORTS, choose_ports, infrastructure, places_of
from command.processes import NAMES, processes
from command.settings import Settings
from command.steps import Loading, steps
from embedded import ports, state
from embedded.parts import Node
from embedded.problems import StartError
from embedded.supervisor import Supervisor, handle_signals, to_stderr

ONLY_INFRASTRUCTURE = "infra"


@dataclass(frozen=True)
class Wish:
    """What a person asked of this start, beyond the settings."""

    at: datetime | None = None
    demo: bool = False
    only: str | None = None


def up(settings: Settings, wish: Wish) -> None:
    """Starts the stack, prints `ready URL`, and supervises until it is told to end.

    Raises StartError when something cannot be started or does not stay up.
    """
    places = places_of(settings)
    places.make()
    with state.locked(places.run):
        for name in state.end_leftovers(places.run):
            to_stderr(f"{name} was still there from a start that was killed, and has been ended")
        if wish.only != ONLY_INFRASTRUCTURE and not ports.free(settings.port, settings.host):
            raise StartError(
                f"Port {settings.port} on {settings.host} is in use by another program. End it, or choose "
                "another with --port."
            )
        chosen = choose_ports(places, [*INNER_PORTS, *NAMES])
        infra = infrastructure(settings, places, chosen)
        here = stack.Stack(
            data=str(places.data),
            url=f"http://{settings.host}:{settings.port}",
            kafka=infra.kafka,
            registry=infra.registry,
            database=infra.database,
            clock=settings.clock,
            health={name: chosen[name] for name in NAMES} | {"web": settings.port},
        )
        stack.write(places.run, here)
        nodes: list[Node] = [*infra.parts]
        if wish.only != ONLY_INFRASTRUCTURE:
            ours = processes(settings, here)
            loading = Loading(at=wish.at, directory=True, vault_key=settings.vault_key_file)
            nodes += [*ours, *steps(here, infra, loading)]
        supervisor = Supervisor(nodes, places)
        handle_signals(supervisor)
        supervisor.run(lambda: _welcome(here, wish))


def _welcome(here: stack.Stack, wish: Wish) -> None:
    print(f"ready {here.url}", flush=True)
    if wish.only != ONLY_INFRASTRUCTURE:
        to_stderr(f"report at {here.url}/report, watch at {here.url}/board, stop with Ctrl-C")
        if wish.demo:
            demonstration.begin(here, to_stderr)


def leave(status: int) -> None:
    """Ends this process at once: a step that hangs in a thread must not keep it when its parts are gone."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)
