"""`GET /api/indemnity/reviews`, `GET /api/indemnity/reviews/{id}`, `GET /api/indemnity/families`"""

from functools import cache
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Depends, Query
from sqlalchemy import Engine

from producers.refusals import Fault, Refused, wrong
from producers.roles import Caller
from producers.ward.problems import DOCUMENTED
from producers.ward.route import ProblemRoute
from rules.indemnity.policy import default_content, parse
from sinks.indemnity import Fact, FamilyUpdate, Marker, Payment, Review, ReviewState
from views.access import Access, own_provider
from views.api import times
from views.api.cursor import cursor, following
from views.api.times import london_time, utc
from views.reading import is_settled
from views.reading_indemnity import Beside, Wanted, beside, owed_to_families, page, review

Json = dict[str, Any]
STATES = get_args(ReviewState)
AsAt = Annotated[str | None, Query(description="As it was known at this time (RFC 3339).")]


def router(store: Engine, access: Access) -> APIRouter:
    routes = APIRouter(
        prefix="/api/indemnity", route_class=ProblemRoute, responses=DOCUMENTED, tags=["indemnity"]
    )

    @routes.get("/reviews")
    def reviews(
        caller: Annotated[Caller, Depends(access.reviewer)],
        state: Annotated[
            list[str] | None, Query(description=f"One or several of {', '.join(STATES)}.")
        ] = None,
        provider: str | None = None,
        case_id: str | None = None,
        claim_id: str | None = None,
        as_at: AsAt = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        next: Annotated[str | None, Query(description="`next` of the page before.")] = None,
    ) -> Json:
        when = times.parse("as_at", as_at)
        wanted = Wanted(
            states=_states(state or []),
            provider=own_provider(caller, provider),
            case_id=case_id,
            claim_id=claim_id,
        )
        with store.connect() as connection:
            settled = is_settled(connection, when)
            found, further = page(connection, wanted, after=cursor(next), limit=limit, as_at=when)
            around = beside(connection, {one.case_id for one in found}, when)
        return {
            "reviews": [shape(one, around[one.case_id]) for one in found],
            "next": following(further),
            "notice": notice(),
            "as_at": utc(when),
            "settled": settled,
        }

    @routes.get("/reviews/{id}")
    def one_review(id: str, caller: Annotated[Caller, Depends(access.reviewer)], as_at: AsAt = None) -> Json:
        when = times.parse("as_at", as_at)
        with store.connect() as connection:
            settled = is_settled(connection, when)
            found = review(connection, id, when)
            if found is None:
                detail = f"There is no review {id[:60]}" + (" that was known then." if when else ".")
                raise Refused(404, "No such review", [Fault("", detail, "Take the id from the list.")])
            own_provider(caller, found.provider)
            around = beside(connection, [found.case_id], when)[found.case_id]
        return {**shape(found, around), "notice": notice(), "as_at": utc(when), "settled": settled}

    @routes.get("/families")
    def families(
        caller: Annotated[Caller, Depends(access.teller)],
        provider: str | None = None,
        as_at: AsAt = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        next: Annotated[str | None, Query(description="`next` of the page before.")] = None,
    ) -> Json:
        """Both lists of a page together hold `limit`; in each, what waits longest comes first."""
        when = times.parse("as_at", as_at)
        mine, after = own_provider(caller, provider), cursor(next)
        with store.connect() as connection:
            settled = is_settled(connection, when)
            found, further = owed_to_families(connection, mine, after=after, limit=limit, as_at=when)
        updates = [one for one in found if isinstance(one, FamilyUpdate)]
        facts = [one for one in found if isinstance(one, Fact)]
        return {
            "updates": [update(one) for one in sorted(updates, key=lambda one: one.found_at)],
            "facts": [fact(one) for one in sorted(facts, key=lambda one: one.due_at)],
            "next": following(further),
            "as_at": utc(when),
            "settled": settled,
        }

    return routes


@cache
def notice() -> str:
    """What must stand wherever a review does."""
    return parse(default_content()[1]).power.notice


def shape(one: Review, around: Beside) -> Json:
    paid = [payment for payment in around.payments if payment.standing and payment.claim_id == one.claim_id]
    return {
        "id": one.id,
        "case_id": one.case_id,
        "claim_id": one.claim_id,
        "provider": one.provider,
        "basis": one.basis,
        "state": one.state,
        "suggested_at": utc(one.suggested_at),
        "because": list(dict.fromkeys((*one.suggested_because, *one.because))),
        "withdrawn_why": one.withdrawn_why,
        "finding": one.finding,
        "finding_at": utc(one.finding_at),
        "finding_by": one.finding_by,
        "decision": one.decision,
        "trust_share_percent": one.trust_share_percent,
        "decided_at": utc(one.decided_at),
        "decided_by": one.decided_by,
        "reimbursement": _reimbursement(one),
        "payments": [_payment(payment) for payment in paid],
        "paid_pounds": sum(payment.pounds for payment in paid),
        "dates": {
            "occurred_at": utc(one.occurred_at),
            "aware_at": utc(one.aware_at),
            "reported_at": utc(one.reported_at),
            "marked_at": utc(one.marked_at),
            "claim_opened_at": utc(one.claim_opened_at),
        },
        "markers": [_marker(marker) for marker in around.markers if marker.id in one.markers],
        "family_updates": [update(known) for known in around.updates if known.state != "withdrawn"],
        "facts": [fact(known) for known in around.facts if known.state != "dropped"],
        "opened_at": utc(one.opened_at),
        "changed_at": utc(one.latest_at),
        "policy_version": one.policy_version,
        "revisions": one.revisions,
    }


def _reimbursement(one: Review) -> Json | None:
    if one.reimbursement_status is None:
        return None
    return {
        "status": one.reimbursement_status,
        "percent": one.reimbursement_percent,
        "at": utc(one.reimbursement_at),
        "by_role": one.reimbursement_by,
    }


def _payment(one: Payment) -> Json:
    return {"event_id": one.event_id, "pounds": one.pounds, "paid_at": utc(one.paid_at)}


def _marker(one: Marker) -> Json:
    return {
        "id": one.id,
        "kind": one.kind,
        "about": one.about,
        "at": utc(one.at),
        "provider": one.provider,
        "evidence": one.evidence,
        "correction": one.correction,
        "because": list(one.because),
    }


def update(one: FamilyUpdate) -> Json:
    return {
        "id": one.id,
        "case_id": one.case_id,
        "patient": one.patient,
        "state": one.state,
        "told_at": utc(one.told_at),
        "found_at": utc(one.found_at),
        "given_at": utc(one.given_at),
        "evidence": one.evidence,
        "correction": one.correction,
        "because": list(one.because),
    }


def fact(one: Fact) -> Json:
    return {
        "id": one.id,
        "case_id": one.case_id,
        "event_id": one.event_id,
        "patient": one.patient,
        "state": one.state,
        "known_at": utc(one.known_at),
        "due_at": london_time(one.due_at),
        "shared_at": utc(one.shared_at),
        "alarmed_at": utc(one.alarmed_at),
        "because": list(one.because),
    }


def _states(given: list[str]) -> tuple[str, ...]:
    named = tuple(name for text in given for name in text.replace(" ", "").split(",") if name)
    for name in named:
        if name not in STATES:
            mend = f"States are {', '.join(STATES)}."
            raise wrong("/state", f"{name[:40]!r} is no state of a review.", mend)
    return named
