"""`/cases/{id}`: what is owed in a case and why, and what happened; also as it was known before."""

from datetime import datetime
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response

from rules import london
from schemas.event_types import Instant
from views import case_page
from views.pages import api, case_view, escalations
from views.pages.follow_up_forms import BY_TYPE
from views.pages.now import Now
from views.pages.problems import problem_page, unavailable
from views.pages.rendering import caller, page

router = APIRouter(include_in_schema=False)


@router.get("/cases/{case_id}")
async def show_case(
    request: Request, case_id: str, now: Now, as_at: str = "", recorded: str | None = None
) -> Response:
    try:
        moment = as_known(as_at)
    except ValueError:
        return problem_page(request, 422, f"“{as_at}” is no time; write it like 2014-01-09T00:01.")
    query = {"as_at": london.at(moment).isoformat()} if moment is not None else {}
    answer = await api.get(request, f"/api/cases/{quote(case_id, safe='')}", query)
    if answer.status >= 500:
        return unavailable(request, "The case cannot be read just now.")
    if not answer.accepted:
        return problem_page(request, answer.status, answer.detail)
    case, shown_at = answer.body, moment if moment is not None else now
    forms = case_view.may_record(case, caller(request))
    context = {
        "case": case,
        "view": case_view,
        "as_at": moment,
        "now": shown_at,
        "obligations": case_view.obligations(case, shown_at),
        **(escalations.may(request) if moment is None else {}),
        "may_decide_never_event": any(form.type == "never_event_confirmed" for form in forms),
        "timeline": case_page.merged(case),
        "forms": forms,
        "recorded": BY_TYPE.get(recorded or ""),
    }
    return page(request, "case", context)


def as_known(typed: str) -> Instant | None:
    """RFC 3339, or a wall time of London as a browser's own date input gives it; None when empty.

    Raises:
        ValueError: it is neither.
    """
    if not typed.strip():
        return None
    # In a query a plus sign that was not escaped arrives as a space.
    found = datetime.fromisoformat(typed.strip().replace(" ", "+") if "T" in typed else typed.strip())
    return london.instant(found if found.tzinfo else found.replace(tzinfo=london.LONDON))
