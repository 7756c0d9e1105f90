"""What a form asks: fields declared once, drawn by `fields.jinja`, read back into a body of the JSON API."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Filled = Mapping[str, str]  # what was typed, by field name; nothing typed is ever lost
Errors = dict[str, str]  # what to mend, by field name, in the order of the form
Draw = Literal["text", "area", "radios", "select", "boxes", "when", "hidden"]
_NAME = re.compile(r"\b[a-z]+(?:_[a-z]+)+\b")


@dataclass(frozen=True)
class Choice:
    value: str
    text: str
    hint: str | None = None


@dataclass(frozen=True)
class Field:
    """`boxes` are single yes-boxes: each choice is a field of its own named `NAME-VALUE`."""

    name: str
    label: str
    draw: Draw = "text"
    hint: str | None = None
    choices: tuple[Choice, ...] = ()
    required: bool = False
    width: int | None = None
    spoken_by: str | None = None  # autocomplete token
    numeric: bool = False
    inline: bool = False
    default: str = ""
    lines: bool = False  # each line is an answer of its own
    whole: bool = False  # a whole number
    ahead: bool = False  # a time that may lie ahead: the last second of a day of which no more is said
    read: str = ""  # address of what to read before one can answer
    missing: str = ""  # what to say when a required field is empty


def choices(pairs: Mapping[str, str]) -> tuple[Choice, ...]:
    return tuple(Choice(value, text) for value, text in pairs.items())


def missing(fields: Iterable[Field], filled: Filled) -> Errors:
    """Required fields that were left empty."""
    return {
        field.name: field.missing or f"Enter {field.label.lower()}"
        for field in fields
        if field.required and field.draw not in ("when", "boxes") and not filled.get(field.name, "").strip()
    }


def name_of(path: str) -> str:
    """`patients[0].nhs_number` and `/patients/0/nhs_number` as the form's name `patients-0-nhs_number`."""
    return re.sub(r"[^a-z0-9_]+", "-", path.lower()).strip("-")


def placed(errors: Errors, fields: Iterable[Field]) -> Errors:
    """The errors in the order of the form, each at an input that is there; any other at the first."""
    asked = tuple(fields)
    inputs = [one for field in asked for one in _inputs(field)]
    labels = {field.name: field.label for field in asked}
    found: Errors = {}
    for name, message in errors.items():
        place = _nearest(name, inputs)
        said = labelled(message, asked)
        found.setdefault(place or inputs[0], sentence(labels.get(place, "") if place else "", said))
    return {name: found[name] for name in inputs if name in found}


def labelled(text: str, fields: Iterable[Field]) -> str:
    """The text with what fields and choices are called for their names; other names are spelt out."""
    names: dict[str, str] = {}
    for field in fields:
        names |= {field.name: field.label} | {one.value: one.text for one in field.choices}
    return _NAME.sub(lambda found: _called(found[0], names), text)


def _called(name: str, names: Mapping[str, str]) -> str:
    return f"“{names[name]}”" if name in names else name.replace("_", " ")


def names_of(field: Field) -> list[str]:
    """Under which names its answer is sent."""
    if field.draw == "boxes":
        return [f"{field.name}-{one.value}" for one in field.choices]
    return [*_inputs(field), f"{field.name}-roughly"] if field.draw == "when" else [field.name]


def _inputs(field: Field) -> list[str]:
    parts = ("", "-d", "-m", "-y", "-time") if field.draw == "when" else ("",)
    return [f"{field.name}{part}" for part in parts]


def _nearest(name: str, inputs: list[str]) -> str | None:
    parts = name.split("-")
    shorter = ("-".join(parts[:end]) for end in range(len(parts), 0, -1))
    return next((one for one in shorter if one in inputs), None)


def sentence(label: str, message: str) -> str:
    """`is no date; …` with the label of its field before it; a whole sentence stays as it is."""
    return f"“{label}” {message}" if message[:1].islower() and label else message


def items_of(field: Field) -> list[dict[str, object]]:
    """The choices as the NHS.UK macros take them; a list to choose from begins with "nothing chosen"."""
    nothing = () if any(not one.value for one in field.choices) else (Choice("", ""),)
    return [
        {"value": one.value, "text": one.text, "hint": {"text": one.hint} if one.hint else None}
        for one in (*(nothing if field.draw == "select" else ()), *field.choices)
    ]
