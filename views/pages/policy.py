"""`/policy`: the law that the rules go by, as it was adopted, on a day and for a type of provider.

Anybody may read it: there is nothing about a case in it.
"""

from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from rules import london
from views import policy
from views.pages import why_view
from views.pages.fields import Errors
from views.pages.now import Now
from views.pages.rendering import page
from views.reading_policy import Adopted, adopted

router = APIRouter(include_in_schema=False)
NO_DAY = "Enter a real date, for example 2014-11-27"


@router.get("/policy")
async def show_policy(request: Request, now: Now, on: str = "", provider_type: str = "") -> Response:
    found = await run_in_threadpool(_adopted, request)
    types = policy.provider_types(one.content for one in found)
    errors: Errors = {}
    day = london.day_of(now)
    try:
        day = date.fromisoformat(on.strip()) if on.strip() else day
    except ValueError:
        errors["on"] = NO_DAY
    if provider_type and provider_type not in types:
        errors["provider_type"] = "Choose one of the types in the list"
    wanted = None if errors else provider_type or None
    context = {
        "errors": errors,
        "filled": {"on": on.strip() or day.isoformat(), "provider_type": provider_type},
        "types": types,
        "day": policy.in_words(day),
        "view": why_view,
        "rules": [(one, policy.shown(one.content, day, wanted)) for one in found] if not errors else [],
        "nothing": not found,
    }
    return page(request, "policy", context, status=422 if errors else 200)


def _adopted(request: Request) -> list[Adopted]:
    with request.app.state.store.connect() as connection:
        return adopted(connection)
