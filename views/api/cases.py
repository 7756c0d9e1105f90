"""`GET /api/cases/{case_id}`"""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from fastapi import APIRouter, Depends, Query
from sqlalchemy import Engine

from producers.cases import KnownCase
from producers.refusals import unknown_case
from producers.roles import Caller
from producers.ward.problems import DOCUMENTED
from producers.ward.route import ProblemRoute
from schemas.event_types import Instant
from views.access import Access, reads_record, require_sight
from views.api import escalation_shapes, never_events, shapes
from views.api.times import parse, require_known, utc
from views.at_door import AtDoor, DoorAway
from views.reading_cases import Case, read_case


def router(store: Engine, access: Access, at_door: AtDoor) -> APIRouter:
    routes = APIRouter(prefix="/api/cases", route_class=ProblemRoute, responses=DOCUMENTED, tags=["cases"])

    @routes.get("/{case_id}")
    def case(
        case_id: str,
        caller: Annotated[Caller, Depends(access.reader)],
        as_at: Annotated[str | None, Query(description="As it was known at this time (RFC 3339).")] = None,
    ) -> dict[str, Any]:
        when, case_id = parse("as_at", as_at), _usual(case_id)
        with store.connect() as connection:
            found = read_case(connection, case_id, when)
        if found is None:
            return _only_at_door(case_id, at_door.look(case_id), when, caller)
        require_sight(caller, found.providers)
        # Asked second: what the door accepts in between makes the answer unsettled, never wrong.
        return shape(found, caller, when, when is not None or _all_at_door_is_here(found, at_door))

    return routes


def shape(found: Case, caller: Caller, as_at: Instant | None, all_here: bool = True) -> shapes.Json:
    """As far as the caller may read it.

    `all_here`: whether all that the door accepted of the case stands in the read model.
    """
    retracted = found.retracted
    return {
        "case_id": found.case_id,
        **shapes.facts(found.latest),
        "recorded_at": utc(found.events[0][1]["recorded_at"]),
        "obligations": [shapes.obligation(one) for one in found.obligations],
        "never_event": never_events.shape(found.never_event) if found.never_event else None,
        "escalations": [escalation_shapes.escalation(one) for one in found.escalations],
        "serious_clocks": [escalation_shapes.serious_clock(one) for one in found.serious_clocks],
        "quarantined": [{"rule": one["rule"], "error": one["error"]} for one in found.quarantined],
        "timeline": [
            shapes.timeline_entry(kind, event, retracted.get(event["event_id"]))
            for kind, event in found.events
            if reads_record(caller, kind)
        ],
        "outcomes": [
            shapes.outcome(kind, said) for kind, said in found.outcomes if reads_record(caller, kind)
        ],
        "as_at": utc(as_at),
        "settled": found.settled and all_here,
    }


def _usual(case_id: str) -> str:
    """The id in its usual spelling, if it is one."""
    try:
        return str(UUID(case_id))
    except ValueError:
        return case_id


def _all_at_door_is_here(found: Case, at_door: AtDoor) -> bool:
    try:
        known = at_door.look(found.case_id)
    except DoorAway:
        return False
    return known is None or all_here(found, known)


def all_here(found: Case, known: KnownCase) -> bool:
    """Whether the read model has all that the door knows of the case."""
    here = {event["event_id"] for _, event in found.events}
    return all(event.event_id in here for event in known.events)


def _only_at_door(
    case_id: str, known: KnownCase | None, as_at: Instant | None, caller: Caller
) -> shapes.Json:
    if known is None:
        raise unknown_case(case_id)
    require_sight(caller, known.state.provider_codes())
    require_known(as_at, known.recorded_at)
    events = [
        event
        for event in known.events
        if (as_at is None or event.recorded_at <= as_at) and reads_record(caller, event.type)
    ]
    return {
        "case_id": case_id,
        **shapes.facts(msgspec.to_builtins(known.state.copied())),
        "recorded_at": utc(known.recorded_at),
        "obligations": [],
        "never_event": None,
        "escalations": [],
        "serious_clocks": [],
        "quarantined": [],
        "timeline": [
            {
                "event_id": event.event_id,
                "type": event.type,
                "at": utc(event.at),
                "recorded_at": utc(event.recorded_at),
                "retracted": event.retracted_by is not None,
                "retracted_by": event.retracted_by,
            }
            for event in events
        ],
        "outcomes": [],
        "as_at": utc(as_at),
        "settled": False,
    }
