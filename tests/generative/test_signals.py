"""Signals in random histories: what stands in the end against the questions written a second time.

Repeats, late repeats, mistakes, corrections, ticks and crashes are ordinary items. Each history is in the
notation of tests/spec, so that a failing one can be read and kept as a case. `CANDOUR_EXAMPLES` sets how many
are tried.
"""

import os
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.event_types import (
    PROVIDER_NOT_KNOWN,
    Enriched,
    EventRetracted,
    HarmRegraded,
    Record,
    Reported,
)
from schemas.signal_types import SignalRaised
from tests.generative.live import through_crashes
from tests.generative.repeats import first_heard
from tests.spec.asked import RULES, AskedCase, adoption
from tests.spec.chain import CODEC, Chain
from tests.spec.notation import genesis

EXAMPLES = int(os.environ.get("CANDOUR_EXAMPLES", "60"))
trying = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
GRADES = ("not_known", "none", "low", "moderate", "severe", "fatal")
STEPS = ("regrade", "regrade", "enrich", "enrich", "told", "tick", "again", "tail", "retract")
HARMFUL = frozenset(GRADES[3:])


@st.composite
def histories(draw: st.DrawFn) -> list[str]:
    """The lines of one case, the report first; regrades follow one from the other."""
    known = draw(st.booleans())
    grade = draw(st.sampled_from(GRADES))
    now = datetime(2013, 12, 20, 9, tzinfo=UTC)
    report = f"R: report harm={grade} by={'RXX' if known else '??? provider_not_known'}"
    lines, labels = [f"{now:%Y-%m-%d %H:%M}  {report}"], ["R"]
    for number in range(draw(st.integers(1, 10))):
        now += timedelta(hours=draw(st.integers(1, 120)))
        label = f"L{number}"
        match draw(st.sampled_from(STEPS)):
            case "regrade":
                after = draw(st.sampled_from([other for other in GRADES if other != grade]))
                line, grade = f"{label}: regrade {grade} {after}", after
            case "enrich":
                by = draw(st.sampled_from((" by=RYY", "")))
                line = f"{label}: enrich noticed=2013-12-20T08:00{by}"
            case "told":
                line = f"{label}: told at={now - timedelta(days=draw(st.integers(0, 30))):%Y-%m-%dT%H:%M}"
            case "tick":
                line = "tick"
            case "tail":  # as the relay repeats its last records when it was ended before it had noted them
                lines += [f"{now:%Y-%m-%d %H:%M}  again {each}" for each in labels[-4:]]
                continue
            case what:
                line = f"{what} {draw(st.sampled_from(labels))}"
        labels += [label] if line.startswith(label) else []
        lines.append(f"{now:%Y-%m-%d %H:%M}  {line}")
    return lines


def told(history: list[str]) -> list[Record]:
    case = AskedCase()
    return [*genesis(), adoption(), *(record for line in history for record in case.records(line))]


def told_through(history: list[str]) -> Chain:
    chain = Chain(RULES)
    chain.extend(told(history))
    for rule in RULES:
        chain.check(rule)
    return chain


def standing(chain: Chain, kind: str) -> set[str]:
    """The records that a question of this kind is asked about in the end."""
    names = {one.subject: one.signal for one in chain.said["signals"] if isinstance(one, SignalRaised)}
    return {
        signal.about
        for case in chain.states["signals"].cases.values()
        for subject, signal in case.signals.items()
        if signal.standing and names[subject] == kind
    }


@trying
@given(histories())
def test_harm_graded_down_below_the_threshold_is_asked_about_unless_it_was_a_mistake(
    history: list[str],
) -> None:
    chain = told_through(history)
    events = first_heard(chain.log)
    mistakes = {one.retracted_event_id for one in events if isinstance(one, EventRetracted)}
    regrades = [one for one in events if isinstance(one, HarmRegraded) and one.event_id not in mistakes]
    crossed = {one.event_id for one in regrades if one.from_grade in HARMFUL and one.to_grade not in HARMFUL}
    raised = {one.event_id for one in regrades if GRADES.index(one.to_grade) > GRADES.index(one.from_grade)}
    asked = standing(chain, "harm_graded_down")
    assert crossed <= asked, "\n".join(history)
    assert not asked & (raised | mistakes), "\n".join(history)


@trying
@given(histories())
def test_which_provider_it_was_is_asked_until_somebody_says_so(history: list[str]) -> None:
    chain = told_through(history)
    asked_about: str | None = None
    for event in first_heard(chain.log):
        match event:
            case Reported() | Enriched():
                unknown = bool(event.flags & PROVIDER_NOT_KNOWN)
                asked_about = (asked_about or event.event_id) if unknown else None
            case EventRetracted() if event.retracted_event_id == asked_about:
                asked_about = None
    assert standing(chain, "provider_not_known") == {asked_about} - {None}, "\n".join(history)


@trying
@given(histories(), st.lists(st.integers(0, 6), max_size=6))
def test_the_engine_says_the_same_through_crashes(history: list[str], writes: list[int]) -> None:
    plain = told_through(history)
    live = through_crashes(plain.log, RULES, writes)
    for rule in RULES:
        said = [CODEC.encode(outcome) for outcome in plain.said[rule.name]]
        assert live.payloads(rule.name) == said, "\n".join(history)
