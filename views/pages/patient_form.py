"""Who a patient is and who is to be told in their place: the same questions in a report and later."""

from typing import Any

from views.pages import moments
from views.pages.fields import Errors, Field, Filled, choices

RELATIONS = choices(
    {
        "patient": "The patient",
        "next_of_kin": "Next of kin",
        "parent": "Parent or guardian",
        "attorney": "Attorney or deputy",
        "advocate": "Advocate",
    }
)
REASONS = choices(
    {
        "dead": "The patient has died",
        "under_16": "The patient is under 16 and cannot decide",
        "lacks_capacity": "The patient lacks capacity in this matter",
    }
)
NO_BIRTH_DATE = "Enter day, month and a year of four digits, for example 27/03/1958, or leave it empty"


def patient_fields(prefix: str = "") -> tuple[Field, ...]:
    """Who a patient is and who is to be told in their place."""
    return (
        Field(
            f"{prefix}nhs_number",
            "NHS number",
            hint="10 digits, for example 999 123 4567",
            numeric=True,
            width=20,
        ),
        Field(f"{prefix}name", "Name"),
        Field(f"{prefix}date_of_birth", "Date of birth", hint="For example 27/03/1958", width=10),
        Field(
            f"{prefix}relation",
            "Who is to be told?",
            "select",
            hint="Usually the patient. Otherwise the person lawfully acting for them.",
            choices=RELATIONS,
        ),
        Field(f"{prefix}why", "If not the patient, why?", "select", choices=REASONS),
    )


def patient(filled: Filled, prefix: str, errors: Errors) -> dict[str, Any]:
    """What was typed into `patient_fields`, as the API takes it; adds what has to be mended."""
    typed = {part: filled.get(f"{prefix}{part}", "").strip() for part in _PARTS}
    found: dict[str, Any] = {part: typed[part] for part in ("nhs_number", "name") if typed[part]}
    if typed["date_of_birth"]:
        try:
            found["date_of_birth"] = moments.birth_date(typed["date_of_birth"])
        except ValueError:
            errors[f"{prefix}date_of_birth"] = NO_BIRTH_DATE
    if typed["relation"]:
        found["relevant_person"] = {"relation": typed["relation"], "why": typed["why"] or None}
    elif typed["why"]:
        errors[f"{prefix}relation"] = "Choose who is to be told in place of the patient."
    return found


_PARTS = ("nhs_number", "name", "date_of_birth", "relation", "why")
