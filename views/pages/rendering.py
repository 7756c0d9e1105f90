"""Draws a page from its template, with what every page needs: nonce, asset version, who is signed in."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import ChainableUndefined, ChoiceLoader, Environment, PackageLoader

from producers.roles import Caller
from producers.sign_in import COOKIE, parse
from views import assets
from views.access import reads
from views.pages import escalation_words, fields, law, moments, never_event_words, times, words

# The NHS.UK macros ask for parts of parts that were not given; only `ChainableUndefined` lets them.
_environment = Environment(
    loader=ChoiceLoader(
        [PackageLoader("views.pages", "templates"), PackageLoader("nhsuk_frontend_jinja", "templates")]
    ),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=ChainableUndefined,
)
_environment.globals |= {
    "words": words,
    "escalations": escalation_words,
    "never_events": never_event_words,
    "law": law,
    "times": times,
    "items_of": fields.items_of,
    "parts_of_day": moments.PARTS_OF_DAY,
}
_environment.filters |= {
    "when": times.when,
    "exactly": times.exactly,
    "day": times.day,
    "plain_day": times.plain_day,
    "grouped": words.nhs_number,
    "words": words.of,
}


def page(
    request: Request, template: str, context: Mapping[str, Any] | None = None, *, status: int = 200
) -> HTMLResponse:
    """The page with its context; everything in it is escaped unless a template says otherwise."""
    return HTMLResponse(fragment(request, template, context), status)


def fragment(request: Request, template: str, context: Mapping[str, Any] | None = None) -> str:
    who = caller(request)
    common = {
        "nonce": request.state.nonce,
        "assets": assets_version(),
        "version": request.app.version,
        "signed_in": words.signed_in(who),
        "may_read_words": who is None or reads(who, "words"),
        "may_read_readings": who is not None and reads(who, "readings"),
        "here": request.url.path,
        "errors": {},
    }
    return _environment.get_template(f"{template}.jinja").render(common | dict(context or {}))


def caller(request: Request) -> Caller | None:
    """Who the page is drawn for. What they may do is decided by the API, not here."""
    said = request.cookies.get(COOKIE)
    return parse(said) if said else None


@cache
def assets_version() -> str:
    return assets.version() or "not-built"
