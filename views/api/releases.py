"""`/api/never-events/releases`: what was published, for everybody; drafts and sign-off for its makers."""

from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Engine

from producers.door import Door
from producers.refusals import Fault, Refused, wrong
from producers.roles import Caller
from producers.signing_off import SignOffBody, require_director, sign_off
from producers.ward.problems import DOCUMENTED
from producers.ward.route import ProblemRoute
from rules.publication.figures import Figure
from rules.publication.release import Release, read
from schemas.event_types import Instant
from views.access import Access, reads
from views.api.cursor import cursor, following
from views.api.times import parse, utc
from views.reading_releases import PUBLISHED, found, is_settled, names, page

Json = dict[str, Any]
AsAt = Annotated[str | None, Query(description="As it was known at this time (RFC 3339).")]


def router(door: Door, store: Engine, access: Access) -> APIRouter:
    routes = APIRouter(
        prefix="/api/never-events/releases",
        route_class=ProblemRoute,
        responses=DOCUMENTED,
        tags=["never events"],
    )
    who = access.sign_in.caller

    @routes.get("", summary="Releases of never-event figures; without signing in, those that are published")
    def all_releases(
        request: Request,
        as_at: AsAt = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        next: Annotated[str | None, Query(description="`next` of the page before.")] = None,
    ) -> Json:
        when, drafts = parse("as_at", as_at), sees_drafts(who(request))
        with store.connect() as connection:
            settled = is_settled(connection, when)
            rows, further = page(connection, drafts=drafts, after=cursor(next), limit=limit, as_at=when)
        return {
            "releases": [summary(row, read(row.content.encode())) for row in rows],
            "next": following(further),
            "as_at": utc(when),
            "settled": settled,
        }

    @routes.get("/{id}", summary="One release, with its tables and what changed")
    def one_release(request: Request, id: str, as_at: AsAt = None) -> Json:
        when = parse("as_at", as_at)
        with store.connect() as connection:
            settled = is_settled(connection, when)
        row = _row(store, id, who(request), when)
        one = read(row.content.encode())
        return {
            **summary(row, one),
            **tables(one),
            "checks": row.checks,
            "organisations": _named(door, one),
            "as_at": utc(when),
            "settled": settled,
        }

    @routes.get("/{id}/release.json", summary="The figures as they are signed, byte for byte")
    def figures(request: Request, id: str) -> Response:
        row = _row(store, id, who(request))
        return Response(row.content.encode(), media_type="application/json")

    @routes.post(
        "/{id}/sign",
        status_code=201,
        summary="A director signs a release that has passed its checks; it is then published",
        responses={
            404: {"description": "No such release"},
            409: {"description": "Stopped, signed before, or silent on what is public of its year"},
        },
    )
    def sign(request: Request, id: str, body: SignOffBody) -> Json:
        caller = who(request)
        require_director(caller)
        row = _row(store, id, caller)
        require_fit(row, body.sha256)
        return {**sign_off(door, id, body, caller), "status": "signed"}

    return routes


def sees_drafts(caller: Caller | None) -> bool:
    """A release is about every provider, and so is what is not published of it yet."""
    return caller is not None and caller.provider is None and reads(caller, "drafts")


def summary(row: Any, one: Release) -> Json:
    totals = one.totals
    return {
        "id": row.id,
        "title": one.title,
        "kind": one.kind,
        "year": one.year,
        "window_from": row.window_from,
        "window_to": row.window_to,
        "cadence": row.cadence,
        "status": row.status,
        "stopped_because": row.stopped_because,
        "passed_over_because": passed_over(row),
        "as_of": utc(row.as_of),
        "revision": row.revision,
        "supersedes": row.supersedes,
        "provisional": one.provisional,
        "totals": {
            "recorded": totals.completeness.recorded,
            "meets_definition": totals.count,
            "under_review": totals.under_review,
        },
        "caveats": list(totals.caveats),
        "sha256": row.sha256,
        "signed_at": utc(row.signed_at),
        "signed_by": row.signed_by,
    }


def passed_over(row: Any) -> str | None:
    """Why a release that passed its checks cannot be signed: it would follow what it says nothing of."""
    if row.status != "checked" or row.newest_signed == row.supersedes:
        return None
    if row.newest_signed is None:
        return f"It says what changed since {row.supersedes}, which is not public."
    return f"It does not say what changed since {row.newest_signed}, which was signed last of its year."


def tables(one: Release) -> Json:
    """`count` of each cell is what meets the definition; every cell has its caveats by id."""
    plain: Json = msgspec.to_builtins(one)
    shown = ("by_month", "by_type", "by_organisation", "lists", "gaps", "breaks", "compared", "changes")
    return {
        **{name: plain[name] for name in shown},
        "totals_figure": msgspec.to_builtins(one.totals),
        "caveat_texts": plain["caveats"],
        "policy_version": one.policy_version,
        "lists_version": one.lists_version,
    }


def _named(door: Door, one: Release) -> dict[str, str]:
    known = names(door.engine)
    rows: tuple[Figure, ...] = one.by_organisation
    return {row.code: known[row.code] for row in rows if row.code in known}


def _row(store: Engine, id: str, caller: Caller | None, as_at: Instant | None = None) -> Any:
    with store.connect() as connection:
        row = found(connection, id, drafts=sees_drafts(caller), as_at=as_at)
    if row is None:
        detail = "There is no published release of this name."
        raise Refused(404, "No such release", [Fault("", detail, "Take the id from the list of releases.")])
    return row


def require_fit(row: Any, sha256: str) -> None:
    """Raises `Refused`: 409 for what cannot be signed any more or yet, 422 for other figures than these."""
    if row.status in ("signed", PUBLISHED):
        raise Refused(409, "Signed before", [Fault("", f"{row.id} was signed at {utc(row.signed_at)}.")])
    if row.stopped_because:
        mend = "Find out why and mend it; this release stays unpublished."
        raise Refused(409, "Stopped by a check", [Fault("", row.stopped_because, mend)])
    if told := passed_over(row):
        raise Refused(409, "Passed over", [Fault("", told, "Sign the one that does; the next will.")])
    if sha256 != row.sha256:
        detail = "is not the fingerprint of this release."
        raise wrong("/sha256", detail, "Look at the release again, and sign what you see.")
