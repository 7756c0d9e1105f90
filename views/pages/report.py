"""`/report`: one page for reporting. All but what it is and what happened may be left out."""

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from producers.refusals import NotReady
from views.pages import api, report_form
from views.pages.fields import Errors, Filled, placed
from views.pages.now import now
from views.pages.patient_form import patient_fields
from views.pages.rendering import page
from views.pages.typed import typed

router = APIRouter(include_in_schema=False)


@router.get("/report")
async def form(request: Request) -> HTMLResponse:
    return _form(request, {"idempotency-key": str(uuid4())}, {})


@router.post("/report")
async def send(request: Request, filled: Annotated[Filled, Depends(typed)]) -> HTMLResponse:
    if "add-patient" in filled:
        count = min(report_form.patient_count(filled) + 1, report_form.MOST_PATIENTS)
        return _form(request, dict(filled) | {"patient-count": str(count)}, {})
    try:
        report, errors = report_form.body(filled, await now(request))
    except (OperationalError, NoConnection, NotReady):
        return _not_sent(request, filled)
    if errors:
        return _form(request, filled, errors, status=422)
    key = filled.get("idempotency-key") or str(uuid4())
    answer = await api.post(request, "/api/reports", report, key=key, who=not report.get("anonymous"))
    if answer.accepted:
        return page(request, "received", {"answer": answer.body, "report": report}, status=201)
    if answer.status >= 500:
        return _not_sent(request, filled)
    found = answer.errors()
    if not found and answer.status == 422:
        # The same form was sent before with other words in it: what is on the page now is a further report.
        filled = dict(filled) | {"idempotency-key": str(uuid4())}
        found = {"what_happened": f"{answer.detail} To send this as a further report, send it again."}
    return _form(request, filled, found or {"what_happened": answer.detail}, status=answer.status)


def _not_sent(request: Request, filled: Filled) -> HTMLResponse:
    """The form again with all that was typed: without a script, the page itself is what keeps it."""
    answer = _form(request, filled, {}, status=503)
    answer.headers["Retry-After"] = "5"
    return answer


def _form(request: Request, filled: Filled, errors: Errors, *, status: int = 200) -> HTMLResponse:
    patients = report_form.patient_count(filled)
    context = {
        "form": report_form,
        "patient_fields": patient_fields,
        "filled": filled,
        "errors": placed(errors, report_form.every_field(patients)),
        "patients": patients,
        "not_sent": status == 503,
    }
    return page(request, "report", context, status=status)
