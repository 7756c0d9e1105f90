"""`GET /api/audit/candour`"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from sqlalchemy import Engine

from producers.refusals import wrong
from producers.roles import Caller
from producers.ward.problems import DOCUMENTED
from producers.ward.route import ProblemRoute
from schemas.event_types import Instant
from views import audit
from views.access import Access, own_provider
from views.api.times import parse, utc
from views.reading import is_settled, settled_up_to
from views.reading_audit import cohort, directory
from views.reading_signals import gone_quiet

LISTED = 200
CAVEAT = (
    "These counts are a signal and no verdict. More reports are not worse care, and fewer are not better. "
    "What was never reported is not among them, so no rate is given. Where nothing was reported there is "
    "silence, not compliance. A case with several providers counts at each of them. Providers differ in "
    "size, in the care they give and in how openly they report."
)


def router(store: Engine, access: Access) -> APIRouter:
    routes = APIRouter(prefix="/api/audit", route_class=ProblemRoute, responses=DOCUMENTED, tags=["audit"])

    @routes.get("/candour")
    def candour(
        caller: Annotated[Caller, Depends(access.auditor)],
        provider: str | None = None,
        since: Annotated[
            str | None, Query(alias="from", description="Reported at or after this time.")
        ] = None,
        until: Annotated[str | None, Query(alias="to", description="Reported before this time.")] = None,
        as_at: Annotated[str | None, Query(description="As it was known at this time (RFC 3339).")] = None,
    ) -> dict[str, Any]:
        own = own_provider(caller, provider)
        first, end, when = parse("from", since), parse("to", until), parse("as_at", as_at)
        if first is not None and end is not None and end <= first:
            raise wrong(
                "/to", "The period ends before it begins.", "`from` is its first moment, `to` comes after it."
            )
        with store.connect() as connection:
            chosen = cohort(connection, own, first, end, when)
            now = when if when is not None else settled_up_to(connection)
            settled = is_settled(connection, when)
            listed = directory(connection, own, first, end if end is not None else now)
            quiet = gone_quiet(connection, own, when)
        never = list(audit.never_opened(chosen.cases, chosen.obligations, chosen.policies))
        in_cases = list(dict.fromkeys(one.case_id for one in never))
        return {
            **_head(own, first, end, when, now, settled),
            "result": "cases" if chosen.cases else "no cases",
            "cases": len(chosen.cases),
            "moderate_or_worse": sum(one.notifiable for one in chosen.cases),
            "harm_not_known": sum(one.harm == "not_known" for one in chosen.cases),
            "never_opened_though_moderate_or_worse": len({one[:3] for one in never}),
            "never_opened_cases": in_cases[:LISTED],
            "never_opened_cases_in_all": len(in_cases),
            "never_opened_cases_listed": min(len(in_cases), LISTED),
            "duties": audit.rows(chosen.obligations, now, chosen.policies, never),
            "providers": audit.by_provider(listed, chosen.cases, chosen.obligations, never, now, quiet),
            "caveat": CAVEAT,
        }

    return routes


def _head(
    provider: str | None,
    first: Instant | None,
    end: Instant | None,
    as_at: Instant | None,
    now: Instant | None,
    settled: bool,
) -> dict[str, Any]:
    return {
        "provider": provider,
        "from": utc(first),
        "to": utc(end),
        "as_at": utc(as_at),
        "counted_at": utc(now),
        "settled": settled,
    }
