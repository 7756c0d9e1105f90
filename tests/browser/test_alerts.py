"""Declaring a safety alert complete, with the keyboard's means and without a script."""

from playwright.sync_api import expect

from tests.browser.conftest import Open


def test_an_alert_is_declared_complete(open_page: Open) -> None:
    page = open_page("/signals", role="safety:RXX", java_script_enabled=False)
    page.get_by_role("link", name="Declare a safety alert complete").click()
    expect(page.get_by_label("Provider")).to_have_value("RXX")
    page.get_by_role("button", name="Declare complete").click()
    expect(page.get_by_role("alert").get_by_role("link")).to_have_text("Enter number of the alert")

    page.get_by_label("Number of the alert").fill("NHS/PSA/D/2013/001")
    page.get_by_role("button", name="Declare complete").click()
    told = page.get_by_role("alert")
    expect(told).to_contain_text("is missing, and so are the factors")
    expect(page.get_by_label("Number of the alert")).to_have_value("NHS/PSA/D/2013/001")

    page.get_by_label("Which type of incident is it to prevent?").select_option(index=1)
    page.get_by_role("button", name="Declare complete").click()
    expect(page.get_by_role("heading", name="Signals")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("From now on a repeat is shown here")


def test_only_who_may_declare_sees_the_form(open_page: Open) -> None:
    page = open_page("/signals", role="auditor")
    expect(page.get_by_role("link", name="Declare a safety alert complete")).to_have_count(0)
    page.goto("/signals/alert")
    expect(page.get_by_role("heading", name="You may not see or do this")).to_be_visible()
