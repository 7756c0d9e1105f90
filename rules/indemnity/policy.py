"""The indemnity policy: the power as it was proposed, what marks an incident, and the times for families.

Loaded from `schemas/policy/indemnity/*.toml` for adoption, and from the adopted content ever after.
"""

from datetime import date
from functools import lru_cache
from typing import Literal

import msgspec

from rules.calendar import fingerprint
from rules.policy import IN_FORCE, PolicyRefused, canonical, read_folder
from schemas.indemnity_types import MarkerKind

Answer = Literal["avoidability_stated", "material_fact_shared"]


class _Sourced(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    status: Literal["in_force", "proposed"]
    source: str
    confidence: str
    note: str = ""


class Power(_Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`notice` stands in every review: what the power is, and that it binds nobody while proposed."""

    id: str
    title: str
    basis: Literal["statute", "contract", "expectation", "proposed"]
    announced: date | None = None
    consulted_from: date | None = None
    consulted_to: date | None = None
    valid_from: date | None = None
    notice: str


class Markers(_Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    kinds: frozenset[MarkerKind]
    links_said: bool = False


class _Owned(_Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`owner_role`: who speaks with the family; content that was adopted without one names nobody."""

    owner_role: str = ""


class Avoidability(_Owned, frozen=True, kw_only=True, forbid_unknown_fields=True):
    update_given_by: frozenset[Answer]
    each_patient: bool = False


class Facts(_Owned, frozen=True, kw_only=True, forbid_unknown_fields=True):
    share_within_days: int


class Readings(_Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Content that was adopted without a reading of what persons record goes on as before it."""

    version: str
    future_tolerance_minutes: int
    acts_in_order: bool = False
    acts_outlast_closing: bool = False
    scheme_roles: frozenset[str] = frozenset()


class Content(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    power: Power
    markers: Markers
    avoidability: Avoidability
    facts: Facts
    readings: Readings


class Policy:
    """One adopted version. `version` names it together with the first digits of its hash."""

    def __init__(self, content: Content, sha256: str) -> None:
        self.version = f"{content.readings.version}+{sha256[:8]}"
        self.power = content.power
        self.marked_by = content.markers.kinds
        self.links_said = content.markers.links_said
        self.update_given_by = content.avoidability.update_given_by
        self.each_patient = content.avoidability.each_patient
        self.update_owner_role = content.avoidability.owner_role
        self.share_within_days = content.facts.share_within_days
        self.fact_owner_role = content.facts.owner_role
        self.future_tolerance_minutes = content.readings.future_tolerance_minutes
        self.acts_in_order = content.readings.acts_in_order
        self.acts_outlast_closing = content.readings.acts_outlast_closing
        self.scheme_roles = content.readings.scheme_roles


@lru_cache(maxsize=16)
def parse(content: str) -> Policy:
    """A policy from its adopted content (JSON). Raises `PolicyRefused`."""
    try:
        parsed = msgspec.json.decode(content, type=Content)
    except msgspec.MsgspecError as error:
        raise PolicyRefused(f"not an indemnity policy: {error}") from error
    _check(parsed)
    return Policy(parsed, fingerprint(content))


def content_of(files: dict[str, dict[str, object]]) -> str:
    """The content to adopt, from policy files read by `rules.policy.read`."""
    return canonical(files)


def default_content() -> tuple[str, str]:
    """Version and content of the policy in this repository, checked."""
    content = content_of(read_folder("indemnity"))
    return parse(content).version, content


def _check(content: Content) -> None:
    for name in Content.__struct_fields__:
        part: _Sourced = getattr(content, name)
        if not part.source or not part.confidence:
            raise PolicyRefused(f"{name}.toml: without source or confidence; add both")
    power = content.power
    if power.status == IN_FORCE and (power.valid_from is None or power.basis == "proposed"):
        raise PolicyRefused(
            "power.toml: in force, but it has no valid_from or its basis is `proposed`; "
            "say from when and by what it binds"
        )
    if power.status != IN_FORCE and power.basis != "proposed":
        raise PolicyRefused(f"power.toml: {power.status}, so its basis must be `proposed`")
    if content.facts.share_within_days < 1:
        raise PolicyRefused("facts.toml: share_within_days must be 1 or more")
    if "avoidability_stated" not in content.avoidability.update_given_by:
        raise PolicyRefused(
            "avoidability.toml: update_given_by must hold `avoidability_stated`: "
            "the verdict, told to the family, always closes the duty"
        )
