"""What a person has adopted is not replaced by what a release brings."""

import psycopg
import pytest

from producers.adoption import Withheld, adopt, adopt_defaults
from producers.connections import libpq
from rules.calendar import default_content as calendar_content
from rules.defaults import DEFAULTS
from schemas.topics import PARTITIONS
from tests.integration.door_room import fresh_database, furnish
from tests.stack import Stack

pytestmark = pytest.mark.real
BROUGHT = {rule: content()[0] for rule, content in DEFAULTS.items()} | {"calendar": calendar_content()[0]}


@pytest.fixture
def database(infra: Stack) -> str:
    """Tables, contracts and a first tick; nothing adopted."""
    made = fresh_database(infra.database)
    furnish(made, adopted=False)
    return made


def _counts(database: str) -> dict[str, int]:
    """Records in the outbox for each version of what was adopted."""
    with psycopg.connect(libpq(database)) as connection:
        found = connection.execute("SELECT subject || ' ' || version FROM door.adoptions").fetchall()
        (waiting,) = connection.execute("SELECT count(*) FROM door.outbox").fetchall()
    return {**dict.fromkeys((name for (name,) in found), 1), "waiting": waiting[0]}


def test_what_a_release_brings_is_adopted_once_in_every_partition(database: str) -> None:
    before = _counts(database)["waiting"]
    assert adopt_defaults(database) == []
    first = _counts(database)
    assert first["waiting"] - before == PARTITIONS * len(BROUGHT)
    assert adopt_defaults(database) == []
    assert _counts(database) == first


def test_what_a_person_adopted_stands_and_the_other_is_told(database: str) -> None:
    adopt_defaults(database)
    version, content = DEFAULTS["escalation"]()
    assert adopt(
        database,
        "escalation",
        "ours-1",
        content.replace("before it is late", "before it is too late"),
        by_person=True,
    )
    before = _counts(database)
    assert adopt_defaults(database) == [Withheld("escalation", "ours-1", version)]
    assert _counts(database) == before


def test_a_newer_release_replaces_what_an_older_one_brought(database: str) -> None:
    _, content = DEFAULTS["escalation"]()
    adopt(database, "escalation", "older", content.replace("a", "b", 1))
    assert adopt_defaults(database) == []
    assert f"policy:escalation {BROUGHT['escalation']}" in _counts(database)
