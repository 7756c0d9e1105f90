"""`/report`: one page for reporting. All but what it is and what happened may be left out."""

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from producers.refusals import NotReady
from rules.london import day_of
from views.pages import api, never_event_form, report_form
from views.pages.fields import Errors, Field, Filled, placed
from views.pages.now import now
from views.pages.patient_form import patient_fields
from views.pages.rendering import page
from views.pages.typed import typed

router = APIRouter(include_in_schema=False)
_AWAY = (OperationalError, NoConnection, NotReady)


@router.get("/report")
async def form(request: Request) -> HTMLResponse:
    return await _form(request, {"idempotency-key": str(uuid4())}, {})


@router.post("/report")
async def send(request: Request, filled: Annotated[Filled, Depends(typed)]) -> HTMLResponse:
    if "add-patient" in filled:
        count = min(report_form.patient_count(filled) + 1, report_form.MOST_PATIENTS)
        return await _form(request, dict(filled) | {"patient-count": str(count)}, {})
    try:
        report, errors = report_form.body(filled, await now(request))
    except _AWAY:
        return await _not_sent(request, filled)
    if errors:
        return await _form(request, filled, errors, status=422)
    key = filled.get("idempotency-key") or str(uuid4())
    answer = await api.post(request, "/api/reports", report, key=key, who=not report.get("anonymous"))
    if answer.accepted:
        return page(request, "received", {"answer": answer.body, "report": report}, status=201)
    if answer.status >= 500:
        return await _not_sent(request, filled)
    found = answer.errors()
    if not found and answer.status == 422:
        # The same form was sent before with other words in it: what is on the page now is a further report.
        filled = dict(filled) | {"idempotency-key": str(uuid4())}
        found = {"what_happened": f"{answer.detail} To send this as a further report, send it again."}
    return await _form(request, filled, found or {"what_happened": answer.detail}, status=answer.status)


async def _not_sent(request: Request, filled: Filled) -> HTMLResponse:
    """The form again with all that was typed: without a script, the page itself is what keeps it."""
    answer = await _form(request, filled, {}, status=503)
    answer.headers["Retry-After"] = "5"
    return answer


async def _form(request: Request, filled: Filled, errors: Errors, *, status: int = 200) -> HTMLResponse:
    patients = report_form.patient_count(filled)
    which = await _which_never_event(request)
    context = {
        "form": report_form,
        "patient_fields": patient_fields,
        "filled": filled,
        "errors": placed(errors, report_form.every_field(patients)),
        "patients": patients,
        "not_sent": status == 503,
        "which_never_event": which,
    }
    return page(request, "report", context, status=status)


async def _which_never_event(request: Request) -> Field | None:
    """The types in force today; without them, where the clock cannot be read, the form is as good."""
    try:
        return never_event_form.which_on_report(day_of(await now(request)))
    except _AWAY:
        return None
