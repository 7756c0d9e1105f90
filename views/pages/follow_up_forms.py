"""The plain form of each follow-up, as `follow_up_forms.toml` words it."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from schemas.incident_types import FACTORS, TYPES
from views.pages import words
from views.pages.fields import Choice, Field, choices
from views.pages.patient_form import patient_fields

YES_NO = (Choice("yes", "Yes"), Choice("no", "No"))
NAMED = {
    "yes_no": YES_NO,
    "yes_no_not_sure": (*YES_NO, Choice("not_sure", "Not sure")),
    "grades": choices(words.HARMS),
    "feedback": choices(words.FEEDBACK),
    "incident_types": choices(TYPES),
    "factors": choices(FACTORS),
}


@dataclass(frozen=True)
class Form:
    """`about`: whether it must say which patient and provider, which patient (or all of them), which
    obligation, claim, new fact, escalation or serious incident, or is for the whole case. What it is about
    must be there for it to be offered."""

    type: str
    title: str
    lead: str
    about: Literal["patient", "patients", "obligation", "claim", "fact", "escalation", "serious", "case"]
    fields: tuple[Field, ...]


def load(text: str) -> dict[str, Form]:
    """The forms by type, in their order."""
    found = tomllib.loads(text)["forms"]
    return {one["type"]: Form(**one | {"fields": _fields(one)}) for one in found}


def _fields(form: dict[str, Any]) -> tuple[Field, ...]:
    own = tuple(Field(**field | {"choices": _choices(field.get("choices", {}))}) for field in form["fields"])
    # Details added later may say who the patient is, in the same words as the report.
    return own + (patient_fields() if form["type"] == "enriched" else ())


def _choices(given: str | dict[str, str]) -> tuple[Choice, ...]:
    return NAMED[given] if isinstance(given, str) else choices(given)


BY_TYPE = load((Path(__file__).with_suffix(".toml")).read_text(encoding="utf-8"))
