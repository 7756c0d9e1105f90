"""`candour replay --policy`: another policy over the same log, as tables on the screen, a chart and a CSV."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from command.stack import Stack
from embedded.problems import StartError
from rules.proposals import Proposal, proposals
from stream_apps.what_if import NoPolicy, Shadow, records_on
from stream_apps.what_if import what_if as compare
from views import what_if

MOST_CASES = 20


def replay(stack: Stack, policy: Path, rule: str | None, out: Path | None) -> None:
    """Prints the tables and writes a chart and two CSV files; the log and the read model stay as they are.

    Raises `PolicyRefused` for a policy that could not be adopted either, and `StartError` where there is
    nothing in it that a rule of a case would hear.
    """
    proposed, left_out = what_if.comparable(proposals(policy, rule))
    if not proposed:
        raise StartError(" ".join([*left_out, "Nothing else is in that folder."]))
    shadow = _compared(stack, proposed)
    named = ", ".join(f"{one.rule} {one.version}" for one in proposed)
    console = Console()
    console.print(f"[bold]{what_if.SHADOW}[/bold]")
    console.print(f"Proposed: {named}. Adopted: {_adopted(shadow, proposed)}.", highlight=False)
    console.print(" ".join([what_if.COMPARED, *left_out]), highlight=False)
    console.print(
        f"{shadow.records:,} records in {shadow.seconds:.1f} s, each heard under both.", highlight=False
    )
    for table in _tables(shadow):
        console.print(table)
    console.print(what_if.told(shadow), highlight=False)
    _cases(console, shadow)
    if shadow.cannot_say:
        console.print(f"{shadow.cannot_say} cases: a rule stumbles under the proposal and cannot say.")
    folder = out or Path(stack.data) / "what-if" / "-".join(one.version.replace("/", "_") for one in proposed)
    _write(folder, shadow, proposed, named)


def _write(folder: Path, shadow: Shadow, proposed: Sequence[Proposal], named: str) -> None:
    versions = {one.rule: one.version for one in proposed}
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in (
        ("what-if.svg", what_if.as_svg(shadow, named)),
        ("what-if.csv", what_if.as_csv(shadow, versions)),
        ("what-if-months.csv", what_if.months_csv(shadow, versions)),
    ):
        (folder / name).write_text(content, encoding="utf-8")
        print(f"written: {folder / name}")


def _compared(stack: Stack, proposed: Sequence[Proposal]) -> Shadow:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bars:
        task = bars.add_task("Hearing the log under both policies", total=records_on(stack.kafka))
        try:
            return compare(
                kafka=stack.kafka,
                registry=stack.registry,
                proposals=proposed,
                progress=lambda done: bars.update(task, completed=done),
            )
        except NoPolicy as error:
            raise StartError(f"{error}. Adopt one first with `candour policy adopt`.") from None


def _adopted(shadow: Shadow, proposed: Sequence[Proposal]) -> str:
    return ", ".join(f"{one.rule} {shadow.versions.get(one.rule, 'none')}" for one in proposed)


def _tables(shadow: Shadow) -> list[Table]:
    matters = _table(
        "What is owed and raised", "rule", "matter", "adopted", "proposed", "comes in", "goes out", "changes"
    )
    for line in what_if.lines(shadow):
        matters.add_row(line.rule, what_if.name(line.what), *(f"{number:,}" for number in line[2:]))
    states = _table(
        "How it stands at the end of the log, where that differs",
        "rule",
        "matter",
        "state",
        "adopted",
        "proposed",
    )
    for rule, what, state, now, then in what_if.standing(shadow):
        states.add_row(rule, what_if.name(what), what_if.name(state), f"{now:,}", f"{then:,}")
    span, starting = what_if.starting(shadow)
    work = _table(f"Workload by the London {span} of the start", span, "under both", "goes out", "comes in")
    for when, counts in starting:
        work.add_row(when, *(f"{counts[side]:,}" for side in what_if.SERIES))
    return [table for table in (matters, states, work) if table.row_count]


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left")
    for number, name in enumerate(columns):
        numeric = name in ("adopted", "proposed", "comes in", "goes out", "changes", "under both")
        table.add_column(name, justify="right" if numeric else "left", no_wrap=not number)
    return table


def _cases(console: Console, shadow: Shadow) -> None:
    ids = sorted({one.case_id for one in shadow.newly_told})
    for id in ids[:MOST_CASES]:
        console.print(f"  newly to be told: case {id}", highlight=False)
    if len(ids) > MOST_CASES:
        console.print(f"  and {len(ids) - MOST_CASES:,} more: see the CSV", highlight=False)
