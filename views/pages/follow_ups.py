"""`/cases/{id}/record/{type}`: a plain form for each follow-up, so that no team needs a programmer."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import quote
from uuid import uuid4

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from schemas.event_types import Instant
from views.pages import (
    api,
    case_view,
    escalation_words,
    moments,
    never_event_form,
    patient_form,
    unsent,
    words,
    written,
)
from views.pages.fields import Choice, Errors, Field, Filled, labelled, missing
from views.pages.follow_up_forms import BY_TYPE, Form
from views.pages.now import Now
from views.pages.now import now as clock
from views.pages.problems import problem_page, unavailable
from views.pages.rendering import caller, page
from views.pages.told import plain, who_may
from views.pages.typed import typed

router = APIRouter(include_in_schema=False)
RECORDS = ("event_id", "fact_event_id")  # of which the list tells kind and day, and not what was written
ALL = Choice("all", "All of them")
PREFILLED = ("claim_id", "fact_event_id", "escalation_id")  # by the page that the form was opened from


@router.get("/cases/{case_id}/record/{type}")
async def form(request: Request, case_id: str, type: str, now: Now) -> Response:
    named, who = _named(type), caller(request)
    if who is None or not who.may(type):
        way = (_page(case_id), "Go back to the case")
        return problem_page(request, 401 if who is None else 403, who_may(type, named.title), way=way)
    read = await api.get(request, _api(case_id))
    if read.status >= 500:
        return unavailable(request, "The case cannot be read just now.")
    if not read.accepted:
        return problem_page(request, read.status, read.detail)
    known = {name: request.query_params[name] for name in PREFILLED if name in request.query_params}
    return _form(request, read.body, _of(named, read.body), {**unsent.begun(now), **known})


@router.post("/cases/{case_id}/record/{type}")
async def record(
    request: Request, case_id: str, type: str, filled: Annotated[Filled, Depends(typed)]
) -> Response:
    named, case = _named(type), {"case_id": case_id}
    try:
        now = await clock(request)
    except unsent.AWAY:
        return _form(request, case, _unread(named), filled, box=unsent.NOT_NOW, status=503)
    read = await api.get(request, _api(case_id))
    if not read.accepted:
        return _not_taken(request, case, _unread(named), filled, read)
    case, asked = read.body, _of(named, read.body)
    filled, unsure = written.dated(filled, whens(asked.fields), now)
    body, errors = body_of(asked, filled, now)
    if not (errors := unsure | errors):
        key = filled.get(unsent.KEY) or str(uuid4())
        answer = await api.post(request, f"{_api(case_id)}/events", body, key=key)
        if answer.accepted:
            return _taken(request, case, asked, answer)
        errors = never_event_form.errors(asked, answer.errors())
        if not errors or answer.status != 422:
            return _not_taken(request, case, asked, dict(filled) | unsent.begun_again(answer, now), answer)
    return _form(request, case, asked, dict(filled) | written.drawn(now), errors, status=422)


def _taken(request: Request, case: dict[str, Any], asked: Form, answer: api.Answer) -> Response:
    if notes := answer.body.get("notes"):
        # What was understood otherwise than written must be seen, and an address is no place for it.
        said = [labelled(plain(note), asked.fields) for note in notes]
        return page(request, "recorded", {"case": case, "asked": asked, "notes": said}, status=201)
    return RedirectResponse(f"{_page(case['case_id'])}?recorded={asked.type}", 303)


def _not_taken(
    request: Request, case: dict[str, Any], asked: Form, filled: Filled, answer: api.Answer
) -> Response:
    there = (f"{_page(case['case_id'])}#timeline", "See what was recorded in the case")
    box, status = unsent.box(request, answer, asked.type, asked.title, there)
    return _form(request, case, asked, filled, box=box, status=status)


def body_of(asked: Form, filled: Filled, now: Instant) -> tuple[dict[str, Any], Errors]:
    """The follow-up as the JSON API takes it, and what has to be mended first."""
    values, errors = values_of(asked.fields, filled, now)
    body: dict[str, Any] = {"type": asked.type, **values}
    if asked.type == "enriched":
        parts = ("nhs_number", "name", "date_of_birth", "relation", "why")
        body = {name: value for name, value in body.items() if name not in parts}
        body |= patient_form.patient(filled, "", errors)
        body |= {"factors": ticked(factors)} if any((factors := body.pop("factors")).values()) else {}
    if body.get("patient") == ALL.value:
        del body["patient"]
    return never_event_form.body(asked, body), errors


def ticked(boxes: dict[str, bool]) -> list[str]:
    return [code for code, yes in boxes.items() if yes]


def whens(fields: Iterable[Field]) -> list[str]:
    return [field.name for field in fields if field.draw == "when"]


def values_of(fields: Iterable[Field], filled: Filled, now: Instant) -> tuple[dict[str, Any], Errors]:
    """What was typed, by field, without what was left empty; and what has to be mended first."""
    asked = tuple(fields)
    errors = missing(asked, filled)
    found = {field.name: _value(field, filled, now, errors) for field in asked}
    values = {name: value for name, value in found.items() if value is not None and value != ""}
    if "provider" in values:
        values["provider"] = values["provider"].upper()
    return values, errors


def _value(field: Field, filled: Filled, now: Instant, errors: Errors) -> Any:
    if field.draw == "when":
        try:
            found = moments.read(filled, field.name, now, deed=field.name == "at", ahead=field.ahead)
        except moments.Unclear as unclear:
            errors |= unclear.errors
            return None
        # Left out, it is now by the door's own clock: sent twice, the same form stays the same request.
        if field.name == "at" and found == now:
            return None
        return None if found is None else moments.text(found)
    if field.draw == "boxes":
        return {one.value: filled.get(f"{field.name}-{one.value}") == "yes" for one in field.choices}
    value = filled.get(field.name, "").strip()
    if field.lines:
        return [line.strip() for line in value.splitlines() if line.strip()] or None
    if field.whole and value:
        if not value.isdecimal():
            errors[field.name] = f"{field.label}: enter a whole number"
            return None
        return int(value)
    yes_or_no = [one.value for one in field.choices][:2] == ["yes", "no"]
    return {"yes": True, "no": False}.get(value, value) if yes_or_no else value


def _api(case_id: str) -> str:
    return f"/api{_page(case_id)}"


def _page(case_id: str) -> str:
    return f"/cases/{quote(case_id, safe='')}"


def _named(type: str) -> Form:
    form = BY_TYPE.get(type)
    if form is None:
        raise HTTPException(404, f"There is no form named {type}.")
    return form


def _unread(form: Form) -> Form:
    """The form while the case cannot be read: what was chosen of the case's own goes along unseen."""
    fields = tuple(one for one in form.fields if one.choices or one.draw not in ("radios", "select"))
    return replace(form, fields=fields)


def _of(form: Form, case: dict[str, Any]) -> Form:
    """The form with the choices of this case: which patient, provider, obligation or record it is about."""
    form = never_event_form.with_choices(form, case)
    patients = tuple(Choice(ref, f"Patient {ref}") for ref in case_view.patients(case))
    providers = tuple(Choice(code, code) for code in case_view.providers(case))
    extra: list[Field] = []
    if form.about == "obligation":
        owed = tuple(Choice(one["id"], case_view.title(one)) for one in case.get("obligations", ()))
        extra.append(_which("obligation_id", "Which obligation?", owed))
    else:
        if len(patients) > 1 and (form.about in ("patient", "patients") or form.type == "enriched"):
            any_of = (*patients, ALL) if form.about == "patients" else patients
            extra.append(_which("patient", "Which patient?", any_of))
        if len(providers) > 1 and form.about == "patient":
            extra.append(_which("provider", "For which provider?", providers))
    there = {
        "event_id": lambda: _records(case),
        "claim_id": lambda: tuple(Choice(id, id) for id in case_view.claims(case)),
        "fact_event_id": lambda: _records(case, "material_fact_recorded"),
        "escalation_id": lambda: _open_escalations(case),
        "provider": lambda: providers,
    }
    words_of_case = f"/cases/{case['case_id']}/words"
    fields = tuple(
        replace(field, choices=there[field.name](), read=words_of_case if field.name in RECORDS else "")
        if field.draw in ("radios", "select") and not field.choices and field.name in there
        else field
        for field in form.fields
        if not (field.name == "provider" and field.draw == "radios" and len(providers) < 2)
    )
    return replace(form, fields=(*extra, *fields))


def _open_escalations(case: dict[str, Any]) -> tuple[Choice, ...]:
    return tuple(
        Choice(one["id"], f"{escalation_words.trigger(one['trigger'])}, with the {one['owner_role']}")
        for one in case.get("escalations", ())
        if one["state"] != "closed"
    )


def _which(name: str, label: str, found: tuple[Choice, ...]) -> Field:
    return Field(name, label, "radios", choices=found, required=True, missing=f"Choose: {label.lower()}")


def _records(case: dict[str, Any], kind: str | None = None) -> tuple[Choice, ...]:
    """What was recorded in the case, of one kind or of any with a form, and not retracted."""
    return tuple(
        Choice(line["event_id"], f"{words.of(line['type'])}, {case_view.day_of(line)}")
        for line in case.get("timeline", ())
        if line.get("event_id")
        and (line.get("type") in BY_TYPE if kind is None else line.get("type") == kind)
        and not line.get("retracted")
    )


def _form(
    request: Request,
    case: dict[str, Any],
    asked: Form,
    filled: Filled,
    errors: Errors | None = None,
    *,
    box: unsent.Box | None = None,
    status: int = 200,
) -> Response:
    context = {"case": case, "asked": asked, **unsent.context(asked.fields, filled, errors, box)}
    return unsent.retry_after(page(request, "follow_up", context, status=status))
