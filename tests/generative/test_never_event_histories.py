"""Never events in random histories: the ledger against the law written twice, and candour beside it.

Repeats, mistakes, corrections, links and crashes are ordinary items. Each history is in the notation of
tests/spec, so that a failing one can be read and kept as a case. `CANDOUR_EXAMPLES` sets how many are tried.
"""

import os
from datetime import UTC, date, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules import candour, never_events
from rules.rule import outcome_id
from schemas.event_types import Record
from tests.generative.live import through_crashes
from tests.generative.never_event_law import LISTS, counted
from tests.spec.chain import CODEC, Chain
from tests.spec.ledger import RULES, LedgerCase, policy_record, rows
from tests.spec.notation import genesis

EXAMPLES = int(os.environ.get("CANDOUR_EXAMPLES", "60"))
trying = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
DAYS = (
    *(first for first, _, _ in LISTS.values()),
    *(first - timedelta(days=1) for first, _, _ in LISTS.values()),
    date(2014, 6, 2),
    date(2016, 6, 1),
    date(2021, 3, 31),
    date(2021, 4, 1),
)
GRADES = ("not_known", "none", "low", "moderate", "severe", "fatal")
TYPES = (1, 1, 2, 3, 5, 9, 14, 15, 16, 24, 25)
SUBTYPES = ("", "", "", "wrong_tooth", "wrong_site_block", "unknown_anatomical_abnormality")

days = st.sampled_from(DAYS)
grades = st.sampled_from(GRADES)


@st.composite
def histories(draw: st.DrawFn) -> list[str]:
    """The lines of one case. Types are mostly, not always, of the list of the day."""
    occurred = draw(days)
    version = _list_on(occurred)
    said = f"harm={draw(grades)} by={draw(st.sampled_from(('RXX', 'NZZ', 'PZZ')))}"
    said += draw(st.sampled_from(("", f" occurred={occurred}T12:30")))
    said += draw(st.sampled_from(("", f" never_event={version}/1", " never_event=not_sure")))
    now = datetime(2022, 5, 3, 9, tzinfo=UTC)
    lines, labels = [f"{now:%Y-%m-%d %H:%M}  R: report {said}"], ["R"]
    for number in range(draw(st.integers(1, 9))):
        now += timedelta(hours=draw(st.integers(1, 40)))
        what = draw(st.sampled_from(STEPS))
        line = what(draw, version, labels)
        label = f"L{number}"
        if line.startswith("retract") and any(one.endswith(f"  {line}") for one in lines):
            continue  # the door takes nothing back twice
        plain = line.startswith(("retract", "again"))
        lines.append(f"{now:%Y-%m-%d %H:%M}  " + (line if plain else f"{label}: {line}"))
        labels += [] if plain else [label]
        if "occurred=" in line:
            version = _list_on(date.fromisoformat(line.split("occurred=")[1][:10]))
    return lines


def _list_on(day: date) -> str:
    return next((name for name, (first, last, _) in LISTS.items() if first <= day <= last), "2009")


def _confirm(draw: st.DrawFn, version: str, labels: list[str]) -> str:
    named = draw(st.sampled_from((version, version, version, "2011", "2018")))
    subtype = draw(st.sampled_from(SUBTYPES))
    beside = f" subtype={subtype}" if subtype else ""
    return f"confirm {named}/{draw(st.sampled_from(TYPES))}{beside}"


def _correct(draw: st.DrawFn, version: str, labels: list[str]) -> str:
    return draw(
        st.sampled_from(("enrich by=RYY", f"enrich occurred={draw(days)}T12:30", "enrich never_event=2018/3"))
    )


def _regrade(draw: st.DrawFn, version: str, labels: list[str]) -> str:
    return f"regrade not_known {draw(grades)}"


def _mistake(draw: st.DrawFn, version: str, labels: list[str]) -> str:
    return f"retract {draw(st.sampled_from(labels))}"


def _repeat(draw: st.DrawFn, version: str, labels: list[str]) -> str:
    return f"again {labels[-1]}"


def _other(draw: st.DrawFn, version: str, labels: list[str]) -> str:
    others = ("reject", "reject", "linked duplicate", "linked primary never_event", "told", "determined no")
    return draw(st.sampled_from(others))


STEPS = (_confirm, _confirm, _confirm, _correct, _regrade, _mistake, _repeat, _other)


def told(history: list[str]) -> list[Record]:
    case = LedgerCase()
    records: list[Record] = []
    for line in history:
        records += case.records(line)
    return [*genesis(), policy_record(), *records]


@trying
@given(histories())
def test_it_is_counted_if_and_only_if_the_law_counts_it(history: list[str]) -> None:
    chain = Chain(RULES)
    chain.extend(told(history))
    for rule in RULES:
        chain.check(rule)
    entries = rows(chain.said["never_events"])
    assert len(entries) <= 1, "one incident has one entry"
    assert bool(entries and entries[0].state == "counted") == counted(chain.log), "\n".join(history)


@trying
@given(histories())
def test_never_events_and_notifiable_incidents_are_independent(history: list[str]) -> None:
    beside, alone = Chain(RULES), Chain((candour.RULE,))
    for chain in (beside, alone):
        chain.extend(told(history))
    owed, owed_alone = (
        {
            (one.id, one.status, one.breached, one.settled_at)
            for case in chain.states["candour"].cases.values()
            for one in case.obligations.values()
            if one.instrument != "NE_FRAMEWORK_2015"
        }
        for chain in (beside, alone)
    )
    assert owed == owed_alone, "\n".join(history)


@trying
@given(histories(), st.lists(st.integers(0, 6), max_size=6))
def test_the_engine_says_the_same_through_crashes(history: list[str], writes: list[int]) -> None:
    log = told(history)
    plain = Chain(RULES)
    plain.extend(log)
    live = through_crashes(log, RULES, writes)
    for rule in RULES:
        said = [CODEC.encode(outcome) for outcome in plain.said[rule.name]]
        assert live.payloads(rule.name) == said, "\n".join(history)
    assert outcome_id(never_events.RULE.name, plain.said["never_events"][0])  # the policy, at least
