"""`/never-events`: what waits for the patient safety team; and what is counted or was withdrawn."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from rules import london
from views.pages import api, never_event_words
from views.pages.case import as_known
from views.pages.problems import problem_page, unavailable
from views.pages.rendering import caller, page

router = APIRouter(include_in_schema=False)
COLUMNS = ("Case", "Type", "List", "Occurred", "Reported", "Provider")
LAST = {"proposed": ("Waits for",), "withdrawn": ("Why",)}
SHOWN = 50


@router.get("/never-events")
async def worklist(
    request: Request, as_at: str = "", next: str = "", state: str = "", provider: str = ""
) -> Response:
    try:
        moment = as_known(as_at)
    except ValueError:
        return problem_page(request, 422, f"“{as_at}” is no time; write it like 2014-01-09T00:01.")
    wanted = {"provider": provider.strip().upper(), "state": state or "proposed"}
    if wanted["state"] not in never_event_words.STATES:
        return problem_page(request, 422, f"“{state}” is no state of a never event.")
    query = {name: value for name, value in {**wanted, "next": next}.items() if value}
    if moment is not None:
        query["as_at"] = london.at(moment).isoformat()
    answer = await api.get(request, "/api/never-events", {**query, "limit": SHOWN})
    if answer.status >= 500:
        return unavailable(request, "The ledger of never events cannot be read just now.")
    if not answer.accepted:
        return problem_page(request, answer.status, answer.detail)
    who = caller(request)
    context = {
        "answer": answer.body,
        "wanted": wanted,
        "columns": (*COLUMNS, *LAST.get(wanted["state"], ())),
        "own": who.provider if who else None,
        "as_at": moment,
    }
    return page(request, "never_events", context)
