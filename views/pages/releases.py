"""`/never-events/releases`: what was published, each release, and the page on which a director signs one."""

from typing import Annotated, Any
from urllib.parse import quote

import msgspec
from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from rules.publication.release import Release
from sinks.publication.page import fragment
from views.pages import api
from views.pages.fields import Field, Filled
from views.pages.problems import problem_page, unavailable
from views.pages.rendering import caller, page
from views.pages.typed import typed
from views.public import PATH

router = APIRouter(include_in_schema=False)
LISTED = "/never-events/releases"
AT_A_TIME = 1000
AWAY = "The releases cannot be read just now."
NAME = Field(
    "name",
    "Your full name",
    hint="It is kept sealed, with the sign-off. Only your role is published.",
    required=True,
    missing="Enter your full name",
)
SURE = "Tick the box to say that you have looked at the figures and the checks"


@router.get(LISTED)
async def listed(request: Request) -> Response:
    newest_first: list[dict[str, Any]] = []
    further: str | None = ""
    while further is not None:
        answer = await api.get(request, "/api/never-events/releases", {"limit": AT_A_TIME, "next": further})
        if answer.status >= 500:
            return unavailable(request, AWAY)
        if not answer.accepted:
            return problem_page(request, answer.status, answer.detail)
        newest_first[:0] = answer.body["releases"][::-1]
        further = answer.body["next"]
    published = [one for one in newest_first if one["status"] == "published"]
    context = {
        "published": published,
        "on_the_way": [one for one in newest_first if one["status"] != "published"],
        "may_sign": may_sign(request),
        "feed": f"{PATH}/feed.atom" if published else None,
    }
    return page(request, "releases", context)


@router.get(LISTED + "/{id}")
async def shown(request: Request, id: str) -> Response:
    asked = await _release(request, id)
    if isinstance(asked, Response):
        return asked
    release, figures = asked
    return page(request, "release", _context(request, release, figures))


@router.get(LISTED + "/{id}/sign")
async def form(request: Request, id: str) -> Response:
    asked = await _release(request, id)
    return asked if isinstance(asked, Response) else _form(request, *asked, {}, {})


@router.post(LISTED + "/{id}/sign")
async def sign(request: Request, id: str, filled: Annotated[Filled, Depends(typed)]) -> Response:
    asked = await _release(request, id)
    if isinstance(asked, Response):
        return asked
    errors = {} if filled.get("name", "").strip() else {"name": NAME.missing}
    if filled.get("sure") != "yes":
        errors["sure"] = SURE
    if errors:
        return _form(request, *asked, filled, errors, 422)
    body = {"sha256": filled.get("sha256", ""), "name": filled["name"].strip()}
    answer = await api.post(request, f"/api/never-events/releases/{quote(id, safe='')}/sign", body)
    if answer.accepted:
        return RedirectResponse(f"{LISTED}/{quote(id, safe='')}?signed=yes", 303)
    if answer.status >= 500:
        return unavailable(request, "This was not signed. Go back and send it again.")
    if answer.status == 422:
        return _form(request, *asked, filled, answer.errors() or {"name": answer.detail}, 422)
    return problem_page(request, answer.status, answer.detail)


def may_sign(request: Request) -> bool:
    """Whether to draw the way to the form; the door decides."""
    who = caller(request)
    return who is not None and who.may("release_signed") and who.provider is None


async def _release(request: Request, id: str) -> tuple[dict[str, Any], Release] | Response:
    path = f"/api/never-events/releases/{quote(id, safe='')}"
    answer, figures = await api.get(request, path), await api.get(request, f"{path}/release.json")
    for one in (answer, figures):
        if one.status >= 500:
            return unavailable(request, AWAY)
        if not one.accepted:
            return problem_page(request, one.status, one.detail)
    return answer.body, msgspec.convert(figures.body, Release)


def _context(
    request: Request, release: dict[str, Any], figures: Release, *, heading: bool = True
) -> dict[str, Any]:
    public = release["status"] == "published"
    base = f"{PATH}/{release['id']}/"
    return {
        "release": release,
        "shown": fragment(figures, base=base, names=release["organisations"], links=public, heading=heading),
        "may_sign": may_sign(request),
        "just_signed": request.query_params.get("signed") == "yes",
        "files": base,
    }


def _form(
    request: Request,
    release: dict[str, Any],
    figures: Release,
    filled: Filled,
    errors: dict[str, str],
    status: int = 200,
) -> Response:
    context = _context(request, release, figures, heading=False)
    return page(
        request, "release_sign", context | {"name": NAME, "filled": filled, "errors": errors}, status=status
    )
