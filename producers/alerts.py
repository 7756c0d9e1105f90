"""A provider declares that it has done what a safety alert asks for; from then on a repeat is noticed."""

from typing import Annotated, Any
from uuid import uuid4

from pydantic import Field

from producers import coded, times
from producers.body_types import Answer, Body, ProviderCode, Short, Time
from producers.refusals import wrong
from producers.roles import Caller, require_sight
from producers.visit import Visit
from schemas.cloud_events import rfc3339
from schemas.incident_types import FACTORS, TYPES
from schemas.ward_events import AlertDeclaredComplete

ALERT = "alert_declared_complete"
AlertId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9./-]{0,59}$")]


class AlertBody(Body):
    """About a type of incident, or contributory factors, or both; `withdrawn` takes it back."""

    alert_id: AlertId
    provider: ProviderCode | None = Field(default=None, description="Yours, if absent.")
    incident_type: Short | None = None
    factors: list[Short] | None = Field(default=None, max_length=20)
    at: Time | None = Field(default=None, description="When it was declared; now, if absent.")
    withdrawn: Answer = None


def declare_complete(visit: Visit, body: AlertBody, caller: Caller) -> dict[str, Any]:
    """Raises `Refused`: unlike a report, this is an official statement, and must be in codes."""
    code = body.provider or caller.provider
    if code is None:
        raise wrong("/provider", "is missing.", "Say whose declaration it is.")
    require_sight(caller, (code,))
    at = body.at if body.at is not None else visit.now
    times.check(visit.now, at=at)
    if not visit.provider(code, at)[1]:
        raise wrong("/provider", f"{code} is not in the directory on that day.", "Check the code.")
    unknown: list[str] = []
    kind = coded.incident_type(body.incident_type, unknown)
    factors = coded.factors(body.factors, unknown)
    if unknown:
        mend = f"Types are {', '.join(TYPES)}; factors are {', '.join(FACTORS)}."
        raise wrong("/incident_type" if kind is None and body.incident_type else "/factors", unknown[0], mend)
    if kind is None and not factors:
        mend = "Say which type of incident, or which factors, the alert is to prevent."
        raise wrong("/incident_type", "is missing, and so are the factors.", mend)
    record = AlertDeclaredComplete(
        event_id=str(uuid4()),
        provider=code,
        alert_id=body.alert_id,
        incident_type=kind,
        factors=factors,
        at=at,
        recorded_at=visit.now,
        by_role=caller.role,
        withdrawn=bool(body.withdrawn),
    )
    visit.tell_wards(record)
    return {
        "event_id": record.event_id,
        "alert_id": body.alert_id,
        "provider": code,
        "recorded_at": rfc3339(visit.now),
    }
