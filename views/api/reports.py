"""`GET /api/reports/{report_id}`: what became of a report, for whoever holds its receipt.

No name, no patient, and no text but what was written to the reporter; each reading of that is written down.
"""

import json
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import Connection, Engine

from producers.cases import KnownCase, KnownEvent, known, received
from producers.door import Door
from producers.refusals import unknown_case
from producers.roles import Role
from producers.vault_reading import Erased, erased_at, texts
from producers.ward.problems import DOCUMENTED
from producers.ward.route import ProblemRoute
from schemas.event_types import Instant
from sinks.escalation import Escalation
from views.access import Access
from views.api.cases import all_here
from views.api.times import utc
from views.reading_cases import Case, read_case

Json = dict[str, Any]
READER: Role = "reporter"
PURPOSE = "read with the receipt of the report"


def router(door: Door, store: Engine, access: Access) -> APIRouter:
    routes = APIRouter(prefix="/api/reports", route_class=ProblemRoute, responses=DOCUMENTED, tags=["cases"])

    @routes.get("/{report_id}", summary="What became of a report, for whoever holds its receipt")
    def became(request: Request, report_id: str) -> Json:
        access.sign_in.reporter(request)
        with store.connect() as read, door.engine.begin() as connection:
            report = received(connection, report_id)
            own = _told(read, connection, report.case_id)
            # What is done about a duplicate is done in the case that goes on.
            goes_on = own.at_door.duplicate_of
            both = [own] if goes_on is None else [own, _told(read, connection, goes_on)]
            given = [one for each in both for one in _feedback(connection, door, each)]
        given.sort(key=itemgetter(0))
        newest_first = [feedback for _, feedback in reversed(given)]
        receipt = _receipt(report.receipt)
        return {"case_id": report.case_id, **receipt, **_shape(own, both), "feedback": newest_first}

    return routes


@dataclass(frozen=True)
class _Told:
    """A case as the read model knows it and, asked after that, the door."""

    read: Case | None
    at_door: KnownCase

    @property
    def settled(self) -> bool:
        return self.read is not None and self.read.settled and all_here(self.read, self.at_door)

    @property
    def escalations(self) -> list[Escalation]:
        return list(self.read.escalations) if self.read else []

    def standing(self, type: str) -> list[KnownEvent]:
        return [one for one in self.at_door.events if one.type == type and one.retracted_by is None]


def _told(read: Connection, connection: Connection, case_id: str) -> _Told:
    found, at_door = read_case(read, case_id, None), known(connection, case_id)
    if at_door is None:
        raise unknown_case(case_id)
    return _Told(found, at_door)


def _receipt(kept: str) -> Json:
    said = json.loads(kept)
    return {name: said[name] for name in ("report_id", "noticed_at", "reported_at", "received_at")}


def _shape(own: _Told, both: list[_Told]) -> Json:
    raised = [escalation for one in both for escalation in one.escalations]
    taken_on = [_taken_on(one) for one in raised if one.acknowledged_at or one.act]
    told = [event for one in both for event in one.standing("relevant_person_notified")]
    merged = own.standing("case_linked") if len(both) > 1 else []
    return {
        "escalated": bool(taken_on) or any(one.state != "closed" for one in raised),
        "taken_on": taken_on,
        "told_at": [utc(at) for at in sorted({event.at for event in told})],
        "merged_at": utc(merged[-1].recorded_at) if merged else None,
        "retracted_at": utc(_retracted_at(own.at_door)),
        "settled": all(one.settled for one in both),
    }


def _taken_on(one: Escalation) -> Json:
    """Of an escalation: that somebody said so, or did something about it. The role, never a name."""
    return {
        "acknowledged_at": utc(one.acknowledged_at),
        "by_role": one.acknowledged_by_role,
        "acted_at": utc(one.closed_at) if one.act else None,
    }


def _retracted_at(case: KnownCase) -> Instant | None:
    by = {event.retracted_by for event in case.events if event.type == "reported"}
    return next((event.recorded_at for event in case.events if event.event_id in by), None)


def _feedback(connection: Connection, door: Door, case: _Told) -> list[tuple[Instant, Json]]:
    """Each with when it was recorded. What came of it stands with the text; were that erased, on the log."""
    given = {event.event_id: event for event in case.standing("feedback_given")}
    if not given:
        return []
    said: dict[str, Json] = {}
    erased = None
    try:
        kept = texts(
            connection, door.vault, case.at_door.case_id, by_role=READER, purpose=PURPOSE, only=given.keys()
        )
        said = {one.event_id: one.said for one in kept}
    except Erased:
        erased = erased_at(connection, case.at_door.case_id)
        logged = case.read.events if case.read else ()
        said = {event["event_id"]: {"outcome": event.get("outcome")} for _, event in logged}
    return [
        (event.recorded_at, _given(event, said.get(id, {})) | {"erased_at": utc(erased)})
        for id, event in given.items()
    ]


def _given(event: KnownEvent, said: Json) -> Json:
    return {
        "event_id": event.event_id,
        "at": utc(event.at),
        "recorded_at": utc(event.recorded_at),
        "outcome": said.get("outcome") or "not_known",
        "what_changed": said.get("what_changed"),
    }
