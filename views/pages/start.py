"""`/` and `/help`: what this is, where to report, where to watch, and what the words mean."""

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from views.pages.problems import problem_page
from views.pages.rendering import page

router = APIRouter(include_in_schema=False)


@router.get("/")
async def start(request: Request) -> HTMLResponse:
    return page(request, "start")


@router.get("/help")
async def help_page(request: Request) -> HTMLResponse:
    return page(request, "help")


@router.get("/cases")
async def open_case(request: Request, reference: str = "") -> Response:
    if not reference.strip():
        return problem_page(
            request, 404, "Enter the reference of a case: it is on the receipt of its report."
        )
    return RedirectResponse(f"/cases/{quote(reference.strip(), safe='')}", 303)
