"""The signals policy: what is asked about, from when on, and in which words.

Loaded from `schemas/policy/signals/*.toml` for adoption, and from the adopted content ever after.
"""

from functools import lru_cache
from typing import Literal

import msgspec

from rules.calendar import fingerprint
from rules.candour.policy import RANK
from rules.policy import PolicyRefused, canonical, read_folder
from schemas.event_types import Grade


class _Sourced(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    source: str
    confidence: str
    note: str = ""


class Asked(_Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    question: str


class GradedDown(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`band_ends_working_days`: where base rates are parted by the days left. `no_longer_known`: a grade from
    the threshold on that becomes not known is graded down. A policy adopted before does neither."""

    threshold: Grade
    working_days_before_due: int
    band_ends_working_days: tuple[int, ...] = ()
    no_longer_known: bool = False

    def lowers(self, before: Grade, after: Grade) -> bool:
        """Whether this is graded down; by a grade that is not known, only where it crosses the threshold."""
        if after == "not_known":
            return self.no_longer_known and self.crosses(before, after)
        return RANK[after] < RANK[before]

    def crosses(self, before: Grade, after: Grade) -> bool:
        return RANK[before] >= RANK[self.threshold] > RANK[after]


class RecordedLate(Asked, frozen=True, kw_only=True, forbid_unknown_fields=True):
    days: int
    days_after_breach: int
    kinds: frozenset[str]


class Readings(_Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: str
    status: Literal["proposed"]


class Content(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    readings: Readings
    graded_down: GradedDown
    recorded_late: RecordedLate
    accounts_differ: Asked
    provider_not_known: Asked
    never_event_without_date: Asked
    evidence_without_report: Asked | None = None  # a policy adopted before this kind came does not ask


class Policy:
    """One adopted version. `version` names it together with the first digits of its hash."""

    def __init__(self, content: Content, sha256: str) -> None:
        self.version = f"{content.readings.version}+{sha256[:8]}"
        self.graded_down = content.graded_down
        self.recorded_late = content.recorded_late
        self.accounts_differ = content.accounts_differ
        self.provider_not_known = content.provider_not_known
        self.never_event_without_date = content.never_event_without_date
        self.evidence_without_report = content.evidence_without_report


@lru_cache(maxsize=16)
def parse(content: str) -> Policy:
    """A policy from its adopted content (JSON). Raises `PolicyRefused`."""
    try:
        parsed = msgspec.json.decode(content, type=Content)
    except msgspec.MsgspecError as error:
        raise PolicyRefused(f"not a signals policy: {error}") from error
    for name in Content.__struct_fields__:
        part: _Sourced | None = getattr(parsed, name)
        if part is None:
            continue
        if not part.source or not part.confidence:
            raise PolicyRefused(f"{name}.toml: without source or confidence; add both")
        if isinstance(part, Asked) and not part.question.rstrip().endswith(("?", ".")):
            raise PolicyRefused(f"{name}.toml: question is no whole sentence; end it")
    late = parsed.recorded_late
    if min(late.days, late.days_after_breach) < 1 or parsed.graded_down.working_days_before_due < 0:
        raise PolicyRefused("a number of days is too small: late by 1 day or more, due in 0 days or more")
    ends = parsed.graded_down.band_ends_working_days
    if list(ends) != sorted({*ends}) or min(ends, default=0) < 0:
        raise PolicyRefused("graded_down.toml: band_ends_working_days does not rise from 0 or more; order it")
    return Policy(parsed, fingerprint(content))


def content_of(files: dict[str, dict[str, object]]) -> str:
    """The content to adopt, from policy files read by `rules.policy.read`."""
    return canonical(files)


def default_content() -> tuple[str, str]:
    """Version and content of the policy in this repository, checked."""
    content = content_of(read_folder("signals"))
    return parse(content).version, content
