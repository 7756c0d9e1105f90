"""`GET /api/cases/{case_id}/words`: what was written about a case, who its patients are, and who decided.

Only at the door, in its vault. Each reading is written down there before it is answered;
`GET /api/cases/{case_id}/readings` lists them.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from producers.cases import KnownCase, KnownEvent, known
from producers.deciders import NAMED
from producers.door import Door
from producers.readings import Reading, readings
from producers.refusals import unknown_case, wrong
from producers.vault_reading import Erased, Kept, deciders, erased_at, texts
from producers.ward.problems import DOCUMENTED
from producers.ward.route import ProblemRoute
from schemas.event_types import Instant
from views.access import Access, reads_record, require_sight
from views.api.times import parse, require_known, utc

Json = dict[str, Any]
Told = tuple[KnownEvent, Kept]
IDENTITY = ("name", "nhs_number", "date_of_birth")


def router(door: Door, access: Access) -> APIRouter:
    routes = APIRouter(prefix="/api/cases", route_class=ProblemRoute, responses=DOCUMENTED, tags=["cases"])

    @routes.get(
        "/{case_id}/words", summary="What was written about a case; each reading is written down, by role"
    )
    def words(
        request: Request,
        case_id: str,
        as_at: Annotated[str | None, Query(description="What was recorded by this time (RFC 3339).")] = None,
        purpose: Annotated[
            str, Query(max_length=200, description="Why it is read: kept with the reading.")
        ] = "read through the API",
    ) -> Json:
        caller, when = access.word_reader(request), parse("as_at", as_at)
        if not purpose.strip() or not purpose.isprintable():
            raise wrong("/purpose", "is empty, or more than a line.", "Say in a line why it is read.")
        with door.engine.begin() as connection:
            case = known(connection, case_id)
            if case is None:
                raise unknown_case(case_id)
            require_sight(caller, case.state.provider_codes())
            require_known(when, case.recorded_at)
            events = {one.event_id: one for one in case.events if when is None or one.recorded_at <= when}
            kept: tuple[Kept, ...] = ()
            names: Mapping[str, str] = {}
            erased: Instant | None = None
            as_whom: dict[str, Any] = {
                "by_role": caller.role,
                "provider": caller.provider,
                "purpose": purpose,
            }
            try:
                kept = texts(connection, door.vault, case.case_id, **as_whom)
                if any(one.type in NAMED and reads_record(caller, one.type) for one in events.values()):
                    names = deciders(connection, door.vault, case.case_id, **as_whom)
            except Erased:
                erased = erased_at(connection, case.case_id)
        found = [(events[one.event_id], one) for one in kept if one.event_id in events]
        told = [(event, one) for event, one in found if reads_record(caller, event.type)]
        return {
            "case_id": case.case_id,
            "patients": _patients(case, told, events),
            "words": [_shape(event, one, events) | _who(event, names) for event, one in told],
            "erased_at": utc(erased),
            "as_at": utc(when),
        }

    @routes.get(
        "/{case_id}/readings",
        summary="Who has read what was written, who decided and who reported: by role, the newest first",
    )
    def read_by(request: Request, case_id: str) -> Json:
        caller = access.reader_of_readings(request)
        with door.engine.connect() as connection:
            case = known(connection, case_id)
            if case is None:
                raise unknown_case(case_id)
            require_sight(caller, case.state.provider_codes())
            found = readings(connection, case.case_id)
        return {"case_id": case.case_id, "readings": [_reading(one) for one in found]}

    return routes


def _reading(one: Reading) -> Json:
    return {
        "read_at": utc(one.read_at),
        "what": one.what,
        "by_role": one.by_role,
        "provider": one.provider,
        "purpose": one.purpose,
    }


def _shape(event: KnownEvent, one: Kept, events: Mapping[str, KnownEvent]) -> Json:
    return {
        "event_id": event.event_id,
        "type": event.type,
        "at": utc(event.at),
        "recorded_at": utc(event.recorded_at),
        "retracted": event.retracted_by in events,
        "said": one.said,
        "kept_aside": one.aside,
    }


def _who(event: KnownEvent, names: Mapping[str, str]) -> Json:
    return {"by_name": names.get(event.event_id)} if event.type in NAMED else {}


def _patients(case: KnownCase, told: Sequence[Told], events: Mapping[str, KnownEvent]) -> list[Json]:
    """Who each of them is: as reported, and as what was added since and stands says."""
    found: dict[str, Json] = {patient.ref: {} for patient in case.state.facts.patients}
    for event, one in told:
        named: dict[str, Json] = {}
        if event.type == "reported":
            named = {f"p{number}": said for number, said in enumerate(one.said.get("patients") or (), 1)}
        elif event.type == "enriched" and event.retracted_by not in events:
            named = {one.said.get("patient") or "p1": one.said}
        for ref, said in named.items():
            found[ref] |= {name: said[name] for name in IDENTITY if said.get(name)}
    return [{"ref": ref, **dict.fromkeys(IDENTITY), **said} for ref, said in found.items()]
