"""A record entered by mistake is retracted by a later one; what it changed is taken out again."""

from typing import Any
from uuid import uuid4

import msgspec
from sqlalchemy import select, update

from producers import claims
from producers.facts import without
from producers.follow_ups import EventRetractedBody
from producers.linking import has_duplicates, is_id
from producers.refusals import wrong
from producers.roles import REPORT, Caller, require
from producers.tables import events
from producers.visit import OpenCase, Visit
from schemas.event_types import EventRetracted


def retract(
    visit: Visit, case: OpenCase, body: EventRetractedBody, common: dict[str, Any], caller: Caller | None
) -> None:
    """A link is taken off both cases. Raises `Refused` for what is not there to be retracted (422), and for
    what the caller could not have recorded (403): a provider takes no finding of the scheme back."""
    wanted = body.event_id.lower()
    visit.write()  # so that what came in this same transaction is found
    found = (
        visit.connection.execute(
            select(events).where(events.c.event_id == wanted, events.c.case_id == case.case_id)
        ).first()
        if is_id(wanted)
        else None
    )
    if found is None:
        raise wrong("/event_id", "is no event of this case.", "Take the event_id from the case's timeline.")
    if found.type == "event_retracted":
        mend = "Record again what should stand."
        raise wrong("/event_id", "is itself a retraction, which stays.", mend)
    if caller is not None:
        require(caller, REPORT if found.type == "reported" else found.type)
    if found.retracted_by is not None:
        raise wrong("/event_id", "was retracted before.", "Nothing needs to be sent.")
    if found.type == "reported" and has_duplicates(visit, case):
        mend = "Retract the links of its duplicates first: what they owe is owed under this case."
        raise wrong("/event_id", "is the report of a case to which others are linked.", mend)
    claims.check_retraction(case.state, found.event_id)
    pairs = [(case, found, common["event_id"])]
    if found.twin is not None:
        twin = visit.connection.execute(select(events).where(events.c.event_id == found.twin)).one()
        pairs.append((visit.case(twin.case_id), twin, str(uuid4())))
    for of, event, event_id in pairs:
        if event.type == "case_linked":
            of.duplicate_of, of.touched = None, True
        _take_out(visit, of, event)
        if event.type == "reported":
            visit.change(of, msgspec.structs.replace(of.state, report_retracted=True))
        fields = {**common, "event_id": event_id, "case_id": of.case_id, **of.state.copied()}
        reason = of.hashed(body.reason)
        retraction = EventRetracted(
            **fields,
            retracted_event_id=event.event_id,
            reason_hash=reason,
            retracted_type=event.type,
        )
        visit.append(of, retraction)
        visit.connection.execute(
            update(events).where(events.c.event_id == event.event_id).values(retracted_by=event_id)
        )


def _take_out(visit: Visit, case: OpenCase, event: Any) -> None:
    if not event.changes:
        return
    standing = visit.connection.execute(
        select(events)
        .where(events.c.case_id == case.case_id, events.c.retracted_by.is_(None), events.c.seq > event.seq)
        .order_by(events.c.seq)
    ).all()
    later = [one for one in standing if one.changes]
    state, rewritten = without(case.state, event.changes, [one.changes for one in later])
    visit.change(case, state)
    for one, changes in zip(later, rewritten, strict=True):
        if changes != one.changes:
            visit.connection.execute(
                update(events).where(events.c.event_id == one.event_id).values(changes=changes)
            )
