"""Alarms against a plain set that is sorted each time, however much is added before somebody asks."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules import alarms
from rules.alarms import Alarms

WHEN, WHO = st.integers(0, 9), st.sampled_from("abc")
STEPS = st.lists(st.tuples(st.sampled_from(("add", "discard", "ask")), WHEN, WHO), max_size=60)


@given(STEPS)
def test_it_is_a_sorted_set(steps: list[tuple[str, int, str]]) -> None:
    kept, plain = Alarms(), set[tuple[int, str]]()
    for what, when, who in steps:
        if what == "ask":
            assert kept.due(when) == [id for at, id in sorted(plain) if at <= when]
        elif what == "discard":
            kept.discard(when, who)
            plain.discard((when, who))
        elif (when, who) not in plain:  # nobody sets the same alarm twice
            kept.add(when, who)
            plain.add((when, who))


def test_many_are_sorted_before_anybody_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarms, "_AT_LEAST", 10)
    chance, kept, plain = random.Random(1), Alarms(), set[tuple[int, str]]()
    for number in range(2_000):
        alarm = chance.randrange(500), f"id{number}"
        kept.add(*alarm)
        plain.add(alarm)
        if number % 7 == 0:
            gone = chance.choice(sorted(plain))
            kept.discard(*gone)
            plain.remove(gone)
    again = Alarms()
    for alarm in plain:
        again.add(*alarm)
    assert again == kept
    again.discard(*next(iter(plain)))
    assert again != kept
    assert kept.due(250) == [id for at, id in sorted(plain) if at <= 250]
    assert kept.due(500) == [id for _, id in sorted(plain)]
