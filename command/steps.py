"""What is done once at each start: topics, contracts, tables, law and calendar, clock.

Every step may be done again on data that has it already.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from command.infrastructure import Infrastructure
from command.processes import READY
from command.settings import ADDRESSES, Settings
from command.stack import Stack, at_addresses
from embedded.parts import Step
from embedded.problems import StartError


@dataclass(frozen=True)
class Loading:
    """What a person wants in the stack at its start."""

    at: datetime | None = None
    directory: bool = False
    """Whether the invented providers of the demonstration are loaded."""
    vault_key: Path | None = None


def steps(stack: Stack, infra: Infrastructure, loading: Loading) -> list[Step]:
    """The steps; each names what it needs."""
    ids: dict[str, int] = {}
    before = [
        Step("key", lambda: _key(stack, loading.vault_key)),
        Step("topics", lambda: _topics(stack.kafka), needs=infra.needs("kafka")),
        Step("contracts", lambda: ids.update(_contracts(stack)), needs=infra.needs("registry")),
        Step("tables", lambda: _tables(stack.database), needs=infra.needs("postgres")),
        Step("law", lambda: _law(stack, ids, loading.at), needs=("tables", "contracts")),
        Step(READY, lambda: None, needs=("key", "topics", "contracts", "law")),
    ]
    if loading.directory:
        before.insert(-1, Step("directory", lambda: _directory(stack.database), needs=("tables",)))
        before[-1] = replace(before[-1], needs=(*before[-1].needs, "directory"))
    return before


def prepare(settings: Settings) -> None:
    """The same for servers named in the environment: what one container does before the others."""
    missing = [name for field, name in ADDRESSES.items() if not getattr(settings, field)]
    stack = at_addresses(settings)
    if stack is None:
        raise StartError(f"{', '.join(missing)} must be set: prepare works on servers that are there.")
    nowhere = Infrastructure(stack.kafka, stack.registry, stack.database, [])
    for step in steps(stack, nowhere, Loading(directory=True, vault_key=settings.vault_key_file)):
        step.run()


def _key(stack: Stack, chosen: Path | None) -> None:
    from producers.keys import create_key, key_place

    # One that lies elsewhere is not made here: it would hide that the true one is missing.
    if chosen is None:
        create_key(key_place(Path(stack.data)))


def _topics(kafka: str) -> None:
    from command.topics import create_topics
    from schemas.topics import TOPICS

    create_topics(kafka, TOPICS)


def _contracts(stack: Stack) -> Mapping[str, int]:
    from command import contracts

    return contracts.register(Path(stack.data) / "run", stack.registry)


def _tables(database: str) -> None:
    import producers.migrations
    import sinks.migrations
    import sinks.notify.migrations
    from producers.restored import settle_in

    producers.migrations.upgrade(database)
    settle_in(database)
    sinks.migrations.upgrade(database)
    sinks.notify.migrations.upgrade(database)


def _law(stack: Stack, ids: Mapping[str, int], at: datetime | None) -> None:
    from producers.adoption import CALENDAR, adopt_defaults, learn_contracts

    learn_contracts(stack.database, ids)

    if at is None and stack.clock == "manual" and _has_no_time(stack.database):
        at = datetime.now(UTC).replace(microsecond=0)
        print(
            f"the manual clock begins now, at {at:%Y-%m-%dT%H:%M:%SZ}, and moves forward only; "
            "--at begins it elsewhere",
            file=sys.stderr,
        )
    if at is not None:
        from producers.ticking import advance

        # Before the law is adopted: what is recorded takes its time from the clock.
        if not advance(stack.database, at):
            print(
                f"--at {at.isoformat()} is not after the last tick of this data, and is ignored",
                file=sys.stderr,
            )
    for one in adopt_defaults(stack.database):
        compared = "calendar check" if one.rule == CALENDAR else "policy diff adopted release"
        print(
            f"{one.rule}: a person adopted {one.stands}, and it stands; this release brings {one.brought}. "
            f"`candour {compared}` shows the difference",
            file=sys.stderr,
        )


def _has_no_time(database: str) -> bool:
    from producers.connections import transaction
    from producers.ticking import last_tick

    with transaction(database) as connection:
        return last_tick(connection) is None


def _directory(database: str) -> None:
    from producers.providers import load_demonstration

    load_demonstration(database)
