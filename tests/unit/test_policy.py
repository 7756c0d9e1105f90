"""What the policy's loader refuses, each with a message that says what is wrong and how to mend it."""

import copy
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from rules.candour.policy import content_of, default_content, parse, reaches, worst
from rules.policy import PolicyRefused, read, read_folder
from schemas.event_types import Provider
from tests.spec.notation import PROVIDERS, moment

Files = dict[str, dict[str, Any]]


@pytest.fixture
def files() -> Files:
    return copy.deepcopy(read_folder("candour"))


def load(files: Files) -> None:
    parse(content_of(files))


def refused(files: Files, message: str) -> None:
    with pytest.raises(PolicyRefused, match=message):
        load(files)


def test_the_policy_in_use_is_taken(files: Files) -> None:
    load(files)
    version, content = default_content()
    assert parse(content).version == version


def test_the_same_files_give_the_same_content(files: Files) -> None:
    assert content_of(files) == content_of(dict(reversed(files.items())))


def test_an_overlap_is_refused(files: Files) -> None:
    files["SC35_2014"]["valid_from"] = date(2014, 3, 31)
    refused(files, "SC35_2013 and SC35_2014 overlap .*end the earlier one first")


def test_an_open_end_before_a_later_version_is_refused(files: Files) -> None:
    del files["REG20_HSB_2014"]["valid_to"]
    refused(files, "REG20_HSB_2014 and REG20_2015 overlap .*valid to open")


def test_a_gap_is_refused(files: Files) -> None:
    files["SC35_2014"]["valid_from"] = date(2014, 4, 2)
    refused(files, "a gap between SC35_2013 and SC35_2014 .*after 2014-03-31 and before 2014-04-02")


def test_different_classes_of_provider_may_begin_at_different_days(files: Files) -> None:
    files["REG20_2015"]["bound"][1]["source"] = "as before"
    load(files)


@pytest.mark.parametrize("field", ["source", "confidence"])
def test_an_instrument_without_its_source_is_refused(files: Files, field: str) -> None:
    files["SC35_2013"][field] = ""
    refused(files, "SC35_2013: instrument without source or confidence; add both")


def test_a_duty_without_its_source_is_refused(files: Files) -> None:
    files["SC35_2013"]["duty"][1]["source"] = ""
    refused(files, "SC35_2013: duty without source or confidence")


def test_a_class_without_its_source_is_refused(files: Files) -> None:
    files["REG20_2015"]["bound"][0]["confidence"] = ""
    refused(files, "REG20_2015: bound without source or confidence")


def test_a_source_that_is_not_there_at_all_is_refused(files: Files) -> None:
    del files["SC35_2013"]["source"]
    refused(files, "missing required field `source`")


def test_a_deadline_on_a_statutory_clock_is_refused(files: Files) -> None:
    files["REG20_2015"]["duty"][0]["due_working_days"] = 10
    refused(files, "REG20_2015: tell sets a deadline, but Regulation 20 has no number of days")


def test_a_target_without_a_label_is_refused(files: Files) -> None:
    files["REG20_2015"]["duty"][0]["target_label"] = ""
    refused(files, "REG20_2015: tell has a target without target_label; say whose it is")


def test_an_unknown_field_is_refused(files: Files) -> None:
    files["SC35_2013"]["penalty"] = 10_000
    refused(files, "unknown field `penalty`")


def test_an_unknown_field_of_a_duty_is_refused(files: Files) -> None:
    files["SC35_2013"]["duty"][1]["due_days"] = 10
    refused(files, "unknown field `due_days`")


@pytest.mark.parametrize("name", ["PROP_HARD_TRUTHS", "PROP_POA_BILL", "DALTON_WILLIAMS", "CQC_GUID_2014"])
def test_what_was_only_proposed_or_guides_brings_no_duty(files: Files, name: str) -> None:
    duty = dict(files["REG20_2015"]["duty"][0])
    files[name]["duty"] = [duty]
    refused(files, f"{name}: (proposed|guidance) instruments inform and bind nobody; remove its duties")


def test_an_instrument_in_force_needs_its_first_day(files: Files) -> None:
    del files["SC35_2013"]["valid_from"]
    refused(files, "SC35_2013: in force, but no valid_from")


def test_an_end_before_the_beginning_is_refused(files: Files) -> None:
    files["SC35_2013"]["valid_to"] = date(2013, 3, 1)
    refused(files, "SC35_2013: valid_to 2013-03-01 lies before valid_from 2013-04-01")


def test_a_duty_that_nothing_satisfies_is_refused(files: Files) -> None:
    files["SC35_2013"]["duty"][1]["satisfied_by"] = []
    refused(files, "SC35_2013: tell can never be satisfied")


def test_an_id_equals_its_file_name(files: Files) -> None:
    files["SC35_2013"]["id"] = "SC35"
    refused(files, "SC35_2013.toml: its id is 'SC35'; an id equals the file's name")


def test_the_readings_are_needed(files: Files) -> None:
    del files["readings"]
    refused(files, "readings.toml is missing")


def test_what_is_no_json_is_refused() -> None:
    with pytest.raises(PolicyRefused, match="not a candour policy"):
        parse("{")


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyRefused, match="no policy files"):
        read(tmp_path)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "SC35_2013.toml").write_text("id = ", encoding="utf-8")
    with pytest.raises(PolicyRefused, match=r"SC35_2013\.toml: not TOML"):
        read(tmp_path)


def test_every_instrument_of_the_law_is_there(files: Files) -> None:
    """law.md §1.1"""
    in_force = {name for name, fields in files.items() if fields.get("status") == "in_force"}
    assert in_force == {
        "STANDING_RULES_2013",
        "STANDING_RULES_R20",
        "SC35_2013",
        "SC35_2014",
        "SC35_2015",
        "REG20_HSB_2014",
        "REG20_2015",
        "NE_FRAMEWORK_2015",
    }
    proposed = {name for name, fields in files.items() if fields.get("status") == "proposed"}
    assert proposed == {"PROP_HARD_TRUTHS", "DALTON_WILLIAMS", "PROP_POA_BILL"}


@pytest.mark.parametrize(
    ("code", "reported", "instruments"),
    [
        ("RXX", "2013-03-31T23:59:59", []),
        ("RXX", "2013-04-01T00:00:00", ["SC35_2013"]),
        ("RXX", "2014-11-26T23:59:59", ["SC35_2014"]),
        ("RXX", "2014-11-27T00:00:00", ["REG20_HSB_2014", "SC35_2014"]),
        ("RXX", "2015-04-01T00:00:00", ["REG20_2015"]),
        ("VZZ", "2015-03-31T23:59:59", []),
        ("VZZ", "2015-04-01T00:00:00", ["REG20_2015"]),
        ("GZZ", "2014-12-01T00:00:00", []),
        ("PZZ", "2014-12-01T00:00:00", []),
    ],
)
def test_what_binds_whom_and_when(code: str, reported: str, instruments: list[str]) -> None:
    policy = parse(default_content()[1])
    when = moment(reported)
    bound = policy.binding(PROVIDERS[code], when, when)
    assert sorted(instrument.id for instrument, _ in bound) == instruments


def test_a_provider_that_nobody_knows_is_bound_by_nothing() -> None:
    policy = parse(default_content()[1])
    unknown = Provider(code="?", type="not_known", nhs_contract=True, scheme_member=False)
    when = moment("2015-06-01T09:00:00")
    assert list(policy.binding(unknown, when, when)) == []


def test_grades_are_ordered() -> None:
    assert worst("low", "not_known", "severe") == "severe"
    assert worst() == "not_known"
    assert reaches("moderate", "moderate")
    assert not reaches("low", "moderate")
    assert not reaches("not_known", "moderate")


def test_a_threshold_below_moderate_harm_is_refused(files: Files) -> None:
    files["SC35_2013"]["bound"][0]["harm"] = "low"
    refused(
        files, "SC35_2013: .* begins at harm graded low, but no duty opens by rule below moderate; raise it"
    )


def test_harm_reaches_the_thresholds_that_the_policy_sets(files: Files) -> None:
    assert parse(content_of(files)).reached("moderate")
    assert not parse(content_of(files)).reached("low")
    for content in files.values():
        for bound in content.get("bound", ()):
            if bound["harm"] == "moderate":
                bound["harm"] = "severe"
    assert not parse(content_of(files)).reached("moderate")
    assert parse(content_of(files)).reached("severe")
