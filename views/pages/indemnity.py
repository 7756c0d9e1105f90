"""`/indemnity`: claims a person should look at, families that should hear; `/indemnity/reviews/{id}`."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import Response

from rules import london
from views import case_page
from views.pages import api, paging, times
from views.pages.case import as_known
from views.pages.follow_up_forms import BY_TYPE, Form
from views.pages.now import Now
from views.pages.problems import problem_page, unavailable
from views.pages.rendering import caller, page

router = APIRouter(include_in_schema=False)
FILTERS = ("provider", "state")
SHOWN = 1000
NO_TIME = "is no time; write it like 2014-01-09T00:01."
ACTS = ("openness_finding_recorded", "indemnity_decision_recorded", "reimbursement_recorded")
DATES = {
    "occurred_at": "Occurred",
    "aware_at": "The provider became aware",
    "reported_at": "Reported",
    "marked_at": "What the first marker is about",
    "claim_opened_at": "Claim made",
}


@router.get("/indemnity")
async def worklist(request: Request, as_at: str = "", next: str = "") -> Response:
    try:
        moment = as_known(as_at)
    except ValueError:
        return problem_page(request, 422, f"“{as_at}” {NO_TIME}")
    wanted = {name: request.query_params.get(name, "").strip() for name in FILTERS}
    query = {name: value for name, value in {**wanted, "next": next}.items() if value}
    if "provider" in query:
        query["provider"] = query["provider"].upper()
    if moment is not None:
        query["as_at"] = london.at(moment).isoformat()
    answer = await api.get(request, "/api/indemnity/reviews", {**query, "limit": 50})
    if not answer.accepted:
        return _not_shown(request, answer)
    families: Mapping[str, Any] = {}
    if moment is None:
        mine = {"limit": SHOWN} | ({"provider": query["provider"]} if "provider" in query else {})
        families = (await api.get(request, "/api/indemnity/families", mine)).body
    who = caller(request)
    context = {
        "answer": answer.body,
        "updates": paging.part(
            request, families.get("updates", ()), "updates", what="families to go back to"
        ),
        "facts": paging.part(request, families.get("facts", ()), "facts", what="new facts"),
        "further": families.get("next") is not None,
        "wanted": wanted,
        "own": who.provider if who else None,
        "as_at": moment,
        "went_back": went_back,
    }
    return page(request, "indemnity", context)


@router.get("/indemnity/reviews/{id}")
async def show_review(request: Request, id: str, now: Now, as_at: str = "") -> Response:
    try:
        moment = as_known(as_at)
    except ValueError:
        return problem_page(request, 422, f"“{as_at}” {NO_TIME}")
    query = {"as_at": london.at(moment).isoformat()} if moment is not None else {}
    address = f"/api/indemnity/reviews/{quote(id, safe='')}"
    found = await api.get(request, address, query)
    known_then = found.accepted
    if found.status == 404 and moment is not None:
        found = await api.get(
            request, address
        )  # the timeline of a time before the review is still to be read
    if not found.accepted:
        return _not_shown(request, found)
    review = found.body
    case = await api.get(request, f"/api/cases/{quote(review['case_id'], safe='')}", query)
    if case.status >= 500:
        return unavailable(request, "The case cannot be read just now.")
    context = {
        "review": review,
        "known_then": known_then,
        "dates": DATES,
        "moments": _moments(review),
        "timeline": case_page.merged(case.body) if case.accepted else [],
        "forms": _forms(request, review) if moment is None else [],
        "as_at": moment,
        "now": moment if moment is not None else now,
    }
    return page(request, "review", context)


def went_back(updates: Sequence[Mapping[str, Any]]) -> str:
    """How soon somebody went back to the family, in a cell of the list."""
    said = [
        f"after {times.since(one['found_at'], one['given_at'])}" if one["given_at"] else "not yet"
        for one in updates
    ]
    return ", ".join(said) or "no changed verdict"


def _not_shown(request: Request, answer: api.Answer) -> Response:
    if answer.status >= 500:
        return unavailable(request, "The reviews cannot be read just now.")
    return problem_page(request, answer.status, answer.detail)


def _moments(review: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The dates at which a reader may want to see what was known, in order: (what, when)."""
    named = [(label, review["dates"].get(name)) for name, label in DATES.items()]
    named += [("Finding", review.get("finding_at")), ("Decision", review.get("decided_at"))]
    return sorted(((label, when) for label, when in named if when), key=lambda one: one[1])


def _forms(request: Request, review: Mapping[str, Any]) -> list[Form]:
    """What this person may record about the claim, in the order in which it is done."""
    who = caller(request)
    if who is None:
        return []
    return [BY_TYPE[name] for name in (*ACTS, "patient_paid", "claim_closed") if who.may(name)]
