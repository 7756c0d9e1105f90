"""How a pattern over many cases stands, a silence among them: a fold over its outcomes."""

from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from schemas import pattern_types as said
from schemas.event_types import Instant
from schemas.outcome_types import Outcome

State = Literal["standing", "over", "withdrawn"]


class Pattern(Struct, frozen=True, kw_only=True):
    """One row of `read.patterns`. `kind` is that of what was found, or `quiet`. For a silence, `last_at` is
    the end of the last day on which it was heard; `count` says on how many of `window_days` days it was."""

    id: str
    kind: str
    provider: str
    grouped_by: str
    group_ref: str
    alert_id: str | None = None
    state: State
    count: int
    window_days: int
    usual_count: int | None = None
    usual_days: int | None = None
    first_at: Instant | None = None
    last_at: Instant
    newest_case: str | None = None
    found_at: Instant
    over_at: Instant | None = None
    because: tuple[str, ...]
    policy_version: str | None
    latest_cause: str
    latest_at: Instant
    revisions: int


def step(before: Pattern | None, outcome: Outcome) -> Pattern | None:
    """One outcome further; what is remembered of a provider is none of it."""
    if before is not None and outcome.revision <= before.revisions:
        return before
    match outcome:
        case said.PatternFound():
            return Pattern(
                **_first(outcome),
                kind=outcome.pattern,
                grouped_by=outcome.grouped_by,
                group_ref=outcome.group_ref,
                alert_id=outcome.alert_id,
                count=outcome.count,
                window_days=outcome.window_days,
                usual_count=outcome.usual_count,
                usual_days=outcome.usual_days,
                first_at=outcome.first_at,
                last_at=outcome.last_at,
                newest_case=outcome.newest_case,
            )
        case said.WentQuiet():
            return Pattern(
                **_first(outcome),
                kind="quiet",
                grouped_by="provider" if outcome.ward_ref is None else "ward",
                group_ref=outcome.ward_ref or outcome.provider,
                count=outcome.heard_days,
                window_days=outcome.used_days,
                last_at=outcome.last_at,
            )
    if before is None:
        return None
    match outcome:
        case said.PatternRestated():
            return _next(
                before,
                outcome,
                count=outcome.count,
                first_at=outcome.first_at,
                last_at=outcome.last_at,
                newest_case=outcome.newest_case,
            )
        case said.PatternOver():
            ended = "withdrawn" if outcome.why == "withdrawn" else "over"
            return _next(before, outcome, state=ended, over_at=outcome.as_of)
        case said.HeardAgain():
            return _next(before, outcome, state="over", over_at=outcome.recorded_at)
    return before


def _first(outcome: said.PatternFound | said.WentQuiet) -> dict[str, Any]:
    return {
        "id": outcome.subject,
        "provider": outcome.provider,
        "state": "standing",
        "found_at": outcome.recorded_at,
        "because": outcome.because,
        "policy_version": outcome.policy_version,
        "latest_cause": outcome.cause,
        "latest_at": outcome.recorded_at,
        "revisions": outcome.revision,
    }


def _next(before: Pattern, outcome: Outcome, **changes: Any) -> Pattern:
    ended = changes.get("state", "standing") != "standing"
    return replace(
        before,
        **changes,
        because=outcome.because if ended else before.because,
        latest_cause=outcome.cause,
        latest_at=outcome.recorded_at,
        revisions=outcome.revision,
    )
