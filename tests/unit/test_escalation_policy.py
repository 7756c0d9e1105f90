"""What an escalation policy may not say, and what the one in this repository says."""

import copy
from typing import Any

import pytest

from rules.escalation.policy import content_of, default_content, parse
from rules.policy import PolicyRefused, read_folder
from tests.spec.notation import moment

Files = dict[str, dict[str, Any]]


def refused(change: Any) -> str:
    """The words with which the policy here is refused once `change` was done to its files."""
    files: Files = copy.deepcopy(read_folder("escalation"))
    change(files)
    with pytest.raises(PolicyRefused) as error:
        parse(content_of(files))
    return str(error.value)


def trigger(files: Files, name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in files["triggers"]["trigger"] if one["name"] == name)
    return found


def test_who_acts_outside_by_provider_and_date() -> None:
    policy = parse(default_content()[1])

    def body(task: Any, kind: str, day: str) -> str | None:
        found = policy.body(task, kind, moment(f"{day}T12:00"))
        return found.id if found else None

    assert body("overseer", "nhs_foundation_trust", "2014-01-01") == "MONITOR"
    assert body("overseer", "nhs_trust", "2014-01-01") == "NHS_TDA"
    assert body("overseer", "nhs_trust", "2013-03-31") == "SHA"
    assert body("overseer", "nhs_trust", "2016-04-01") == "NHS_IMPROVEMENT"
    assert body("commissioner", "nhs_trust", "2013-03-31") == "PCT"
    assert body("commissioner", "nhs_trust", "2013-04-01") == "CCG"
    assert body("judge", "nhs_trust", "2014-01-01") == "CQC"
    assert body("commissioner", "care_home", "2014-01-01") is None


def test_no_level_of_any_route_is_owned_by_the_judge() -> None:
    files = read_folder("escalation")
    levels = [level for route in files["routes"]["route"] for level in route["level"]]
    assert not [level for level in levels if level.get("body") == "judge"]
    assert refused(lambda files: files["routes"]["route"][0]["level"].__setitem__(
        3, {"body": "judge", "next_step": "Act."}
    )).endswith("CQC judges and publishes; inform it")  # fmt: skip


def test_frameworks_by_day() -> None:
    policy = parse(default_content()[1])
    days = {"2010-03-31": None, "2010-04-01": "SIF_2010", "2013-04-01": "SIF_2013", "2015-04-01": "SIF_2015"}
    for day, id in {**days, "2023-10-01": "PSIRF_2022"}.items():
        found = policy.framework(moment(f"{day}T00:00"))
        assert (found.id if found else None) == id
    psirf = policy.framework(moment("2024-01-01T00:00"))
    assert psirf is not None
    assert [clock.working_days for clock in psirf.clock] == [None]


def test_two_bodies_of_one_task_on_one_day_are_refused() -> None:
    def overlap(files: Files) -> None:
        files["bodies"]["body"][0]["valid_to"] = files["bodies"]["body"][3]["valid_from"]

    assert "overlap" in refused(overlap)


def test_a_day_without_a_framework_between_two_is_refused() -> None:
    def gap(files: Files) -> None:
        files["SIF_2013"]["valid_to"] = files["SIF_2013"]["valid_from"]

    assert "a gap between SIF_2013 and SIF_2015" in refused(gap)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda files: trigger(files, "cluster").update(source=""), "trigger cluster: without source"),
        (lambda files: trigger(files, "cluster").update(urgency=9), "urgency 9 is not in times.toml"),
        (lambda files: trigger(files, "immediate_danger").update(urgency=2), "immediate danger always comes"),
        (lambda files: trigger(files, "death_or_severe_harm").update(harm="low"), "moderate or graver"),
        (lambda files: trigger(files, "serious_near_miss").update(potential="moderate"), "severe or graver"),
        (lambda files: trigger(files, "serious_near_miss").update(inside_only=False), "stays inside"),
        (lambda files: files["routes"]["route"][0]["level"].pop(0), "the board acts first: name 3"),
        (lambda files: files["routes"]["route"][0]["provider_types"].append("care_home"), "in two routes"),
        (lambda files: files["routes"]["route"].pop(), "no route for not_known"),
        (
            lambda files: files["routes"]["route"][0]["level"][0].pop("on_call"),
            "name a role for office hours",
        ),
        (lambda files: files["times"]["urgency"][0]["level"].clear(), "names no times"),
        (
            lambda files: files["times"]["urgency"][0]["level"][0].update(act_minutes=5),
            "the time to act ends first",
        ),
        (
            lambda files: files["times"]["urgency"][0]["level"][0].update(acknowledge_working_days=1),
            "a time is in minutes or in working days",
        ),
        (lambda files: files["readings"].update(office_from_hour=19), "office_from_hour must lie before"),
        (lambda files: files["SIF_2013"]["clock"][0].update(hours=48), "has more than one time"),
        (lambda files: files["SIF_2015"]["clock"][0].update(grades=["grade_1"]), "names a grade"),
        (lambda files: files["SIF_2013"]["never_event"].update(grade="grade_3"), "never_event names a grade"),
        (lambda files: files["SIF_2013"]["never_event"].update(source=""), "without source or confidence"),
        (lambda files: files.pop("bodies"), "bodies.toml is missing"),
        (lambda files: files.pop("readings"), "readings.toml is missing"),
        (lambda files: files["SIF_2013"].update(id="SIF"), "an id equals the file's name"),
        (lambda files: files["readings"].update(mood="calm"), "not an escalation policy"),
    ],
)
def test_what_is_refused(change: Any, words: str) -> None:
    assert words in refused(change)
