"""What is done once at each start, between the parts: topics, contracts, tables, law and calendar, clock, examples.

Every step may be done again on data that has it already.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from command.infrastructure import Infrastructure
from command.stack import Stack
from embedded.parts import Step
from embedded.places import Places

EXAMPLES = Path(__file__).parent.parent / "examples"


@dataclass(frozen=True)
class Loading:
    """What a person wants in the stack at its start."""

    at: datetime | None
    demo: bool
    places: Places


def steps(stack: Stack, infra: Infrastructure, loading: Loading) -> list[Step]:
    """The steps in any order; each names what it needs."""
    return [
        Step("secrets", lambda: _secrets(loading.places)),
        Step("topics", lambda: _topics(stack), needs=infra.needs("kafka")),
        Step("contracts", lambda: _contracts(stack), needs=infra.needs("registry")),
        Step("tables", lambda: _tables(stack), needs=infra.needs("postgres")),
        Step("law", lambda: _law(stack, loading.at), needs=("tables",)),
        Step("prepared", lambda: None, needs=("secrets", "topics", "contracts", "law")),
    ]


def _secrets(places: Places) -> None:
    from command.secrets import make_vault_key

    make_vault_key(places.secrets)


def _topics(stack: Stack) -> None:
    from command.topics import create_topics
    from schemas.topics import TOPICS

    create_topics(stack.kafka, TOPICS)


def _contracts(stack: Stack) -> None:
    from schemas.registry import register_all

    register_all(stack.registry)


def _tables(stack: Stack) -> None:
    from sinks.migrations import upgrade

    upgrade(stack.database)


def _law(stack: Stack, at: datetime | None) -> None:
    from producers.adoption import adopt_defaults

    adopt_defaults(stack.database)
    if stack.clock == "manual" and at is not None:
        from producers.clock import advance

        advance(stack.database, at)
