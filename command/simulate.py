"""`candour simulate`: fills a stack under a manual clock with invented histories, and tells how far it is."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from command.stack import Stack
from command.tick import wait_until_taken
from embedded.problems import StartError
from producers.connections import transaction
from producers.providers import add
from producers.refusals import NotReady
from producers.simulation.directory import participants
from producers.simulation.filling import Filling, Progress
from producers.simulation.histories import histories
from producers.simulation.plan import Plan
from rules.london import day_of, in_words
from schemas.event_types import Instant

INTERRUPTED = 130
_SETTLING_SECONDS = 3600.0
_PAGES = (
    ("board", "/board"),
    ("escalations", "/escalations"),
    ("claims and reviews", "/indemnity"),
    ("never events", "/never-events"),
    ("signals", "/signals"),
    ("audit", "/audit"),
)
_SHOWN_KINDS = 12


@dataclass(frozen=True)
class Wish:
    """What a person asked for; days are London days, both included."""

    providers: int
    first: date
    last: date
    seed: int
    reports: float
    never_events: float
    ticks_a_day: int


def simulate(stack: Stack, wish: Wish) -> int:
    """Gives the exit status. Raises `StartError`, `PlanRefused`, and `NotReady` before anything is done."""
    if stack.clock != "manual":
        raise StartError(
            "This stack runs by the system clock, and a simulation makes its own time. Start another with "
            "`candour up --clock manual --at … --data NEW`."
        )
    began = time.monotonic()
    filling = _prepared(stack, wish)
    try:
        filling.begin()
        with _shown(filling.progress.stretches) as (tell, settling):
            filling.run(tell)
            accepted = time.monotonic() - began
            not_settled = _wait(stack, settling)
    except (KeyboardInterrupt, NotReady) as error:
        print(_stopped(filling.progress, error), file=sys.stderr)
        return INTERRUPTED if isinstance(error, KeyboardInterrupt) else 1
    finally:
        filling.close()
    print(_summary(stack, filling.progress, accepted, time.monotonic() - began))
    if not_settled is not None:
        raise not_settled
    return 1 if filling.progress.refused else 0


def _wait(stack: Stack, settling: Callable[[Instant | None], None]) -> StartError | None:
    """Until all is decided; gives what kept it, so that what was accepted can be told first."""
    try:
        wait_until_taken(stack.database, patience_seconds=_SETTLING_SECONDS, tell=settling)
    except StartError as error:
        return error
    return None


def _prepared(stack: Stack, wish: Wish) -> Filling:
    with transaction(stack.database, limited=False) as connection:
        taking_part, invented = participants(connection, wish.providers, wish.first)
    plan = Plan(
        taking_part, wish.first, wish.last, wish.seed, wish.reports, wish.never_events, wish.ticks_a_day
    )
    filling = Filling(plan, histories(plan), database=stack.database, data=Path(stack.data))
    if invented:
        add(stack.database, invented)
    return filling


Telling = tuple[Callable[[Progress], None], Callable[[Instant | None], None]]


def _shown(stretches: int) -> AbstractContextManager[Telling]:
    """Two functions to tell how far it is: while histories are entered, and while the rest catches up."""
    console = Console(stderr=True)
    return _bar(console, stretches) if console.is_terminal else _lines(console)


@contextmanager
def _bar(console: Console, stretches: int) -> Iterator[Telling]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[said]}"),
    )
    with Bars(*columns, console=console) as bars:
        task = bars.add_task("begins", total=stretches, said="")

        def tell(progress: Progress) -> None:
            bars.update(
                task, completed=progress.done, description=_day(progress.reached), said=_said(progress)
            )

        def settling(settled: Instant | None) -> None:
            bars.update(task, description="settling", said=f"decided up to {_day(settled)}")

        yield tell, settling


@contextmanager
def _lines(console: Console) -> Iterator[Telling]:
    """Where no bar can be drawn: a line for each simulated month."""
    told: set[str] = set()

    def tell(progress: Progress) -> None:
        month = "" if progress.reached is None else f"{day_of(progress.reached):%B %Y}"
        if month not in told:
            told.add(month)
            console.print(f"{month} begins: {_said(progress)} so far", highlight=False)

    def settling(settled: Instant | None) -> None:
        if "settling" not in told:
            told.add("settling")
            console.print(f"all is accepted; decided so far up to {_day(settled)}", highlight=False)

    yield tell, settling


def _said(progress: Progress) -> str:
    return f"{progress.reports} reports, {progress.follow_ups} follow-ups, {progress.ticks} ticks"


def _day(when: Instant | None) -> str:
    return "nothing yet" if when is None else f"{day_of(when):%d %b %Y}"


def _stopped(progress: Progress, error: BaseException) -> str:
    where = "before the first day" if progress.reached is None else f"at {in_words(progress.reached)}"
    why = f" ({error})" if isinstance(error, NotReady) else ""
    return (
        f"candour: simulate stopped {where}{why}, after {progress.reports} reports and "
        f"{progress.follow_ups} follow-ups. The stack is consistent: what was accepted stands, each with its "
        "time. The same command goes on from there, as long as nobody moves the clock."
    )


def _summary(stack: Stack, progress: Progress, accepted: float, whole: float) -> str:
    lines = [
        f"{progress.reports} reports and {progress.follow_ups} follow-ups over {progress.ticks} ticks"
        + (f", {progress.already_there} already there" if progress.already_there else "")
        + f"; in {timedelta(seconds=round(accepted))}, decided after {timedelta(seconds=round(whole))}",
    ]
    kinds = progress.kinds.most_common(_SHOWN_KINDS + 1)[1:]
    lines += [f"  {count:>7}  {kind.replace('_', ' ')}" for kind, count in kinds]
    if progress.refused:
        lines += [f"{progress.refused} refused by the door, among them:"]
        lines += [f"  {one}" for one in progress.refusals]
    lines += [f"everything is invented; it is now {_now(progress)} here. Look at:"]
    lines += [f"  {name:<20} {stack.url}{path}" for name, path in _PAGES]
    lines += ["`candour verify` compares what was said with the rules run over the whole log."]
    return "\n".join(lines)


def _now(progress: Progress) -> str:
    return "no time" if progress.reached is None else in_words(progress.reached)
