"""The command `candour`: each one finds the stack and calls the room that does the work."""

import os
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from command import stack
from command.guard import guarded
from command.settings import ClockKind, Settings, read
from command.times import as_of, day

app = typer.Typer(
    name="candour",
    help="An event stream for patient safety incidents and the duty of candour in the English NHS.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
providers = typer.Typer(help="The directory of providers.", no_args_is_help=True)
contacts = typer.Typer(help="Who is told of escalations, and how.", no_args_is_help=True)
dlq = typer.Typer(help="Records that could not be read.", no_args_is_help=True)
publish = typer.Typer(help="Releases of never-event figures.", no_args_is_help=True)
policies = typer.Typer(help="The dated law that the rules go by.", no_args_is_help=True)
calendars = typer.Typer(help="The bank holidays by which working days are counted.", no_args_is_help=True)
clocks = typer.Typer(help="The system clock.", no_args_is_help=True)
app.add_typer(providers, name="providers")
app.add_typer(contacts, name="contacts")
app.add_typer(dlq, name="dlq")
app.add_typer(publish, name="publish")
app.add_typer(policies, name="policy")
app.add_typer(calendars, name="calendar")
app.add_typer(clocks, name="clock")

DataOption = Annotated[
    Path | None,
    typer.Option("--data", help="Folder of the stack (or CANDOUR_DATA; else ./var).", show_default=False),
]
FileArgument = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True)]
AsOf = Annotated[datetime, typer.Argument(parser=as_of, metavar="AS_OF", help="RFC 3339 with an offset.")]


@app.callback()
def common(
    debug: Annotated[
        bool, typer.Option("--debug", help="Show where an error came from (or CANDOUR_DEBUG).")
    ] = False,
) -> None:
    """--debug is read by the guard, which stands around all commands."""


def settings(**given: object) -> Settings:
    """The settings, with what was given on the command line in the place of the environment's."""
    return read(os.environ, **given)


def running(data: Path | None) -> stack.Stack:
    """The stack on this folder, with the ids that its registry gave to the contracts."""
    from command import contracts

    here = at_hand(data) or stack.running(settings(data=data).data.expanduser().resolve())
    contracts.recall(Path(here.data) / "run", here.registry)
    return here


def at_hand(data: Path | None) -> stack.Stack | None:
    """The same, or None: what can be answered without a stack is answered of this release."""
    return stack.at_hand(settings(data=data), folder_named=data is not None)


@app.command()
def up(
    port: Annotated[
        int | None, typer.Option(help="Port of the pages and the API.", show_default="8000")
    ] = None,
    data: DataOption = None,
    clock: Annotated[str | None, typer.Option(help="system or manual.", show_default="system")] = None,
    at: Annotated[
        datetime | None, typer.Option(parser=as_of, metavar="AS_OF", help="Where the manual clock begins.")
    ] = None,
    demo: Annotated[bool, typer.Option("--demo", help="Load the examples.")] = False,
    only: Annotated[str | None, typer.Option(hidden=True)] = None,
) -> None:
    """Start everything, print `ready URL` when all of it answers, and go on until SIGINT or SIGTERM."""
    from command.up import Wish, leave
    from command.up import up as start

    if clock not in (None, "system", "manual"):
        raise typer.BadParameter("is system or manual", param_hint="--clock")
    chosen = settings(port=port, data=data, clock=clock)
    if at is not None and chosen.clock != "manual":
        raise typer.BadParameter("is for --clock manual only", param_hint="--at")
    start(chosen, Wish(at=at, demo=demo, only=only))
    leave(0)


@app.command(hidden=True)
def run(
    name: Annotated[
        str, typer.Argument(help="relay, clock, watchdog, engine, sink, publisher, notifier or web")
    ],
) -> None:
    """Become one process of the stack: what `up` and the containers do."""
    from command.processes import run as become

    become(name, settings())


@app.command(hidden=True)
def prepare() -> None:
    """Make topics, contracts, tables and law on the servers named in the environment, as containers do."""
    from command.steps import prepare as make

    make(settings())


@app.command()
def fetch() -> None:
    """Fetch all that `up` starts and make its starts quick; afterwards `up` needs no network."""
    from command.fetch import fetch as get

    get(settings())


@app.command()
def tick(time: AsOf, data: DataOption = None) -> None:
    """Move the manual clock forward, and return when everything has taken the new time."""
    from command.tick import tick as move

    move(running(data), time)


@app.command()
def doctor(data: DataOption = None) -> None:
    """Tell the addresses in use, the state of every part, what is wrong, and how to mend it."""
    from command.doctor import examine

    if not examine(settings(data=data), folder_named=data is not None):
        raise typer.Exit(1)


@app.command()
def verify(data: DataOption = None) -> None:
    """Compare what the engine said with the rules run over the whole log, and what is shown with the log.

    Status 1 on any difference.
    """
    from command.verify import verify as compare

    if not compare(running(data)):
        raise typer.Exit(1)


@app.command()
def rebuild(data: DataOption = None) -> None:
    """Drop the read model and restore it from the log."""
    here = running(data)
    from sinks.rebuild import rebuild as restore

    for table, rows in restore(database=here.database, kafka=here.kafka, registry=here.registry).items():
        print(f"{table}: {rows}")


@app.command()
def replay(
    policy: Annotated[
        Path | None,
        typer.Option(
            help="What if this folder of policy files were in force; nothing is written to the log."
        ),
    ] = None,
    rule: Annotated[
        str | None,
        typer.Option(help="The last rule to run; with --policy: whose it is, where the folder does not say."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for the chart and the CSV.")] = None,
    data: DataOption = None,
) -> None:
    """Run the rules over the whole log and say what they would have said; --policy: by another policy."""
    here = running(data)
    if policy is not None:
        from command.what_if import replay as compare

        compare(here, policy, rule, out)
        return
    from stream_apps.replay import case_rules
    from stream_apps.replay import replay as fold

    names = [each.name for each in case_rules()]
    if rule is not None and rule not in names:
        raise typer.BadParameter(f"there are {', '.join(names)}", param_hint="--rule")
    fold(kafka=here.kafka, registry=here.registry, last=rule)


@app.command()
def explain(
    case: Annotated[str, typer.Argument(metavar="CASE", help="Number of the case.")],
    as_at: Annotated[
        datetime | None,
        typer.Option("--as-at", parser=as_of, metavar="AS_OF", help="What was said up to then."),
    ] = None,
    form: Annotated[str, typer.Option("--format", help="text or json.")] = "text",
    whole: Annotated[
        bool, typer.Option("--whole", help="Decide the whole partition again, by the log alone.")
    ] = False,
    data: DataOption = None,
) -> None:
    """Tell why each verdict on a case was given, deciding it again; status 1 where the log disagrees."""
    if form not in ("text", "json"):
        raise typer.BadParameter("is text or json", param_hint="--format")
    from command.explain import explain as tell

    if not tell(running(data), case, as_at, form, whole=whole):
        raise typer.Exit(1)


@app.command("import")
def import_reports(file: FileArgument, data: DataOption = None) -> None:
    """Import reports from newline-delimited JSON; a second time changes nothing."""
    here = running(data)
    from producers.bulk import import_file

    clock: ClockKind = "manual" if here.clock == "manual" else "system"
    print(import_file(file, database=here.database, data=Path(here.data), clock=clock))


@app.command()
def simulate(
    first: Annotated[date, typer.Option("--from", parser=day, metavar="DAY", help="First day.")],
    last: Annotated[date, typer.Option("--to", parser=day, metavar="DAY", help="Last day, itself included.")],
    provider_count: Annotated[
        int, typer.Option(help="How many take part: those of the demonstration first, then invented ones.")
    ] = 5,
    seed: Annotated[int, typer.Option(help="The same seed gives the same histories.")] = 7,
    reports: Annotated[
        float,
        typer.Option(
            "--reports-per-provider-per-month",
            help="A mean over all; a trust reports more than a care home. A real trust reports about 1,200.",
        ),
    ] = 80.0,
    never_events: Annotated[
        float,
        typer.Option(
            "--never-events-per-provider-per-year",
            help="A mean over all; in 2013/14 it was one or two. More, so that few providers fill a release.",
        ),
    ] = 6.0,
    ticks_per_day: Annotated[int, typer.Option(help="Ticks between 07:00 and 22:00.")] = 4,
    data: DataOption = None,
) -> None:
    """Fill a stack whose clock is manual with invented histories; the clock goes along to the end of --to.

    Interrupted, the same command goes on where it stopped; done, it adds nothing.
    """
    here = running(data)
    from command.simulate import Wish
    from command.simulate import simulate as fill

    wish = Wish(provider_count, first, last, seed, reports, never_events, ticks_per_day)
    raise typer.Exit(fill(here, wish))


@providers.command("import")
def import_providers(file: FileArgument, data: DataOption = None) -> None:
    """Load a directory of providers."""
    here = running(data)
    from producers.providers import import_file

    print(f"{import_file(here.database, file)} providers loaded")


@contacts.command("check")
def check_contacts(file: Annotated[Path, typer.Argument(dir_okay=False)]) -> None:
    """Tell whether a contact book can be used, what is wrong with it, and whom it does not reach."""
    from command.contacts import check

    check(file)


@dlq.command("list")
def list_dead_letters(data: DataOption = None) -> None:
    """Show the dead letters: where each came from and why it could not be read."""
    from command.dead_letters import show

    show(running(data).kafka)


@dlq.command("replay")
def replay_dead_letters(data: DataOption = None) -> None:
    """Put the dead letters that were not yet handled back on their topic."""
    from stream_apps.dead_letters import listed
    from stream_apps.dead_letters import replay as put_back

    kafka = running(data).kafka
    print(f"{put_back(kafka, listed(kafka))} put back")


PolicyFolder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder of policy files (*.toml).")]
RuleOption = Annotated[str | None, typer.Option("--rule", help="One rule only.")]


@policies.command("check")
def check_policy(
    folder: Annotated[Path | None, typer.Argument(metavar="DIR", show_default="this release's")] = None,
    rule: RuleOption = None,
) -> None:
    """Check policy files as they would be for adoption; the first fault is named with its mend."""
    from command.policy import check

    check(folder, rule)


@policies.command("show")
def show_policy(
    on: Annotated[str | None, typer.Option(help="Day, YYYY-MM-DD; all days if left out.")] = None,
    rule: RuleOption = None,
    provider_type: Annotated[
        str | None, typer.Option("--provider-type", help="What binds such a provider, such as care_home.")
    ] = None,
    data: DataOption = None,
) -> None:
    """Show the adopted policy: instruments with their dates, thresholds, days, source and confidence."""
    from command.policy import show

    show(at_hand(data), on, rule, provider_type)


@publish.command("list")
def list_releases(data: DataOption = None) -> None:
    """Show every release: how far it has come, its figures, and what stopped it."""
    from command.publish import show_list

    show_list(running(data))


@publish.command("checks")
def show_checks(release_id: Annotated[str, typer.Argument(metavar="ID")], data: DataOption = None) -> None:
    """Show the checks of a release; status 1 where one failed."""
    from command.publish import show_checks as show

    if not show(running(data), release_id):
        raise typer.Exit(1)


@publish.command("draft")
def draft_release(
    folder: Annotated[Path, typer.Argument(file_okay=False, help="A new folder, not the public place.")],
    first: Annotated[date, typer.Option("--from", parser=day, metavar="DAY", help="First day.")],
    last: Annotated[date, typer.Option("--to", parser=day, metavar="DAY", help="Last day, itself included.")],
    at: Annotated[
        datetime | None,
        typer.Option("--as-at", parser=as_of, metavar="AS_OF", help="As it was known then; else now."),
    ] = None,
    data: DataOption = None,
) -> None:
    """Write a draft for any window to a folder: nothing is kept, signed or published by it."""
    from command.publish import draft

    if not draft(running(data), first, last, at, folder):
        raise typer.Exit(1)


@app.command("verify-release")
def verify_release(
    folder: Annotated[Path, typer.Argument(exists=True, file_okay=False)],
    key: Annotated[
        Path, typer.Option("--key", exists=True, dir_okay=False, help="The publisher's public key (PEM).")
    ],
) -> None:
    """Check a published release offline, with the public key alone; status 1 where anything is amiss."""
    from command.publish import verify_release as check

    if not check(folder, key):
        raise typer.Exit(1)


@policies.command("diff")
def compare_policies(
    before: Annotated[str, typer.Argument(metavar="A", help="A folder, `adopted` or `release`.")],
    after: Annotated[str, typer.Argument(metavar="B", help="A folder, `adopted` or `release`.")],
    rule: RuleOption = None,
    data: DataOption = None,
) -> None:
    """Tell field by field what differs between two policies."""
    from command.policy import diff

    diff(at_hand(data), before, after, rule)


@policies.command("adopt")
def adopt_policy(
    folder: PolicyFolder,
    rule: RuleOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: DataOption = None,
) -> None:
    """Adopt a policy for what follows in every partition; what was decided keeps its policy."""
    from command.policy import adopt

    if not adopt(running(data), folder, rule, sure=yes):
        raise typer.Exit(1)


@calendars.command("check")
def check_calendar(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", dir_okay=False, show_default="this release's")
    ] = None,
    data: DataOption = None,
) -> None:
    """Check a calendar as it would be for adoption, and tell how it differs from the one in force."""
    from command.calendar import check

    check(at_hand(data), file)


@calendars.command("adopt")
def adopt_calendar(
    file: FileArgument,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: DataOption = None,
) -> None:
    """Adopt a calendar in every partition; open deadlines are counted again, and keep their earlier date."""
    from command.calendar import adopt

    if not adopt(running(data), file, sure=yes):
        raise typer.Exit(1)


@clocks.command("clear")
def clear_clock(
    by: Annotated[str, typer.Option("--by", help="Who has compared the machine's clock; it is kept.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: DataOption = None,
) -> None:
    """Let time go on after the clock has stopped for a person, once its cause is mended."""
    from command.clock import clear

    if not clear(running(data), by, sure=yes):
        raise typer.Exit(1)


def main() -> None:
    """The script `candour`."""
    guarded(app)
