"""`POST /api/escalations/{id}/displayed`: the page says that an escalation was before somebody's eyes.

Somebody who may take it on, and was shown it: the last step before they do. Recorded once for each owner.
"""

from typing import NamedTuple

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy import Connection, Engine, select

from producers.machine_events import DeliveryNote, MachineDoor
from producers.refusals import Fault, Refused
from producers.roles import require
from producers.ward.problems import DOCUMENTED
from producers.ward.route import ProblemRoute
from sinks.notify.standing import BOARD, delivery_id, step_id
from sinks.tables import escalations, outcomes
from views.access import Access, require_sight

_NAMES_AN_OWNER = ("escalation_raised", "escalation_climbed", "escalation_returned")
_WAITING = ("raised", "climbed")


class Shown(NamedTuple):
    """An escalation as far as showing it matters. `page`: the outcome that named its present owner."""

    case_id: str
    provider: str
    level: int
    state: str
    page: str


def router(door: MachineDoor, store: Engine, access: Access) -> APIRouter:
    routes = APIRouter(
        prefix="/api/escalations", route_class=ProblemRoute, responses=DOCUMENTED, tags=["escalations"]
    )

    @routes.post(
        "/{id}/displayed",
        status_code=204,
        summary="Say that an escalation was shown to somebody who may take it on",
        responses={404: {"description": "No such escalation"}},
    )
    def displayed(request: Request, id: str) -> Response:
        """Once for each owner, however often it is sent; nothing where nobody is waited for any more."""
        caller = access.sign_in.caller(request)
        require(caller, "escalation_acknowledged")
        with store.connect() as connection:
            found = _shown(connection, id) if id.isprintable() else None
        if found is None:
            raise Refused(404, "No such escalation", [Fault("", f"There is no escalation {id[:60]}.")])
        if caller is not None:
            require_sight(caller, (found.provider,))
        if found.state in _WAITING:
            event_id = step_id(delivery_id(found.page, BOARD), "displayed", 1)
            note = DeliveryNote(event_id, found.case_id, id, found.level, "board", "displayed", 1, door.now())
            door.record_deliveries([note])
        return Response(status_code=204)

    return routes


def _shown(connection: Connection, id: str) -> Shown | None:
    known, said = escalations.c, outcomes.c
    named = (
        select(said.id)
        .where(said.subject == id, said.type.in_(_NAMES_AN_OWNER))
        .order_by(said.revision.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = connection.execute(
        select(known.case_id, known.provider, known.level, known.state, named).where(known.id == id)
    ).first()
    return None if found is None or found[-1] is None else Shown(*found)
