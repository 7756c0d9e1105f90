"""Everything works with JavaScript off: forms are sent, errors are shown, nothing typed is lost."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Open, settled


def test_a_whole_report_with_two_patients(open_page: Open) -> None:
    page = open_page("/report", role="safety:RXX", java_script_enabled=False)
    page.get_by_label("An incident").check()
    page.get_by_label("What happened?").fill("Two charts were mixed up.")
    page.get_by_label("Hospital, service or provider").fill("RXX")
    page.locator("#patients-0-name").fill("Ada Invented")
    page.locator("#patients-0-nhs_number").fill("999 000 1104")
    page.get_by_role("button", name="Add another patient").click()
    expect(page.locator("#patients-0-name")).to_have_value("Ada Invented")
    expect(page.get_by_label("What happened?")).to_have_value("Two charts were mixed up.")
    page.locator("#patients-1-name").fill("Ben Invented")
    page.get_by_role("button", name="Send report").last.click()

    expect(page).to_have_title("Error: Report – Candour (demonstration)")
    problem = page.get_by_role("alert")
    expect(problem).to_contain_text("check digit")
    problem.get_by_role("link").click()
    assert page.url.endswith("#patients-0-nhs_number")
    page.locator("#patients-0-nhs_number").fill("")
    page.get_by_role("group", name="Physical harm to the patient").get_by_label("Moderate harm").check()
    page.get_by_role("button", name="Send report").last.click()
    expect(page.get_by_role("heading", name="Report received")).to_be_visible()

    case_id = page.locator("#received").get_attribute("data-case")
    assert case_id
    settled(page, case_id)
    expect(page.locator("[data-state]").filter(has_text="Tell the patient")).to_have_count(2)
    page.get_by_role("link", name="Letter sent").click()
    page.get_by_role("button", name="Record this").click()
    expect(page.get_by_role("alert")).to_contain_text("which patient?")


def test_of_two_patients_one_may_be_unharmed(open_page: Open) -> None:
    page = open_page("/report?provider=RXX&ward=Cedar", role="safety:RXX", java_script_enabled=False)
    expect(page.get_by_label("Ward or place")).to_have_value("Cedar")
    page.get_by_label("An incident").check()
    page.get_by_label("What happened?").fill("Two charts were mixed up; one was noticed in time.")
    page.get_by_role("group", name="Physical harm to the patient").get_by_label("Moderate harm").check()
    page.get_by_role("button", name="Add another patient").click()
    page.get_by_label("Physical harm to this patient").select_option("No harm")
    page.get_by_role("button", name="Send report").last.click()
    case_id = page.locator("#received").get_attribute("data-case")
    assert case_id
    settled(page, case_id)
    expect(page.locator("[data-state]").filter(has_text="Tell the patient")).to_have_count(1)


def test_an_empty_form_says_what_is_missing_and_keeps_the_rest(open_page: Open) -> None:
    page = open_page("/report", java_script_enabled=False)
    page.get_by_label("Ward or place").fill("Ward 7")
    page.locator("#occurred_at-other").check()
    page.locator("#occurred_at-d").fill("31")
    page.locator("#occurred_at-m").fill("Feb")
    page.locator("#occurred_at-y").fill("2013")
    page.get_by_role("button", name="Send report").first.click()
    problems = page.get_by_role("alert").get_by_role("link")
    expect(problems).to_have_count(3)
    expect(page.get_by_role("alert")).to_contain_text("Enter a real date")
    expect(page.get_by_label("Ward or place")).to_have_value("Ward 7")
    expect(page.locator("#occurred_at-m")).to_have_value("Feb")


def test_the_board_and_the_audit_are_whole(open_page: Open) -> None:
    page = open_page("/board", java_script_enabled=False)
    expect(page.get_by_role("link", name="Refresh this page")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile(r"^Late "))).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile(r"^To be told to families "))).to_be_visible()
    page.goto("/audit?provider=NONE99")
    expect(page.get_by_role("heading", name="No cases")).to_be_visible()
    page.goto("/audit?from=2013-02-31")
    expect(page.get_by_role("alert")).to_contain_text("Enter a real date")


def test_signing_in_and_out(open_page: Open) -> None:
    page = open_page("/sign-in", java_script_enabled=False)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose a role")
    page.get_by_label("Clinician").check()
    page.get_by_label("Provider").fill("rxx")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("banner")).to_contain_text("Signed in as Clinician at RXX")
    page.goto("/sign-in")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("banner")).to_contain_text("Not signed in")
