"""What the patterns rule remembers of one partition: by provider, no further back than its policy looks.

All of it follows from the rule's own outcomes through `evolve`. A report that does not count leaves no trace
but the day on which its ward was heard.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import ClassVar

from msgspec import Struct
from sortedcontainers import SortedList

from rules.partition import PartitionState
from rules.patterns.policy import Policy, parse
from schemas.event_types import Instant

Group = tuple[str, str]
"""What cases have in common: `ward`, `incident_type` or `factor`, and which one."""
Member = tuple[Instant, str]
"""When it was reported, and the case; of a closing, when it was recorded, and the record."""

CLOSINGS: Group = ("provider", "")


class Report(Struct, frozen=True, kw_only=True, gc=False):
    """`counts` is False for one that was withdrawn: its version still tells an echo from news."""

    at: Instant
    version: int
    ward_ref: str | None = None
    incident_type: str | None = None
    factors: tuple[str, ...] = ()
    counts: bool = True

    def groups(self) -> Iterator[Group]:
        if not self.counts:
            return
        if self.ward_ref:
            yield "ward", self.ward_ref
        if self.incident_type:
            yield "incident_type", self.incident_type
        for factor in self.factors:
            yield "factor", factor


class Closing(Struct, frozen=True, kw_only=True, gc=False):
    at: Instant
    case_id: str
    counts: bool = True


class Alert(Struct, frozen=True, kw_only=True, gc=False):
    incident_type: str | None
    factors: tuple[str, ...]
    at: Instant
    recorded_at: Instant
    withdrawn: bool


class Pattern(Struct, frozen=True, kw_only=True, gc=False):
    """A pattern as it was last spoken of. `group` is None for a repeat after an alert: it is of one case."""

    revision: int
    group: Group | None
    standing: bool
    found_revision: int
    found_case: str
    alert_id: str | None = None
    said: tuple[int, Instant, Instant] = (0, 0, 0)  # count, first and last, as they were last told
    alarm: Instant | None = None


class Heard(Struct, frozen=True, kw_only=True, gc=False):
    """On which days (ordinals, rising) a ward or a provider reported; `revision` is that of its silence."""

    days: tuple[int, ...]
    quiet: bool = False
    revision: int = 0
    alarm: Instant | None = None


@dataclass(slots=True)
class Known:
    """What is remembered of one provider."""

    revision: int = 0
    since: Instant | None = None  # the earliest report by which it was heard
    reports: dict[str, Report] = field(default_factory=dict)  # by case
    by_time: SortedList = field(default_factory=SortedList)  # of `Member`: the reports, oldest first
    groups: dict[Group, SortedList] = field(default_factory=dict)  # of `Member`: those that count
    closings: dict[str, Closing] = field(default_factory=dict)  # by the record of the case
    alerts: dict[str, Alert] = field(default_factory=dict)
    patterns: dict[str, Pattern] = field(default_factory=dict)  # by subject
    heard: dict[str | None, Heard] = field(default_factory=dict)  # by ward; None: the provider as a whole


@dataclass(slots=True)
class State(PartitionState[Policy]):
    rule: ClassVar[str] = "patterns"
    parse: ClassVar[Callable[[str], Policy]] = parse

    providers: dict[str, Known] = field(default_factory=dict)

    def known(self, provider: str) -> Known:
        return self.providers.get(provider) or Known()

    def revision(self, subject: str) -> int:
        """The revision last heard of `provider:CODE`, of a pattern, of a silence; 0 if none."""
        kind, colon, name = subject.partition(":")
        if colon and kind == "provider":
            return self.providers[name].revision if name in self.providers else 0
        if colon and kind in ("quarantine", "partition"):
            return self.shared_revision(subject)
        known = self.known(provider_of(subject))
        if is_silence(subject):
            heard = known.heard.get(ward_of(subject))
            return heard.revision if heard else 0
        pattern = known.patterns.get(subject)
        return pattern.revision if pattern else 0


def of_provider(provider: str) -> str:
    return f"provider:{provider}"


def cluster_subject(provider: str, group: Group) -> str:
    return f"{provider}|bulk_closing" if group == CLOSINGS else f"{provider}|cluster|{group[0]}|{group[1]}"


def repeat_subject(provider: str, alert_id: str, case_id: str) -> str:
    return f"{provider}|repeat|{alert_id}|{case_id}"


def silence_subject(provider: str, ward_ref: str | None) -> str:
    return f"{provider}|quiet|provider" if ward_ref is None else f"{provider}|quiet|ward|{ward_ref}"


def provider_of(subject: str) -> str:
    return subject.partition("|")[0]


def is_silence(subject: str) -> bool:
    return subject.split("|", 2)[1:2] == ["quiet"]


def ward_of(subject: str) -> str | None:
    """Of the subject of a silence."""
    parts = subject.split("|", 3)
    return parts[3] if len(parts) > 3 else None
