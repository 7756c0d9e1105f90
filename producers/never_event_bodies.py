"""The bodies of follow-ups about never events."""

from typing import Annotated, Literal

from pydantic import Field

from producers.body_types import Body, Said
from producers.follow_up_body import FollowUpBody

Subtype = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]


class NeverEventConfirmedBody(FollowUpBody):
    type: Literal["never_event_confirmed"]
    list_version: Annotated[str, Field(pattern=r"^[0-9]{4}$")]
    type_no: Annotated[int, Field(ge=1, le=99, strict=True)]
    subtype: Subtype | None = None


class NeverEventRejectedBody(FollowUpBody):
    type: Literal["never_event_rejected"]
    reason: Said


NEVER_EVENT_BODIES: tuple[type[Body], ...] = (NeverEventConfirmedBody, NeverEventRejectedBody)
