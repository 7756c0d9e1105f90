"""`/signals/alert`: a provider declares that it has done what a safety alert asks for, or takes that back."""

from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from producers.alerts import ALERT
from schemas.event_types import Instant
from schemas.incident_types import FACTORS, TYPES
from views.pages import api, unsent, written
from views.pages.fields import Errors, Field, Filled, choices
from views.pages.follow_ups import ticked, values_of, whens
from views.pages.now import Now
from views.pages.now import now as clock
from views.pages.problems import problem_page
from views.pages.rendering import caller, page
from views.pages.told import who_may
from views.pages.typed import typed

router = APIRouter(include_in_schema=False)
TITLE = "Declare a safety alert complete"
FIELDS = (
    Field(
        "alert_id",
        "Number of the alert",
        hint="As it is printed on it, for example NHS/PSA/D/2014/006",
        required=True,
        width=20,
    ),
    Field("provider", "Provider", hint="Code of the organisation", required=True, width=5),
    Field(
        "incident_type",
        "Which type of incident is it to prevent?",
        "select",
        choices=choices(TYPES),
        hint="Leave it empty where it is about factors alone",
    ),
    Field("factors", "Which contributory factors is it to remove?", "boxes", choices=choices(FACTORS)),
    Field("at", "When was it declared complete?", "when"),
    Field(
        "withdrawn",
        "Is an earlier declaration taken back?",
        "radios",
        choices=choices({"yes": "Yes", "no": "No"}),
    ),
)


@router.get("/signals/alert")
def form(request: Request, now: Now) -> Response:
    who = caller(request)
    if who is None or not who.may(ALERT):
        return problem_page(request, 401 if who is None else 403, who_may(ALERT, TITLE))
    begun = {"provider": who.provider or "", "withdrawn": "no", "at": "today"}
    return _form(request, unsent.begun(now) | begun)


@router.post("/signals/alert")
async def declare(request: Request, filled: Annotated[Filled, Depends(typed)]) -> Response:
    try:
        now = await clock(request)
    except unsent.AWAY:
        return _form(request, filled, box=unsent.NOT_NOW, status=503)
    filled, unsure = written.dated(filled, whens(FIELDS), now)
    body, errors = _body(filled, now)
    if not (errors := unsure | errors):
        key = filled.get(unsent.KEY) or str(uuid4())
        answer = await api.post(request, "/api/alerts/complete", body, key=key)
        if answer.accepted:
            return RedirectResponse("/signals?declared=yes", 303)
        errors = answer.errors()
        if not errors or answer.status != 422:
            box, status = unsent.box(request, answer, ALERT, TITLE, ("/signals", "See the signals"))
            again = dict(filled) | unsent.begun_again(answer, now)
            return _form(request, again, box=box, status=status)
    return _form(request, dict(filled) | written.drawn(now), errors, status=422)


def _body(filled: Filled, now: Instant) -> tuple[dict[str, Any], Errors]:
    values, errors = values_of(FIELDS, filled, now)
    return values | {"factors": ticked(values["factors"])}, errors


def _form(
    request: Request,
    filled: Filled,
    errors: Errors | None = None,
    *,
    box: unsent.Box | None = None,
    status: int = 200,
) -> Response:
    context = {"fields": FIELDS, **unsent.context(FIELDS, filled, errors, box)}
    return unsent.retry_after(page(request, "alert", context, status=status))
