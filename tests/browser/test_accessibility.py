"""No violation that axe knows of on any page, also with errors on it; and none wider than a telephone."""

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, file_report, settled
from tests.people import until
from tests.stack import Stack

PATHS = ("/", "/report", "/board", "/board?whole=yes", "/audit", "/sign-in", "/help", "/nothing-here")
FORMS = (
    "relevant_person_notified",
    "harm_regraded",
    "obligation_stood_down",
    "feedback_given",
    "enriched",
    "event_retracted",
)
LAW = (
    ("/escalations", "safety:RXX"),
    ("/escalations?state=closed", "director"),
    ("/signals", "safety:RXX"),
    ("/signals/alert", "safety:RXX"),
    ("/never-events", "safety"),
    ("/never-events/releases", "publisher"),
    ("/indemnity", "auditor"),
    ("/policy", "auditor"),
)
LAW_FORMS = (
    "escalation_acted",
    "serious_incident_declared",
    "never_event_confirmed",
    "never_event_rejected",
    "claim_opened",
    "avoidability_stated",
    "material_fact_recorded",
)


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
    for path in ("words", *(f"record/{form}" for form in FORMS)):
        page.goto(f"/cases/{case_id}/{path}")
        check(axe, page)


def test_no_violation_where_something_has_to_be_mended(open_page: Open, axe: Axe) -> None:
    page = open_page("/report")
    page.get_by_role("button", name="Send report").first.click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    check(axe, page)


def test_no_violation_where_a_form_was_not_taken(open_page: Open, axe: Axe) -> None:
    page = open_page("/report", role="safety:RXX", viewport={"width": 320, "height": 640})
    case_id = file_report(page, "A fall in the bathroom.")
    settled(page, case_id)
    page.goto(f"/cases/{case_id}/record/material_fact_recorded")
    page.get_by_label("What became known?").fill("The bell had been out of order.")
    page.context.clear_cookies()
    page.get_by_role("button", name="Record this").click()
    expect(page.get_by_role("heading", name="This was not recorded")).to_be_visible()
    expect(page.get_by_label("What became known?")).to_have_value("The bell had been out of order.")
    check(axe, page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


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
    for path in ("words", *(f"record/{form}" for form in FORMS)):
        page.goto(f"/cases/{case_id}/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.fixture(scope="module")
def grave(stack: Stack) -> str:
    """A case of severe harm, escalated, with a question about a never event; and another like it."""
    with httpx.Client(base_url=stack.url, headers={"Authorization": "Bearer demo:safety:RXX"}) as http:
        report = {
            "kind": "incident",
            "what_happened": "A swab was left behind, and the patient went back to theatre.",
            "provider": "RXX",
            "harm": {"physical": "severe"},
            "patients": [{"relation": "patient"}],
            "never_event_type": "not_sure",
        }
        cases = []
        for _ in range(2):
            answer = http.post("/api/reports", json=report)
            assert answer.status_code == 201, answer.text
            cases.append(str(answer.json()["case_id"]))

        def escalated() -> set[str]:
            return {one["case_id"] for one in http.get("/api/escalations").json()["escalations"]}

        until(lambda: escalated() >= set(cases))
        return cases[0]


@pytest.mark.parametrize(("path", "role"), LAW)
def test_no_violation_on_what_the_other_rules_show(
    path: str, role: str, grave: str, open_page: Open, axe: Axe
) -> None:
    page = open_page(path, role=role)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    check(axe, page)


@pytest.mark.parametrize(("path", "role"), LAW)
def test_none_of_it_is_wider_than_a_small_telephone(
    path: str, role: str, grave: str, open_page: Open
) -> None:
    page = open_page(path, role=role, viewport={"width": 320, "height": 640}, java_script_enabled=False)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_no_violation_on_why_and_on_the_forms_of_the_other_rules(
    grave: str, open_page: Open, axe: Axe
) -> None:
    page = open_page(f"/cases/{grave}", role="safety:RXX", viewport={"width": 320, "height": 640})
    paths = [f"/cases/{grave}", f"/cases/{grave}/why", *(f"/cases/{grave}/record/{one}" for one in LAW_FORMS)]
    for path in paths:
        answer = page.goto(path)
        assert answer, path
        assert answer.ok, path
        check(axe, page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
