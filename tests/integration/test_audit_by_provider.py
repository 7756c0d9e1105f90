"""The audit asks trust by trust: every provider of the directory is a row, silent or not."""

import csv
from collections.abc import Iterator
from typing import Any

import pytest

from schemas import event_types as events
from schemas import outcome_types as outcomes
from schemas.pattern_types import WentQuiet
from schemas.topics import PATTERNS
from tests.integration.log_writer import DUE, HOUR, MORNING, event, facts, opened, patient, reported, said
from tests.integration.pages_room import PagesRoom, pages_room
from tests.stack import Stack

TICK = DUE + HOUR
MEMBERS = {"RXX", "RYY", "TZA", "RZC", "RZD"}
OTHERS = {"NZZ", "VZZ", "NZB", "VZN", "ZZ901", "VZD01", "NZH"}
STRANGER = events.Provider(code="QQQ", type="not_known", nhs_contract=False, scheme_member=False)
COUNTS = ("cases", "moderate_or_worse", "obligations", "told", "open", "open_late", "never_opened")


@pytest.fixture(scope="module")
def room(infra: Stack) -> Iterator[PagesRoom]:
    with pages_room(infra.database, TICK) as room:
        model = room.model
        telling: dict[str, Any] = dict.fromkeys(
            ("in_person", "facts_given", "enquiries", "apology", "written_record", "support_offered"), True
        )
        telling |= {"written_notification_offered": True}
        model.add(reported("told"), opened("told"), reported("waits"), opened("waits"))
        model.add(
            event(events.RelevantPersonNotified, "told", "told-1", MORNING + 30 * HOUR, **telling),
            said(outcomes.ObligationMet, "told", 2, MORNING + 30 * HOUR, satisfied_at=MORNING + 30 * HOUR),
        )
        two = facts(patients=(patient("p1"), patient("p2")))
        model.add(reported("unopened", facts=two))
        model.add(reported("strange", facts=facts(providers=(STRANGER,), patients=(patient(harm="low"),))))
        model.tick(TICK)
        model.settle()
        model.add(quiet("RYY"), quiet("RYY", "ward-1"), topic=PATTERNS)
        yield room


def quiet(provider: str, ward_ref: str | None = None) -> WentQuiet:
    return WentQuiet(
        subject=f"quiet-{provider}-{ward_ref}",
        revision=1,
        case_id=None,
        recorded_at=TICK,
        cause=f"tick:{TICK}",
        because=("Nothing was heard.",),
        provider=provider,
        ward_ref=ward_ref,
        last_at=MORNING,
        heard_days=80,
        used_days=90,
        silent_days=14,
        as_of=TICK,
    )


def audit(room: PagesRoom, who: str | None = None, **query: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer demo:{who}"} if who else None
    answer = room.ask.get("/api/audit/candour", query, headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def by_code(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["provider"]: row for row in answer["providers"]}


def test_every_provider_of_the_directory_is_a_row_and_silence_has_no_figures(room: PagesRoom) -> None:
    answer = audit(room, "auditor")
    rows = by_code(answer)
    assert rows.keys() == MEMBERS | OTHERS | {"QQQ"}
    assert [rows["RXX"][name] for name in COUNTS] == [3, 3, 2, 1, 1, 1, 2]
    assert (rows["RYY"]["result"], rows["RYY"]["cases"], rows["RYY"]["open_late"]) == (
        "nothing reported",
        0,
        None,
    )
    assert (rows["RYY"]["gone_quiet"], rows["RYY"]["wards_gone_quiet"]) == (True, 1)
    assert (rows["QQQ"]["in_directory"], rows["QQQ"]["cases"]) == (False, 1)
    assert [row["provider"] for row in answer["providers"]][len(MEMBERS) - 1] == "RXX", "silence stands first"
    assert {row["provider"] for row in answer["providers"][: len(MEMBERS)]} == MEMBERS
    assert rows["RXX"]["obligations"] == sum(row["obligations"] for row in answer["duties"])
    assert (answer["never_opened_cases_in_all"], answer["never_opened_cases_listed"]) == (1, 1)


def test_the_directory_is_that_of_the_period(room: PagesRoom) -> None:
    late = by_code(audit(room, **{"from": "2016-04-01T00:00:00Z", "to": "2016-05-01T00:00:00Z"}))
    assert "RZD" not in late, "it was dissolved the day before"
    assert late["RZC"]["name"] == "Harrowdale Hospitals NHS Foundation Trust"
    early = by_code(audit(room, **{"from": "2007-01-01T00:00:00Z", "to": "2007-05-01T00:00:00Z"}))
    assert "NZH" in early, "it begins on 1 May, which in London begins an hour before the period ends"
    assert "NZZ" not in early


def test_as_at_a_time_the_rows_are_those_of_then(room: PagesRoom) -> None:
    then = by_code(audit(room, as_at="2013-12-20T12:00:00Z"))
    assert [then["RXX"][name] for name in COUNTS] == [3, 3, 2, 0, 2, 0, 2]
    assert then["RYY"]["gone_quiet"] is False
    assert by_code(audit(room, as_at="2013-12-19T12:00:00Z"))["RXX"]["result"] == "nothing reported"


def test_a_provider_sees_its_own_row_only(room: PagesRoom) -> None:
    assert by_code(audit(room, "safety:RYY")).keys() == {"RYY"}
    assert by_code(audit(room, provider="NONE99"))["NONE99"]["in_directory"] is False


def test_page_and_file_show_the_silent(room: PagesRoom) -> None:
    page = room.page("/audit")
    row = page.split("Wolds and Fenside NHS Foundation Trust (RYY)")[1].split("</tr>")[0]
    assert "Nothing reported" in row
    assert ">Gone quiet</strong>" in row
    assert ">1 ward gone quiet</strong>" in row
    assert "green" not in row
    text = room.ask.get("/audit.csv", {"as_at": "2013-12-19T12:00:00Z"}).text
    said, duties, providers, never = (list(csv.reader(part.splitlines())) for part in text.split("\r\n\r\n"))
    assert dict(said)["as_at"] == "2013-12-19T12:00:00Z"
    assert dict(said)["result"] == "no cases"
    assert "silence" in dict(said)["caveat"]
    assert (len(duties), len(never)) == (1, 1)
    assert {line[0] for line in providers[1:]} == MEMBERS | OTHERS


def test_page_says_how_many_of_the_never_opened_it_lists(
    room: PagesRoom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("views.api.audit.LISTED", 1)
    room.model.add(reported("unopened-too"))
    room.model.settle()
    assert "Show the first 1 of 2 cases" in room.page("/audit")
    answer = audit(room)
    assert (answer["never_opened_cases_in_all"], answer["never_opened_cases_listed"]) == (2, 1)
