"""The records of `safety.patterns` as Python types; the `.avsc` files in `outcomes/` are the definition.

Times are whole milliseconds since 1970-01-01T00:00:00Z (`Instant`). None is about one case: `case_id` stays
empty, and what names a case says so in a field of its own. The subject is `provider:CODE` for what is
remembered of a provider, else the pattern: `RXX|cluster|ward|REF`, `RXX|quiet|ward|REF`, ….
"""

from typing import Literal

from schemas.event_types import Instant
from schemas.outcome_types import Outcome

Found = Literal["cluster", "repeat_after_alert", "bulk_closing"]
Grain = Literal["ward", "incident_type", "factor", "provider"]
Over = Literal["passed", "withdrawn"]


class ReportTaken(Outcome, frozen=True, kw_only=True):
    provider: str
    of_case: str
    version: int
    ward_ref: str | None = None
    incident_type: str | None = None
    factors: tuple[str, ...]
    at: Instant


class ReportDropped(Outcome, frozen=True, kw_only=True):
    provider: str
    of_case: str
    version: int


class WardHeard(Outcome, frozen=True, kw_only=True):
    provider: str
    ward_ref: str | None = None
    at: Instant


class ClosingTaken(Outcome, frozen=True, kw_only=True):
    provider: str
    of_case: str
    case_event_id: str
    how: str
    at: Instant


class ClosingDropped(Outcome, frozen=True, kw_only=True):
    provider: str
    case_event_id: str


class AlertTaken(Outcome, frozen=True, kw_only=True):
    provider: str
    alert_id: str
    incident_type: str | None = None
    factors: tuple[str, ...]
    at: Instant
    withdrawn: bool


class PatternFound(Outcome, frozen=True, kw_only=True):
    pattern: Found
    provider: str
    grouped_by: Grain
    group_ref: str
    alert_id: str | None = None
    count: int
    window_days: int
    usual_count: int | None = None
    usual_days: int | None = None
    first_at: Instant
    last_at: Instant
    newest_case: str


class PatternRestated(Outcome, frozen=True, kw_only=True):
    provider: str
    count: int
    first_at: Instant
    last_at: Instant
    newest_case: str


class PatternOver(Outcome, frozen=True, kw_only=True):
    provider: str
    why: Over
    found_revision: int
    found_case: str
    as_of: Instant


class WentQuiet(Outcome, frozen=True, kw_only=True):
    provider: str
    ward_ref: str | None = None
    last_at: Instant
    heard_days: int
    used_days: int
    silent_days: int
    as_of: Instant


class HeardAgain(Outcome, frozen=True, kw_only=True):
    provider: str
    ward_ref: str | None = None
    at: Instant


PATTERN_OUTCOMES: tuple[type[Outcome], ...] = (
    ReportTaken,
    ReportDropped,
    WardHeard,
    ClosingTaken,
    ClosingDropped,
    AlertTaken,
    PatternFound,
    PatternRestated,
    PatternOver,
    WentQuiet,
    HeardAgain,
)
