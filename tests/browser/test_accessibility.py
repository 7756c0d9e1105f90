"""No violation that axe knows of on any page, also with errors on it; and none wider than a telephone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, file_report, settled

PATHS = ("/", "/report", "/board", "/board?whole=yes", "/audit", "/sign-in", "/help", "/nothing-here")
FORMS = ("relevant_person_notified", "harm_regraded", "obligation_stood_down", "enriched", "event_retracted")


@pytest.fixture(scope="module")
def axe() -> Axe:
    return Axe()


def check(axe: Axe, page: Page) -> None:
    found = axe.run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("path", PATHS)
def test_no_violation_on(path: str, open_page: Open, axe: Axe) -> None:
    check(axe, open_page(path))


def test_no_violation_on_a_case_and_its_forms(open_page: Open, axe: Axe) -> None:
    page = open_page("/report", role="safety:RXX")
    case_id = file_report(page, "A swab was left behind.")
    check(axe, page)
    settled(page, case_id)
    check(axe, page)
    for form in FORMS:
        page.goto(f"/cases/{case_id}/record/{form}")
        check(axe, page)


def test_no_violation_where_something_has_to_be_mended(open_page: Open, axe: Axe) -> None:
    page = open_page("/report")
    page.get_by_role("button", name="Send report").first.click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    check(axe, page)


@pytest.mark.parametrize("path", PATHS)
def test_no_page_is_wider_than_a_small_telephone(path: str, open_page: Open) -> None:
    page = open_page(path, viewport={"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_neither_is_a_case(open_page: Open) -> None:
    page = open_page("/report", role="safety:RXX", viewport={"width": 320, "height": 640})
    case_id = file_report(page, "A pressure ulcer.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    settled(page, case_id)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    for form in FORMS:
        page.goto(f"/cases/{case_id}/record/{form}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
