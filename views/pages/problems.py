"""Error pages in plain English; what programs ask gets RFC 9457 problem details instead."""

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.exceptions import HTTPException
from starlette.responses import Response

from producers.refusals import NotReady, Refused
from views.at_door import DoorAway
from views.pages.rendering import page
from views.pages.told import plain

log = structlog.get_logger()
TITLES = {
    400: "That address cannot be read",
    401: "Sign in first",
    403: "You may not see or do this",
    404: "Page not found",
    405: "That cannot be done here",
    409: "This has changed since you looked",
    413: "That is too much at once",
    422: "Something has to be mended",
    503: "Not available just now",
}


def unavailable(request: Request, detail: str) -> HTMLResponse:
    answer = problem_page(request, 503, detail)
    answer.headers["Retry-After"] = "5"
    return answer


def problem_page(
    request: Request, status: int, detail: str, *, way: tuple[str, str] | None = None
) -> HTMLResponse:
    """`way`: a link to go on with, as its address and its text."""
    title = TITLES.get(status, "Something went wrong")
    context = {"title": title, "detail": detail, "status": status, "way": way}
    return page(request, "problem", context, status=status)


def wants_page(request: Request) -> bool:
    """Whether a person asks with a browser; the APIs always answer programs."""
    path = request.url.path
    return not path.startswith(("/api/", "/fhir/")) and "text/html" in request.headers.get("accept", "")


def answer(request: Request, status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    if wants_page(request):
        shown: Response = problem_page(request, status, detail)
    else:
        body = {
            "type": "about:blank",
            "title": TITLES.get(status, "Error"),
            "status": status,
            "detail": detail,
        }
        shown = JSONResponse(body, status, media_type="application/problem+json")
    shown.headers.update(headers or {})
    return shown


def install(app: FastAPI) -> None:
    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> Response:
        detail = error.detail
        if error.status_code == 404 and detail == "Not Found":
            detail = "There is nothing at this address."
        return answer(request, error.status_code, detail, dict(error.headers or {}))

    @app.exception_handler(Refused)
    async def refused_by_door(request: Request, error: Refused) -> Response:
        detail = "; ".join(fault.detail for fault in error.faults) or error.title
        return answer(request, error.status, plain(detail) if wants_page(request) else detail)

    @app.exception_handler(NotReady)
    async def not_ready(request: Request, error: NotReady) -> Response:
        return answer(request, 503, f"{error}", {"Retry-After": str(error.retry_after_seconds)})

    @app.exception_handler(DoorAway)
    @app.exception_handler(NoConnection)
    @app.exception_handler(OperationalError)
    async def database_away(request: Request, error: Exception) -> Response:
        log.warning("database away", path=request.url.path, error=type(error).__name__)
        detail = "The database cannot be reached. Nothing that was confirmed is lost; try again in a moment."
        return answer(request, 503, detail, {"Retry-After": "5"})

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> Response:
        log.error("unexpected error", path=request.url.path, exc_info=error)
        detail = (
            "This was not meant to happen. It has been logged; try again, or tell whoever runs this service."
        )
        return answer(request, 500, detail)
