"""A button pressed twice records once, also where no script holds the second press back."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open, file_report, settled


@pytest.mark.parametrize("script", [True, False])
def test_a_double_click_records_once(open_page: Open, script: bool) -> None:
    page = open_page("/report", role="safety:RXX", java_script_enabled=script)
    case_id = file_report(page, "A fall from the bed.")
    settled(page, case_id)
    page.get_by_role("link", name="Support offered").click()
    page.get_by_role("button", name="Record this").dblclick()
    expect(page.get_by_role("alert")).to_contain_text("Support offered: recorded")
    settled(page, case_id)
    expect(page.locator(".candour-timeline li").filter(has_text="Support offered")).to_have_count(1)


def test_going_back_and_sending_again_says_that_it_was_recorded(open_page: Open) -> None:
    page = open_page("/report", role="safety:RXX")
    case_id = file_report(page, "A fall on the stairs.")
    settled(page, case_id)
    page.get_by_role("link", name="Support offered").click()
    unseen = page.locator("form[method=post] input[type=hidden]").evaluate_all(
        "found => Object.fromEntries(found.map(one => [one.name, one.value]))"
    )
    page.get_by_role("button", name="Record this").click()
    expect(page.get_by_role("alert")).to_contain_text("Support offered: recorded")

    page.goto(f"/cases/{case_id}/record/support_offered")
    for name, value in unseen.items():
        page.locator(f"input[name={name}]").evaluate("(one, value) => { one.value = value }", value)
    page.get_by_label("Role of the person who did it").fill("matron")
    page.get_by_role("button", name="Record this").click()
    problem = page.get_by_role("alert")
    expect(problem.get_by_role("heading")).to_have_text("This was recorded already")
    expect(page.get_by_label("Role of the person who did it")).to_have_value("matron")
    expect(page.locator(".nhsuk-error-summary")).to_be_focused()
    problem.get_by_role("link", name="See what was recorded in the case").click()
    expect(page.locator(".candour-timeline li").filter(has_text="Support offered")).to_have_count(1)
