"""No violation that axe knows of where claims are reviewed and releases are signed, with rows on every list.

On a stack of its own, whose clock the months go by.
"""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.people import Person, until
from tests.stack import Stack

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]

CLAIM = "C-2014/7"
RELEASES = "/never-events/releases"
FORMS = ("openness_finding_recorded", "indemnity_decision_recorded", "reimbursement_recorded", "patient_paid")
SMALL = {"width": 320, "height": 640}


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("months"), clock="manual", at="2014-04-20T09:00:00Z") as made:
        yield made


@pytest.fixture(scope="module")
def case(stack: Stack) -> str:
    """A never event that nobody told the family of, and two claims: one decided, one to be reviewed."""
    with Person(stack.url) as safety, Person(stack.url) as auditor:
        auditor.http.headers["Authorization"] = "Bearer demo:auditor"
        at = "2014-04-10T10:00:00Z"
        case_id = safety.report(occurred_at=at, never_event_type="2011/1")
        confirmed = {
            "type": "never_event_confirmed",
            "list_version": "2011",
            "type_no": 1,
            "by_role": "safety",
        }
        safety.add(case_id, {**confirmed, "at": at})
        stack.tick("2014-05-26T22:59:59Z")
        for claim in (CLAIM, "C-2014/8"):
            safety.add(case_id, {"type": "claim_opened", "claim_id": claim})
        until(lambda: len(auditor.read("/api/indemnity/reviews")["reviews"]) == 2)
        of_claim = {"claim_id": "C-2014/8", "by_role": "nhsla_reviewer", "reason": "No account."}
        auditor.add(case_id, {**of_claim, "type": "openness_finding_recorded", "finding": "not_open"})
        decided = {"type": "indemnity_decision_recorded", "decision": "reduce", "trust_share_percent": 40}
        auditor.add(case_id, {**of_claim, **decided})
        states = {"suggested", "decided"}
        until(lambda: {one["state"] for one in auditor.read("/api/indemnity/reviews")["reviews"]} == states)
        return case_id


@pytest.fixture(scope="module")
def reviews(stack: Stack, case: str) -> list[str]:
    with Person(stack.url) as auditor:
        auditor.http.headers["Authorization"] = "Bearer demo:auditor"
        return [one["id"] for one in auditor.read("/api/indemnity/reviews")["reviews"]]


@pytest.fixture(scope="module")
def releases(stack: Stack, case: str) -> dict[str, str]:
    """By their status: one published, the one after it still to be signed."""
    with Person(stack.url) as director:
        director.http.headers["Authorization"] = "Bearer demo:director"

        def listed() -> dict[str, str]:
            found = director.read("/api" + RELEASES)["releases"]
            return {one["status"]: one["id"] for one in found}

        first = until(lambda: listed().get("checked", ""))
        told = director.read(f"/api{RELEASES}/{first}")
        body = {"sha256": told["sha256"], "name": "Dr Ada Director"}
        answer = director.http.post(f"/api{RELEASES}/{first}/sign", json=body)
        assert answer.status_code == 201, answer.text
        until(lambda: "published" in listed())
        stack.tick("2014-05-28T10:00:00Z")
        until(lambda: {"published", "checked"} <= set(listed()))
        return listed()


def check(page: Page, path: str) -> None:
    answer = page.goto(path)
    assert answer, path
    assert answer.ok, path
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth"), path


@pytest.mark.parametrize("viewport", [None, SMALL])
def test_no_violation_on_reviews_and_their_forms(
    viewport: dict[str, int] | None, case: str, reviews: list[str], open_page: Open
) -> None:
    page = open_page("/indemnity", role="auditor", **({"viewport": viewport} if viewport else {}))
    expect(page.locator(f'a[href*="{reviews[0].replace("|", "%7C")}"]').first).to_be_visible()
    forms = [f"/cases/{case}/record/{form}?claim_id={CLAIM}" for form in FORMS]
    written = [f"/cases/{case}/{what}" for what in ("words", "readings")]
    for path in ("/indemnity", *(f"/indemnity/reviews/{id}" for id in reviews), *forms, *written):
        check(page, path)


@pytest.mark.parametrize("viewport", [None, SMALL])
def test_no_violation_on_releases_and_where_one_is_signed(
    viewport: dict[str, int] | None, releases: dict[str, str], open_page: Open
) -> None:
    page = open_page(RELEASES, role="director", **({"viewport": viewport} if viewport else {}))
    expect(page.locator(f'a[href$="{releases["published"]}"]').first).to_be_visible()
    shown = [f"{RELEASES}/{id}" for id in releases.values()]
    for path in (RELEASES, *shown, f"{RELEASES}/{releases['checked']}/sign"):
        check(page, path)
    page.get_by_role("button").last.click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    assert Axe().run(page).violations_count == 0
    check(page, f"/public/never-events/{releases['published']}/index.html")
