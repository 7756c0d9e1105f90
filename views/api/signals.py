"""`GET /api/signals`: what is asked, what stands out over many cases, and what has gone quiet."""

from typing import Annotated, Any, get_args

from fastapi import APIRouter, Depends, Query
from msgspec import to_builtins
from sqlalchemy import Engine

from producers.refusals import wrong
from producers.roles import Caller
from producers.ward.problems import DOCUMENTED
from producers.ward.route import ProblemRoute
from schemas.signal_types import LATER_KINDS, SignalKind
from sinks.pattern import Pattern
from sinks.signal import Signal, State
from views.access import Access, own_provider
from views.api.cursor import cursor, following
from views.api.times import parse as parse_time
from views.api.times import utc
from views.reading import is_settled
from views.reading_signals import BaseRate, Wanted, base_rates, page, standing_patterns

Json = dict[str, Any]
STATES = get_args(State)
KINDS = (*get_args(SignalKind), *LATER_KINDS)
NOTICE = (
    "Signals and patterns are a proposal and bind nobody. They ask; they do not accuse, and they name no "
    "person. What is quiet is not thereby safe, and what was never reported is not among them."
)
CAVEAT = (
    "How often a unit grades harm down at all stands beside how often it was asked about. Small numbers say "
    "little, and a unit may have good reasons: new facts, graver cases, a first grade given in haste."
)


def router(store: Engine, access: Access) -> APIRouter:
    routes = APIRouter(
        prefix="/api/signals", route_class=ProblemRoute, responses=DOCUMENTED, tags=["signals"]
    )

    @routes.get("")
    def signals(
        caller: Annotated[Caller, Depends(access.auditor)],
        state: Annotated[
            list[str] | None, Query(description=f"One or several of {', '.join(STATES)}; asked, if absent.")
        ] = None,
        signal: Annotated[str | None, Query(description=f"One of {', '.join(KINDS)}.")] = None,
        provider: str | None = None,
        case_id: str | None = None,
        over: Annotated[bool, Query(description="Also patterns that no longer stand.")] = False,
        as_at: Annotated[str | None, Query(description="As it was known at this time (RFC 3339).")] = None,
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        next: Annotated[str | None, Query(description="`next` of the page before.")] = None,
    ) -> Json:
        when = parse_time("as_at", as_at)
        mine = own_provider(caller, provider)
        wanted = Wanted(
            states=_states(state or ["asked"]), provider=mine, signal=_kind(signal), case_id=case_id
        )
        with store.connect() as connection:
            settled = is_settled(connection, when)
            found, further = page(connection, wanted, after=cursor(next), limit=limit, as_at=when)
            standing = standing_patterns(connection, mine, when, also_over=over)
            rates = base_rates(connection, mine, when)
        return {
            "signals": [shape(each) for each in found],
            "patterns": [pattern_shape(each) for each in standing],
            "base_rates": [rate_shape(each) for each in rates],
            "notice": NOTICE,
            "caveat": CAVEAT,
            "basis": "proposed",
            "next": following(further),
            "as_at": utc(when),
            "settled": settled,
        }

    return routes


def shape(one: Signal) -> Json:
    return {
        "id": one.id,
        "case_id": one.case_id,
        "signal": one.signal,
        "question": one.question,
        "state": one.state,
        "about": one.about,
        "provider": one.provider,
        "unit": one.unit,
        "at": utc(one.at),
        "raised_at": utc(one.raised_at),
        "ended_at": utc(one.ended_at),
        "from": one.from_grade,
        "to": one.to_grade,
        "crossed": one.crossed,
        "due_at": utc(one.due_at),
        "working_days_to_due": one.working_days_to_due,
        "days_late": one.days_late,
        "after_breach": one.after_breach,
        "because": list(one.because),
        "policy_version": one.policy_version,
    }


def pattern_shape(one: Pattern) -> Json:
    return {
        "id": one.id,
        "kind": one.kind,
        "state": one.state,
        "provider": one.provider,
        "grouped_by": one.grouped_by,
        "group_ref": one.group_ref,
        "alert_id": one.alert_id,
        "count": one.count,
        "window_days": one.window_days,
        "usual_count": one.usual_count,
        "usual_days": one.usual_days,
        "first_at": utc(one.first_at),
        "last_at": utc(one.last_at),
        "newest_case": one.newest_case,
        "found_at": utc(one.found_at),
        "over_at": utc(one.over_at),
        "because": list(one.because),
        "policy_version": one.policy_version,
    }


def rate_shape(one: BaseRate) -> Json:
    shape: Json = to_builtins(one)
    return shape


def _states(given: list[str]) -> tuple[str, ...]:
    named = tuple(name for text in given for name in text.replace(" ", "").split(",") if name)
    for name in named:
        if name not in STATES:
            raise wrong(
                "/state", f"{name[:40]!r} is no state of a signal.", f"States are {', '.join(STATES)}."
            )
    return named


def _kind(given: str | None) -> str | None:
    if given and given not in KINDS:
        raise wrong("/signal", f"{given[:40]!r} is no signal.", f"There are {', '.join(KINDS)}.")
    return given or None
