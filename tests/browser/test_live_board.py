"""The board shows what happens without being loaded again, can be paused, and says when it hears nothing."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open

HARM = {
    "kind": "incident",
    "what_happened": "Wrong dose.",
    "provider": "RXX",
    "harm": {"physical": "moderate"},
}


def report(page: Page) -> str:
    answer = page.request.post("/api/reports", data=HARM)
    assert answer.status == 201, answer.text()
    return str(answer.json()["case_id"])


def test_a_new_duty_appears_by_itself(open_page: Open) -> None:
    page = open_page("/board?duty=tell&whole=yes", role="safety:RXX")
    expect(page.locator("#connection")).to_contain_text("Live")
    page.evaluate("window.neverReloaded = true")
    case_id = report(page)
    expect(page.locator(f"#board a[href='/cases/{case_id}']").first).to_be_visible(timeout=10_000)
    assert page.evaluate("window.neverReloaded")
    expect(page.locator("#board-status")).to_contain_text("Board updated")


def test_what_a_family_has_to_hear_again_appears_by_itself(open_page: Open) -> None:
    page = open_page("/board", role="clinician:RXX")
    expect(page.locator("#connection")).to_contain_text("Live")
    case_id = report(page)
    stated = {"type": "avoidability_stated", "by_role": "consultant"}
    for verdict, to in (("unavoidable", "family"), ("avoidable", "internal")):
        told = page.request.post(f"/api/cases/{case_id}/events", data=stated | {"verdict": verdict, "to": to})
        assert told.status == 201, told.text()
    table = page.get_by_role("table", name="To be told to families")
    row = table.get_by_role("row").filter(has=page.locator(f"a[href='/cases/{case_id}']"))
    expect(row).to_contain_text("Go back to them", timeout=10_000)
    expect(row).to_contain_text("clinician responsible for the episode of care")


def test_paused_it_stands_still_until_it_goes_on(open_page: Open) -> None:
    page = open_page("/board?duty=tell&whole=yes", role="safety:RXX")
    expect(page.locator("#connection")).to_contain_text("Live")
    page.get_by_role("button", name="Pause updates").click()
    expect(page.locator("#connection")).to_contain_text("Paused")
    case_id = report(page)
    page.wait_for_timeout(2_000)
    expect(page.locator(f"#board a[href='/cases/{case_id}']")).to_have_count(0)
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(f"#board a[href='/cases/{case_id}']").first).to_be_visible(timeout=10_000)


def test_cut_off_it_says_so(open_page: Open) -> None:
    page = open_page("/help", role="safety:RXX")
    page.route("**/board/events", lambda route: route.abort())
    page.goto("/board")
    expect(page.locator("#connection")).to_contain_text("do not rely on this page", timeout=5_000)


@pytest.mark.parametrize("answer", [{"status": 503, "body": "<div id='board'>no rows</div>"}, {"body": ""}])
def test_while_its_rows_cannot_be_fetched_it_never_says_live(answer: dict[str, Any], open_page: Open) -> None:
    page = open_page("/board?duty=tell&whole=yes", role="safety:RXX")
    line = page.locator("#connection")
    expect(line).to_contain_text("Live")
    rows = page.locator("#board").inner_text()

    def is_board(url: str) -> bool:
        return urlsplit(url).path == "/board"

    page.route(is_board, lambda route: route.fulfill(content_type="text/html", **answer))
    case_id = report(page)
    told = re.compile(r"could not be renewed for [1-9]\d* s: do not rely on this page")
    expect(line).to_have_text(told, timeout=10_000)
    assert page.locator("#board").inner_text() == rows
    expect(page.get_by_role("status")).to_contain_text("Do not rely on this page")
    page.unroute(is_board)
    expect(line).to_contain_text("Live", timeout=20_000)
    expect(page.locator(f"#board a[href='/cases/{case_id}']").first).to_be_visible()
