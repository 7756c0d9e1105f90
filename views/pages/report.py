"""`/report`: one page for reporting. All but what it is and what happened may be left out."""

from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from producers.providers import NOT_KNOWN
from rules.london import day_of
from schemas.event_types import Instant
from views.pages import api, moments, never_event_form, report_form, unsent, written
from views.pages.fields import Errors, Filled, placed
from views.pages.now import now
from views.pages.rendering import caller, page
from views.pages.typed import typed

router = APIRouter(include_in_schema=False)
PREFILLED = ("provider", "ward")  # by the bookmark of a ward
TELLING = "relevant_person_notified"


@router.get("/report")
async def form(request: Request) -> HTMLResponse:
    known = {name: request.query_params[name] for name in PREFILLED if name in request.query_params}
    return _form(request, await _moment(request), {unsent.KEY: str(uuid4()), **known}, {})


@router.post("/report")
async def send(request: Request, filled: Annotated[Filled, Depends(typed)]) -> HTMLResponse:
    moment = await _moment(request)
    unsure: Errors = {}
    if moment is not None:
        filled, unsure = written.dated(filled, report_form.WHEN, moment)
    if "add-patient" in filled:
        count = min(report_form.patient_count(filled) + 1, report_form.MOST_PATIENTS)
        return _form(request, moment, dict(filled) | {"patient-count": str(count)}, {})
    if moment is None:
        return _form(request, moment, filled, {}, status=503)
    report, errors = report_form.body(filled, moment, written.read(filled, moment).reported_at)
    if errors := unsure | errors:
        return _form(request, moment, filled, errors, status=422)
    key = filled.get(unsent.KEY) or str(uuid4())
    answer = await api.post(request, "/api/reports", report, key=key, who=not report.get("anonymous"))
    if answer.accepted:
        return _received(request, answer.body)
    if answer.status >= 500:
        return _form(request, moment, filled, {}, status=503)
    found = answer.errors()
    if not found and answer.status == 422:
        # The same form was sent before with other words in it: what is on the page now is a further report.
        filled = dict(filled) | {unsent.KEY: str(uuid4())}
        found = {"what_happened": f"{answer.detail} To send this as a further report, send it again."}
    return _form(request, moment, filled, found or {"what_happened": answer.detail}, status=answer.status)


def _received(request: Request, answer: dict[str, Any]) -> HTMLResponse:
    """The receipt, with links only to what the reporter may open."""
    who = caller(request)
    may_read = who is None or who.sees(tuple(answer.get("providers") or ()))
    context = {
        "answer": answer,
        "may_read": may_read,
        "may_record_telling": who is not None and may_read and who.may(TELLING),
        "provider_not_known": NOT_KNOWN in (answer.get("providers") or ()),
    }
    return page(request, "received", context, status=201)


def _form(
    request: Request, moment: Instant | None, filled: Filled, errors: Errors, *, status: int = 200
) -> HTMLResponse:
    """`moment`: now, or None where the clock cannot be read; the form is as good without.

    With all that was typed, also where it was not taken: without a script, the page itself is what keeps it.
    """
    patients, who = report_form.patient_count(filled), caller(request)
    which = never_event_form.which_on_report(day_of(moment)) if moment is not None else None
    context = {
        "form": report_form,
        "filled": filled,
        "drawn_at": moments.text(moment) if moment is not None else filled.get(written.DRAWN_AT, ""),
        "errors": placed(errors, report_form.every_field(patients)),
        "patients": patients,
        "not_sent": status == 503,
        "own_provider": who.provider if who else None,
        "which_never_event": which,
    }
    return unsent.retry_after(page(request, "report", context, status=status))


async def _moment(request: Request) -> Instant | None:
    try:
        return await now(request)
    except unsent.AWAY:
        return None
