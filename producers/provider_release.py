"""A person has the patterns of a provider read again, once that is mended over which the rule stumbled."""

from typing import Any, Literal
from uuid import uuid4

from producers.body_types import Body, ProviderCode
from producers.providers import CODE
from producers.refusals import wrong
from producers.roles import Caller, require_sight
from producers.visit import Visit
from schemas.cloud_events import rfc3339
from schemas.ward_events import ProviderReleased

RELEASE = "provider_released"


class ProviderReleaseBody(Body):
    """A provider that is not set aside is left as it is."""

    provider: ProviderCode
    rule: Literal["patterns"] = "patterns"


def release(visit: Visit, body: ProviderReleaseBody, caller: Caller) -> dict[str, Any]:
    """Raises `Refused` for what is no code, and for a provider that is none of the caller's business."""
    if not CODE.fullmatch(body.provider):
        raise wrong("/provider", "is no code of a provider.", "Take the code that the board shows.")
    require_sight(caller, (body.provider,))
    record = ProviderReleased(
        event_id=str(uuid4()),
        provider=body.provider,
        rule=body.rule,
        at=visit.now,
        recorded_at=visit.now,
        by_role=caller.role,
    )
    visit.tell_wards(record)
    return {
        "event_id": record.event_id,
        "provider": body.provider,
        "rule": body.rule,
        "recorded_at": rfc3339(visit.now),
    }
