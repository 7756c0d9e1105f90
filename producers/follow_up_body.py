"""What the bodies of all follow-ups have in common."""

from pydantic import Field

from producers.body_types import Body, Id, PatientRef, ProviderCode, Short, Text, Time


class FollowUpBody(Body):
    at: Time | None = Field(default=None, description="When it happened; now, if absent.")
    by_role: Short | None = Field(default=None, description="Role of whoever did it; never a name.")
    reason: Text | None = None


class AboutObligations(FollowUpBody):
    patient: PatientRef | None = None
    provider: ProviderCode | None = None
    obligation_id: Id | None = None
