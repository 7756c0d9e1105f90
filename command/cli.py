"""The command `candour`."""

import sys
import traceback
from datetime import datetime
from pathlib import Path
from typing import Annotated, Optional

import typer

from command.guard import guarded
from command.settings import Settings

app = typer.Typer(
    name="candour",
    help="An event stream for patient safety incidents and the duty of candour.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)

DataDir = Annotated[Optional[Path], typer.Option("--data", envvar="CANDOUR_DATA", help="Folder of the stack.")]


def settings(**given: object) -> Settings:
    return Settings(**{name: value for name, value in given.items() if value is not None})


@app.command(hidden=True)
def run(name: Annotated[str, typer.Argument(help="relay, clock, watchdog, engine, sink or web")]) -> None:
    """Become one process of the stack (what `up` and the containers do)."""
    from command.processes import run as become

    become(name, settings())


@app.command()
def up(
    port: Annotated[Optional[int], typer.Option(help="Port of pages and API.")] = None,
    clock: Annotated[Optional[str], typer.Option(help="system or manual")] = None,
    data: DataDir = None,
    only: Annotated[Optional[str], typer.Option(hidden=True)] = None,
) -> None:
    """Start everything, print one line when all answers, and go on until SIGINT or SIGTERM."""
    from command.up import Wish
    from command.up import up as start

    start(settings(port=port, data=data, clock=clock), Wish(only=only))


def main() -> None:
    guarded(app)
