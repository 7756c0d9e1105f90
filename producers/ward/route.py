"""A route that reads no more than it may, and answers whatever goes wrong with a problem."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from producers.faults import from_validation
from producers.refusals import Fault, NotReady, Refused
from producers.ward.problems import away, problem

LARGEST_BODY = 4 * 1024 * 1024


class ProblemRoute(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        inner = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                if request.method == "POST":
                    _require_json(request)
                    await _read(request)
                return await inner(request)
            except Refused as error:
                return problem(error)
            except NotReady as error:
                return away(error)
            except RequestValidationError as error:
                return problem(from_validation(error.errors()))
            except HTTPException as error:
                return problem(Refused(error.status_code, "The request cannot be read", [_unreadable(error)]))

        return handler


def _unreadable(error: HTTPException) -> Fault:
    return Fault("", f"{error.detail}.".replace("..", "."), "Send JSON in UTF-8, not nested too deeply.")


def _require_json(request: Request) -> None:
    """Also keeps out forms of other sites, which a browser would send along with the sign-in."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        fault = Fault(
            "", f"The body came as {kind or 'nothing'}.", "Send it with Content-Type: application/json."
        )
        raise Refused(415, "JSON is expected here", [fault])


async def _read(request: Request) -> None:
    announced = request.headers.get("content-length", "")
    if announced.isdigit() and int(announced) > LARGEST_BODY:
        raise _too_large()
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > LARGEST_BODY:
            raise _too_large()
        chunks.append(chunk)
    request._body = b"".join(chunks)  # what Request.body() would have kept


def _too_large() -> Refused:
    limit = f"The body is larger than {LARGEST_BODY // 1024 // 1024} MiB."
    mend = "A text may have 256 KiB and a report 500 patients; split what is larger."
    return Refused(413, "Too large", [Fault("", limit, mend)])
