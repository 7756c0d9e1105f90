"""What the policy of this release says of an entry: names, gate and payment rule, and how sure that is.

An entry is judged by the policy that was adopted when somebody spoke of it; here it is only given its words.
"""

from datetime import date
from functools import cache

from msgspec import Struct

from rules.never_events.policy import NeverEventList, Policy, Type, default_content, parse
from sinks.never_event import NeverEvent


class Named(Struct, frozen=True, kw_only=True):
    """Empty where nobody could say the type, or no list was in force."""

    list_title: str = ""
    type: str = ""
    type_confidence: str = ""
    subtype: str = ""
    gate: str = ""
    gate_confidence: str = ""
    payment: str = ""
    payment_confidence: str = ""


@cache
def policy() -> Policy:
    return parse(default_content()[1])


def name_of(entry: NeverEvent) -> Named:
    listed = policy().list_of(entry.list_version)
    if listed is None:
        return Named()
    known = entry.occurred_at is not None
    named = Named(
        list_title=listed.title,
        payment=listed.payment.text if known else "",
        payment_confidence=listed.payment.confidence if known else "",
    )
    type = listed.type_of(entry.type_no)
    return named if type is None else _with_type(named, type, entry.subtype)


def _with_type(named: Named, type: Type, code: str | None) -> Named:
    subtype, gate = type.subtype_of(code), policy().gates[type.gate]
    return Named(
        list_title=named.list_title,
        type=type.name,
        type_confidence=type.confidence,
        subtype=subtype.title if subtype else "",
        gate=gate.title,
        gate_confidence=type.confidence,
        payment=named.payment,
        payment_confidence=named.payment_confidence,
    )


def list_of_the_day(day: date) -> NeverEventList | None:
    """The list in force on a London day of occurrence."""
    return policy().list_on(day)
