"""`/cases/{id}/why`: each verdict with its clause, its evidence and its places on the log, decided again."""

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response

from rules import london
from views.pages import api, why_view
from views.pages.case import as_known
from views.pages.now import Now
from views.pages.problems import problem_page, unavailable
from views.pages.rendering import page

router = APIRouter(include_in_schema=False)


@router.get("/cases/{case_id}/why")
async def show_why(request: Request, case_id: str, now: Now, as_at: str = "") -> Response:
    try:
        moment = as_known(as_at)
    except ValueError:
        return problem_page(request, 422, f"“{as_at}” is no time; write it like 2014-01-09T00:01.")
    query = {"as_at": london.at(moment).isoformat()} if moment is not None else {}
    answer = await api.get(request, f"/api/cases/{quote(case_id, safe='')}/why", query)
    if answer.status >= 500:
        return unavailable(request, "The log cannot be read just now, so nothing can be decided again.")
    if not answer.accepted:
        return problem_page(request, answer.status, answer.detail)
    context = {
        "why": answer.body,
        "view": why_view,
        "as_at": moment,
        "now": moment if moment is not None else now,
    }
    return page(request, "why", context)
