"""A report becomes a receipt, a case with a duty, a record of telling, and a line on the board."""

from playwright.sync_api import expect

from tests.browser.conftest import Open, file_report, settled

ELEMENTS = (
    "A true account of all facts known",
    "What further enquiries will be made",
    "An apology",
    "A written record was made and is kept securely",
    "Support was offered",
    "A written notification was offered",
)


def test_a_report_is_told_and_the_duty_is_met(open_page: Open) -> None:
    page = open_page("/report", role="safety:RXX")
    case_id = file_report(page, "The wrong dose was given and the patient went back to theatre.")
    expect(page.locator("#received")).to_contain_text("Keep the receipt")
    assert page.locator("#received").get_attribute("data-receipt")

    settled(page, case_id)
    tell = page.locator("[data-state]").filter(has_text="Tell the patient or relevant person")
    expect(tell).to_have_attribute("data-state", "open")
    tell.get_by_text("Why").click()
    expect(tell).to_contain_text("Policy version")
    expect(tell).to_contain_text("Service Condition 35")

    page.get_by_role("link", name="Told in person").click()
    page.get_by_role("group", name="Was it face to face?").get_by_label("Yes").check()
    for element in ELEMENTS:
        page.get_by_label(element).check()
    page.get_by_label("Role of the person who did it").fill("consultant")
    page.get_by_role("button", name="Record this").click()
    expect(page.get_by_role("alert")).to_contain_text("Told in person: recorded")

    settled(page, case_id)
    expect(tell).to_have_attribute("data-state", "met")
    expect(page.locator(".candour-timeline")).to_contain_text("Told in person")


def test_an_open_duty_stands_on_the_board_and_leads_to_its_case(open_page: Open) -> None:
    page = open_page("/report", role="safety:RXX")
    case_id = file_report(page, "A fall with a broken hip.", harm="Severe harm")
    settled(page, case_id)
    page.goto("/board?duty=tell&whole=yes")
    page.locator(f"a[href='/cases/{case_id}']").first.click()
    expect(page.get_by_role("heading", name="Incident at RXX")).to_be_visible()


def test_without_a_grade_the_board_asks_for_one(open_page: Open) -> None:
    page = open_page("/report", role="safety:RXX")
    case_id = file_report(page, "It is not clear yet what it did.", harm="Not sure")
    settled(page, case_id)
    page.goto("/board?whole=yes")
    unclear = page.locator("section", has=page.get_by_role("heading", name="Grade of harm needed"))
    expect(unclear.locator(f"a[href='/cases/{case_id}']")).to_be_visible()


def test_the_case_as_it_was_known_has_a_banner(open_page: Open) -> None:
    page = open_page("/report", role="safety:RXX")
    case_id = file_report(page, "An injection was given twice.")
    settled(page, case_id)
    page.get_by_role("button", name="Show what was known then").click()
    expect(page.locator(".candour-notice--past")).to_contain_text("not as it is now")
    expect(page.get_by_role("link", name="Told in person")).to_have_count(0)


def test_what_was_written_is_read_from_its_case_and_before_a_fact_is_chosen(open_page: Open) -> None:
    page = open_page("/report", role="clinician:RXX")
    case_id = file_report(page, "The scan of another patient was read.")
    settled(page, case_id)
    page.get_by_role("link", name="A new fact the family should hear").click()
    page.get_by_label("What became known?").fill("A second scan was found.")
    page.get_by_role("button", name="Record this").click()
    settled(page, case_id)
    page.get_by_role("link", name="Read what was written, and who the patients are").click()
    expect(page.get_by_role("heading", name="What was written", level=1)).to_be_visible()
    for text in ("The scan of another patient was read.", "A second scan was found.", "not said"):
        expect(page.locator("main")).to_contain_text(text)

    page.goto(f"/cases/{case_id}/record/material_fact_shared")
    which = page.get_by_role("group", name="Which fact?")
    with page.context.expect_page() as opened:
        which.get_by_role("link", name="Read what was written").click()
    expect(opened.value.locator("main")).to_contain_text("A second scan was found.")

    reporter = open_page(f"/cases/{case_id}", role="reporter:RXX")
    expect(reporter.get_by_role("link", name="Read what was written")).to_have_count(0)


def test_only_those_forms_are_offered_that_the_role_may_use(open_page: Open) -> None:
    page = open_page("/report", role="reporter:RXX")
    case_id = file_report(page, "A drip ran too fast.")
    settled(page, case_id)
    record = page.locator("#record + ul")
    expect(record.get_by_role("link")).to_have_text(["Add or correct details"])
    page.goto(f"/cases/{case_id}/record/obligation_stood_down")
    expect(page.get_by_role("heading", name="You may not see or do this")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text(
        "“Stand down an obligation” is for: Patient safety team."
    )
    expect(page.get_by_role("button", name="Record this")).to_have_count(0)


def test_whoever_types_the_name_of_the_hospital_reaches_her_own_safety_team(open_page: Open) -> None:
    page = open_page("/report", role="reporter:RXX")
    expect(page.get_by_text("Your report goes to the patient safety team of RXX")).to_be_visible()
    case_id = file_report(page, "A fall on the stairs.", provider="City Hospital", harm="Severe harm")
    expect(page.locator("#received")).to_contain_text("the report went to RXX, where you are signed in")
    expect(page.locator("#received")).to_contain_text("say so to the clinician in charge")
    page.get_by_role("link", name=case_id).click()
    expect(page.get_by_role("heading", name="Incident at RXX")).to_be_visible()
    settled(page, case_id)
    expect(page.get_by_text("please say which it is")).to_be_visible()
    expect(page.locator("[data-state]").filter(has_text="Tell the patient")).to_have_count(1)


def test_where_no_provider_is_known_the_case_says_what_is_missing(open_page: Open) -> None:
    page = open_page("/report")
    case_id = file_report(page, "A fall on the stairs.", provider="City Hospital", harm="Severe harm")
    expect(page.locator("#received")).to_contain_text("not known yet at which hospital")
    settled(page, case_id)
    expect(page.get_by_text("No duty is open for this case.")).to_contain_text("which provider it was")
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("not_known")
