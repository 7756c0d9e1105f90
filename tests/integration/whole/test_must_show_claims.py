"""A trust that breached and then faces a claim, from end to end on the real parts."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from tests.integration.whole.test_must_show import check_rebuild
from tests.people import Person, until
from tests.stack import Stack

pytestmark = [pytest.mark.real, pytest.mark.timeout(900)]

CLAIM = "C-2015/7"
REVIEWER = {"claim_id": CLAIM, "by_role": "nhsla_reviewer"}
FINDING = {**REVIEWER, "type": "openness_finding_recorded", "finding": "not_open", "reason": "No account."}
DECISION: dict[str, Any] = {
    **REVIEWER,
    "type": "indemnity_decision_recorded",
    "decision": "reduce",
    "trust_share_percent": 40,
    "reason": "The family was told a year later.",
}
REIMBURSED = {**REVIEWER, "type": "reimbursement_recorded", "status": "proposed", "percent": 20}
PAID = {"type": "patient_paid", "claim_id": CLAIM, "pounds": 30_000}


class Scheme:
    """A reviewer of the scheme, who finds and decides."""

    def __init__(self, whole: Stack, person: Person) -> None:
        self.whole, self.person = whole, person
        self.http = httpx.Client(
            base_url=whole.url, timeout=60, headers={"Authorization": "Bearer demo:auditor"}
        )

    def add(self, case_id: str, body: dict[str, Any]) -> None:
        answer = self.http.post(f"/api/cases/{case_id}/events", json=body)
        assert answer.status_code == 201, answer.text
        self.person.settled(case_id)

    def reviews(self, **query: str) -> list[dict[str, Any]]:
        answer = self.http.get("/api/indemnity/reviews", params=query)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["reviews"]
        return found

    def review(self, case_id: str, until_true: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        """The one review of a case, once it is so."""

        def look() -> dict[str, Any]:
            found = self.reviews(case_id=case_id)
            return found[0] if found and until_true(found[0]) else {}

        return until(look)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, one_registry: dict[str, str]) -> Iterator[Stack]:
    """A stack of its own: the shared one is in another year by now, and no clock goes back."""
    data = tmp_path_factory.mktemp("claims")
    with Stack(data, clock="manual", at="2015-06-02T09:00:00Z", environment=one_registry) as stack:
        yield stack


@pytest.fixture
def scheme(whole: Stack, person: Person) -> Iterator[Scheme]:
    made = Scheme(whole, person)
    yield made
    made.http.close()


def late(person: Person, provider: str) -> str:
    """A case of December 2014 that came to be recorded in June 2015, long after it was due."""
    return person.report(
        provider=provider,
        occurred_at="2014-12-01T09:00:00Z",
        noticed_at="2014-12-01T10:00:00Z",
        reported_at="2014-12-01T10:00:00Z",
    )


def of(case: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [one for one in case["outcomes"] if one["type"] == kind]


def test_a_breach_and_then_a_claim(whole: Stack, person: Person, scheme: Scheme) -> None:
    whole.tick("2015-06-03T09:00:00Z")
    case_id, outsider = late(person, "RXX"), late(person, "NZZ")
    whole.tick("2015-06-03T09:00:30Z")
    assert len(of(person.settled(case_id), "evidence_marked")) == 1
    assert scheme.reviews(case_id=case_id) == [], "a marker alone suggests nothing"

    whole.tick("2015-06-03T10:00:00Z")
    for one in (case_id, outsider):
        person.add(one, {"type": "claim_opened", "claim_id": CLAIM})
    review = scheme.review(case_id, lambda one: one["state"] == "suggested")
    assert (review["basis"], review["claim_id"], review["provider"]) == ("proposed", CLAIM, "RXX")
    assert any("never came into force" in reason for reason in review["because"])
    assert review["dates"]["occurred_at"] == "2014-12-01T09:00:00Z"
    assert review["dates"]["marked_at"] == "2014-12-15T23:59:59Z", "what was due and not done"
    assert [one["kind"] for one in review["markers"]] == ["breach"]
    case = person.settled(outsider)
    assert of(case, "evidence_marked"), "the clock runs at a provider outside the scheme"
    assert scheme.reviews(case_id=outsider) == []
    assert "No review: NZZ is not a scheme member." in [
        reason for one in of(case, "testimony_taken") for reason in one["because"]
    ]

    whole.tick("2015-06-03T11:00:00Z")
    assert scheme.http.post(f"/api/cases/{case_id}/events", json=DECISION).status_code == 422
    scheme.add(case_id, FINDING)
    review = scheme.review(case_id, lambda one: one["state"] == "found")
    assert (review["finding"], review["finding_by"], review["decision"]) == (
        "not_open",
        "nhsla_reviewer",
        None,
    )
    scheme.add(case_id, PAID)
    whole.tick("2015-06-03T12:00:00Z")
    for body in (DECISION, REIMBURSED):
        scheme.add(case_id, body)
    review = scheme.review(case_id, lambda one: one["reimbursement"])
    assert (review["state"], review["decision"], review["trust_share_percent"]) == ("decided", "reduce", 40)
    assert (review["reimbursement"]["status"], review["reimbursement"]["percent"]) == ("proposed", 20)
    assert review["paid_pounds"] == 30_000
    (tell,) = person.obligations(case_id, instrument="SC35_2014", duty="tell")
    assert tell["state"] == "breached", "a claim stops no clock and hides nothing"

    states = {}
    for hour in ("09", "10", "11", "12"):
        (then,) = scheme.reviews(case_id=case_id, as_at=f"2015-06-03T{hour}:00:00Z") or ({"state": "none"},)
        states[hour] = then["state"]
    assert states == {"09": "none", "10": "suggested", "11": "found", "12": "decided"}
    (then,) = scheme.reviews(case_id=case_id, as_at="2015-06-03T10:30:00Z")
    assert (then["finding"], then["paid_pounds"]) == (None, 0)
    assert case_id in [one["case_id"] for one in scheme.reviews(state="decided", provider="RXX")]
    assert scheme.reviews(state="suggested", as_at="2015-06-03T12:00:00Z", case_id=case_id) == []


def test_a_changed_verdict_and_a_new_fact(whole: Stack, person: Person, scheme: Scheme) -> None:
    whole.tick("2015-06-04T09:00:00Z")
    case_id = person.report(occurred_at="2015-06-03T22:00:00Z")
    person.add(
        case_id,
        {
            "type": "avoidability_stated",
            "verdict": "unavoidable",
            "to": "family",
            "evidence_held": ["First scan"],
        },
    )
    whole.tick("2015-06-20T09:00:00Z")
    later = {"type": "avoidability_stated", "verdict": "avoidable", "found_by": "provider"}
    person.add(case_id, {**later, "to": "internal", "evidence_held": ["First scan", "Second scan"]})
    fact = {"type": "material_fact_recorded", "reason": "A second scan was found."}
    fact_event_id = person.add(case_id, fact)
    person.add(case_id, {"type": "claim_opened", "claim_id": "C-8"})
    review = scheme.review(case_id, lambda one: one["state"] == "suggested")
    (update,) = review["family_updates"]
    assert (update["state"], update["evidence"], update["correction"]) == (
        "owed",
        "learned_later",
        "self_corrected",
    )
    owed = person.read("/api/indemnity/families")
    assert case_id in [one["case_id"] for one in owed["updates"]]
    assert [one["state"] for one in owed["facts"] if one["case_id"] == case_id] == ["waiting"]

    whole.tick("2015-07-01T00:00:00+01:00")
    (waiting,) = scheme.review(case_id, lambda one: one["facts"][0]["state"] == "not_shared")["facts"]
    assert waiting["due_at"] == "2015-06-30T23:59:59+01:00"

    shared = {"type": "material_fact_shared", "fact_event_id": fact_event_id, "at": "2015-06-29T10:00:00Z"}
    person.add(case_id, shared)
    person.add(case_id, {**later, "to": "family"})
    review = scheme.review(case_id, lambda one: one["family_updates"][0]["state"] == "given")
    assert [one["state"] for one in review["facts"]] == ["shared"]
    assert of(person.settled(case_id), "fact_alarm_withdrawn")


@pytest.mark.parametrize("role", ["reporter", "clinician", "publisher", "admin", "safety:RYY"])
def test_a_review_is_for_the_scheme_and_the_provider(whole: Stack, role: str) -> None:
    with httpx.Client(
        base_url=whole.url, timeout=60, headers={"Authorization": f"Bearer demo:{role}"}
    ) as asking:
        answer = asking.get("/api/indemnity/reviews", params={"provider": "RXX"})
        assert answer.status_code == 403, answer.text


def test_neither_does_its_case_give_it_away(whole: Stack, scheme: Scheme) -> None:
    case_id = scheme.reviews(state="decided", provider="RXX")[0]["case_id"]
    for role, rules in (("reporter:RXX", {"candour"}), ("auditor", {"candour", "indemnity"})):
        who = {"Authorization": f"Bearer demo:{role}", "Cookie": f"candour_sign_in=demo:{role}"}
        with httpx.Client(base_url=whole.url, timeout=60, headers=who) as asking:
            why = asking.get(f"/api/cases/{case_id}/why").json()
            assert {one["rule"] for one in why["verdicts"]} >= rules
            assert ("indemnity" in {one["rule"] for one in why["verdicts"]}) == ("indemnity" in rules)
            for page in ("", "/why"):
                text = asking.get(f"/cases/{case_id}{page}").text
                assert ("Decision taken" in text) == ("indemnity" in rules), page
    for role in ("publisher", "admin"):
        who = {"Authorization": f"Bearer demo:{role}", "Cookie": f"candour_sign_in=demo:{role}"}
        with httpx.Client(base_url=whole.url, timeout=60, headers=who) as asking:
            for path in (f"/cases/{case_id}", f"/api/cases/{case_id}/why", "/board", "/api/never-events"):
                assert asking.get(path).status_code == 403, (role, path)


def test_the_safety_team_of_the_provider_reads_its_own(whole: Stack) -> None:
    with httpx.Client(
        base_url=whole.url, timeout=60, headers={"Authorization": "Bearer demo:safety:RXX"}
    ) as asking:
        found = asking.get("/api/indemnity/reviews", params={"limit": "1"}).json()
        assert {one["provider"] for one in found["reviews"]} == {"RXX"}
        further = asking.get("/api/indemnity/reviews", params={"limit": "1", "next": found["next"]}).json()
        assert {one["id"] for one in found["reviews"]}.isdisjoint(one["id"] for one in further["reviews"])
        assert asking.get("/api/indemnity/reviews", params={"state": "guilty"}).status_code == 422
        assert asking.get("/api/indemnity/reviews", params={"next": "x"}).status_code == 422
        assert asking.get("/api/indemnity/reviews/nothing").status_code == 404


def test_every_page_says_that_the_power_was_only_proposed(whole: Stack, scheme: Scheme) -> None:
    cookies = {"candour_sign_in": "demo:auditor"}
    review = next(one for one in scheme.reviews() if one["claim_id"] == CLAIM)
    with httpx.Client(base_url=whole.url, timeout=60, cookies=cookies) as looking:
        paths = ["/indemnity", f"/indemnity/reviews/{review['id']}"]
        paths += [f"{paths[1]}?as_at=2015-06-03T10:30:00Z", f"{paths[1]}?as_at=2015-06-03T09:00:10Z"]
        record = f"/cases/{review['case_id']}/record"
        acts = ("openness_finding_recorded", "indemnity_decision_recorded", "reimbursement_recorded")
        for path in (*paths, *(f"{record}/{act}" for act in acts)):
            page = looking.get(path)
            assert page.status_code == 200, path
            assert "never came into force" in page.text, path
        for path in (f"/cases/{review['case_id']}", f"/cases/{review['case_id']}/why"):
            text = looking.get(path).text
            assert "never came into force" in text.split("Proposed, not law.")[1].split("</p>")[0], path
        payment = looking.get(f"{record}/patient_paid?claim_id={CLAIM}").text
        assert "indemnity" not in payment.split("<main")[1]
        assert "finding" not in payment.split("<main")[1]


def test_so_do_the_pages_of_whoever_records_what_marks_a_case(whole: Stack, person: Person) -> None:
    case_id = person.report(occurred_at="2015-06-30T22:00:00Z")
    stated = {"type": "avoidability_stated", "to": "family", "verdict": "unavoidable"}
    for body in (stated, {**stated, "to": "internal", "verdict": "avoidable"}):
        person.add(case_id, body)
    assert of(person.settled(case_id), "evidence_marked")
    forms = ("claim_opened", "contravention_recorded", "avoidability_stated")
    paths = [f"/cases/{case_id}", f"/cases/{case_id}/why", "/board?whole=yes"]
    with httpx.Client(base_url=whole.url, timeout=60, cookies={"candour_sign_in": "demo:safety"}) as looking:
        for path in (*paths, *(f"/cases/{case_id}/record/{form}" for form in forms)):
            page = looking.get(path)
            assert page.status_code == 200, path
            assert "never came into force" in page.text, path


def test_the_tables_are_what_the_log_says(whole: Stack) -> None:
    check_rebuild(whole)
