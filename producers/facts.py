"""What a case is about, as the door knows it, and how a follow-up changes that.

A change is kept as `pointer: [before, after]` beside the event that made it, so that a retraction can take
exactly that change out again.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

import msgspec

from producers.body_types import ORDER
from schemas.event_types import (
    ANONYMOUS,
    IMMEDIATE_RISK,
    MAY_STILL_FOLLOW,
    NEVER_EVENT_PROPOSED,
    PROVIDER_NOT_KNOWN,
    CaseFacts,
    Grade,
    Instant,
    Patient,
)

Changes = dict[str, list[Any]]

FLAG_BITS = {
    "harm_may_still_follow": MAY_STILL_FOLLOW,
    "immediate_risk": IMMEDIATE_RISK,
    "never_event_proposed": NEVER_EVENT_PROPOSED,
    "provider_not_known": PROVIDER_NOT_KNOWN,
    "anonymous": ANONYMOUS,
}


class ToldOfClaim(msgspec.Struct, frozen=True, kw_only=True):
    """What was recorded about a claim, or that a new fact was. All is None where it was taken out again."""

    number: int | None = None  # in the order of the case
    kind: str | None = None
    claim_id: str | None = None
    provider: str | None = None
    scheme_member: bool | None = None
    word: str | None = None
    percent: int | None = None
    at: Instant | None = None


class CaseState(msgspec.Struct, frozen=True, kw_only=True):
    """The facts that are copied into each record, and the routing fields that stand before them.

    `claims` has what `producers.claims` judges by; its keys are event ids. What follows it is for patterns
    over many cases (`producers.ward_view`).
    """

    facts: CaseFacts
    potential: Grade
    flags: int
    claims: dict[str, ToldOfClaim] = {}
    ward_ref: str | None = None
    incident_type: str | None = None
    factor_codes: str = ""  # in one value with commas between, so that a retraction takes out all or nothing
    ward_version: int = 0
    report_retracted: bool = False

    @property
    def harm(self) -> Grade:
        return worst(
            grade for patient in self.facts.patients for grade in (patient.physical, patient.psychological)
        )

    def patient(self, ref: str) -> Patient | None:
        return next((patient for patient in self.facts.patients if patient.ref == ref), None)

    @property
    def factors(self) -> tuple[str, ...]:
        return tuple(filter(None, self.factor_codes.split(",")))

    def provider_codes(self) -> tuple[str, ...]:
        return tuple(provider.code for provider in self.facts.providers)

    def flagged(self, name: str) -> bool:
        return bool(self.flags & FLAG_BITS[name])

    def copied(self) -> dict[str, Any]:
        """What each record of the case carries."""
        return {"harm": self.harm, "potential": self.potential, "flags": self.flags, "facts": self.facts}

    def plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return cast(dict[str, Any], msgspec.to_builtins(self))


def worst(grades: Iterable[Grade]) -> Grade:
    """The worst of what is known; `not_known` only where nothing is."""
    return max(grades, key=ORDER.index, default="not_known")


def from_plain(plain: Mapping[str, Any]) -> CaseState:
    return msgspec.convert(plain, CaseState)


def changed(before: CaseState, after: CaseState) -> Changes:
    """Each single value that differs."""
    old, new = dict(_leaves(before.plain())), dict(_leaves(after.plain()))
    return {
        pointer: [old.get(pointer), new.get(pointer)]
        for pointer in {**old, **new}
        if old.get(pointer) != new.get(pointer)
    }


def without(state: CaseState, changes: Changes, later: Iterable[Changes]) -> tuple[CaseState, list[Changes]]:
    """The state as if these changes had not been made; `later`: what stands and was changed after, in order.

    Also gives `later` as it reads now: where a later event changed the same value, its "before" becomes ours.
    """
    rewritten = [dict(one) for one in later]
    values = dict(_leaves(state.plain()))
    for pointer, (before, _) in changes.items():
        heir = next((one for one in rewritten if pointer in one), None)
        if heir is None:
            values[pointer] = before
        else:
            heir[pointer] = [before, heir[pointer][1]]
    return from_plain(_nested(values)), rewritten


def _leaves(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _leaves(value, f"{path}/{name}")
    elif isinstance(node, (list, tuple)):
        for index, value in enumerate(node):
            yield from _leaves(value, f"{path}/{index}")
    else:
        yield path, node


def _nested(values: Mapping[str, Any]) -> Any:
    """The inverse of `_leaves`; a name of digits is a place in a list."""
    root: dict[str, Any] = {}
    for pointer, value in values.items():
        *parents, last = pointer.lstrip("/").split("/")
        node = root
        for parent in parents:
            node = node.setdefault(parent, {})
        node[last] = value
    return _lists(root)


def _lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    content = {name: _lists(value) for name, value in node.items()}
    if content and all(name.isdigit() for name in content):
        return [content[str(index)] for index in range(len(content))]
    return content
