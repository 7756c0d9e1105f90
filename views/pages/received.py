"""`/received/{report_id}`: what became of a report, for whoever holds its receipt."""

import re
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from views.pages import api
from views.pages.problems import problem_page, unavailable
from views.pages.rendering import page

router = APIRouter(include_in_schema=False)
_IN_RECEIPT = re.compile(r'"report_id"\s*:\s*"([^"]*)"')
LOOK = "Paste the whole receipt, or the report_id that stands in it: 36 letters, digits and dashes."
_START = "/", "Go back to the start page"


@router.get("/received")
async def find(request: Request, receipt: str = "") -> Response:
    wanted = report_id(receipt)
    if not wanted:
        return problem_page(request, 404, LOOK, way=_START)
    return RedirectResponse(f"/received/{quote(wanted, safe='')}", 303)


@router.get("/received/{report_id}")
async def show(request: Request, report_id: str) -> Response:
    answer = await api.get(request, f"/api/reports/{quote(report_id, safe='')}")
    if answer.status == 401:
        return RedirectResponse(f"/sign-in?next={quote(request.url.path)}", 303)
    if answer.status >= 500:
        return unavailable(request, "What became of the report cannot be read just now.")
    if answer.status == 404:
        return problem_page(request, 404, f"No report has this number. {LOOK}", way=_START)
    if not answer.accepted:
        return problem_page(request, answer.status, answer.detail)
    return page(request, "became", {"report": answer.body})


def report_id(typed: str) -> str:
    """From a receipt as it was handed out, or as it stands; empty where nothing was typed."""
    found = _IN_RECEIPT.search(typed)
    return (found[1] if found else typed).strip()
