"""How long requests take, by route, for /metrics. Streams are left out: their length says nothing."""

from time import perf_counter

from prometheus_client import Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

seconds = Histogram(
    "candour_http_request_seconds",
    "Duration of requests until the answer was complete",
    ("method", "route", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)


class Timed:
    """ASGI middleware. The route, not the path, is named: paths hold references of cases."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status, stream = perf_counter(), 500, False

        async def watched(message: Message) -> None:
            nonlocal status, stream
            if message["type"] == "http.response.start":
                status = message["status"]
                stream = any(
                    name.lower() == b"content-type" and value.startswith(b"text/event-stream")
                    for name, value in message["headers"]
                )
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            if not stream:
                route = getattr(scope.get("route"), "path", "none")
                seconds.labels(scope["method"], route, str(status)).observe(perf_counter() - began)
