"""The records of `safety.ward-events`: what patterns over many cases need to know, provider by provider.

The key is `provider|ward_ref` (`-` for a ward that is not known); the partition follows from the provider
alone (`schemas.topics.ward_partition`), so that one partition holds all that is of one provider.
`case_event_id` names the record of the case from which this one was drawn, in the same transaction.
"""

from typing import Literal

from schemas.event_types import Grade, Instant, Kind, Record

UNKNOWN_WARD = "-"

Withdrawal = Literal["moved", "retracted", "duplicate"]
HowClosed = Literal["stood_down", "graded_down", "not_notifiable"]


class ProviderEvent(Record, frozen=True, kw_only=True):
    event_id: str
    provider: str

    @property
    def key(self) -> str:
        return f"{self.provider}|{UNKNOWN_WARD}"


class WardEvent(ProviderEvent, frozen=True, kw_only=True):
    ward_ref: str | None = None
    case_id: str
    case_event_id: str
    at: Instant
    recorded_at: Instant

    @property
    def key(self) -> str:
        return f"{self.provider}|{self.ward_ref or UNKNOWN_WARD}"


class WardReported(WardEvent, frozen=True, kw_only=True):
    version: int
    kind: Kind
    harm: Grade
    potential: Grade
    incident_type: str | None = None
    factors: tuple[str, ...] = ()


class WardReportWithdrawn(WardEvent, frozen=True, kw_only=True):
    version: int
    why: Withdrawal


class WardCaseClosed(WardEvent, frozen=True, kw_only=True):
    how: HowClosed


class WardEventRetracted(WardEvent, frozen=True, kw_only=True):
    retracted_event_id: str


class AlertDeclaredComplete(ProviderEvent, frozen=True, kw_only=True):
    alert_id: str
    incident_type: str | None = None
    factors: tuple[str, ...] = ()
    at: Instant
    recorded_at: Instant
    by_role: str
    withdrawn: bool = False


class ProviderReleased(ProviderEvent, frozen=True, kw_only=True):
    rule: str
    at: Instant
    recorded_at: Instant
    by_role: str


OfProvider = WardEvent | AlertDeclaredComplete | ProviderReleased

WARD_EVENT_TYPES: tuple[type[Record], ...] = (
    WardReported,
    WardReportWithdrawn,
    WardCaseClosed,
    WardEventRetracted,
    AlertDeclaredComplete,
    ProviderReleased,
)
