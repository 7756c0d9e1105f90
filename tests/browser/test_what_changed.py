"""The reporter comes back with the receipt and reads what changed: on a telephone, without a script."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, settled

SMALL = {"width": 320, "height": 640}


@pytest.fixture(scope="module")
def axe() -> Axe:
    return Axe()


def fits(page: Page) -> None:
    """No wider than a small telephone."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def report(page: Page) -> str:
    """A near miss by somebody who is not signed in; gives its receipt."""
    page.goto("/report")
    page.get_by_label("A near miss").check()
    page.get_by_label("What happened?").fill("The wrong syringe was drawn up, and noticed in time.")
    page.get_by_label("Hospital, service or provider").fill("RXX")
    page.get_by_role("button", name="Send report").last.click()
    expect(page.get_by_role("heading", name="Report received")).to_be_visible()
    receipt = page.locator("#received").get_attribute("data-receipt")
    assert receipt
    return receipt


def test_from_the_receipt_to_what_changed(open_page: Open) -> None:
    page = open_page("/", java_script_enabled=False, viewport=SMALL)
    receipt = report(page)
    fits(page)
    case_id = page.locator("#received").get_attribute("data-case")
    assert case_id
    page.get_by_role("link", name="See what became of your report").click()
    expect(page.get_by_role("heading", level=1, name="What became of your report")).to_be_visible()
    expect(page.get_by_text("Nothing has been written for you yet.")).to_be_visible()
    fits(page)

    safety = open_page(f"/cases/{case_id}", role="safety:RXX", java_script_enabled=False, viewport=SMALL)
    safety.get_by_role("link", name="Tell the reporter what changed").click()
    safety.get_by_role("button", name="Record this").click()
    expect(safety.get_by_role("alert")).to_contain_text("Write to them in a few words")
    fits(safety)
    safety.get_by_label("Something was changed").check()
    safety.get_by_label("What do you want to tell them?").fill(
        "Syringes come filled now.\nThank you for reporting it."
    )
    safety.get_by_role("button", name="Record this").click()
    expect(safety.get_by_role("alert")).to_contain_text("Tell the reporter what changed: recorded.")
    settled(safety, case_id)
    expect(safety.get_by_text("Reporter told what changed")).to_be_visible()

    page.goto("/")
    fits(page)
    page.get_by_label("See what became of your report").fill(receipt)
    page.get_by_role("button", name="See what became of it").click()
    expect(page.get_by_role("heading", name="Something was changed")).to_be_visible()
    expect(page.get_by_text("Syringes come filled now.")).to_be_visible()
    fits(page)
    page.goto("/received?receipt=4711")
    expect(page.get_by_text("No report has this number.")).to_be_visible()
    fits(page)


def test_no_violation_on_what_became_of_a_report(open_page: Open, axe: Axe) -> None:
    page = open_page("/report", viewport=SMALL)
    report(page)
    case_id = page.locator("#received").get_attribute("data-case")
    page.get_by_role("link", name="See what became of your report").click()
    expect(page.get_by_role("heading", level=1, name="What became of your report")).to_be_visible()
    found = axe.run(page)
    assert found.violations_count == 0, found.generate_report()
    body = {"type": "feedback_given", "outcome": "still_looking", "what_changed": "We asked the makers."}
    safety = {"Authorization": "Bearer demo:safety:RXX"}
    assert page.request.post(f"/api/cases/{case_id}/events", data=body, headers=safety).status == 201
    page.reload()
    expect(page.get_by_role("heading", name="It is still being looked into")).to_be_visible()
    found = axe.run(page)
    assert found.violations_count == 0, found.generate_report()
