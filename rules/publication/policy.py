"""The publication policy: how often, as at when, under which title, and with which words.

Loaded from `schemas/policy/publication/*.toml` for adoption, and from the adopted content ever after.
"""

from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Literal, get_args

import msgspec

from rules.calendar import fingerprint
from rules.policy import PolicyRefused, canonical, read_folder

Cadence = Literal["quarterly", "monthly"]
TableName = Literal["totals", "by_month", "by_type", "by_organisation"]
TABLES: tuple[TableName, ...] = get_args(TableName)

FILES = ("cadence", "caveats", "readings", "wording")


class _Sourced(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    source: str
    confidence: str
    note: str = ""


class Pace(_Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Windows that end every so many months, from the first end to the last one, both included."""

    id: Cadence
    every_months: int
    first_window_end: date
    last_window_end: date | None = None
    lag_days: int
    first_draft_on: date | None = None


class Caveat(_Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What figures of these tables mean, and what they do not."""

    id: str
    tables: tuple[TableName, ...]
    says: str


class Readings(_Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: str
    year_begins_month: int
    year_begins_day: int
    undated: Literal["by_report"]
    title: str
    title_revised: str
    provider_types: frozenset[str]
    # Adopted before these came, a policy does as it did then.
    succession: Literal["as_drafted", "as_signed"] = "as_drafted"
    gaps: Literal["of_the_ledger", "of_the_window"] = "of_the_ledger"
    withdrawals: Literal["with_why", "without_why"] = "with_why"
    needs_nhs_contract: bool = False
    shown_together: frozenset[str] = frozenset()


class Labels(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    totals: str
    month_not_known: str
    type_not_known: str
    subtype_not_recorded: str
    subtype_other: str
    organisation_not_known: str
    organisations_together: str = ""


class Wording(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    labels: Labels
    reasons: dict[str, str]


class Content(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    readings: Readings
    cadence: tuple[Pace, ...]
    caveats: tuple[Caveat, ...]
    wording: Wording


class Policy:
    """One adopted version. `version` names it together with the first digits of its hash."""

    def __init__(self, content: Content, sha256: str) -> None:
        self.readings = content.readings
        self.version = f"{content.readings.version}+{sha256[:8]}"
        self.cadence = content.cadence
        self.caveats = {caveat.id: caveat for caveat in content.caveats}
        self.labels = content.wording.labels
        self.reasons = content.wording.reasons

    @property
    def follows_signed(self) -> bool:
        """Whether a release says what changed since the one that was signed last, not the one drafted last.

        Then no window is drafted that ends no later than one of its year before.
        """
        return self.readings.succession == "as_signed"

    def caveats_of(self, table: TableName) -> tuple[str, ...]:
        return tuple(caveat.id for caveat in self.caveats.values() if table in caveat.tables)

    def year_of(self, day: date) -> date:
        """The first day of the financial year in which a day lies."""
        begins = date(day.year, self.readings.year_begins_month, self.readings.year_begins_day)
        return begins if day >= begins else begins.replace(year=day.year - 1)


@lru_cache(maxsize=16)
def parse(content: str) -> Policy:
    """A policy from its adopted content (JSON). Raises `PolicyRefused`."""
    try:
        parsed = msgspec.json.decode(content, type=Content)
    except msgspec.MsgspecError as error:
        raise PolicyRefused(f"not a publication policy: {error}") from error
    for part in (parsed.readings, *parsed.cadence, *parsed.caveats):
        if not part.source or not part.confidence:
            raise PolicyRefused(f"{type(part).__name__.lower()} without source or confidence; add both")
    if not parsed.cadence:
        raise PolicyRefused("cadence: there is none; say from which window on releases are made")
    bare = [table for table in TABLES if not any(table in caveat.tables for caveat in parsed.caveats)]
    if bare:
        raise PolicyRefused(f"caveats: none is for {bare[0]}; no figure can be released without one")
    if len({caveat.id for caveat in parsed.caveats}) != len(parsed.caveats):
        raise PolicyRefused("caveats: two of them have one id; give each its own")
    if parsed.readings.shown_together and not parsed.wording.labels.organisations_together:
        raise PolicyRefused("wording: labels.organisations_together is missing; say what is shown together")
    _check_changeover(parsed.cadence)
    return Policy(parsed, fingerprint(content))


def content_of(files: dict[str, dict[str, object]]) -> str:
    """The content to adopt, from policy files read by `rules.policy.read`."""
    missing = [name for name in FILES if name not in files]
    unknown = sorted(set(files) - set(FILES))
    if missing or unknown:
        raise PolicyRefused(
            f"publication: {', '.join(f'{name}.toml' for name in missing or unknown)} "
            f"{'is missing' if missing else 'is no file of this policy'}; there are {', '.join(FILES)}"
        )
    lists = {"cadence": files["cadence"].get("cadence"), "caveats": files["caveats"].get("caveat")}
    return canonical({**files, **lists})


def default_content() -> tuple[str, str]:
    """Version and content of the policy in this repository, checked."""
    content = content_of(read_folder("publication"))
    return parse(content).version, content


def months_after(day: date, months: int) -> date:
    """The last day of the month that lies so many months after the day's own."""
    years, month = divmod(day.month - 1 + months + 1, 12)
    return date.fromordinal(date(day.year + years, month + 1, 1).toordinal() - 1)


def _check_changeover(cadence: tuple[Pace, ...]) -> None:
    """Where one pace ends the next begins with its own next window: no month is dropped, none comes twice."""
    for pace in cadence:
        for end in filter(None, (pace.first_window_end, pace.last_window_end)):
            if months_after(end, 0) != end:
                raise PolicyRefused(f"cadence {pace.id}: {end} is not the last day of a month; correct it")
        if pace.every_months not in (1, 3) or pace.lag_days < 1:
            raise PolicyRefused(f"cadence {pace.id}: every_months is 1 or 3, and lag_days at least 1")
    for earlier, later in pairwise(cadence):
        if earlier.last_window_end is None:
            raise PolicyRefused(f"cadence {earlier.id} never ends, and {later.id} follows it; end it first")
        wanted = months_after(earlier.last_window_end, later.every_months)
        if later.first_window_end != wanted:
            raise PolicyRefused(
                f"cadence {later.id}: its first window ends on {later.first_window_end}; after "
                f"{earlier.last_window_end} it must end on {wanted}, or a month is dropped or doubled"
            )
    if cadence[-1].last_window_end is not None:
        raise PolicyRefused(f"cadence {cadence[-1].id}: the last pace has no last_window_end; remove it")
