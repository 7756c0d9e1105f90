"""Releases of random ledgers reconcile, whatever happens to an event and whenever; and show nothing finer."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from rules.london import day_of, first_second
from rules.publication.cells import Cell
from rules.publication.checks import checks, figures_of
from rules.publication.release import Release, canonical, instant_of
from rules.publication.windows import Adopted
from schemas import never_event_types as ledger
from schemas.event_types import Instant
from schemas.outcome_types import Outcome
from tests.spec.releases import TERMS, releases

BEGINS, UNTIL = first_second(date(2014, 1, 1)), first_second(date(2014, 11, 1))
ADOPTED = (Adopted(TERMS.policy, BEGINS),)
MINUTE, DAY = 60_000, 86_400_000
KINDS = [("2011", 1, "wrong_side"), ("2011", 1, None), ("2011", 3, "vaginal_swab"), ("2011", None, None)]

Book = list[tuple[Instant, list[tuple[dict[str, Any], int]]]]
moments = st.integers(BEGINS - 300 * DAY, UNTIL)
places = st.fixed_dictionaries(
    {
        "provider": st.sampled_from(["RXX", "RYY", "VZZ"]),
        "kind": st.sampled_from(KINDS),
        "occurred_at": st.one_of(st.none(), moments),
        "state": st.sampled_from(["review", "counted", "gone"]),
    }
)
stories = st.lists(st.tuples(places, st.integers(0, 120 * 24 * 60)), min_size=1, max_size=4)
ledgers = st.lists(st.tuples(st.integers(BEGINS, UNTIL), stories), max_size=12)
stretches = st.lists(st.tuples(moments, moments), max_size=2)
"""In which the director is away."""


def entry(name: str, revision: int, when: Instant, place: dict[str, Any], first: Instant) -> Outcome:
    version, number, subtype = place["kind"]
    common: dict[str, Any] = {"subject": f"never_event:{name}", "case_id": name, "revision": revision}
    common |= {"recorded_at": when, "cause": name, "because": ()}
    if place["state"] == "gone":
        return ledger.NeverEventWithdrawn(**common, why="rejected")
    held = {"provider": place["provider"], "provider_type": "nhs_trust", "list_version": version}
    held |= {"type_no": number, "subtype": subtype, "occurred_at": place["occurred_at"]}
    held |= {"reported_at": first, "gate": "none", "payment": "not_known"}
    if place["state"] == "review":
        return ledger.NeverEventProposed(**common, **held, by="rule")
    return ledger.NeverEventCounted(**common, **held, confirmed_at=when)


def told(book: Book) -> list[Outcome]:
    said = []
    for number, (first, story) in enumerate(book):
        when = first
        for revision, (place, minutes) in enumerate(story, 1):
            said.append(entry(f"C{number}", revision, when, place, first))
            when += minutes * MINUTE
    return said


def counted(said: list[Outcome], one: Release, as_of: Instant) -> Counter[str]:
    """The same figures by another road: each event alone, its last word, its London day."""
    found: Counter[str] = Counter()
    for subject in {outcome.subject for outcome in said}:
        own = [each for each in said if each.subject == subject and each.recorded_at <= as_of]
        last = max(own, key=lambda each: each.revision, default=None)
        if not isinstance(last, ledger.LedgerEntry):
            continue
        day = day_of(last.occurred_at if last.occurred_at is not None else last.reported_at).isoformat()
        if one.window_from <= day <= one.window_to:
            state = "met" if isinstance(last, ledger.NeverEventCounted) else "review"
            found[state] += 1
            found[f"{state} {last.provider}"] += 1
    return found


@settings(deadline=None, max_examples=30)
@given(ledgers, stretches)
def test_every_release_reconciles(book: Book, away: list[tuple[Instant, Instant]]) -> None:
    said = told(book)
    made = releases(said, ADOPTED, UNTIL, away)
    again = releases(said[::-1], ADOPTED, UNTIL, away)
    held = {one.id: one for one in made}
    for one, twice in zip(made, again, strict=True):
        earlier = held.get(one.supersedes) if one.supersedes else None
        assert not [check for check in checks(one, canonical(twice), earlier) if not check.passed]
        found = counted(said, one, instant_of(one.as_of))
        assert (one.totals.count, one.totals.under_review) == (found["met"], found["review"])
        for organisation in one.by_organisation:
            assert organisation.count == found[f"met {organisation.code}"]


@settings(deadline=None, max_examples=30)
@given(ledgers, stretches)
def test_changes_lead_from_each_public_release_to_the_next(
    book: Book, away: list[tuple[Instant, Instant]]
) -> None:
    by_year: dict[str, list[Release]] = {}
    for one in releases(told(book), ADOPTED, UNTIL, away):
        by_year.setdefault(one.window_from, []).append(one)
    for of_year in by_year.values():
        assert [one.revision for one in of_year] == list(range(1, len(of_year) + 1))
        for earlier, later in pairwise(one for one in of_year if not _is_away(one, away)):
            assert later.supersedes == earlier.id
            figures = figures_of(earlier)
            for change in later.changes:
                cell = Cell(change.table, change.row, change.part, change.measure)
                figures[cell] = figures.get(cell, 0) + change.after - change.before
            assert {cell: number for cell, number in figures.items() if number} == figures_of(later)


def _is_away(one: Release, away: list[tuple[Instant, Instant]]) -> bool:
    return any(first <= instant_of(one.as_of) < last for first, last in away)


@settings(deadline=None, max_examples=30)
@given(ledgers, st.data())
def test_no_difference_of_releases_shows_more_than_organisation_type_and_month(
    book: Book, data: st.DataObject
) -> None:
    """Two ledgers alike in organisation, type with sub-type and month give the same releases, byte for byte:

    so nothing else of an event, its day, hour, case or harm, or why it was taken out, can be worked out from
    any number of them.
    """
    said = told(book)
    other = [_disguised(outcome, data.draw) for outcome in said]
    mine = [canonical(one) for one in releases(said, ADOPTED, UNTIL)]
    assert mine == [canonical(one) for one in releases(other, ADOPTED, UNTIL)]


def _disguised(outcome: Outcome, draw: Callable[[Any], Any]) -> Outcome:
    changed: dict[str, Any] = {"case_id": f"other-{outcome.case_id}", "subject": f"other-{outcome.subject}"}
    changed |= {"cause": "another", "because": ("another reason",)}
    if isinstance(outcome, ledger.NeverEventWithdrawn):
        changed["why"] = draw(st.sampled_from(get_args(ledger.Withdrawal)))
    if isinstance(outcome, ledger.LedgerEntry):
        changed |= {"gate": draw(st.sampled_from(["none", "met", "not_known"])), "payment": "never"}
        if outcome.occurred_at is not None:
            day = day_of(outcome.occurred_at)
            changed["occurred_at"] = first_second(day.replace(day=draw(st.integers(1, 28)))) + 3 * DAY // 24
    return replace(outcome, **changed)
