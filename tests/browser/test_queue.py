"""A report that cannot be sent stays on the computer, unreadable at rest, and is sent once later."""

import json
from urllib.parse import parse_qs
from uuid import uuid4

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Open

SECRET = "An allergy was overlooked on the round"
KEPT = """async () => {
  const database = await new Promise((done) => {
    const asked = indexedDB.open("candour", 1);
    asked.onsuccess = () => done(asked.result);
  });
  const all = await new Promise((done) => {
    const asked = database.transaction("reports").objectStore("reports").getAll();
    asked.onsuccess = () => done(asked.result);
  });
  database.close();
  return all.map((one) => ({ id: one.id, bytes: Array.from(new Uint8Array(one.sealed)) }));
}"""


def away(route: Route) -> None:
    if route.request.method == "POST":
        route.fulfill(status=503, body="")
    else:
        route.continue_()


def write(page: Page, what: str = SECRET) -> None:
    page.get_by_label("A near miss").check()
    page.get_by_label("What happened?").fill(what)
    page.get_by_role("button", name="Send report").first.click()


def test_kept_while_the_service_is_away_and_sent_once(open_page: Open) -> None:
    page = open_page("/report")
    page.route("**/report", away)
    write(page)
    queue = page.locator("#queue")
    expect(queue).to_contain_text("Not sent yet – kept on this computer")
    expect(page.get_by_label("What happened?")).to_have_value("")
    assert "submitted" not in page.content().lower()

    kept = page.evaluate(KEPT)
    assert len(kept) == 1
    assert SECRET.encode() not in bytes(kept[0]["bytes"])
    assert SECRET not in json.dumps(kept)

    sent: list[str] = []
    page.on(
        "request", lambda request: sent.append(request.post_data or "") if request.method == "POST" else None
    )
    page.unroute("**/report")
    page.reload()
    expect(page.locator("#queue")).to_contain_text("was received", timeout=15_000)
    expect(page.locator("#queue")).to_contain_text("Receipt")
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert page.evaluate(KEPT) == []
    assert len(sent) == 1
    became = page.locator("#queue").get_by_role("link", name="See what became of your report")
    assert (became.get_attribute("href") or "").startswith("/received/")
    page.locator("#queue").get_by_role("link", name="Case").click()
    expect(page.get_by_role("heading", name="Near miss")).to_be_visible()


def test_offline_is_the_same(open_page: Open) -> None:
    page = open_page("/report")
    page.context.set_offline(True)
    write(page)
    expect(page.locator("#queue")).to_contain_text("Not sent yet")
    page.context.set_offline(False)
    expect(page.locator("#queue")).to_contain_text("was received", timeout=15_000)


def test_what_was_refused_is_kept_until_it_is_mended(open_page: Open) -> None:
    page = open_page("/report")
    page.route("**/report", away)
    page.locator("#patients-0-nhs_number").fill("999 000 1104")
    write(page)
    expect(page.locator("#queue")).to_contain_text("Not sent yet")
    page.unroute("**/report")
    page.reload()
    page.get_by_role("button", name="Open it and mend it").click()
    expect(page.get_by_label("What happened?")).to_have_value(SECRET)
    assert len(page.evaluate(KEPT)) == 1
    page.locator("#patients-0-nhs_number").fill("")
    page.get_by_role("button", name="Send report").first.click()
    expect(page.get_by_role("heading", name="Report received")).to_be_visible()
    assert page.evaluate(KEPT) == []


def test_the_time_of_writing_goes_along_by_the_clock_of_the_service(open_page: Open) -> None:
    page = open_page("/report")
    page.clock.set_fixed_time("2040-01-01T00:00:00Z")
    page.reload()
    sent: list[str] = []
    page.on(
        "request", lambda request: sent.append(request.post_data or "") if request.method == "POST" else None
    )
    page.route("**/report", away)
    page.locator("#occurred_at").check()
    write(page)
    expect(page.locator("#queue")).to_contain_text("Not sent yet")
    page.unroute("**/report")
    page.clock.set_fixed_time("2040-01-01T00:20:00Z")
    page.reload()
    expect(page.locator("#queue")).to_contain_text("was received", timeout=15_000)
    first, again = (parse_qs(body) for body in sent)
    assert first == again
    assert first["written_at"] == ["2013-12-20T09:00:00.000Z"]
    receipt = page.locator("#queue").inner_text()
    assert '"reported_at":"2013-12-20T09:00:00.000Z"' in receipt


def test_the_same_words_sent_again_are_one_report(open_page: Open) -> None:
    page = open_page("/report")
    page.add_init_script("delete SubtleCrypto.prototype.encrypt; delete Crypto.prototype.subtle")
    page.reload()
    sent: list[str] = []

    def lose_the_answer(route: Route) -> None:
        sent.append(route.request.post_data or "")
        route.fetch()
        route.abort()

    page.route("**/report", lose_the_answer)
    write(page)
    expect(page.locator("#queue")).to_contain_text("send it again in a moment")
    page.unroute("**/report")
    page.get_by_role("button", name="Send report").first.click()
    expect(page.get_by_role("heading", name="Report received")).to_be_visible()
    assert len(sent) == 1


def test_one_that_has_to_be_mended_holds_no_other_back(open_page: Open) -> None:
    page = open_page("/report")
    page.route("**/report", away)
    for key, what, number in (("c", "First", "999 000 1104"), ("b", "Second", ""), ("a", "Third", "")):
        key = f"{key}-{uuid4()}"
        page.locator("[name='idempotency-key']").evaluate("(input, key) => { input.value = key }", key)
        page.locator("#patients-0-nhs_number").fill(number)
        write(page, what)
        expect(page.get_by_label("What happened?")).to_have_value("")
    expect(page.locator("#queue")).to_contain_text("3 reports are not sent yet")
    sent: list[str] = []
    page.on(
        "request", lambda request: sent.append(request.post_data or "") if request.method == "POST" else None
    )
    page.unroute("**/report")
    page.reload()
    queue = page.locator("#queue")
    expect(queue.get_by_text("was received")).to_have_count(2, timeout=15_000)
    expect(queue.get_by_role("button", name="Open it and mend it")).to_have_count(1)
    assert [parse_qs(body)["what_happened"] for body in sent] == [["First"], ["Second"], ["Third"]]
    assert len(page.evaluate(KEPT)) == 1
    queue.get_by_role("button", name="Open it and mend it").click()
    page.locator("#patients-0-nhs_number").fill("")
    page.route("**/report", away)
    page.get_by_role("button", name="Send report").first.click()
    expect(page.locator("#queue")).to_contain_text("1 report is not sent yet")
    page.unroute("**/report")
    expect(page.locator("#queue").get_by_text("was received")).to_have_count(3, timeout=15_000)
    assert page.evaluate(KEPT) == []


REFUSES = "IDBFactory.prototype.open = () => { throw new DOMException('Not here', 'SecurityError') }"


def test_a_browser_that_keeps_nothing_shows_the_receipt_and_says_what_was_not_sent(open_page: Open) -> None:
    page = open_page("/report")
    page.add_init_script(REFUSES)
    page.reload()
    page.route("**/report", away)
    write(page)
    expect(page.locator("#queue")).to_contain_text("this browser cannot keep the report safely")
    expect(page.get_by_label("What happened?")).to_have_value(SECRET)
    page.unroute("**/report")
    page.get_by_role("button", name="Send report").first.click()
    expect(page.get_by_role("heading", name="Report received")).to_be_visible()
