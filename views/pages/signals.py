"""`/signals`: what has gone quiet, what stands out over many cases, and what is asked about single ones."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from producers.alerts import ALERT
from views.pages import api, paging, signals_view
from views.pages.now import Now
from views.pages.problems import problem_page, unavailable
from views.pages.rendering import caller, page

router = APIRouter(include_in_schema=False)
FILTERS = ("provider", "signal", "state")
SHOWN = 1000  # of the questions are read at once; the page shows them in parts


@router.get("/signals")
async def listed(request: Request, now: Now, next: str = "") -> Response:
    wanted = {name: request.query_params.get(name, "").strip() for name in FILTERS}
    wanted["provider"] = wanted["provider"].upper()
    answer = await api.get(request, "/api/signals", {**wanted, "limit": SHOWN, "next": next})
    if answer.status >= 500:
        return unavailable(request, "Signals cannot be read just now.")
    if not answer.accepted:
        return problem_page(request, answer.status, answer.detail)
    who = caller(request)
    quiet, found = signals_view.split(answer.body["patterns"])
    context = {
        "answer": answer.body,
        "quiet": quiet,
        "found": found,
        "asked": paging.part(
            request, answer.body["signals"], what="questions about single cases", place="asked"
        ),
        "later": paging.later(wanted, answer.body["next"]),
        "wanted": wanted,
        "view": signals_view,
        "own": who.provider if who else None,
        "declared": "declared" in request.query_params,
        "may_declare": who is not None and who.may(ALERT),
        "now": now,
    }
    return page(request, "signals", context)
