"""`/cases/{id}/words`: what was written, who the patients are, who decided; each reading is recorded.

`/cases/{id}/readings`: the list of those readings.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from rules import london
from views.pages import api, paging
from views.pages.case import as_known
from views.pages.problems import problem_page, unavailable
from views.pages.rendering import page

router = APIRouter(include_in_schema=False)
PURPOSE = "read on the page of the case"
READ = {"words": "What was written", "deciders": "Who found or decided", "reporter": "Who reported"}
BY_NAME, NOT_GIVEN = "Who answers for it, by name", "not given"
LABELS = {
    "what_happened": "What happened",
    "reason": "In their own words",
    "what_changed": "What the reporter was told",
    "evidence": "How it is known",
    "evidence_held": "Evidence held",
    "claim_id": "Claim",
    "patient": "Patient",
    "name": "Patient’s name",
    "nhs_number": "NHS number",
    "date_of_birth": "Date of birth",
    "provider": "Provider",
    "other_providers": "Other providers",
    "ward": "Ward",
    "incident_type": "Type",
    "factors": "Factors",
    "by_role": "Role of whoever did it",
    "second_person_role": "Role of the second person",
}


@router.get("/cases/{case_id}/words")
async def show_words(request: Request, case_id: str, as_at: str = "") -> Response:
    try:
        moment = as_known(as_at)
    except ValueError:
        return problem_page(request, 422, f"“{as_at}” is no time; write it like 2014-01-09T00:01.")
    query = {"purpose": PURPOSE} | ({"as_at": london.at(moment).isoformat()} if moment is not None else {})
    answer = await api.get(request, f"/api/cases/{quote(case_id, safe='')}/words", query)
    if not answer.accepted:
        return _not_shown(request, answer, "What was written cannot be read just now.")
    return page(request, "case_words", {"written": answer.body, "rows": rows, "as_at": moment})


@router.get("/cases/{case_id}/readings")
async def show_readings(request: Request, case_id: str) -> Response:
    answer = await api.get(request, f"/api/cases/{quote(case_id, safe='')}/readings")
    if not answer.accepted:
        return _not_shown(request, answer, "Who has read this cannot be looked up just now.")
    shown = paging.part(request, answer.body["readings"], what="readings")
    return page(request, "case_readings", {"case_id": answer.body["case_id"], "read": shown, "whats": READ})


def _not_shown(request: Request, answer: api.Answer, away: str) -> Response:
    if answer.status == 401:
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/sign-in?next={quote(here)}", 303)
    if answer.status >= 500:
        return unavailable(request, away)
    return problem_page(request, answer.status, answer.detail)


def rows(one: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """What one record holds in words, by label; what nobody asked for is named as it came."""
    for name, label in LABELS.items():
        if said := one["said"].get(name):
            yield label, [str(each) for each in (said if isinstance(said, list) else [said])]
    if "by_name" in one:
        yield BY_NAME, [one["by_name"] or NOT_GIVEN]
    for place, value in one["kept_aside"].items():
        plain = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        yield f"Sent besides ({place.removeprefix('/')})", [plain]
