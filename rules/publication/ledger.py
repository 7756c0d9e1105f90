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
TOGETHER = "together"
"""In one row stand organisations so small that the code of one may stand for one person."""
WITHDRAWN = "withdrawn"
"""Why an event was taken out may tell of the one patient: of harm, for instance, that was too slight."""
_CODE = re.compile(r"[A-Z0-9]{3,10}")


class Place(NamedTuple):
    """Where an event is counted: nothing finer than this ever leaves the ledger.

    `month` is `2014-04`, empty where the day is not known; `organisation` a code of the directory,
    `together`, or empty; `kind` list and number, or empty; `subtype` as recorded, if it may be shown by name.
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
    """By case: entries, and what was taken out, with the reason that is told of it.

    `not_judged`: cases that the rule can say nothing about since this day; what it said before still stands.
    `out_of_scope`: events that are not released, with their day.
    """

    entries: dict[str, Entry]
    gone: dict[str, str]
    not_judged: dict[str, date]
    out_of_scope: dict[str, date]

    def within(self, window: Window) -> dict[str, Entry]:
        return {case: entry for case, entry in self.entries.items() if entry.day in window}

    def outside(self, window: Window) -> int:
        """How many events of the window are out of scope."""
        return sum(day in window for day in self.out_of_scope.values())

    def unclear(self, window: Window) -> int:
        """How many cases may belong to the window, or not: nobody can say so now."""
        return sum(self._may_lie(case, since, window) for case, since in self.not_judged.items())

    def _may_lie(self, case: str, since: date, window: Window) -> bool:
        """By the last known day; where none is known, what had happened by then may lie in the window."""
        entry = self.entries.get(case)
        if entry is not None:
            return entry.day in window
        return case not in self.out_of_scope and window.first <= since


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
    not_judged: dict[str, date] = {}
    out_of_scope: dict[str, date] = {}
    told_why = terms.policy.readings.withdrawals == "with_why"
    for outcome in latest.values():
        case = outcome.case_id or ""
        match outcome:
            case LedgerEntry() if _in_scope(outcome, terms):
                entries[case] = _entry(outcome, terms)
            case LedgerEntry():
                out_of_scope[case] = _day(outcome)
            case NeverEventWithdrawn():
                gone[case] = f"{WITHDRAWN}_{outcome.why}" if told_why else WITHDRAWN
            case CaseQuarantined():
                not_judged[case] = day_of(outcome.recorded_at)
            case CaseReadAgain() | _:
                pass
    return Ledger(entries, gone, not_judged, out_of_scope)


def _entry(said: LedgerEntry, terms: Terms) -> Entry:
    day = _day(said)
    counted = isinstance(said, NeverEventCounted) or (isinstance(said, NeverEventRestated) and said.counted)
    kind = _kind(said, terms)
    named = terms.subtype_title(kind, said.subtype) is not None
    place = Place(
        month=NOT_KNOWN if said.occurred_at is None else day.isoformat()[:7],
        organisation=_organisation(said, terms),
        kind=kind,
        subtype=(said.subtype if named else OTHER) if said.subtype else NOT_KNOWN,
        counted=counted,
    )
    return Entry(day, place)


def _day(said: LedgerEntry) -> date:
    return day_of(said.reported_at if said.occurred_at is None else said.occurred_at)


def _in_scope(said: LedgerEntry, terms: Terms) -> bool:
    """Care that is not the NHS's is left out only where the entry says so: older ones say nothing."""
    readings = terms.policy.readings
    without = readings.needs_nhs_contract and said.nhs_contract is False
    return said.provider_type in readings.provider_types and not without


def _organisation(said: LedgerEntry, terms: Terms) -> str:
    """A code that nobody knows may be anything that somebody typed, a name for instance."""
    if said.provider_type in terms.policy.readings.shown_together:
        return TOGETHER
    known = said.provider_type != "not_known" and _CODE.fullmatch(said.provider)
    return said.provider if known else NOT_KNOWN


def _kind(said: LedgerEntry, terms: Terms) -> tuple[str, int] | None:
    known = said.type_no is not None and terms.kind_name(said.list_version, said.type_no) is not None
    return (said.list_version, said.type_no) if known and said.type_no is not None else None
