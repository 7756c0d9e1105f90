"""`GET /api/cases/{case_id}/why`"""

from dataclasses import replace
from typing import Annotated, Any

import httpx
from confluent_kafka import KafkaException
from fastapi import APIRouter, Depends, Query

from producers.cases import require_id
from producers.refusals import NotReady, unknown_case
from producers.roles import Caller
from producers.ward.problems import DOCUMENTED
from producers.ward.route import ProblemRoute
from schemas.registry import RegistryRefused
from views.access import Access, reads_record, require_sight
from views.api.times import parse, require_known
from views.reading_why import Reasons
from views.why import kind_of, shape


def router(reasons: Reasons, access: Access) -> APIRouter:
    routes = APIRouter(prefix="/api/cases", route_class=ProblemRoute, responses=DOCUMENTED, tags=["cases"])

    @routes.get("/{case_id}/why")
    def why(
        case_id: str,
        caller: Annotated[Caller, Depends(access.reader)],
        as_at: Annotated[str | None, Query(description="As it was known at this time (RFC 3339).")] = None,
    ) -> dict[str, Any]:
        """Each verdict with its clause, evidence and places on the log, decided again and compared.

        Verdicts on claims and signals only for who may read those.
        """
        when, case_id = parse("as_at", as_at), require_id(case_id)
        try:
            found = reasons.explain(case_id)
        except (KafkaException, TimeoutError, httpx.HTTPError, RegistryRefused) as error:
            raise NotReady("The log cannot be read just now, so nothing can be decided again.") from error
        if found is None:
            raise unknown_case(case_id)
        require_sight(caller, found.providers)
        require_known(when, found.known_since)
        mine = [one for one in found.findings if reads_record(caller, kind_of(one))]
        return shape(replace(found, findings=mine), when)

    return routes
