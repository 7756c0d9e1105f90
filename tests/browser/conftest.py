"""A Chromium, pages that watch for broken promises, and what several tests do first."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.stack import Stack

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
Open = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser: Browser, stack: Stack) -> Iterator[Open]:
    """Opens pages of the stack. After the test none may have broken its policy or asked another host."""
    contexts: list[BrowserContext] = []
    broken: list[str] = []

    def opened(path: str = "/", *, role: str | None = None, **options: Any) -> Page:
        context = browser.new_context(base_url=stack.url, locale="en-GB", **options)
        contexts.append(context)
        if role:
            cookie = {"name": "candour_sign_in", "value": f"demo:{role}", "url": stack.url}
            context.add_cookies([cookie])  # type: ignore[list-item]
        page = context.new_page()
        page.on("console", lambda message: broken.extend(_violations(message)))
        page.on("pageerror", lambda error: broken.append(f"script error: {error}"))
        page.on("request", lambda request: broken.extend(_elsewhere(request.url, stack.url)))
        page.goto(path)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert broken == []


def _violations(message: ConsoleMessage) -> list[str]:
    return [message.text] if "Content Security Policy" in message.text else []


def _elsewhere(url: str, own: str) -> list[str]:
    return [] if url.startswith((own, "data:", "blob:", "about:")) else [f"asked {url}"]


def file_report(page: Page, what: str, **choices: str) -> str:
    """Fills in and sends the report form; gives the reference of the case."""
    page.goto("/report")
    page.get_by_label("An incident").check()
    page.get_by_label("What happened?").fill(what)
    page.get_by_label("Hospital, service or provider").fill(choices.get("provider", "RXX"))
    harm = page.get_by_role("group", name="Physical harm to the patient")
    harm.get_by_label(choices.get("harm", "Moderate harm")).check()
    page.get_by_role("button", name="Send report").last.click()
    expect(page.get_by_role("heading", name="Report received")).to_be_visible()
    found = page.locator("#received").get_attribute("data-case")
    assert found
    return found


def settled(page: Page, case_id: str) -> None:
    """Opens the case and waits until everything recorded was weighed."""
    for _ in range(60):
        page.goto(f"/cases/{case_id}")
        if not page.get_by_text("Not settled yet.").count():
            return
        page.wait_for_timeout(250)
    raise AssertionError(f"case {case_id} was not settled within 15 seconds")
