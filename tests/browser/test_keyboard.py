"""A report can be made with the keyboard alone."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open


def tab_to(page: Page, selector: str) -> None:
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.locator(f"{selector}:focus").count():
            return
    raise AssertionError(f"{selector} cannot be reached with the Tab key")


def test_a_report_by_keyboard(open_page: Open) -> None:
    page = open_page("/report")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "#kind")
    page.keyboard.press("Space")
    tab_to(page, "#what_happened")
    page.keyboard.type("A tablet was left on a table.")
    tab_to(page, "button[name='send']")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Report received")).to_be_focused()


def test_errors_take_the_focus_and_lead_to_their_field(open_page: Open) -> None:
    page = open_page("/report")
    tab_to(page, "button[name='send']")
    page.keyboard.press("Enter")
    expect(page.locator(".nhsuk-error-summary")).to_be_focused()
    tab_to(page, ".nhsuk-error-summary a")
    page.keyboard.press("Enter")
    expect(page.locator("#kind")).to_be_focused()


def test_the_board_keeps_the_place_of_the_keyboard_when_its_rows_are_replaced(open_page: Open) -> None:
    page = open_page("/board")
    page.evaluate("""() => { const link = document.querySelector('#board a'); link.focus();
        window.kept = link; }""")
    wanted = page.evaluate("document.activeElement.getAttribute('href')")
    page.wait_for_function("() => !document.contains(window.kept)", timeout=60_000)
    assert page.evaluate("document.activeElement.getAttribute('href')") == wanted


def test_the_header_keeps_the_place_of_the_keyboard_when_its_width_changes(open_page: Open) -> None:
    page = open_page("/board")
    page.get_by_role("link", name="Escalations", exact=True).first.focus()
    for width in (1000, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        assert page.evaluate("document.activeElement.textContent.trim()") == "Escalations"


def test_every_stop_on_the_board_can_be_seen(open_page: Open) -> None:
    page = open_page("/board")
    for _ in range(15):
        page.keyboard.press("Tab")
        outlined = page.evaluate(
            """() => { const style = getComputedStyle(document.activeElement);
            return style.outlineStyle !== 'none' || style.boxShadow !== 'none' }"""
        )
        assert outlined, page.evaluate("document.activeElement.outerHTML")
