"""What a person types into a follow-up form of the case page: every input filled, each choice in its turn."""

from views.pages.fields import Field, Filled
from views.pages.follow_up_forms import Form

TYPED = {
    "provider": "RXX",
    "claim_id": "C-1",
    "nhs_number": "999 000 0042",
    "date_of_birth": "27/03/1958",
    "limb": "20(9)(b)",
    "trust_share_percent": "40",
    "percent": "40",
    "pounds": "25000",
}
"""Where not any words will do."""


def turns(form: Form) -> int:
    """How often it has to be filled until each choice was taken once."""
    return max((len(one.choices) for one in form.fields if one.draw in ("radios", "select")), default=1)


def answers(form: Form, turn: int = 0, typed: dict[str, str] | None = None) -> Filled:
    """`typed`: what to answer where neither the words of `TYPED` nor the choice in turn will do."""
    filled: dict[str, str] = {}
    for field in form.fields:
        filled |= _answer(field, turn)
    return filled | {name: value for name, value in (typed or {}).items() if name in filled}


def _answer(field: Field, turn: int) -> dict[str, str]:
    name = field.name
    match field.draw:
        case "when" if field.ahead:
            return {name: "other", f"{name}-d": "31", f"{name}-m": "3", f"{name}-y": "2014"}
        case "when":
            return {name: "today"}
        case "boxes":
            return {f"{name}-{one.value}": "yes" for one in field.choices}
        case "radios" | "select" if field.choices:
            return {name: field.choices[turn % len(field.choices)].value}
    return {name: TYPED.get(name, "consultant")}
