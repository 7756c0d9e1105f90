"""Headers, error pages and what the web process says of itself."""

import re
from typing import Any

from playwright.sync_api import APIResponse

from tests.browser.conftest import Open

HTML = {"Accept": "text/html"}


def get(open_page: Open, path: str, **options: Any) -> APIResponse:
    return open_page("/help").request.get(path, **options)


def test_the_policy_allows_nothing_inline_and_nothing_from_elsewhere(open_page: Open) -> None:
    headers = get(open_page, "/report").headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert re.fullmatch(r"'self' 'nonce-[\w-]{20,}'", policy["script-src"])
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


def test_a_nonce_is_used_once(open_page: Open) -> None:
    policies = {get(open_page, "/").headers["content-security-policy"] for _ in range(2)}
    assert len(policies) == 2


def test_people_get_a_page_and_programs_a_problem(open_page: Open) -> None:
    page = get(open_page, "/cases/00000000-0000-4000-8000-000000000000", headers=HTML)
    assert page.status == 404
    assert "Page not found" in page.text()
    problem = get(open_page, "/api/nothing")
    assert problem.status == 404
    assert problem.headers["content-type"] == "application/problem+json"
    assert problem.json()["status"] == 404


def test_a_form_of_another_site_is_refused(open_page: Open) -> None:
    request = open_page("/help").request
    answer = request.post(
        "/report", form={"kind": "incident"}, headers={"Sec-Fetch-Site": "cross-site", **HTML}
    )
    assert answer.status == 403
    assert "another site" in answer.text()


def test_signing_in_leads_nowhere_else(open_page: Open) -> None:
    request = open_page("/help").request
    for away in ("https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"):
        answer = request.post("/sign-in", form={"role": "safety", "next": away}, max_redirects=0)
        assert answer.headers["location"] == "/board"
    answer = request.post("/sign-in", form={"role": "publisher"}, max_redirects=0)
    assert answer.headers["location"] == "/", "who reads no case is not led to the board"


def test_it_says_that_it_lives_and_how_long_answers_take(open_page: Open) -> None:
    assert get(open_page, "/livez").json() == {"live": True}
    assert get(open_page, "/readyz").json()["ready"] is True
    assert get(open_page, "/version").json()["version"]
    assert (
        'candour_http_request_seconds_count{method="GET",route="/help"' in get(open_page, "/metrics").text()
    )
    assert "/api/reports" in get(open_page, "/api/openapi.json").json()["paths"]


def test_the_audit_can_be_taken_away_as_csv(open_page: Open) -> None:
    answer = get(open_page, "/audit.csv?from=2013-01-01")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    said, duties, providers, _ = answer.text().split("\r\n\r\n")
    assert "caveat,These counts are a signal and no verdict." in said.replace('"', "")
    assert duties.startswith("provider,from,to,counted_at,settled,duty,family")
    assert "RYY,Wolds and Fenside NHS Foundation Trust" in providers
