"""The examples are what they claim: invented, complete, fit for the door, and the same bytes each time."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from nhs_number.validate import is_valid

from examples.make import BY_KEY, REPORTS, ndjson, recent, reports
from examples.plan import PROVIDERS
from producers.follow_ups import FOLLOW_UP
from producers.reports import ReportBody
from producers.role_names import OTHER, role_code

NOW = datetime(2026, 3, 5, 9, 30, tzinfo=UTC)
END = datetime(2026, 6, 30, tzinfo=UTC)
LINES: list[dict[str, Any]] = reports()
RECENT: list[dict[str, Any]] = recent(NOW)
BOTH_SETS = pytest.mark.parametrize("lines", [LINES, RECENT], ids=["reports", "recent"])


def events(lines: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    return ((line["report"], event) for line in lines for event in line["events"])


def when(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_what_is_committed_is_what_is_made() -> None:
    assert REPORTS.read_bytes() == ndjson(LINES).encode()


def test_made_again_the_bytes_are_the_same() -> None:
    assert ndjson(reports()) == ndjson(LINES)
    assert ndjson(recent(NOW)) == ndjson(RECENT)


def test_there_are_enough_of_them_over_all_the_years() -> None:
    assert len(LINES) >= 240
    years = Counter(when(line["report"]["reported_at"]).year for line in LINES)
    assert set(years) == set(range(2013, 2027))


@BOTH_SETS
def test_each_line_has_a_key_of_its_own_and_a_story_of_its_own(lines: list[dict[str, Any]]) -> None:
    assert len({line["key"] for line in lines}) == len(lines)
    assert len({line["report"]["what_happened"] for line in lines}) == len(lines)


@BOTH_SETS
def test_the_door_takes_every_body(lines: list[dict[str, Any]]) -> None:
    for line in lines:
        report = ReportBody.model_validate(line["report"])
        assert set(report.model_extra or ()) <= {"local_reference"}
    for _, event in events(lines):
        body = FOLLOW_UP.validate_python(event)
        assert not body.model_extra, event


@BOTH_SETS
def test_roles_are_roles_and_no_names(lines: list[dict[str, Any]]) -> None:
    for _, event in events(lines):
        for field in ("by_role", "second_person_role"):
            assert role_code(event.get(field)) != OTHER, event
    for line in lines:
        assert role_code(line["report"].get("reporter", {}).get("role")) != OTHER


@pytest.mark.parametrize(("lines", "end"), [(LINES, END), (RECENT, NOW)], ids=["reports", "recent"])
def test_times_come_in_the_order_in_which_they_can_have_come(
    lines: list[dict[str, Any]], end: datetime
) -> None:
    for line in lines:
        report = line["report"]
        told = [when(report[name]) for name in ("occurred_at", "noticed_at", "reported_at") if name in report]
        assert told == sorted(told)
        assert told[-1] <= end
        for event in line["events"]:
            assert told[0] <= when(event["at"]) <= end
        dated = [when(event["at"]) for event in line["events"]]
        assert dated == sorted(dated), line["key"]


@BOTH_SETS
def test_follow_ups_of_several_say_which_they_are_about(lines: list[dict[str, Any]]) -> None:
    for report, event in events(lines):
        if event["type"] in ("enriched", "case_linked", "event_retracted"):
            continue
        if len(report.get("patients", ())) > 1:
            assert event["patient"] in {f"p{n}" for n in range(1, len(report["patients"]) + 1)}
        if report.get("other_providers"):
            assert event["provider"] in (report["provider"], *report["other_providers"])


@BOTH_SETS
def test_a_determination_agrees_with_its_criteria(lines: list[dict[str, Any]]) -> None:
    for _, event in events(lines):
        if event["type"] == "notifiable_determination_recorded":
            assert event["decision"] == all(event["criteria"].values())


@BOTH_SETS
def test_numbers_are_valid_and_of_the_range_for_tests(lines: list[dict[str, Any]]) -> None:
    numbers = [
        patient["nhs_number"]
        for line in lines
        for patient in line["report"].get("patients", ())
        if "nhs_number" in patient
    ]
    assert len(set(numbers)) == len(numbers) > 10
    for number in numbers:
        assert number.startswith("999")
        assert is_valid(number.replace(" ", ""))


@BOTH_SETS
def test_an_anonymous_report_names_no_reporter(lines: list[dict[str, Any]]) -> None:
    assert all("reporter" not in line["report"] for line in lines if line["report"].get("anonymous"))


def test_a_link_names_an_earlier_line() -> None:
    seen: set[str] = set()
    links = 0
    for line in LINES:
        for event in line["events"]:
            if event["type"] == "case_linked":
                links += 1
                assert event["duplicate_of"].removeprefix(BY_KEY) in seen
        seen.add(line["key"])
    assert links >= 4


REPORTED = [line["report"] for line in LINES]
PERSONS = [person for report in REPORTED for person in report.get("patients", ())]
FOLLOWED = [event for _, event in events(LINES)]


def of(kind: str) -> list[dict[str, Any]]:
    return [event for event in FOLLOWED if event["type"] == kind]


def test_a_retraction_names_an_earlier_event_of_its_line() -> None:
    for line in LINES:
        for number, event in enumerate(line["events"], 1):
            if event["type"] == "event_retracted":
                assert 0 <= int(event["event_id"].removeprefix("#")) < number


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([report["kind"] for report in REPORTED],
         ["incident", "near_miss", "hazard", "outcome", "good_care", "not_sure"]),
        ([report.get("harm", {}).get("physical") for report in REPORTED],
         ["none", "low", "moderate", "severe", "fatal", "not_known", "not_sure"]),
        ([report.get("harm", {}).get("psychological") for report in REPORTED],
         ["none", "low", "moderate", "severe", "not_known"]),
        ([report.get("provider") for report in REPORTED], [*(one.code for one in PROVIDERS), "QQQ99"]),
        ([report.get("could_have_been") for report in REPORTED], ["fatal", "severe", "moderate", "not_sure"]),
        ([(report.get("never_event_type") or "").split("/")[0] for report in REPORTED],
         ["2011", "2015", "2018"]),
        ([person.get("relevant_person", {}).get("why") for person in PERSONS],
         [None, "dead", "under_16", "lacks_capacity"]),
        ([event["type"] for event in FOLLOWED],
         ["enriched", "harm_regraded", "notifiable_determination_recorded", "case_linked",
          "event_retracted", "family_account_given", "contact_attempted", "relevant_person_notified",
          "support_offered",
          "written_notification_sent", "step_by_step_explanation_given", "investigation_completed",
          "findings_shared", "contact_declined", "obligation_stood_down", "candour_opted_in"]),
        ([event["by"] for event in of("contact_declined")], ["relevant_person", "cannot_be_contacted"]),
        ([(event["from"], event["to"]) for event in of("harm_regraded")],
         [("not_known", "moderate"), ("low", "severe"), ("severe", "fatal"), ("moderate", "low")]),
        ([bool(event.get("second_person_role")) for event in of("obligation_stood_down")], [True, False]),
        ([event["decision"] for event in of("notifiable_determination_recorded")], [True, False]),
        ([event["told"] for event in of("family_account_given")], [True, False]),
    ],
)  # fmt: skip
def test_every_value_occurs(values: list[Any], wanted: list[Any]) -> None:
    assert [value for value in wanted if value not in values] == []


def test_some_reports_have_several_patients_several_providers_or_neither() -> None:
    found = REPORTED
    assert any(len(report.get("patients", ())) >= 3 for report in found)
    assert any(len(report.get("other_providers", ())) >= 2 for report in found)
    assert any(report.get("patients") == [] for report in found)
    assert any("provider" not in line["report"] for line in RECENT)
    assert any(report.get("harm_may_still_follow") for report in found)
    assert any("occurred_at" not in report for report in found)
    assert any("noticed_at" not in report for report in found)


def test_texts_run_both_ways_and_hold_more_than_letters() -> None:
    told = "".join(line["report"]["what_happened"] for line in LINES)
    for part in ("الدواء", "המשפחה", "☔", "\n"):
        assert part in told


def test_the_recent_reports_lie_in_the_thirty_days_before() -> None:
    assert len(RECENT) >= 20
    ages = [(NOW - when(line["report"]["reported_at"])).total_seconds() / 86_400 for line in RECENT]
    assert max(ages) < 31
    assert min(ages) >= 0
    assert sum(8 <= age <= 14 for age in ages) >= 5, "targets that come up within days"


def test_recent_reports_at_a_night_on_a_weekend_too() -> None:
    now = datetime(2026, 3, 29, 0, 45, tzinfo=UTC)  # the hour in which London's clocks go forward
    for _, event in events(recent(now)):
        assert when(event["at"]) <= now
