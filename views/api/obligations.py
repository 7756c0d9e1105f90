"""`GET /api/obligations`"""

from typing import Annotated, Any, get_args

from fastapi import APIRouter, Depends, Query
from sqlalchemy import Engine

from producers.refusals import wrong
from producers.roles import Caller
from producers.ward.problems import DOCUMENTED
from producers.ward.route import ProblemRoute
from sinks.obligation import State
from views.access import Access, own_provider
from views.api import shapes
from views.api.cursor import cursor, following
from views.api.times import parse, utc
from views.reading import Wanted, is_settled, page

STATES = get_args(State)


def router(store: Engine, access: Access) -> APIRouter:
    routes = APIRouter(
        prefix="/api/obligations", route_class=ProblemRoute, responses=DOCUMENTED, tags=["obligations"]
    )

    @routes.get("")
    def obligations(
        caller: Annotated[Caller, Depends(access.reader)],
        state: Annotated[
            list[str] | None, Query(description=f"One or several of {', '.join(STATES)}.")
        ] = None,
        provider: str | None = None,
        duty: str | None = None,
        instrument: str | None = None,
        owner_role: str | None = None,
        case_id: str | None = None,
        due_before: Annotated[str | None, Query(description="Due earlier than this time (RFC 3339).")] = None,
        as_at: Annotated[str | None, Query(description="As it was known at this time (RFC 3339).")] = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        next: Annotated[str | None, Query(description="`next` of the page before.")] = None,
    ) -> dict[str, Any]:
        when = parse("as_at", as_at)
        wanted = Wanted(
            states=_states(state or []),
            provider=own_provider(caller, provider),
            duty=duty,
            instrument=instrument,
            owner_role=owner_role,
            case_id=case_id,
            due_before=parse("due_before", due_before),
        )
        with store.connect() as connection:
            settled = is_settled(connection, when)
            found, further = page(connection, wanted, after=cursor(next), limit=limit, as_at=when)
        return {
            "obligations": [shapes.obligation(one) for one in found],
            "next": following(further),
            "as_at": utc(when),
            "settled": settled,
        }

    return routes


def _states(given: list[str]) -> tuple[str, ...]:
    named = tuple(name for text in given for name in text.replace(" ", "").split(",") if name)
    for name in named:
        if name not in STATES:
            raise wrong(
                "/state", f"{name[:40]!r} is no state of an obligation.", f"States are {', '.join(STATES)}."
            )
    return named
