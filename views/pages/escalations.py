"""`/escalations`: who must act, the most urgent first; and the button to take one on, without a script."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Engine

from views.pages import api, paging
from views.pages.fields import Filled
from views.pages.now import Now
from views.pages.problems import problem_page, unavailable
from views.pages.rendering import caller, page
from views.pages.typed import typed
from views.reading_escalations import escalation

router = APIRouter(include_in_schema=False)
FILTERS = ("provider", "owner_role", "state")
OPEN = "raised,climbed,acknowledged"
SHOWN = 1000  # are read at once; the page shows them in parts


@router.get("/escalations")
async def listed(request: Request, now: Now, next: str = "") -> Response:
    wanted = {name: request.query_params.get(name, "").strip() for name in FILTERS}
    wanted["provider"] = wanted["provider"].upper()
    query = {**wanted, "state": wanted["state"] or OPEN, "limit": SHOWN, "next": next}
    answer = await api.get(request, "/api/escalations", query)
    if answer.status >= 500:
        return unavailable(request, "The escalations cannot be read just now.")
    if not answer.accepted:
        return problem_page(request, answer.status, answer.detail)
    found = sorted(answer.body["escalations"], key=urgency)
    who = caller(request)
    roles = {one["owner_role"] for one in found} | ({wanted["owner_role"]} - {""})
    context = {
        "found": paging.part(request, found, what="escalations"),
        "later": paging.later(wanted, answer.body["next"]),
        "wanted": wanted,
        "owners": sorted(roles),
        "own": who.provider if who else None,
        "now": now,
        "back": "/escalations",
        **may(request),
    }
    return page(request, "escalations", context)


@router.get("/escalations/{id}")
def linked(request: Request, id: str) -> Response:
    """Where the link in a message leads: to the escalation in its case, with the button to take it on."""
    store: Engine = request.app.state.store
    with store.connect() as connection:
        found = escalation(connection, id) if id.isprintable() else None
    if found is None:
        return problem_page(request, 404, f"There is no escalation {id[:60]}.")
    return RedirectResponse(f"/cases/{found.case_id}#e-{quote(found.id, safe='')}", 303)


@router.post("/escalations/{id}/acknowledge")
async def acknowledge(request: Request, id: str, filled: Annotated[Filled, Depends(typed)]) -> Response:
    """In the role that is signed in. Goes back to where the button stood."""
    who = caller(request)
    body = {"by_role": who.role if who else ""}
    answer = await api.post(request, f"/api/escalations/{quote(id, safe='')}/acknowledge", body)
    if answer.status >= 500:
        return unavailable(request, "This was not recorded. Go back and press the button again.")
    back = filled.get("back", "")
    here = back if back.startswith("/cases/") or back == "/escalations" else "/escalations"
    there = f"{here}#e-{quote(id, safe='')}"
    if not answer.accepted:
        way = (there, "Go back to the escalation")
        return problem_page(request, answer.status, answer.detail, way=way)
    return RedirectResponse(there, 303)


def may(request: Request) -> dict[str, object]:
    """Which buttons to draw; the door decides. `may_acknowledge`: the role in which, where it may."""
    who = caller(request)
    return {
        "may_acknowledge": who.role if who is not None and who.may("escalation_acknowledged") else None,
        "may_act": who is not None and who.may("escalation_acted"),
    }


def urgency(one: dict[str, Any]) -> tuple[int, bool, str, str]:
    """The most urgent first; of those, what nobody has taken on; of those, what waits longest."""
    taken = one["state"] in ("acknowledged", "closed")
    return one["urgency"], taken, one["act_by"] if taken else one["acknowledge_by"], one["id"]
