"""The patterns policy: what counts, over which window, and when a group stands out or has gone quiet.

Loaded from `schemas/policy/patterns/*.toml` for adoption, and from the adopted content ever after.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, get_args

import msgspec

from rules.calendar import fingerprint
from rules.candour.policy import RANK
from rules.policy import PolicyRefused, canonical, read_folder
from schemas.event_types import Grade, Kind

DAY = 86_400_000
HOUR = 3_600_000

ClusterGrain = Literal["ward", "incident_type", "factor"]
QuietGrain = Literal["ward", "provider"]


class _Sourced(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    source: str
    confidence: str
    note: str = ""


class Cluster(_Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    grouped_by: ClusterGrain
    window_days: int
    least: int
    times_usual_percent: int
    usual_days: int
    usual_least_days: int
    least_without_usual: int

    @property
    def memory_ms(self) -> int:
        """How far back a report can matter."""
        return (self.window_days + self.usual_days) * DAY


class Alerts(_Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    watch_days: int


class Silence(_Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    of: QuietGrain
    used_days: int
    least_heard_days: int
    silent_days: int


class Closing(_Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    window_hours: int
    least: int


class Readings(_Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: str
    status: Literal["proposed"]
    kinds: frozenset[Kind]
    counts_from_harm: Grade
    counts_from_potential: Grade


class Content(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    readings: Readings
    clusters: tuple[Cluster, ...]
    silences: tuple[Silence, ...]
    alerts: Alerts
    closing: Closing


class Policy:
    """One adopted version. `version` names it together with the first digits of its hash."""

    def __init__(self, content: Content, sha256: str) -> None:
        self.version = f"{content.readings.version}+{sha256[:8]}"
        self.readings = content.readings
        self.clusters = {one.grouped_by: one for one in content.clusters}
        self.silences = {one.of: one for one in content.silences}
        self.alerts = content.alerts
        self.closing = content.closing
        self.memory_ms = max((one.memory_ms for one in content.clusters), default=0)

    def counts(self, kind: Kind, harm: Grade, potential: Grade) -> bool:
        """Whether such a report counts towards a pattern."""
        one = self.readings
        return kind in one.kinds and (
            RANK[harm] >= RANK[one.counts_from_harm] or RANK[potential] >= RANK[one.counts_from_potential]
        )


@lru_cache(maxsize=16)
def parse(content: str) -> Policy:
    """A policy from its adopted content (JSON). Raises `PolicyRefused`."""
    try:
        parsed = msgspec.json.decode(content, type=Content)
    except msgspec.MsgspecError as error:
        raise PolicyRefused(f"not a patterns policy: {error}") from error
    _check(parsed)
    return Policy(parsed, fingerprint(content))


def content_of(files: dict[str, dict[str, object]]) -> str:
    """The content to adopt, from policy files read by `rules.policy.read`."""
    rest = dict(files)
    lists = {}
    for name, key, table in (("clusters", "clusters", "cluster"), ("silence", "silences", "silence")):
        if table not in rest.get(name, {}):
            raise PolicyRefused(f"{name}.toml is missing, or has no [[{table}]] in it")
        lists[key] = rest.pop(name)[table]
    return canonical({**rest, **lists})


def default_content() -> tuple[str, str]:
    """Version and content of the policy in this repository, checked."""
    content = content_of(read_folder("patterns"))
    return parse(content).version, content


def _check(content: Content) -> None:
    for part in (content.readings, *content.clusters, *content.silences, content.alerts, content.closing):
        if not part.source or not part.confidence:
            raise PolicyRefused(f"{type(part).__name__.lower()}: without source or confidence; add both")
        for name in part.__struct_fields__:
            value = getattr(part, name)
            if isinstance(value, int) and value < 1:
                raise PolicyRefused(f"{type(part).__name__.lower()}: {name} is {value}; it must be 1 or more")
    _check_whole("cluster", [one.grouped_by for one in content.clusters], get_args(ClusterGrain))
    _check_whole("silence", [one.of for one in content.silences], get_args(QuietGrain))
    for one in content.clusters:
        if one.usual_least_days > one.usual_days:
            raise PolicyRefused(
                f"cluster {one.grouped_by}: usual_least_days is more than usual_days; lower it"
            )
        if one.least < 2:
            raise PolicyRefused(
                f"cluster {one.grouped_by}: one report is no cluster; least must be 2 or more"
            )


def _check_whole(what: str, there: Sequence[str], wanted: Sequence[str]) -> None:
    """Each once: what stands by one version of the policy must be judged by the next."""
    for name in wanted:
        if there.count(name) != 1:
            raise PolicyRefused(f"{what}: {name} stands there {there.count(name)} times; once is right")
