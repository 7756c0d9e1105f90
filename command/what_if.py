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
    """Prints the tables and writes what-if.svg and what-if.csv; the log and the read model stay as they are.

    Raises `PolicyRefused` for a policy that could not be adopted either.
    """
    proposed = proposals(policy, rule)
    shadow = _compared(stack, proposed)
    named = ", ".join(f"{one.rule} {one.version}" for one in proposed)
    console = Console()
    console.print(f"[bold]{what_if.SHADOW}[/bold]")
    console.print(f"Proposed: {named}. Adopted: {_adopted(shadow, proposed)}.", highlight=False)
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
    folder.mkdir(parents=True, exist_ok=True)
    chart, rows = folder / "what-if.svg", folder / "what-if.csv"
    chart.write_text(what_if.as_svg(shadow, named), encoding="utf-8")
    rows.write_text(what_if.as_csv(shadow, {one.rule: one.version for one in proposed}), encoding="utf-8")
    print(f"chart: {chart}\nrows: {rows}")


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
    work = _table("Workload by London month of the start", "month", "under both", "goes out", "comes in")
    for month, counts in what_if.months(shadow):
        if counts["now"] or counts["proposed"]:
            work.add_row(month, *(f"{counts[side]:,}" for side in what_if.SERIES))
    due = _table("Due and target times by London month, where they differ", "month", "adopted", "proposed")
    for month, now, then in what_if.due(shadow):
        if now != then:
            due.add_row(month, f"{now:,}", f"{then:,}")
    return [table for table in (matters, states, work, due) if table.row_count]


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
