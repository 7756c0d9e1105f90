"""The ledger of never events as it stood at a time: what the outcomes recorded up to then leave standing."""

import re
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from rules.london import day_of
from rules.publication.terms import Terms
from rules.publication.windows import Window
from schemas.event_types import Instant
from schemas.never_event_types import (
    LedgerEntry,
    NeverEventCounted,
    NeverEventRestated,
    NeverEventWithdrawn,
)
from schemas.outcome_types import CaseQuarantined, CaseReadAgain, Outcome

NOT_KNOWN = ""
OTHER = "other"
_CODE = re.compile(r"[A-Z0-9]{3,10}")


class Place(NamedTuple):
    """Where an event is counted: nothing finer than this ever leaves the ledger.

    `month` is `2014-04`, empty where the day is not known; `organisation` a code of the directory, or
    empty; `kind` list and number, or empty; `subtype` as recorded, if it may be shown by name.
    """

    month: str
    organisation: str
    kind: tuple[str, int] | None
    subtype: str
    counted: bool


class Entry(NamedTuple):
    """`day`: of occurrence in London, or of the report where that is not known (`month` is then empty)."""

    day: date
    place: Place


class Ledger(NamedTuple):
    """Entries by case; the cases taken out, with why; how many cases the rule can say nothing about."""

    entries: dict[str, Entry]
    gone: dict[str, str]
    not_judged: int
    out_of_scope: int

    def within(self, window: Window) -> dict[str, Entry]:
        return {case: entry for case, entry in self.entries.items() if entry.day in window}


def ledger(outcomes: Iterable[Outcome], as_of: Instant, terms: Terms) -> Ledger:
    """From what the never-events rule said, in any order. An entry is where its latest outcome puts it."""
    latest: dict[str, Outcome] = {}
    for outcome in outcomes:
        if outcome.recorded_at <= as_of and outcome.case_id is not None:
            before = latest.get(outcome.subject)
            if before is None or before.revision < outcome.revision:
                latest[outcome.subject] = outcome
    entries: dict[str, Entry] = {}
    gone: dict[str, str] = {}
    not_judged = out_of_scope = 0
    for outcome in latest.values():
        case = outcome.case_id or ""
        match outcome:
            case LedgerEntry() if outcome.provider_type in terms.policy.readings.provider_types:
                entries[case] = _entry(outcome, terms)
            case LedgerEntry():
                out_of_scope += 1
            case NeverEventWithdrawn():
                gone[case] = outcome.why
            case CaseQuarantined():
                not_judged += 1
            case CaseReadAgain() | _:
                pass
    return Ledger(entries, gone, not_judged, out_of_scope)


def _entry(said: LedgerEntry, terms: Terms) -> Entry:
    day = day_of(said.reported_at if said.occurred_at is None else said.occurred_at)
    counted = isinstance(said, NeverEventCounted) or (isinstance(said, NeverEventRestated) and said.counted)
    kind = _kind(said, terms)
    named = terms.subtype_title(kind, said.subtype) is not None
    place = Place(
        month=NOT_KNOWN if said.occurred_at is None else day.isoformat()[:7],
        organisation=_organisation(said),
        kind=kind,
        subtype=(said.subtype if named else OTHER) if said.subtype else NOT_KNOWN,
        counted=counted,
    )
    return Entry(day, place)


def _organisation(said: LedgerEntry) -> str:
    """A code that nobody knows may be anything that somebody typed, a name for instance."""
    known = said.provider_type != "not_known" and _CODE.fullmatch(said.provider)
    return said.provider if known else NOT_KNOWN


def _kind(said: LedgerEntry, terms: Terms) -> tuple[str, int] | None:
    known = said.type_no is not None and terms.kind_name(said.list_version, said.type_no) is not None
    return (said.list_version, said.type_no) if known and said.type_no is not None else None
