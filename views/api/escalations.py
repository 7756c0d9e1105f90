"""`GET /api/escalations`, `POST /api/escalations/{id}/acknowledge`"""

import time
from collections.abc import Sequence
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from sqlalchemy import Connection, Engine

from producers.body_types import Body, Short
from producers.cases import require_id
from producers.door import Door
from producers.escalation_bodies import EscalationAcknowledgedBody, EscalationActedBody
from producers.refusals import Fault, Refused, wrong
from producers.roles import ANSWERS_FOR_ANYBODY, Caller, require
from producers.ward.api import OfEscalation
from producers.ward.problems import DOCUMENTED
from producers.ward.route import ProblemRoute
from rules.escalation.policy import default_content
from rules.escalation.policy import parse as parse_policy
from rules.escalation.routing import at_board
from schemas.event_types import Instant
from sinks.escalation import Escalation, State
from views.access import Access, own_provider, require_sight
from views.api.cursor import following, ranked
from views.api.escalation_shapes import escalation as shape
from views.api.times import london_time, parse, utc
from views.reading import is_settled, settled_up_to
from views.reading_escalations import Wanted, escalation, page, waits_since
from views.reading_policy import adopted

Json = dict[str, Any]
STATES = get_args(State)
WAITING = ("raised", "climbed")
"""For somebody who takes it on."""
OPEN = (*WAITING, "acknowledged")
"""Until somebody acts."""
TRIES, BETWEEN_SECONDS = 20, 0.1
"""How long the answer waits for the read model: whoever acknowledged should see that it is."""


class AcknowledgeBody(Body):
    """Who takes it on."""

    by_role: Short = Field(description="The role, for instance director; never a name.")


def router(door: Door, store: Engine, access: Access) -> APIRouter:
    routes = APIRouter(
        prefix="/api/escalations", route_class=ProblemRoute, responses=DOCUMENTED, tags=["escalations"]
    )

    @routes.get("")
    def escalations(
        caller: Annotated[Caller, Depends(access.reader)],
        state: Annotated[
            list[str] | None, Query(description=f"One or several of {', '.join(STATES)}.")
        ] = None,
        provider: str | None = None,
        owner_role: str | None = None,
        trigger: str | None = None,
        case_id: str | None = None,
        as_at: Annotated[str | None, Query(description="As it was known at this time (RFC 3339).")] = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        next: Annotated[str | None, Query(description="`next` of the page before.")] = None,
    ) -> Json:
        """The most urgent first; of those, the first raised."""
        when = parse("as_at", as_at)
        wanted = Wanted(
            states=_states(state or []),
            provider=own_provider(caller, provider),
            owner_role=owner_role,
            trigger=trigger,
            case_id=case_id,
        )
        with store.connect() as connection:
            settled = is_settled(connection, when)
            found, further = page(connection, wanted, after=ranked(next), limit=limit, as_at=when)
        return {
            "escalations": [shape(one) for one in found],
            "next": following(further),
            "as_at": utc(when),
            "settled": settled,
        }

    @routes.post(
        "/{id}/acknowledge",
        status_code=201,
        summary="Take an escalation on",
        responses={
            403: {"description": "Not yours to take on: from the board on only a director does"},
            404: {"description": "No such escalation"},
            409: {"description": "It was taken on or closed before"},
        },
    )
    def acknowledge(request: Request, id: str, body: AcknowledgeBody) -> Json:
        """It climbs no further. It stays open until somebody records what was done."""
        caller = access.sign_in.caller(request)
        require(caller, "escalation_acknowledged")
        if not body.by_role.strip():
            raise wrong("/by_role", "is empty.", "Say in which role it is taken on, for instance director.")
        assert caller is not None
        with store.connect() as connection:
            found = escalation(connection, id)
            if found is None:
                mend = "Take the id from the list of escalations."
                detail = f"There is no escalation {id[:60]}."
                raise Refused(404, "No such escalation", [Fault("", detail, mend)])
            since = _since(connection, found, caller)
        told = EscalationAcknowledgedBody(
            type="escalation_acknowledged", escalation_id=found.id, by_role=body.by_role
        )
        answer = _record(door, found, since, told, caller)
        taken = _once_taken(store, found)
        return {**answer, "escalation": shape(taken), "settled": taken.state not in WAITING}

    return routes


def follow_up(door: Door, store: Engine) -> OfEscalation:
    """An acknowledgement or an act among the follow-ups of a case: of the first, one rule for both ways.

    The read model may be behind the log: where it knows of none that waits for such a record, that is no
    ground to refuse it and none to say nothing. The answer notes it.
    """

    def record(
        case_id: str,
        body: EscalationAcknowledgedBody | EscalationActedBody,
        caller: Caller | None,
        key: str | None,
    ) -> Json:
        require(caller, body.type)
        assert caller is not None
        with store.connect() as connection:
            found = escalation(connection, body.escalation_id)
            if found is not None and found.case_id != require_id(case_id):
                found = None
            acted = isinstance(body, EscalationActedBody)
            since = 0 if acted or found is None else _since(connection, found, caller, key)
            settled = settled_up_to(connection)
        notes = _without_effect(found, settled, waiting=OPEN if acted else WAITING)
        if isinstance(body, EscalationActedBody) or found is None:
            # Of one that is not read yet, or not of this case, the door knows what can be known by the id.
            return door.accept_follow_up(case_id, body, caller, key, notes=notes)
        return _record(door, found, since, body, caller, key, notes)

    return record


def _without_effect(
    found: Escalation | None, settled: Instant | None, *, waiting: Sequence[str]
) -> list[str]:
    """`waiting`: the states in which what was recorded does something."""
    if found is not None and found.state in waiting:
        return []
    why = "No such escalation of this case is open" if found is None else f"It is {found.state} already"
    known = "as far as is known here" + ("" if settled is None else f" at {london_time(settled)}")
    return [
        f"{why}, {known}: what was recorded has no effect, unless it waited for somebody on the log by then. "
        "Look at the escalations of the case; what one that waits there needs has to be recorded again."
    ]


def _since(connection: Connection, found: Escalation, caller: Caller, key: str | None = None) -> int:
    """From which revision it waits. Raises `Refused` where it does not, or not for this caller (409, 403)."""
    require_sight(caller, (found.provider,))
    if key is None:  # under a key it may be what was answered before, and is answered so again
        _only_if_waiting(found)
    if caller.role != ANSWERS_FOR_ANYBODY:
        taken = adopted(connection, "escalation")
        policy = parse_policy(taken[0].content if taken else default_content()[1])
        if at_board(policy, found.provider_type, found.level):
            detail = (
                f"It is with the {found.owner_role}, level {found.level}. From the board on only a "
                f"{ANSWERS_FOR_ANYBODY} takes it on; you are {caller.role}."
            )
            mend = "Ask a director; or record what was done with an escalation_acted."
            raise Refused(403, "Not yours to take on", [Fault("", detail, mend)])
    return waits_since(connection, found.id)


def _only_if_waiting(found: Escalation) -> None:
    if found.state == "acknowledged":
        detail = f"It was taken on by {found.acknowledged_by_role} at {london_time(found.acknowledged_at)}."
        raise Refused(409, "Acknowledged before", [Fault("", detail, _NOW_ACT)])
    if found.state == "closed":
        detail = f"It was closed at {london_time(found.closed_at)}: {found.act or found.how}."
        raise Refused(409, "Closed before", [Fault("", detail, "Nothing needs to be acknowledged.")])


_NOW_ACT = "Record what is done with an escalation_acted; that closes it."


def _record(
    door: Door,
    found: Escalation,
    since: int,
    body: EscalationAcknowledgedBody,
    caller: Caller,
    key: str | None = None,
    notes: Sequence[str] = (),
) -> Json:
    """Through the door, once for this wait: a second one may come before the first is seen here."""
    try:
        return door.accept_once(
            found.case_id, body, caller, f"acknowledge {found.id} {since}", key, notes=notes
        )
    except Refused as refused:
        if refused.status != 409:
            raise
        detail = "Somebody took it on a moment ago."
        raise Refused(409, "Acknowledged before", [Fault("", detail, _NOW_ACT)]) from refused


def _once_taken(store: Engine, before: Escalation) -> Escalation:
    """As it stands once the read model has it, or as it stood when that takes longer than a moment."""
    for _ in range(TRIES):
        with store.connect() as connection:
            found = escalation(connection, before.id)
        if found is not None and found.state not in WAITING:
            return found
        time.sleep(BETWEEN_SECONDS)
    return before


def _states(given: list[str]) -> tuple[str, ...]:
    named = tuple(name for text in given for name in text.replace(" ", "").split(",") if name)
    for name in named:
        if name not in STATES:
            mend = f"States are {', '.join(STATES)}."
            raise wrong("/state", f"{name[:40]!r} is no state of an escalation.", mend)
    return named
