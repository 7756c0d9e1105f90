"""What pages answer while the database is away: plain words, 503, and nothing typed is lost."""

import asyncio
from collections.abc import Callable
from functools import partial
from html.parser import HTMLParser

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request
from sqlalchemy.exc import OperationalError

from producers.refusals import Fault, Refused
from producers.sign_in import SignIn
from producers.ward.route import ProblemRoute
from sinks.database import engine
from views.access import Access
from views.pages import case_view, times
from views.web import create_app

HTML = {"Accept": "text/html"}


def nobody_answers() -> int:
    raise OperationalError("select now()", {}, Exception("connection refused"))


@pytest.fixture
def app() -> FastAPI:
    return made()


def made(*apis: APIRouter, now: Callable[[], int] = nobody_answers) -> FastAPI:
    """With these APIs, and no database."""
    return create_app(
        apis=apis,
        store=engine("postgresql://nobody@127.0.0.1:1/none"),
        access=Access(SignIn(demonstration=True)),
        now=now,
        ready=lambda: (False, {"intake": "away"}),
        version={"version": "0"},
    )


def ask(app: FastAPI, method: str, path: str, **options: object) -> httpx.Response:
    async def asked() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.request(method, path, **({"headers": HTML} | options))  # type: ignore[arg-type]

    return asyncio.run(asked())


@pytest.mark.parametrize("path", ["/board", "/cases/00000000-0000-4000-8000-000000000000"])
def test_a_page_says_that_the_database_is_away(app: FastAPI, path: str) -> None:
    answer = ask(app, "GET", path)
    assert answer.status_code == 503
    assert "Not available just now" in answer.text
    assert answer.headers["retry-after"] == "5"
    assert "Traceback" not in answer.text


def test_a_report_that_was_not_received_is_still_in_the_form(app: FastAPI) -> None:
    typed = {"kind": "incident", "what_happened": "A <b>dose</b> was missed.", "ward": "Ward 7"}
    answer = ask(app, "POST", "/report", data=typed)
    assert answer.status_code == 503
    assert "Not sent yet." in answer.text
    assert "A &lt;b&gt;dose&lt;/b&gt; was missed." in answer.text
    assert 'value="Ward 7"' in answer.text


def test_it_lives_but_is_not_ready(app: FastAPI) -> None:
    assert ask(app, "GET", "/livez").status_code == 200
    assert ask(app, "GET", "/readyz").status_code == 503


def test_the_form_of_a_report_opens_without_a_database(app: FastAPI) -> None:
    assert ask(app, "GET", "/report").status_code == 200


def test_what_the_door_notes_about_a_follow_up_stands_on_the_answer_to_its_form() -> None:
    api, case = APIRouter(prefix="/api/cases/c-1"), {"case_id": "c-1", "provider": "VZZ", "patients": []}
    api.add_api_route("", lambda: case)
    taken = {"event_id": "e-1", "notes": ["The limb of Regulation 20(9) was not <named>."]}
    api.add_api_route("/events", lambda: taken, methods=["POST"], status_code=201)
    answer = ask(made(api, now=lambda: 0), "POST", "/cases/c-1/record/support_offered")
    assert answer.status_code == 201
    assert "<li>The limb of Regulation 20(9) was not &lt;named&gt;.</li>" in answer.text
    assert 'href="/cases/c-1"' in answer.text


TYPED = {
    "idempotency-key": "k-1",
    "drawn_at": "1970-01-01T00:00:00+00:00",
    "at": "today",
    "verdict": "cannot_say",
    "patient": "p2",
    "by_role": "ward <manager>",
}


@pytest.mark.parametrize("now", [nobody_answers, lambda: 0])
def test_a_follow_up_that_was_not_taken_is_still_in_the_form(now: Callable[[], int]) -> None:
    answer = ask(made(case_api(503), now=now), "POST", "/cases/c-1/record/avoidability_stated", data=TYPED)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert "Not recorded yet" in answer.text
    assert 'value="ward &lt;manager&gt;"' in answer.text
    assert 'value="cannot_say" checked' in answer.text
    for name in ("idempotency-key", "drawn_at", "patient"):
        assert f'<input type="hidden" name="{name}" value="{TYPED[name]}">' in answer.text


def case_api(status: int) -> APIRouter:
    """Of one case, which answers with this status."""
    api = APIRouter(prefix="/api/cases/c-1")
    api.add_api_route("", lambda: {"title": "No"}, status_code=status)
    return api


def test_neither_is_a_declaration_about_an_alert_lost(app: FastAPI) -> None:
    answer = ask(app, "POST", "/signals/alert", data={"alert_id": "A/1", "idempotency-key": "k-1"})
    assert answer.status_code == 503
    assert 'value="A/1"' in answer.text
    assert 'name="idempotency-key" value="k-1"' in answer.text
    assert "Not recorded yet" in answer.text


def test_a_form_is_drawn_only_for_those_who_may_send_it() -> None:
    for path in ("/cases/c-1/record/harm_regraded", "/signals/alert"):
        answer = ask(made(case_api(200), now=lambda: 0), "GET", path)
        assert answer.status_code == 401
        assert "is for: Patient safety team" in answer.text
        assert "<form" not in answer.text


def test_an_escalation_that_somebody_took_on_says_so_in_plain_words_and_leads_back_to_it() -> None:
    api = APIRouter(prefix="/api/escalations/e-1", route_class=ProblemRoute)

    def taken_on() -> None:
        detail, mend = (
            "It was taken on by director at 2026-06-10T14:30:00+01:00.",
            "Record an escalation_acted.",
        )
        raise Refused(409, "Acknowledged before", [Fault("", detail, mend)])

    api.add_api_route("/acknowledge", taken_on, methods=["POST"])
    answer = ask(made(api), "POST", "/escalations/e-1/acknowledge", data={"back": "/cases/c-1"})
    assert answer.status_code == 409
    assert "This has changed since you looked" in answer.text
    assert "at 10 Jun 2026, 14:30 BST. Record “Record what was done about an escalation”." in answer.text
    assert 'href="/cases/c-1#e-e-1"' in answer.text


def test_the_same_form_makes_the_same_request_whenever_it_is_sent() -> None:
    api, bodies = APIRouter(prefix="/api"), []

    async def take(request: Request) -> dict[str, str]:
        bodies.append(await request.json())
        return {"case_id": "c-1", "receipt": "{}", "recorded_at": "2026-11-27T00:10:00Z"}

    api.add_api_route("/reports", take, methods=["POST"], status_code=201)
    form = {
        "kind": "incident",
        "what_happened": "A fall.",
        "occurred_at": "today",
        "occurred_at-time": "22:10",
        "drawn_at": "2026-11-26T23:40:00+00:00",
        "written_at": "2026-11-26T23:50:00.000Z",
    }
    for now in ("2026-11-26T23:50:00+00:00", "2026-11-27T00:10:00+00:00"):
        assert ask(made(api, now=partial(times.read, now)), "POST", "/report", data=form).status_code == 201
    assert bodies[0] == bodies[1]
    assert bodies[0]["occurred_at"] == "2026-11-26T22:10:00+00:00"


def test_without_a_script_a_form_of_yesterday_is_shown_again_with_the_date_that_is_meant() -> None:
    form = {"kind": "incident", "what_happened": "A fall.", "occurred_at": "today"}
    app = made(now=partial(times.read, "2026-11-27T00:10:00+00:00"))
    answer = ask(app, "POST", "/report", data=form | {"drawn_at": "2026-11-26T23:40:00+00:00"})
    assert answer.status_code == 422
    assert "Midnight has passed" in answer.text
    assert 'name="drawn_at" value="2026-11-27T00:10:00+00:00"' in answer.text
    assert 'name="occurred_at-d" value="26"' in answer.text


def received(role: str | None, providers: list[str], anonymous: bool = False) -> tuple[str, dict[str, str]]:
    """The receipt that somebody of this role gets, and what the door was told of them."""
    api, heard = APIRouter(prefix="/api"), {}

    async def take(request: Request) -> dict[str, object]:
        heard.update(request.cookies)
        return {
            "case_id": "c-1",
            "receipt": "{}",
            "recorded_at": "2026-11-27T00:10:00Z",
            "providers": providers,
        }

    api.add_api_route("/reports", take, methods=["POST"], status_code=201)
    form = {"kind": "incident", "what_happened": "A fall."} | ({"anonymous-yes": "yes"} if anonymous else {})
    headers = HTML | ({"Cookie": f"candour_sign_in=demo:{role}"} if role else {})
    answer = ask(made(api, now=lambda: 0), "POST", "/report", data=form, headers=headers)
    assert answer.status_code == 201
    return answer.text, heard


@pytest.mark.parametrize(
    ("role", "providers", "reads", "records"),
    [
        ("clinician:RXX", ["RXX"], True, True),
        ("reporter:RXX", ["RXX"], True, False),
        ("clinician:RXX", ["NZZ"], False, False),
        ("reporter:RXX", [], False, False),
        ("safety", ["not_known"], True, True),
        (None, ["not_known"], True, False),
    ],
)
def test_a_receipt_links_to_no_refusal(
    role: str | None, providers: list[str], reads: bool, records: bool
) -> None:
    text, _ = received(role, providers)
    assert ('href="/cases/c-1"' in text) == ('data-link="/cases/c-1"' in text) == reads
    assert ("record it on the case</a>" in text) == records
    assert ("say so to the clinician in charge" in text) != records
    assert ("not known yet at which hospital" in text) == (providers == ["not_known"])


@pytest.mark.parametrize(
    ("role", "said"),
    [("clinician:RXX", "demo:reporter:RXX"), ("auditor", None), ("nonsense", None), (None, None)],
)
def test_an_anonymous_report_tells_the_provider_and_nothing_else_of_who_is_signed_in(
    role: str | None, said: str | None
) -> None:
    _, heard = received(role, ["RXX"], anonymous=True)
    assert heard.get("candour_sign_in") == said


def test_a_bookmark_of_a_ward_fills_in_its_place() -> None:
    text = ask(made(now=lambda: 0), "GET", "/report?ward=Cedar+%3C1%3E&provider=RXX&anonymous-yes=yes").text
    assert 'name="ward" type="text" value="Cedar &lt;1&gt;"' in text
    assert 'name="provider" type="text" value="RXX"' in text
    assert "checked" not in text


def test_the_form_says_where_the_report_of_somebody_signed_in_goes() -> None:
    headers = HTML | {"Cookie": "candour_sign_in=demo:reporter:RXX"}
    assert "patient safety team of <strong>RXX" in ask(made(), "GET", "/report", headers=headers).text
    assert "where you are signed in" not in ask(made(), "GET", "/report").text


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ({"harm": "severe", "providers": [{"type": "not_known"}]}, "which provider it was"),
        ({"harm": "not_known", "providers": [{"type": "nhs_trust"}]}, "the grade of harm"),
        ({"harm": "not_known", "providers": []}, "the grade of harm or which provider it was"),
        ({"harm": "low", "providers": [{"type": "not_known"}]}, "Near misses"),
        ({"harm": "severe", "providers": [{"type": "care_home"}]}, "No rule in force"),
        ({"harm": "severe", "settled": False}, "still being weighed"),
    ],
)
def test_why_nothing_is_owed_is_said_as_it_is(case: dict[str, object], said: str) -> None:
    assert said in case_view.why_nothing_is_owed(case)


class Heard(HTMLParser):
    """The hints and errors of a page, and what its groups and inputs are described by."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.told: list[str | None] = []
        self.described: dict[str, list[str]] = {"fieldset": [], "input": [], "textarea": [], "select": []}
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        own = dict(attributes)
        self.ids += [own["id"] or ""] if "id" in own else []
        classes = (own.get("class") or "").split()
        by = (own.get("aria-describedby") or "").split()
        if {"nhsuk-hint", "nhsuk-error-message"} & set(classes):
            self.told.append(own.get("id"))
        if by:
            self.described[tag] += by


@pytest.mark.parametrize(
    "typed",
    [
        None,
        {},
        {
            "occurred_at": "other",
            "occurred_at-d": "31",
            "occurred_at-m": "2",
            "occurred_at-y": "2026",
            "occurred_at-time": "25:00",
            "patients-0-nhs_number": "1",
        },
    ],
)
def test_every_hint_and_every_error_is_heard_with_its_input(typed: dict[str, str] | None) -> None:
    text = ask(made(now=lambda: 0), "GET" if typed is None else "POST", "/report", data=typed).text
    page = Heard(text)
    by = [one for group in page.described.values() for one in group]
    assert None not in page.told
    assert {one for one in page.told if one and "item-hint" not in one} <= set(by)
    assert set(by) <= set(page.ids)
    assert "occurred_at-date-hint" in page.described["fieldset"]
    if typed:
        assert "occurred_at-error" in page.described["fieldset"]
        assert "occurred_at-error" in page.described["input"]
        assert "Enter a real date" in text
        assert "Enter the time like" in text
