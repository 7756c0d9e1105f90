"""What a body says, apart from what it says in fields that nobody here knows."""

import json
from typing import Any

from pydantic import BaseModel

from producers.refusals import pointer, wrong
from producers.role_names import OTHER, role_code

REPORTER = "/reporter/"
"""Where the pointers begin of what is kept aside with a reporter's identity."""

_TEXTS = frozenset(
    {
        "reason",
        "evidence",
        "evidence_held",
        "what_happened",
        "what_changed",
        "ward",
        "incident_type",
        "factors",
        "name",
        "nhs_number",
        "date_of_birth",
        "patients",
    }
)
_ROLES = ("by_role", "second_person_role")


def said(body: BaseModel) -> tuple[dict[str, Any], dict[str, Any]]:
    """The fields that were given, as plain values; and by JSON pointer, what is kept aside."""
    aside: dict[str, Any] = {}
    return _model(body, (), aside), aside


def as_json(content: Any) -> bytes:
    """Canonical, in ASCII: whatever strange text or number came in goes through."""
    try:
        return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
    except (RecursionError, ValueError):
        raise wrong("", "is nested too deeply to be kept", "Send it flatter.") from None


def needs_vault(content: dict[str, Any], aside: dict[str, Any]) -> bool:
    """Whether anything was said that must not stand on the log."""
    unnamed = any(role_code(content.get(name)) == OTHER for name in _ROLES)
    return bool(aside) or unnamed or not _TEXTS.isdisjoint(content)


def _model(body: BaseModel, path: tuple[object, ...], aside: dict[str, Any]) -> dict[str, Any]:
    for name, value in (body.model_extra or {}).items():
        aside[pointer(*path, name).encode("utf-8", "replace").decode()] = value
    content = {}
    for name, field in type(body).model_fields.items():
        if name in body.model_fields_set:
            shown = field.alias or name
            content[shown] = _plain(getattr(body, name), (*path, shown), aside)
    return content


def _plain(value: Any, path: tuple[object, ...], aside: dict[str, Any]) -> Any:
    if isinstance(value, BaseModel):
        return _model(value, path, aside)
    if isinstance(value, list):
        return [_plain(item, (*path, index), aside) for index, item in enumerate(value)]
    return value
