"""The policy on never events: the lists by date of occurrence, gates, sub-types, payment, and series breaks.

Loaded from `schemas/policy/never_events/*.toml` for adoption, and from the adopted content ever after.
"""

from datetime import date
from functools import lru_cache
from typing import Literal

import msgspec

from rules.calendar import fingerprint
from rules.policy import IN_FORCE, PolicyRefused, canonical, check_versions, read_folder
from schemas.event_types import Grade
from schemas.never_event_types import Payment

GateName = Literal["none", "death_or_severe", "death"]


class _Sourced(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    source: str
    confidence: str
    note: str = ""


class Subtype(_Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`counts`: false for what the list excludes. `valid_to`: its last London day of occurrence."""

    code: str
    title: str
    counts: bool
    valid_to: date | None = None

    def counts_on(self, day: date) -> bool:
        return self.counts and (self.valid_to is None or day <= self.valid_to)


class Type(_Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`suspended`: it stands on the list and is never counted."""

    no: int
    name: str
    gate: GateName
    suspended: bool = False
    subtype: tuple[Subtype, ...] = ()

    def subtype_of(self, code: str | None) -> Subtype | None:
        return next((one for one in self.subtype if one.code == code), None)


class PaymentRule(_Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    rule: Payment
    text: str


class NeverEventList(_Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`version`: the year from which it held. Days are London days of occurrence, both included."""

    id: str
    version: str
    title: str
    status: Literal["in_force", "proposed"]
    valid_from: date
    valid_to: date | None = None
    definition: str
    payment: PaymentRule
    type: tuple[Type, ...]

    def type_of(self, number: int | None) -> Type | None:
        return next((one for one in self.type if one.no == number), None)


class Break(_Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From this London day on figures are not to be compared with those before."""

    on: date
    title: str


class Breaks(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    breaks: tuple[Break, ...] = msgspec.field(name="break")


class CarriedOver(_Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One type as several lists have it, each at most once: `2011/1`."""

    title: str
    types: tuple[str, ...]


class Gate(_Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`reaches`: the grade that the harm of one patient must reach; None where none is asked for."""

    title: str
    reaches: Grade | None = None


class Readings(_Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: str
    future_tolerance_minutes: int
    gates: dict[GateName, Gate]
    tells_contract: bool = False  # so adopted before it came, and the next
    asks_physical: bool = False


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    lists: tuple[NeverEventList, ...]
    breaks: Breaks
    readings: Readings
    carried_over: tuple[CarriedOver, ...] = ()  # adopted before it came, a policy has none


class Policy:
    """One adopted version. `version` names it together with the first digits of its hash."""

    def __init__(self, content: Content, sha256: str) -> None:
        self.version = f"{content.readings.version}+{sha256[:8]}"
        self.lists = tuple(sorted(content.lists, key=lambda one: one.valid_from))
        self.breaks = tuple(sorted(content.breaks.breaks, key=lambda one: one.on))
        self.gates = content.readings.gates
        self.tells_contract = content.readings.tells_contract
        self.asks_physical = content.readings.asks_physical
        self._carried_over = {code: one for one in content.carried_over for code in one.types}
        self.future_tolerance_minutes = content.readings.future_tolerance_minutes

    def list_on(self, day: date) -> NeverEventList | None:
        """The list in force on this London day of occurrence; None before there was one."""
        for one in self.lists:
            in_force = one.status == IN_FORCE and one.valid_from <= day
            if in_force and (one.valid_to is None or day <= one.valid_to):
                return one
        return None

    def carried_over(self, version: str | None, number: int | None, to: NeverEventList) -> Type | None:
        """The type of `to` that is this type of another list; None where the policy knows of none."""
        row = self.row_of(version, number)
        return next((type for type in to.type if row and f"{to.version}/{type.no}" in row.types), None)

    def row_of(self, version: str | None, number: int | None) -> CarriedOver | None:
        """What says which type of other lists this one is; None where the policy knows of none."""
        return self._carried_over.get(f"{version}/{number}")

    def list_of(self, version: str | None) -> NeverEventList | None:
        return next((one for one in self.lists if one.version == version), None)


@lru_cache(maxsize=16)
def parse(content: str) -> Policy:
    """A policy from its adopted content (JSON). Raises `PolicyRefused`."""
    try:
        parsed = msgspec.json.decode(content, type=Content)
    except msgspec.MsgspecError as error:
        raise PolicyRefused(f"not a policy on never events: {error}") from error
    _check(parsed)
    return Policy(parsed, fingerprint(content))


def content_of(files: dict[str, dict[str, object]]) -> str:
    """The content to adopt, from policy files read by `rules.policy.read`."""
    rest = dict(files)
    apart: dict[str, object] = {}
    for name in ("breaks", "readings"):
        if name not in rest:
            raise PolicyRefused(f"{name}.toml is missing")
        apart[name] = rest.pop(name)
    if carried_over := rest.pop("carried_over", None):
        apart |= carried_over
    for name, fields in rest.items():
        if fields.get("id") != name:
            raise PolicyRefused(f"{name}.toml: its id is {fields.get('id')!r}; an id equals the file's name")
    return canonical({"lists": [rest[name] for name in sorted(rest)], **apart})


def default_content() -> tuple[str, str]:
    """Version and content of the policy in this repository, checked."""
    content = content_of(read_folder("never_events"))
    return parse(content).version, content


def _check(content: Content) -> None:
    if not content.lists:
        raise PolicyRefused("no list; add at least one file with the types of never events")
    for one in content.lists:
        _check_list(one)
        for type in one.type:
            if type.gate not in content.readings.gates:
                raise PolicyRefused(
                    f"{one.id}: type {type.no} has the gate {type.gate}, which readings.toml lacks"
                )
    versions = [one.version for one in content.lists]
    if len(versions) != len(set(versions)):
        raise PolicyRefused("two lists have the same version; a version names one list")
    check_versions(
        (one for one in content.lists if one.status == IN_FORCE), lambda _: ["the list of never events"]
    )
    parts: tuple[tuple[str, _Sourced], ...] = (
        *(("breaks.toml", one) for one in content.breaks.breaks),
        ("readings.toml", content.readings),
        *(("readings.toml", one) for one in content.readings.gates.values()),
        *(("carried_over.toml", one) for one in content.carried_over),
    )
    for where, part in parts:
        _check_source(where, part)
    _check_carried_over(content)


def _check_carried_over(content: Content) -> None:
    """Each row names types that can count, one of a list, and none is in two rows: a match has one answer."""
    there = {f"{one.version}/{type.no}" for one in content.lists for type in one.type if not type.suspended}
    seen: set[str] = set()
    for row in content.carried_over:
        for code in row.types:
            if code not in there:
                raise PolicyRefused(
                    f"carried_over.toml: {code} is no type of a list, or is suspended; correct it"
                )
            if code in seen:
                raise PolicyRefused(f"carried_over.toml: {code} stands there twice; name it once")
            seen.add(code)
        versions = [code.partition("/")[0] for code in row.types]
        if len(versions) != len(set(versions)):
            raise PolicyRefused(
                f"carried_over.toml: {row.title} names a list twice; a type has one number on it"
            )


def _check_list(one: NeverEventList) -> None:
    subtypes = [subtype for type in one.type for subtype in type.subtype]
    for part in (one, one.payment, *one.type, *subtypes):
        _check_source(one.id, part)
    numbers = [type.no for type in one.type]
    if len(numbers) != len(set(numbers)) or not numbers:
        raise PolicyRefused(f"{one.id}: each type needs a number of its own, and there must be one")
    if one.valid_to and one.valid_to < one.valid_from:
        raise PolicyRefused(f"{one.id}: valid_to {one.valid_to} lies before valid_from {one.valid_from}")


def _check_source(where: str, part: _Sourced) -> None:
    if not part.source or not part.confidence:
        raise PolicyRefused(f"{where}: {type(part).__name__.lower()} without source or confidence; add both")
