"""Alarms against a plain set that is sorted each time."""

from hypothesis import given
from hypothesis import strategies as st

from rules.alarms import Alarms

WHEN, WHO = st.integers(0, 9), st.sampled_from("abc")
STEPS = st.lists(st.tuples(st.sampled_from(("add", "discard", "ask")), WHEN, WHO), max_size=60)


@given(STEPS)
def test_they_are_a_sorted_set(steps: list[tuple[str, int, str]]) -> None:
    kept, plain = Alarms(), set[tuple[int, str]]()
    for what, when, who in steps:
        if what == "ask":
            assert kept.due(when) == [id for at, id in sorted(plain) if at <= when]
            assert kept.first == min((at for at, _ in plain), default=None)
        elif what == "discard":
            kept.discard(when, who)
            plain.discard((when, who))
        else:
            kept.add(when, who)
            plain.add((when, who))
    again = Alarms()
    for alarm in plain:
        again.add(*alarm)
    assert kept == again
    again.add(10, "a")
    assert kept != again
