"""How often each unit grades harm down, with so many working days left: over a filled read model."""

from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine

from producers.sign_in import COOKIE, SignIn
from rules import candour, signals
from schemas.codec import Codec
from schemas.event_types import Record
from schemas.topics import CASE_EVENTS, RULES
from sinks.arrivals import read
from sinks.database import engine
from sinks.log import Entry
from sinks.migrations import upgrade
from sinks.writing import write
from stream_apps.decision import Deliberation
from tests.integration.filled import Asking, own_database
from tests.spec.asked import AskedCase, adoption
from tests.spec.notation import genesis, lines, moment
from tests.stack import Stack
from views.access import Access
from views.api.signals import router
from views.web import create_app

TOPICS = {rule: topic for topic, rule in RULES.items()}
HISTORIES = {
    # To be told by 8 January 2014; from 23 December nine working days are left, from 3 January three.
    "early": """2013-12-20 09:00  report harm=moderate
        2013-12-23 10:00  regrade moderate low""",
    "late": """2013-12-20 09:00  report harm=severe
        2014-01-03 10:00  regrade severe moderate
        2014-01-03 11:00  M: regrade moderate low
        2014-01-06 10:00  retract M""",
    "up": """2013-12-20 09:00  report harm=moderate
        2014-01-03 10:00  regrade moderate severe""",
    "told": """2013-12-20 09:00  report harm=severe
        2013-12-23 10:00  told
        2014-01-07 10:00  regrade severe moderate""",
    "opened by it": """2013-12-20 09:00  report harm=low
        2013-12-23 10:00  regrade low moderate role=nurse
        2013-12-24 10:00  regrade moderate not_known role=nurse""",
}
MANY = ("regrades", "down", "asked")


@pytest.fixture(scope="module")
def store(infra: Stack) -> Iterator[Engine]:
    with own_database(infra.database, "base_rates") as database:
        upgrade(database)
        store = engine(database)
        log: list[Record] = [*genesis(), adoption()]
        told = [record for name, history in HISTORIES.items() for record in _told(name, history)]
        fill(store, [*log, *sorted(told, key=lambda record: record.recorded_at)])
        yield store
        store.dispose()


def _told(name: str, history: str) -> Sequence[Any]:
    case = AskedCase(name)
    return [record for line in lines(history) for record in case.records(line)]


def fill(store: Engine, log: Sequence[Record]) -> None:
    """What both rules say of this log, as it lies on the topics."""
    codec = Codec.local()
    deliberation = Deliberation((candour.RULE, signals.RULE), codec.encode, 0, lambda *_: ())
    entries: list[Entry] = []
    for offset, record in enumerate(log):
        entries.append(Entry(CASE_EVENTS, 0, offset, b"", codec.encode(record), {}, 0))
        for said in (word for part in deliberation.take(offset, record) for word in part):
            headers = {"id": said.id.encode(), "source_offset": str(offset).encode()}
            entries.append(Entry(TOPICS[said.rule], 0, len(entries), b"", said.payload, headers, 0))
    with store.begin() as connection:
        write(connection, read(entries, codec), [])


def ask(store: Engine, path: str, query: dict[str, str] | None = None) -> httpx.Response:
    access = Access(SignIn(demonstration=True))
    app = create_app(
        apis=[router(store, access)],
        store=store,
        access=access,
        now=lambda: moment("2014-01-10 09:00"),
        ready=lambda: (True, {}),
        version={"version": "0"},
    )
    answer = Asking(app).get(path, query, {"Cookie": f"{COOKIE}=demo:auditor"})
    assert answer.status_code == 200, answer.text
    return answer


def rates(store: Engine, as_at: str | None = None, **wanted: str) -> dict[str, dict[str, Any]]:
    answer = ask(store, "/api/signals", wanted | ({"as_at": as_at} if as_at else {}))
    return {one["unit"]: one for one in answer.json()["base_rates"]}


def banded(rate: dict[str, Any]) -> dict[tuple[int | None, int | None], tuple[int, ...]]:
    """Of each band that any regrade fell into: how many, how many down, how many asked about."""
    bands = {
        (one["from_days"], one["to_days"]): tuple(one[name] for name in MANY) for one in rate["by_days_left"]
    }
    assert tuple(map(sum, zip(*bands.values(), strict=True))) == tuple(rate[name] for name in MANY)
    return {band: numbers for band, numbers in bands.items() if any(numbers)}


def test_regrades_are_parted_by_the_working_days_that_were_left(store: Engine) -> None:
    unit = rates(store)["RXX|consultant"]
    assert banded(unit) == {(0, 3): (2, 1, 1), (4, 10): (1, 1, 1), (None, None): (1, 1, 0)}
    assert unit["crossed"] == 1
    assert [(one["from_days"], one["to_days"]) for one in unit["by_days_left"]] == [
        (0, 3), (4, 10), (11, None), (None, None),
    ]  # fmt: skip


def test_the_due_time_that_a_regrade_brings_about_was_not_ahead_of_it(store: Engine) -> None:
    """And harm from the threshold on that is said not to be known any more counts as graded down."""
    assert banded(rates(store)["RXX|nurse"]) == {(None, None): (1, 0, 0), (4, 10): (1, 1, 1)}


def test_rates_as_at_a_time_know_nothing_of_what_came_later(store: Engine) -> None:
    mistake_stands = rates(store, "2014-01-06T09:59:00Z")["RXX|consultant"]
    assert banded(mistake_stands) == {(0, 3): (3, 2, 2), (4, 10): (1, 1, 1)}
    assert mistake_stands["crossed"] == 2
    before = rates(store, "2014-01-03T09:00:00Z")["RXX|consultant"]
    assert banded(before) == {(4, 10): (1, 1, 1)}
    assert rates(store, "2013-12-20T12:00:00Z") == {}


def test_a_rate_is_of_a_unit_and_has_no_field_for_a_person(store: Engine) -> None:
    (one, *_) = rates(store, provider="RXX").values()
    assert set(one) == {"unit", "provider", "role", "crossed", "by_days_left", *MANY}
    assert rates(store, provider="RYY") == {}


def test_the_page_shows_each_share_with_what_it_is_of(store: Engine) -> None:
    page = ask(store, "/signals").text
    table = page[page.index("by working days left to the next due time") :]
    heads = [
        "0 to 3 working days left",
        "4 to 10 working days left",
        "11 or more working days left",
        "Nothing due",
    ]
    places = [
        table.index(text) for text in [*heads, "RXX, consultant", "1 of 2 (50 %)", "1 of 1 (100 %)", "0 of 0"]
    ]
    assert places == sorted(places)
