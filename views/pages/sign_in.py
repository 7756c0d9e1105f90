"""`/sign-in`: choose a role and a provider, for demonstration; the cookie says what a bearer token would."""

import re
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from producers.roles import ROLES, Caller
from producers.sign_in import forget, remember
from views.access import reads
from views.pages import words
from views.pages.fields import Choice, Field, Filled
from views.pages.rendering import page
from views.pages.typed import typed

router = APIRouter(include_in_schema=False)

HINTS = {
    "reporter": "Reports, and adds to reports",
    "clinician": "Records contact, telling, letters and determinations",
    "safety": "All of that, and regrades, stand-downs, links, retractions",
    "director": "Acknowledges, acts as second person, signs",
    "auditor": "Reads all providers",
    "publisher": "Handles releases; reads no case",
    "admin": "Looks after the service; reads no case",
}
ROLE = Field(
    "role",
    "Which role?",
    "radios",
    choices=tuple(Choice(role, text, HINTS[role]) for role, text in words.ROLES.items()),
)
PROVIDER = Field(
    "provider", "Provider", hint="Its code, for example RXX. Empty means all providers.", width=10
)


@router.get("/sign-in")
async def form(request: Request, next: str = "") -> HTMLResponse:
    return page(request, "sign_in", {"role": ROLE, "provider": PROVIDER, "filled": {"next": next}})


@router.post("/sign-in")
async def sign_in(request: Request, filled: Annotated[Filled, Depends(typed)]) -> Response:
    errors = {}
    role = next((one for one in ROLES if one == filled.get("role")), None)
    if role is None:
        errors["role"] = "Choose a role"
    provider = filled.get("provider", "").strip().upper()
    if not re.fullmatch(r"([A-Z0-9]{2,10})?", provider):
        errors["provider"] = "Enter a provider’s code: letters and digits, for example RXX, or leave it empty"
    if errors or role is None:
        context = {"role": ROLE, "provider": PROVIDER, "filled": filled, "errors": errors}
        return page(request, "sign_in", context, status=422)
    caller = Caller(role, provider or None)
    home = "/board" if reads(caller, "cases") else "/"
    answer = RedirectResponse(_own(filled.get("next", ""), home), 303)
    remember(answer, caller)
    return answer


@router.post("/sign-out", dependencies=[Depends(typed)])
async def sign_out() -> Response:
    answer = RedirectResponse("/", 303)
    forget(answer)
    return answer


def _own(path: str, home: str) -> str:
    """A path of this site; anything that could lead elsewhere becomes `home`."""
    parts = urlsplit(path)
    fine = path.startswith("/") and not path.startswith(("//", "/\\")) and not (parts.scheme or parts.netloc)
    return path if fine else home
