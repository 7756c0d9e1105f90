"""The kinds of value that reports and follow-ups are made of, and how each is checked.

"Not sure" is an answer everywhere: a grade becomes `not_known`, any other optional field counts as not said.
"""

import re
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal

from nhs_number.validate import is_valid
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StrictBool,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError

from rules.london import instant
from schemas.event_types import Grade

TEXT_BYTES = 256 * 1024
SHORT_CHARACTERS = 200
NOT_SURE = "not_sure"
EARLIEST_BIRTH = 1850  # nobody who is treated was born before this year; "58" for 1958 is
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


class Body(BaseModel):
    """Unknown fields are neither refused nor lost: they are kept aside (`producers.texts`)."""

    model_config = ConfigDict(extra="allow")
    answers_not_sure: ClassVar[frozenset[str]] = frozenset()

    @model_validator(mode="before")
    @classmethod
    def _not_sure_is_not_said(cls, content: Any) -> Any:
        if not isinstance(content, dict):
            return content
        optional = {
            field.alias or name for name, field in cls.model_fields.items() if not field.is_required()
        } - cls.answers_not_sure
        return {
            name: value for name, value in content.items() if not (value == NOT_SURE and name in optional)
        }


def _text(value: str) -> str:
    if "\0" in value:
        raise PydanticCustomError("null_byte", "holds a null character, which no text has; take it out")
    size = len(value.encode())
    if size > TEXT_BYTES:
        raise PydanticCustomError(
            "text_too_long",
            "is {size} KiB long; a text may have up to {limit} KiB. Shorten it, and attach the rest later",
            {"size": size // 1024 + 1, "limit": TEXT_BYTES // 1024},
        )
    return value


def _said(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError("empty", "is empty; say in a few words what you know")
    return value


def _named(value: str) -> str:
    if not value.strip():
        raise PydanticCustomError("empty", "is empty; give the name, or leave it out")
    return value


def _instant(value: Any) -> int:
    if not isinstance(value, str) or not _RFC3339.fullmatch(value):
        raise PydanticCustomError(
            "time", "is no date and time with an offset; write it like 2013-12-19T22:10:00+00:00"
        )
    try:
        return instant(datetime.fromisoformat(value.upper()))
    except (ValueError, OverflowError):
        raise PydanticCustomError("time", "is a day or time that does not exist; check it") from None


def _birth_date(value: Any) -> str:
    try:
        if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
            raise ValueError
        found = date.fromisoformat(value)
    except ValueError:
        raise PydanticCustomError("date", "is no date; write it like 1948-07-05") from None
    if found.year < EARLIEST_BIRTH:
        raise PydanticCustomError(
            "date", "is before {year}; check the year, it has four digits", {"year": EARLIEST_BIRTH}
        )
    return found.isoformat()


def _nhs_number(value: Any) -> str:
    digits = re.sub(r"[ -]", "", value) if isinstance(value, str) else ""
    if not re.fullmatch(r"[0-9]{10}", digits, re.ASCII):
        raise PydanticCustomError(
            "nhs_number", "is no NHS number: it has ten digits, like 943 476 5919. Leave it out if not known"
        )
    if len(set(digits)) == 1 or not is_valid(digits):
        raise PydanticCustomError(
            "nhs_number",
            "fails its check digit, so at least one digit is wrong. Copy it again from the wristband or the "
            "record, or leave it out if not known",
        )
    return digits


def _known(value: str) -> str:
    return "not_known" if value == NOT_SURE else value


def _code(value: str) -> str:
    return value.strip().upper()


Text = Annotated[str, AfterValidator(_text)]
Said = Annotated[str, AfterValidator(_text), AfterValidator(_said)]
Short = Annotated[str, Field(max_length=SHORT_CHARACTERS), AfterValidator(_text)]
PersonName = Annotated[Short, AfterValidator(_named)]
Time = Annotated[int, BeforeValidator(_instant), WithJsonSchema({"type": "string", "format": "date-time"})]
BirthDate = Annotated[str, BeforeValidator(_birth_date), WithJsonSchema({"type": "string", "format": "date"})]
NhsNumber = Annotated[str, BeforeValidator(_nhs_number), WithJsonSchema({"type": "string"})]
ProviderCode = Annotated[Short, AfterValidator(_code)]
PatientRef = Annotated[str, Field(pattern=r"^p[1-9][0-9]{0,3}$")]
Id = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Answer = StrictBool | None
NeverEventType = Annotated[str, Field(pattern=r"^([0-9]{4}/[0-9]{1,2}|not_sure)$")]
PhysicalGrade = Annotated[
    Literal["none", "low", "moderate", "severe", "fatal", "not_known", "not_sure"], AfterValidator(_known)
]
PsychologicalGrade = Annotated[
    Literal["none", "low", "moderate", "severe", "not_known", "not_sure"], AfterValidator(_known)
]

ORDER: tuple[Grade, ...] = ("not_known", "none", "low", "moderate", "severe", "fatal")
