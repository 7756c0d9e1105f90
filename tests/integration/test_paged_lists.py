"""Long lists on the pages for people: in parts, without a script, and the filters stay."""

from collections.abc import Iterator
from html import unescape
from re import findall
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import insert

from producers.sign_in import SignIn
from sinks import tables
from tests.integration.filled import Asking, Filled, own_database
from tests.integration.log_writer import HOUR, MORNING, opened, reported
from tests.stack import Stack
from views.access import Access
from views.api import signals
from views.pages.board import SHOWN
from views.pages.paging import SIZE
from views.web import create_app

TEAM = "patient safety team"
QUESTIONS = 2 * SIZE + 1
LATE = {"duty": "tell", "owner_role": TEAM}


@pytest.fixture(scope="module")
def asking(infra: Stack) -> Iterator[Asking]:
    with own_database(infra.database, "paged_lists") as database:
        model = Filled(database)
        for number in range(SHOWN + 1):
            case_id = f"case-{number:03}"
            model.add(reported(case_id), opened(case_id, owner_role=TEAM), _letter(case_id))
        with model.store.begin() as connection:
            connection.execute(insert(tables.signals), [_question(number) for number in range(QUESTIONS)])
        access = Access(SignIn(demonstration=True))
        yield Asking(
            create_app(
                apis=[signals.router(model.store, access)],
                store=model.store,
                access=access,
                now=lambda: MORNING + HOUR,
                ready=lambda: (True, {}),
                version={"version": "0"},
            )
        )
        model.close()


def _letter(case_id: str) -> Any:
    return opened(case_id, subject=f"{case_id}-write", duty="write")


def _question(number: int) -> dict[str, Any]:
    """A row as the sink writes it, the sooner raised the lower its number."""
    words = ("about", "unit", "latest_cause")
    row: dict[str, Any] = dict.fromkeys(words, "x") | dict.fromkeys(("at", "latest_at"), MORNING)
    return row | {
        "id": f"q{number}",
        "case_id": f"c{number:03}",
        "signal": "accounts_differ",
        "question": f"Question {number}?",
        "provider": "RXX",
        "crossed": False,
        "after_breach": False,
        "state": "asked",
        "raised_at": MORNING + number,
        "because": [],
        "revisions": 1,
    }


def read(asking: Asking, path: str) -> str:
    answer = asking.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200, answer.text
    return answer.text


def links(page: str, words: str) -> list[str]:
    """Where the links lead that hold these words."""
    found = findall(r'<a [^>]*href="([^"]*)"[^>]*>((?:(?!</a>).)*)</a>', page.replace("\n", " "))
    return [unescape(address) for address, text in found if words in text]


def rows(page: str, prefix: str) -> set[str]:
    return set(findall(rf"/cases/({prefix}\d+)", page))


def test_the_board_keeps_its_filters_when_more_is_shown(asking: Asking) -> None:
    first = read(asking, f"/board?provider=RXX&owner_role={TEAM.replace(' ', '+')}&duty=tell")
    assert f"The first {SHOWN} of {SHOWN + 1}." in first
    assert len(rows(first, "case-")) == SHOWN
    (more,) = links(first, "Show more")
    asked = {name: value for name, (value,) in parse_qs(urlsplit(more).query).items()}
    assert asked == {"provider": "RXX", "whole": "yes", **LATE}
    assert urlsplit(more).fragment == "due"

    whole = read(asking, f"/board{more}")
    assert len(rows(whole, "case-")) == SHOWN + 1
    due = whole.split('id="due"')[1].split("</section>")[0]
    assert "Tell the patient" in due
    assert "Write to them" not in due
    assert not links(whole, "Show more"), "nothing more could be shown"


def test_the_board_shows_as_much_when_it_is_filtered(asking: Asking) -> None:
    """The form is sent by itself: what is not in a field of it is lost."""
    kept = '<input type="hidden" name="whole" value="yes">'
    assert kept in read(asking, "/board?whole=yes")
    assert kept not in read(asking, "/board?duty=tell")


def test_the_questions_come_in_parts_that_lead_to_each_other(asking: Asking) -> None:
    path, seen = "/signals?provider=RXX&signal=accounts_differ", list[set[str]]()
    while True:
        page = read(asking, path)
        assert f"({QUESTIONS})" in page
        seen.append(rows(page, "c"))
        following = links(page, "Next")
        if not following:
            break
        assert urlsplit(following[0]).fragment == "asked", "the list is not at the top of the page"
        asked = parse_qs(urlsplit(following[0]).query)
        assert (asked["provider"], asked["signal"]) == (["RXX"], ["accounts_differ"])
        path = f"/signals{following[0]}"
    assert [len(part) for part in seen] == [SIZE, SIZE, 1]
    assert set.union(*seen) == {f"c{number:03}" for number in range(QUESTIONS)}
    assert links(page, "Previous")


def test_questions_beyond_what_is_read_at_once_can_be_reached(
    asking: Asking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("views.pages.signals.SHOWN", SIZE + 1)
    first = read(asking, "/signals?signal=accounts_differ&page=2")
    assert f"({SIZE + 1}, and more)" in first
    (later,) = links(first, "raised later")
    assert parse_qs(urlsplit(later).query)["signal"] == ["accounts_differ"]
    rest = read(asking, f"/signals{later}")
    assert rows(rest, "c") == {f"c{number:03}" for number in range(SIZE + 1, QUESTIONS)}
    assert not links(rest, "raised later")
