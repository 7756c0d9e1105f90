"""The web process: the door's API, the read API and the pages under one address."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from schemas.event_types import Instant
from views import assets
from views.pages import case, follow_ups, problems, report, sign_in, start
from views.pages.headers import Guarded

PAGES = (start.router, report.router, case.router, follow_ups.router, sign_in.router)
Ready = Callable[[], tuple[bool, dict[str, object]]]


def create_app(
    *,
    apis: Iterable[APIRouter],
    now: Callable[[], Instant],
    ready: Ready,
    version: Mapping[str, object],
    lifespan: Any = None,
) -> FastAPI:
    """The application, from the routers of the two APIs and the clock's "now".

    `ready` says whether it does its work, with what there is to say about that.
    """
    app = FastAPI(
        title="Candour",
        version=str(version.get("version", "")),
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.now = now
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    app.add_middleware(Guarded)
    problems.install(app)
    for router in (*apis, *PAGES, _own(ready, version)):
        app.include_router(router)
    assets.BUILT.mkdir(parents=True, exist_ok=True)
    app.mount("/assets", StaticFiles(directory=assets.BUILT))
    return app


def _own(ready: Ready, version: Mapping[str, object]) -> APIRouter:
    """What the process says about itself."""
    router = APIRouter(include_in_schema=False)

    @router.get("/livez")
    async def live() -> dict[str, bool]:
        return {"live": True}

    @router.get("/readyz")
    def whether_ready() -> JSONResponse:
        fine, said = ready()
        return JSONResponse({"ready": fine, **said}, 200 if fine else 503)

    @router.get("/version")
    async def which() -> Mapping[str, object]:
        return version

    @router.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router
