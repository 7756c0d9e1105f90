"""The body of a report. Only `kind` and `what_happened` are asked for; the rest may be said later."""

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from producers.body_types import (
    Answer,
    BirthDate,
    Body,
    NeverEventType,
    NhsNumber,
    PhysicalGrade,
    ProviderCode,
    PsychologicalGrade,
    Said,
    Short,
    Time,
)
from schemas.event_types import Relation, RelationReason
from schemas.incident_types import FACTORS, TYPES

MOST_PATIENTS = 500
MOST_PROVIDERS = 20
MOST_FACTORS = 20


def _incident(kind: str) -> str:
    return "incident" if kind == "not_sure" else kind


class Harm(Body):
    """Harm so far, on the two axes; suspected harm is enough."""

    answers_not_sure: ClassVar[frozenset[str]] = frozenset({"physical", "psychological"})
    physical: PhysicalGrade | None = None
    psychological: PsychologicalGrade | None = None


class RelevantPerson(Body):
    """Who is to be told: the patient, or who lawfully acts for them, and why it is not the patient."""

    relation: Relation = "patient"
    why: RelationReason | None = None


class PatientBody(Body):
    nhs_number: NhsNumber | None = None
    name: Short | None = None
    date_of_birth: BirthDate | None = None
    harm: Harm | None = None
    relevant_person: RelevantPerson | None = None


class Reporter(Body):
    role: Short | None = None
    name: Short | None = None


class ReportBody(Body):
    """An incident, near miss, hazard, outcome or good care, as a clinician tells it."""

    answers_not_sure: ClassVar[frozenset[str]] = frozenset({"could_have_been", "never_event_type"})
    kind: Annotated[
        Literal["incident", "near_miss", "hazard", "outcome", "good_care", "not_sure"],
        AfterValidator(_incident),
    ]
    what_happened: Said
    provider: ProviderCode | None = None
    other_providers: list[ProviderCode] | None = Field(default=None, max_length=MOST_PROVIDERS)
    ward: Short | None = None
    occurred_at: Time | None = None
    noticed_at: Time | None = None
    reported_at: Time | None = Field(default=None, description="Now, if absent.")
    harm: Harm | None = Field(default=None, description="Holds for each patient without harm of their own.")
    harm_may_still_follow: Answer = None
    could_have_been: PhysicalGrade | None = None
    immediate_risk: Answer = None
    never_event_type: NeverEventType | None = None
    incident_type: Short | None = Field(default=None, description=f"One of {', '.join(TYPES)}; or not_sure.")
    factors: list[Short] | None = Field(
        default=None, max_length=MOST_FACTORS, description=f"Some of {', '.join(FACTORS)}."
    )
    patients: list[PatientBody] | None = Field(default=None, max_length=MOST_PATIENTS)
    reporter: Reporter | None = None
    anonymous: Answer = None
