"""The web process: the door's API, the read API and the pages under one address."""

from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import version as released
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

import structlog
import uvicorn
from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import Engine
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from health.pauses import short_pauses
from producers import ward
from producers.door import Door
from producers.machine_events import MachineDoor
from producers.sign_in import SignIn
from schemas.asyncapi import document
from schemas.event_types import Instant
from sinks.database import engine
from sinks.publication.place import public_place
from views import assets, live, public
from views.access import Access
from views.api import audit as audit_api
from views.api import cases as cases_api
from views.api import displayed as displayed_api
from views.api import escalations as escalations_api
from views.api import indemnity as indemnity_api
from views.api import never_events as never_events_api
from views.api import obligations as obligations_api
from views.api import releases as releases_api
from views.api import reports as reports_api
from views.api import signals as signals_api
from views.api import why as why_api
from views.api import words as words_api
from views.at_door import AtDoor
from views.pages import (
    alerts,
    audit,
    board,
    case,
    case_words,
    escalations,
    follow_ups,
    indemnity,
    never_events,
    policy,
    problems,
    received,
    releases,
    report,
    sign_in,
    signals,
    start,
    why,
)
from views.pages.durations import Timed
from views.pages.headers import Guarded
from views.reading_why import Reasons

PAGES = (
    start.router,
    report.router,
    received.router,
    board.router,
    escalations.router,
    case.router,
    never_events.router,
    audit.router,
    signals.router,
    alerts.router,
    indemnity.router,
    releases.router,
    follow_ups.router,
    why.router,
    case_words.router,
    policy.router,
    sign_in.router,
)
READERS = 10
log = structlog.get_logger()
Ready = Callable[[], tuple[bool, dict[str, object]]]


def run(
    *,
    database: str,
    kafka: str,
    registry: str,
    host: str,
    port: int,
    data: str,
    clock: Literal["system", "manual"],
    sign_in_anywhere: bool = False,
) -> None:
    """Serves until SIGTERM or SIGINT; open streams are ended, requests under way are finished."""
    assets.build()
    door = Door.open(database=database, data=Path(data), clock=clock)
    store = engine(database, pool_size=READERS)
    demonstration = host == "localhost" or ip_address(host).is_loopback
    who = SignIn(demonstration=demonstration, anywhere=sign_in_anywhere)
    if sign_in_anywhere:
        log.warning("whoever reaches this port may sign in as anybody, without a password", port=port)
    access = Access(who)
    apis = (
        ward.router(door, who, escalations_api.follow_up(door, store)),
        cases_api.router(store, access, AtDoor.of(door.engine)),
        reports_api.router(door, store, access),
        obligations_api.router(store, access),
        escalations_api.router(door, store, access),
        displayed_api.router(MachineDoor(door.engine, door.clock), store, access),
        audit_api.router(store, access),
        signals_api.router(store, access),
        indemnity_api.router(store, access),
        never_events_api.router(store, access),
        releases_api.router(door, store, access),
        why_api.router(Reasons(store, kafka, registry), access),
        words_api.router(door, access),
        live.router(live.Feed(store), access),
    )

    def now() -> Instant:
        with door.engine.connect() as connection:
            return door.clock.now(connection)

    def ready() -> tuple[bool, dict[str, object]]:
        lacking = door.lacks()
        return lacking is None, {"intake": lacking or "open"}

    app = create_app(
        apis=apis, store=store, access=access, now=now, ready=ready, version={"version": released("candour")}
    )
    public.mount(app, public_place(Path(data)))
    # No access log: paths hold references of cases, and an anonymous report must leave no address.
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        access_log=False,
        log_level="warning",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=3,
    )
    short_pauses()
    try:
        uvicorn.Server(config).run()
    finally:
        door.close()
        store.dispose()


def create_app(
    *,
    apis: Iterable[APIRouter],
    store: Engine,
    access: Access,
    now: Callable[[], Instant],
    ready: Ready,
    version: Mapping[str, object],
) -> FastAPI:
    """The application, from the routers of the two APIs, the read model and the clock's "now".

    `ready` says whether it does its work, with what there is to say about that.
    """
    app = FastAPI(
        title="Candour",
        version=str(version["version"]),
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    app.state.store, app.state.access, app.state.now = store, access, now
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    app.add_middleware(Guarded)
    app.add_middleware(Timed)
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

    @router.get("/api/asyncapi.json")
    def asyncapi() -> JSONResponse:
        return JSONResponse(document())

    @router.get("/metrics")
    def metrics() -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router
