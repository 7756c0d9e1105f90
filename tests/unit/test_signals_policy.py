"""The policy on signals: where base rates are parted by the days left to a due time."""

import pytest

from rules.policy import PolicyRefused, read_folder
from rules.proposals import checked
from rules.signals.policy import content_of, default_content, parse


def test_the_days_left_are_parted_where_the_signal_begins_and_where_the_contract_ends() -> None:
    asked = parse(default_content()[1]).graded_down
    assert asked.band_ends_working_days == (asked.working_days_before_due, 10)


def test_a_policy_adopted_before_parts_nothing() -> None:
    files = read_folder("signals")
    del files["graded_down"]["band_ends_working_days"]
    assert parse(content_of(files)).graded_down.band_ends_working_days == ()


@pytest.mark.parametrize("ends", [[10, 3], [3, 3], [-1, 3]])
def test_bands_that_do_not_rise_are_refused(ends: list[int]) -> None:
    files = read_folder("signals")
    files["graded_down"]["band_ends_working_days"] = ends
    with pytest.raises(PolicyRefused, match="band_ends_working_days does not rise from 0"):
        checked("signals", files)
