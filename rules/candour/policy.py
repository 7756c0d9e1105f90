"""The candour policy: instruments with their dates, whom they bind, what they ask, and by when.

Loaded from `schemas/policy/candour/*.toml` for adoption, and from the adopted content ever after. What a
source does not support is refused here, so that no verdict can rest on it.
"""

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import Literal

import msgspec

from rules.calendar import fingerprint
from rules.london import first_second, last_second
from rules.policy import IN_FORCE, PolicyRefused, canonical, check_versions, read_folder
from schemas.event_types import CaseFacts, Grade, Instant, Provider

GRADES: tuple[Grade, ...] = ("not_known", "none", "low", "moderate", "severe", "fatal")
RANK: dict[str, int] = {grade: rank for rank, grade in enumerate(GRADES)}

LOWEST_HARM: Grade = "moderate"
"""Below it nothing opens by rule, under any policy (law.md §1.3), and reports are passed over unread."""

Opens = Literal["report", "harm", "never_event", "told", "investigation_completed"]
Starts = Literal["reported_at", "aware_at", "told", "investigation_completed"]
Note = Literal["limb_not_named", "without_report"]
"""What is noted beside evidence and changes no verdict; a policy adopted before a note came asks for none."""


class _Sourced(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    source: str
    confidence: str
    note: str = ""


class Proof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An event that satisfies a duty, and the marks it must bear, in one record or in several together."""

    event: str
    marks: frozenset[str]
    cumulative: bool = False


class Duty(_Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    clock: str
    clause: str
    opens: Opens
    starts: Starts
    due_working_days: int | None = None
    target_working_days: int | None = None
    target_label: str = ""
    warn_working_days: tuple[int, ...]
    owner_role: str
    discharged_by_decline: bool
    satisfied_by: tuple[Proof, ...]

    @property
    def met_by_report(self) -> bool:
        """The report is itself what this duty asks for."""
        return self.opens == "report"


class Bound(_Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A class of providers that an instrument binds, and the test of harm that holds for it."""

    provider_types: frozenset[str]
    needs_nhs_contract: bool
    threshold: str
    harm: Grade
    harm_may_still_follow: bool
    provisional: bool
    asks_for_limb: bool = False

    def binds(self, provider: Provider) -> bool:
        return provider.type in self.provider_types and (provider.nhs_contract or not self.needs_nhs_contract)


class Instrument(_Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    id: str
    title: str
    family: str
    basis: Literal["statute", "contract", "expectation", "proposed"]
    status: Literal["in_force", "proposed", "guidance"]
    valid_from: date | None = None
    valid_to: date | None = None
    date_basis: Literal["reported_at", "aware_at", "occurred_at"]
    bound: tuple[Bound, ...] = ()
    duty: tuple[Duty, ...] = ()


class Readings(_Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: str
    kinds: frozenset[str]
    future_tolerance_minutes: int
    second_person_within_working_days: int
    second_person_below: Grade
    noted: frozenset[Note] = frozenset()
    regrade_of_every_provider: bool = False


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    readings: Readings
    instruments: tuple[Instrument, ...]


class Policy:
    """One adopted version. `version` names it together with the first digits of its hash."""

    def __init__(self, content: Content, sha256: str) -> None:
        self.readings = content.readings
        self.version = f"{content.readings.version}+{sha256[:8]}"
        self.instruments = {instrument.id: instrument for instrument in content.instruments}
        self.duties = {
            (instrument.id, duty.name): duty for instrument in content.instruments for duty in instrument.duty
        }
        self._bound: dict[tuple[str, bool], list[tuple[Instrument, Bound, Instant, Instant]]] = {}
        self._binding = [
            (instrument, bound, *_span(instrument))
            for instrument in content.instruments
            if instrument.status == IN_FORCE and instrument.duty
            for bound in instrument.bound
        ]
        self._thresholds = {
            RANK[bound.harm]
            for instrument, bound, _, _ in self._binding
            if any(duty.opens == "harm" for duty in instrument.duty)
        }

    def reached(self, harm: Grade) -> bool:
        """Whether harm that is graded so reaches a threshold of any instrument."""
        return any(rank <= RANK[harm] for rank in self._thresholds)

    def binding(
        self, provider: Provider, reported_at: Instant, aware_at: Instant
    ) -> Iterator[tuple[Instrument, Bound]]:
        """The instruments that bind this provider by the date of awareness or of the report, as they say."""
        for instrument, bound, first, last in self._that_bind(provider):
            when = reported_at if instrument.date_basis == "reported_at" else aware_at
            if first <= when <= last and instrument.date_basis != "occurred_at":
                yield instrument, bound

    def binding_by_occurrence(
        self, provider: Provider, occurred_at: Instant
    ) -> Iterator[tuple[Instrument, Bound]]:
        """The instruments that bind this provider and are chosen by when it occurred."""
        for instrument, bound, first, last in self._that_bind(provider):
            if instrument.date_basis == "occurred_at" and first <= occurred_at <= last:
                yield instrument, bound

    def asks_for_limb(self, facts: CaseFacts, provider: str | None) -> bool:
        """Whether a determination names the limb of 20(9), about this provider or, if None, about any."""
        return any(
            bound.asks_for_limb
            for one in facts.providers
            if provider in (None, one.code)
            for _, bound in self.binding(one, facts.reported_at, facts.aware_at)
        )

    def commencement(self, provider: Provider, family: str) -> Instant:
        """When an instrument of this family first bound such a provider."""
        return min(
            (first for one, _, first, _ in self._that_bind(provider) if one.family == family), default=0
        )

    def _that_bind(self, provider: Provider) -> list[tuple[Instrument, Bound, Instant, Instant]]:
        kind = provider.type, provider.nhs_contract
        if kind not in self._bound:
            self._bound[kind] = [one for one in self._binding if one[1].binds(provider)]
        return self._bound[kind]


def worst(*grades: Grade) -> Grade:
    """The gravest of these; `not_known` only where nothing else is."""
    return max(grades, key=RANK.__getitem__, default="not_known")


def reaches(grade: str, threshold: str) -> bool:
    return RANK[grade] >= RANK[threshold]


@lru_cache(maxsize=16)
def parse(content: str) -> Policy:
    """A policy from its adopted content (JSON). Raises `PolicyRefused`."""
    try:
        parsed = msgspec.json.decode(content, type=Content)
    except msgspec.MsgspecError as error:
        raise PolicyRefused(f"not a candour policy: {error}") from error
    for instrument in parsed.instruments:
        _check(instrument)
    check_versions(
        (one for one in parsed.instruments if one.status == IN_FORCE and one.bound),
        lambda one: [(one.family, kind) for bound in one.bound for kind in sorted(bound.provider_types)],
    )
    return Policy(parsed, fingerprint(content))


def content_of(files: dict[str, dict[str, object]]) -> str:
    """The content to adopt, from policy files read by `rules.policy.read`."""
    rest = dict(files)
    if "readings" not in rest:
        raise PolicyRefused("readings.toml is missing: it holds the version and the readings of the law")
    readings = rest.pop("readings")
    for name, fields in rest.items():
        if fields.get("id") != name:
            raise PolicyRefused(f"{name}.toml: its id is {fields.get('id')!r}; an id equals the file's name")
    return canonical({"readings": readings, "instruments": [rest[name] for name in sorted(rest)]})


def default_content() -> tuple[str, str]:
    """Version and content of the policy in this repository, checked."""
    content = content_of(read_folder("candour"))
    return parse(content).version, content


def _span(instrument: Instrument) -> tuple[Instant, Instant]:
    first = first_second(instrument.valid_from or date.min.replace(year=1948))
    last = last_second(instrument.valid_to or date.max.replace(year=9000)) + 999
    return first, last


def _check(instrument: Instrument) -> None:
    where = instrument.id
    for part in (instrument, *instrument.bound, *instrument.duty):
        if not part.source or not part.confidence:
            raise PolicyRefused(
                f"{where}: {type(part).__name__.lower()} without source or confidence; add both"
            )
    if instrument.status == IN_FORCE and instrument.valid_from is None:
        raise PolicyRefused(f"{where}: in force, but no valid_from")
    if instrument.valid_from and instrument.valid_to and instrument.valid_to < instrument.valid_from:
        raise PolicyRefused(
            f"{where}: valid_to {instrument.valid_to} lies before valid_from {instrument.valid_from}"
        )
    if instrument.status != IN_FORCE and instrument.duty:
        raise PolicyRefused(
            f"{where}: {instrument.status} instruments inform and bind nobody; remove its duties"
        )
    opens_by_harm = any(duty.opens == "harm" for duty in instrument.duty)
    for bound in instrument.bound:
        if opens_by_harm and RANK[bound.harm] < RANK[LOWEST_HARM]:
            raise PolicyRefused(
                f"{where}: {bound.threshold} begins at harm graded {bound.harm}, but no duty opens by rule "
                f"below {LOWEST_HARM}; raise it, a person may still open one"
            )
    for duty in instrument.duty:
        if instrument.basis == "statute" and duty.due_working_days is not None:
            raise PolicyRefused(
                f"{where}: {duty.name} sets a deadline, but Regulation 20 has no number of days; "
                "a local expectation goes into target_working_days"
            )
        if (duty.opens == "never_event") != (instrument.date_basis == "occurred_at"):
            raise PolicyRefused(
                f"{where}: {duty.name} opens on {duty.opens} by {instrument.date_basis}; a duty that a never "
                "event opens goes by occurred_at, like the list of its day, and no other duty does"
            )
        if duty.target_working_days is not None and not duty.target_label:
            raise PolicyRefused(f"{where}: {duty.name} has a target without target_label; say whose it is")
        if not duty.satisfied_by:
            raise PolicyRefused(f"{where}: {duty.name} can never be satisfied; name an event in satisfied_by")
