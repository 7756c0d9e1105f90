"""`/audit`: how each duty of candour was kept, for a provider and a period, now or as it was known."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from rules import london
from views.pages import api, audit_view, paging
from views.pages.case import as_known
from views.pages.fields import Errors, Filled
from views.pages.moments import text
from views.pages.problems import problem_page, unavailable
from views.pages.rendering import page

router = APIRouter(include_in_schema=False)
FIELDS = ("provider", "from", "to", "as_at")
NO_DAY = "Enter a real date, for example 2014-01-31, or leave it empty"
NO_TIME = "Enter a day and time, for example 2014-01-09T00:01, or leave it empty"


@dataclass(frozen=True)
class Question:
    """What was asked, as typed and as the API takes it; `to` is the last day of the period, both included."""

    filled: Filled
    query: dict[str, str]
    errors: Errors


def question(request: Request) -> Question:
    filled = {name: request.query_params.get(name, "").strip() for name in FIELDS}
    query, errors = {"provider": filled["provider"].upper()}, {}
    for name in ("from", "to"):
        if filled[name]:
            try:
                day = date.fromisoformat(filled[name]) + timedelta(days=name == "to")
                query[name] = text(london.first_second(day))
            except (ValueError, OverflowError):
                errors[name] = NO_DAY
    try:
        if (moment := as_known(filled["as_at"])) is not None:
            query["as_at"] = text(moment)
    except ValueError:
        errors["as_at"] = NO_TIME
    return Question(filled, query, errors)


Asked = Annotated[Question, Depends(question)]


@router.get("/audit")
async def audit_page(request: Request, asked: Asked) -> Response:
    if asked.errors:
        return page(request, "audit", {"filled": asked.filled, "errors": asked.errors}, status=422)
    answer = await api.get(request, "/api/audit/candour", asked.query)
    if answer.status == 422:
        errors = answer.errors() or {"provider": answer.detail}
        return page(request, "audit", {"filled": asked.filled, "errors": errors}, status=422)
    if (refusal := _refusal(request, answer)) is not None:
        return refusal
    numbered, unnumbered = audit_view.split(answer.body["duties"])
    context = {
        "filled": asked.filled,
        "answer": answer.body,
        "view": audit_view,
        "numbered": numbered,
        "unnumbered": unnumbered,
        "providers": paging.part(request, answer.body["providers"], what="providers", place="providers"),
        "silent": sum(one["result"] == "nothing reported" for one in answer.body["providers"]),
        "download": f"/audit.csv?{urlencode(asked.filled)}",
    }
    return page(request, "audit", context)


@router.get("/audit.csv")
async def audit_csv(request: Request, asked: Asked) -> Response:
    if asked.errors:
        return problem_page(request, 422, "; ".join(asked.errors.values()))
    answer = await api.get(request, "/api/audit/candour", asked.query)
    if (refusal := _refusal(request, answer)) is not None:
        return refusal
    headers = {"Content-Disposition": 'attachment; filename="candour-audit.csv"'}
    return Response(audit_view.as_csv(answer.body), media_type="text/csv; charset=utf-8", headers=headers)


def _refusal(request: Request, answer: api.Answer) -> Response | None:
    if answer.accepted:
        return None
    if answer.status >= 500:
        return unavailable(request, "The audit cannot be counted just now.")
    return problem_page(request, answer.status, answer.detail)
