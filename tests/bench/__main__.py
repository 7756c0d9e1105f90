"""Measures the stack on this machine: `python -m tests.bench [NAME…] [--quick]`; keeps var/bench.json."""

import os
import time
from typing import Annotated

import psutil
import typer

from tests.bench import (
    boarding,
    explaining,
    figures,
    living,
    releasing,
    remembering,
    replaying,
    sinking,
    starting,
    what_if,
)
from tests.bench.figures import Figure
from tests.bench.ground import ground
from tests.bench.progress import console, steps

ON_PARTS = {
    "replay": replaying.measure,
    "live": living.measure,
    "remember": remembering.measure,
    "sink": sinking.measure,
    "what_if": what_if.measure,
}
"""These share one Kafka, registry and PostgreSQL, and make their topics anew."""

ON_A_STACK = {"board": boarding.measure, "start": starting.measure, "explain": explaining.measure}
"""These start a whole stack of their own, with nothing else beside it."""

ALONE = {"release": releasing.measure}
"""These need nothing beside themselves."""

BENCHMARKS = [*ON_PARTS, *ON_A_STACK, *ALONE]


def main(
    names: Annotated[list[str] | None, typer.Argument(help=f"Some of: {', '.join(BENCHMARKS)}")] = None,
    quick: Annotated[bool, typer.Option(help="Few records: whether it works, not how fast.")] = False,
) -> None:
    """Prints each figure with its aim and what it is compared with, then what others were said to reach."""
    unknown = [name for name in names or () if name not in BENCHMARKS]
    if unknown:
        raise typer.BadParameter(f"{unknown[0]}: there are {', '.join(BENCHMARKS)}")
    wanted = names or BENCHMARKS
    found: dict[str, list[Figure]] = {}
    with steps() as shown:
        on_parts = [name for name in ON_PARTS if name in wanted]
        if on_parts:
            with ground() as here:
                for name in on_parts:
                    found[name] = [_busy(name), *ON_PARTS[name](here, shown, quick=quick)]
        for name, measure in (ON_A_STACK | ALONE).items():
            if name in wanted:
                found[name] = [_busy(name), *measure(shown, quick=quick)]
    if not quick:
        figures.keep(found, BENCHMARKS)
    measured = [figure for each in found.values() for figure in each]
    console.print(figures.table(measured))
    console.print(figures.beside_others(measured, figures.references()))
    memory = psutil.virtual_memory().total / 2**30
    console.print(f"{time.strftime('%Y-%m-%d')}, {os.cpu_count()} cores, {memory:.0f} GB" + ", quick" * quick)


def _busy(name: str) -> Figure:
    """What else the machine does: with much of it, look at ratios and not at rates."""
    busy = psutil.cpu_percent(interval=3)
    return Figure(f"{name}_machine_busy_percent", busy, beside="all cores, before it began")


if __name__ == "__main__":
    typer.run(main)
