"""A form that was not taken is drawn again with all that was typed, and with a box that says why."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from fastapi import Request
from fastapi.responses import HTMLResponse
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

from producers.refusals import NotReady
from schemas.event_types import Instant
from views.pages import api, written
from views.pages.fields import Errors, Field, Filled, names_of, placed
from views.pages.rendering import caller
from views.pages.told import who_may

AWAY = (OperationalError, NoConnection, NotReady)
KEY = "idempotency-key"
_KEPT = "What you typed is still in the form below."


@dataclass(frozen=True)
class Box:
    """`way`: where what was recorded before is seen, as address and text. `sign_in`: whether that helps."""

    title: str
    text: str
    way: tuple[str, str] | None = None
    sign_in: bool = False


NOT_NOW = Box(
    "Not recorded yet", f"This service cannot take anything just now. {_KEPT} Send it again in a moment."
)


def begun(now: Instant) -> dict[str, str]:
    """What a form carries unseen: its key, and when it was drawn."""
    return {KEY: str(uuid4()), **written.drawn(now)}


def begun_again(answer: api.Answer, now: Instant) -> dict[str, str]:
    """What was recorded already can be sent as a further record, and only so."""
    return begun(now) if answer.key_used else written.drawn(now)


def carried(fields: Iterable[Field], filled: Filled) -> dict[str, str]:
    """What goes along unseen, so that it is there when the form can ask for it again."""
    asked = {name for field in fields for name in names_of(field)}
    return {name: value for name, value in filled.items() if name not in asked}


def box(
    request: Request, answer: api.Answer, action: str, what: str, recorded: tuple[str, str]
) -> tuple[Box, int]:
    """Why it was not taken, and the status to answer with. `recorded`: where it stands if it was before."""
    if answer.status >= 500:
        return NOT_NOW, 503
    if answer.key_used:
        text = (
            "It stands as you sent it the first time. "
            f"{_KEPT} Send it again only if that is to be recorded beside it."
        )
        return Box("This was recorded already", text, way=recorded), answer.status
    if answer.status not in (401, 403):
        return Box("This was not recorded", f"{answer.detail} {_KEPT}"), answer.status
    who = caller(request)
    why = answer.detail if who is not None and who.may(action) else who_may(action, what)
    return Box("This was not recorded", f"{why} {_KEPT}", sign_in=True), answer.status


def context(
    fields: Iterable[Field], filled: Filled, errors: Errors | None, box: Box | None
) -> dict[str, Any]:
    """What the page of a form is drawn from, the first time and again."""
    fields = tuple(fields)
    return {
        "filled": filled,
        "carried": carried(fields, filled),
        "errors": placed(errors or {}, fields),
        "box": box,
    }


def retry_after(answer: HTMLResponse) -> HTMLResponse:
    if answer.status_code == 503:
        answer.headers["Retry-After"] = "5"
    return answer
