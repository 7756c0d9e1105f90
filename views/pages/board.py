"""`/board`: what is late, due next, undecided and not known, and how fresh all of that is."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import Response
from msgspec.structs import replace
from sqlalchemy import Engine

from producers.roles import Caller
from schemas.event_types import Instant
from views import board
from views.access import Access, own_provider, reads
from views.pages import board_view
from views.pages.escalations import may
from views.pages.now import Clock
from views.pages.rendering import page

router = APIRouter(include_in_schema=False)
FILTERS = ("provider", "owner_role", "duty")
SHOWN, SHOWN_WHOLE = 25, 2000  # rows of each list; each says how many there are in all


@router.get("/board")
def board_page(request: Request) -> Response:
    access: Access = request.app.state.access
    caller = access.reader(request)
    wanted = {name: request.query_params.get(name, "").strip() for name in FILTERS}
    provider = own_provider(caller, wanted["provider"].upper() or None)
    store: Engine = request.app.state.store
    clock: Clock = request.app.state.now
    now = clock()
    whole = bool(request.query_params.get("whole"))
    with store.connect() as connection:
        found = board.board(
            connection,
            now=now,
            provider=provider,
            owner_role=wanted["owner_role"] or None,
            duty=wanted["duty"] or None,
            shown=SHOWN_WHOLE if whole else SHOWN,
        )
    found = _as_read_by(caller, found)
    context = _context(found, wanted, now) | {"wanted": wanted, "own": caller.provider, "whole": whole}
    context |= {"more": None if whole else _more(wanted), "families": reads(caller, "families")}
    return page(request, "board", context | may(request))


def _as_read_by(caller: Caller, found: board.Board) -> board.Board:
    """Without what the lists of signals and of families would refuse."""
    none = board.Part(shown=(), count=0)
    if not reads(caller, "audit"):
        found = replace(found, quiet=none, questions=0)
    return found if reads(caller, "families") else replace(found, to_hear=none, to_hear_overdue=0)


def _more(wanted: Mapping[str, str]) -> str:
    """The query of the same board with long lists."""
    return urlencode({name: value for name, value in wanted.items() if value} | {"whole": "yes"})


def _context(found: board.Board, wanted: Mapping[str, str], now: Instant) -> dict[str, Any]:
    lists = board_view.lists(found)
    return {
        "now": now,
        "lists": lists,
        "escalated": found.escalations,
        "to_hear": found.to_hear,
        "to_hear_overdue": found.to_hear_overdue,
        "unclear": board_view.unclear(found),
        "quarantined": found.quarantined,
        "quiet": found.quiet,
        "questions": found.questions,
        "states": found.states,
        "fresh": found.freshness,
        "warnings": board_view.warnings(found),
        "gaps": found.gaps,
        "summary": board_view.summary(found, lists),
        "owners": board_view.owners(found, wanted),
    }
