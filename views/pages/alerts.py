"""`/signals/alert`: a provider declares that it has done what a safety alert asks for, or takes that back."""

from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from producers.alerts import ALERT
from schemas.event_types import Instant
from schemas.incident_types import FACTORS, TYPES
from views.pages import api
from views.pages.fields import Errors, Field, Filled, choices, placed
from views.pages.follow_ups import values_of
from views.pages.now import Now
from views.pages.problems import problem_page, unavailable
from views.pages.rendering import caller, page
from views.pages.typed import typed

router = APIRouter(include_in_schema=False)
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
def form(request: Request) -> Response:
    who = caller(request)
    if who is None or not who.may(ALERT):
        return problem_page(
            request, 403, "Only a patient safety team or a director declares an alert complete."
        )
    begun = {
        "idempotency-key": str(uuid4()),
        "provider": who.provider or "",
        "withdrawn": "no",
        "at": "today",
    }
    return _form(request, begun, {})


@router.post("/signals/alert")
async def declare(request: Request, filled: Annotated[Filled, Depends(typed)], now: Now) -> Response:
    body, errors = _body(filled, now)
    if errors:
        return _form(request, filled, errors, 422)
    key = filled.get("idempotency-key") or str(uuid4())
    answer = await api.post(request, "/api/alerts/complete", body, key=key)
    if answer.accepted:
        return RedirectResponse("/signals?declared=yes", 303)
    if answer.status >= 500:
        return unavailable(
            request, "This was not recorded. Go back, nothing you typed is lost, and send it again."
        )
    if answer.status in (401, 403):
        return problem_page(request, 403, answer.detail)
    return _form(request, filled, answer.errors() or {"alert_id": answer.detail}, answer.status)


def _body(filled: Filled, now: Instant) -> tuple[dict[str, Any], Errors]:
    values, errors = values_of(FIELDS, filled, now)
    return values | {"factors": [code for code, yes in values["factors"].items() if yes]}, errors


def _form(request: Request, filled: Filled, errors: Errors, status: int = 200) -> Response:
    context = {"fields": FIELDS, "filled": filled, "errors": placed(errors, FIELDS)}
    return page(request, "alert", context, status=status)
