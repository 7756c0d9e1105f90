"""`GET /api/never-events`: the ledger, entry by entry. What is made public of it are the releases."""

from collections.abc import Sequence
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Depends, Query
from sqlalchemy import Engine

from producers.refusals import wrong
from producers.roles import Caller
from producers.ward.problems import DOCUMENTED
from producers.ward.route import ProblemRoute
from sinks.never_event import NeverEvent, State
from views.access import Access, own_provider
from views.api.cursor import cursor, following
from views.api.times import parse, utc
from views.never_events import Named, name_of
from views.reading import is_settled
from views.reading_never_events import Wanted, page

Json = dict[str, Any]
STATES = get_args(State)


def router(store: Engine, access: Access) -> APIRouter:
    routes = APIRouter(route_class=ProblemRoute, responses=DOCUMENTED, tags=["never events"])

    @routes.get("/api/never-events")
    def never_events(
        caller: Annotated[Caller, Depends(access.reader)],
        state: Annotated[
            list[str] | None, Query(description=f"One or several of {', '.join(STATES)}.")
        ] = None,
        provider: str | None = None,
        list_version: Annotated[
            str | None, Query(description="The year of the list, for instance 2011.")
        ] = None,
        type_no: Annotated[int | None, Query(ge=1, le=99)] = None,
        case_id: str | None = None,
        as_at: Annotated[str | None, Query(description="As it was known at this time (RFC 3339).")] = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        next: Annotated[str | None, Query(description="`next` of the page before.")] = None,
    ) -> Json:
        when = parse("as_at", as_at)
        wanted = Wanted(
            states=_states(state or []),
            provider=own_provider(caller, provider),
            list_version=list_version,
            type_no=type_no,
            case_id=case_id,
        )
        with store.connect() as connection:
            settled = is_settled(connection, when)
            found, further = page(connection, wanted, after=cursor(next), limit=limit, as_at=when)
        return {
            "never_events": [shape(one) for one in found],
            "next": following(further),
            "as_at": utc(when),
            "settled": settled,
        }

    return routes


def shape(one: NeverEvent) -> Json:
    named = name_of(one)
    return {
        "id": one.id,
        "case_id": one.case_id,
        "state": one.state,
        "waits_for": one.waits_for,
        "withdrawn_why": one.why,
        "proposed_by": one.by,
        "provider": one.provider,
        "provider_type": one.provider_type,
        "list_version": one.list_version,
        "type_no": one.type_no,
        "type": named.type,
        "subtype": one.subtype,
        "occurred_at": utc(one.occurred_at),
        "occurred_on": one.occurred_on,
        "reported_at": utc(one.reported_at),
        "gate": one.gate,
        "gate_asks_for": named.gate,
        "payment": one.payment,
        "payment_rule": named.payment,
        "confidence": _confidence(named),
        "confirmed_at": utc(one.confirmed_at),
        "restated": one.restated,
        "because": list(one.because),
        "opened_at": utc(one.opened_at),
        "changed_at": utc(one.latest_at),
        "policy_version": one.policy_version,
        "revisions": one.revisions,
    }


def _confidence(named: Named) -> Json:
    """How sure it is what the list says: what was not confirmed says `unconfirmed`."""
    return {"type": named.type_confidence, "payment_rule": named.payment_confidence}


def _states(given: Sequence[str]) -> tuple[str, ...]:
    named = tuple(name for text in given for name in text.replace(" ", "").split(",") if name)
    for name in named:
        if name not in STATES:
            mend = f"States are {', '.join(STATES)}."
            raise wrong("/state", f"{name[:40]!r} is no state of an entry of the ledger.", mend)
    return named
