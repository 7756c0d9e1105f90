"""What pydantic found wrong, as faults that name the field and the mend."""

from collections.abc import Iterable, Mapping
from typing import Any, get_args

from producers.follow_ups import AnyFollowUp
from producers.refusals import Fault, Refused, pointer

TITLE = "The request cannot be taken as it is"
_MOST = 20

TYPES = tuple(
    get_args(kind.model_fields["type"].annotation)[0] for kind in get_args(get_args(AnyFollowUp)[0])
)

_MENDS = {
    "missing": ("is missing.", "Add it."),
    "string_type": ("is no text.", "Put it in quotes."),
    "bool_type": ("is neither true nor false.", "Write true or false without quotes, or leave it out."),
    "list_type": ("is no list.", "Write it in square brackets."),
    "string_unicode": ("holds half a character.", "Send it as whole UTF-8 text."),
    "string_pattern_mismatch": ("is not written as it must be.", "Compare it with the API's description."),
    "none_forbidden": ("is null.", "Give a value."),
}


def from_validation(errors: Iterable[Mapping[str, Any]]) -> Refused:
    """Each fault once, at most twenty.

    Places are given without the "body" or "query" and the type that FastAPI adds.
    """
    errors = list(errors)
    if any(error["type"] == "json_invalid" for error in errors):
        return Refused(400, "The request cannot be read", [_fault(error) for error in errors])
    found = [_fault(error) for error in errors]
    unique = list({(fault.pointer, fault.detail): fault for fault in found}.values())
    return Refused(422, TITLE, unique[:_MOST])


def _fault(error: Mapping[str, Any]) -> Fault:
    kind, place = error["type"], list(error["loc"])
    if place[:1] in (["body"], ["query"]):
        place = place[1:]
    if place and place[0] in TYPES:
        place = place[1:]
    if kind == "json_invalid":
        told = error.get("ctx", {}).get("error", "")
        return Fault(
            "", f"is no JSON (at character {place[-1] if place else 0}: {told}).", "Check the syntax."
        )
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return Fault("/type", "names no kind of follow-up.", f"Use one of: {', '.join(TYPES)}.")
    where, context = pointer(*place), error.get("ctx", {})
    if kind == "literal_error":
        return Fault(where, "is none of the values it may have.", f"Use one of: {context['expected']}.")
    if kind == "too_long":
        detail = f"has more than {context['max_length']} entries."
        return Fault(
            where, detail, "Split it over several reports, and say in each that they belong together."
        )
    if kind == "string_too_long":
        return Fault(where, f"is longer than {context['max_length']} characters.", "Shorten it.")
    if kind in ("model_type", "model_attributes_type", "dict_type"):
        return Fault(where, "is no JSON object.", 'Write it in braces, with "name": value pairs.')
    if kind in _MENDS:
        return Fault(where, *_MENDS[kind])
    return Fault(where, str(error["msg"]).rstrip(".") + ".")
