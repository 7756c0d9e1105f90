"""What this system is for, from end to end on the real parts, by its API and its command."""

import time
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sinks.tables import DERIVED
from tests.people import TOLD_IN_PERSON, Person, until
from tests.stack import Stack

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]

EXAMPLES = Path(__file__).parents[3] / "examples" / "reports.ndjson"
TABLES = tuple(table.name for table in DERIVED)


def breaches(case: dict[str, Any]) -> list[str]:
    return [
        one["type"] for one in case["outcomes"] if one["type"] in ("obligation_breached", "breach_withdrawn")
    ]


def rows(stack: Stack, tables: tuple[str, ...] = TABLES) -> dict[str, list[tuple[Any, ...]]]:
    """The read model but for the numbers of the board, which go on upwards."""
    with psycopg.connect(stack.database) as connection:
        return {
            table: sorted(
                connection.execute(
                    f"SELECT (to_jsonb(t) - 'seq' - 'applied_at')::text FROM read.{table} AS t".encode()
                ).fetchall()
            )
            for table in tables
        }


def at_rest(stack: Stack) -> dict[str, list[tuple[Any, ...]]]:
    """The rows once nothing more comes: who was told of an escalation is recorded a moment after it."""
    give_up = time.monotonic() + 240
    before = rows(stack)
    while True:
        time.sleep(4)
        now = rows(stack)
        if now == before:
            return now
        assert time.monotonic() < give_up, "something goes on being recorded"
        before = now


def restored(
    stack: Stack, before: dict[str, list[tuple[Any, ...]]], seconds: float = 60
) -> dict[str, list[tuple[Any, ...]]]:
    """The rows once they are as before, or cannot be any more: releases are drafted anew by the publisher."""
    give_up = time.monotonic() + seconds
    while (now := rows(stack)) != before and time.monotonic() < give_up:
        time.sleep(1)
    return now


def check_rebuild(stack: Stack) -> None:
    """Verified, dropped, restored equal, verified again."""
    assert stack.command("verify").endswith("clean\n")
    before = at_rest(stack)
    told = stack.command("rebuild")
    assert f"outcomes: {len(before['outcomes'])}\n" in told
    assert restored(stack, before) == before
    assert stack.command("verify").endswith("clean\n")


def test_a_breach_in_2014_and_its_withdrawal(whole: Stack, person: Person) -> None:
    case_id = person.report()
    duty = person.duty(case_id, "tell")
    assert (duty["instrument"], duty["due_at"]) == ("SC35_2013", "2014-01-08T23:59:59+00:00")
    assert (duty["state"], duty["basis"]) == ("open", "contract")

    whole.tick("2014-01-08T23:59:00Z")
    assert person.duty(case_id, "tell")["state"] == "open"
    assert breaches(person.settled(case_id)) == []

    whole.tick("2014-01-09T00:00:30Z")
    duty = person.duty(case_id, "tell")
    assert (duty["state"], duty["breached_at"]) == ("breached", "2014-01-09T00:00:30Z")
    whole.tick("2014-01-09T00:05:00Z")
    assert breaches(person.settled(case_id)) == ["obligation_breached"]

    whole.tick("2014-01-09T09:00:00Z")
    person.add(case_id, TOLD_IN_PERSON)
    duty = person.duty(case_id, "tell")
    assert (duty["state"], duty["breached_at"]) == ("met", None)
    assert duty["satisfied_at"] == "2014-01-07T11:00:00Z"
    case = person.settled(case_id)
    assert breaches(case) == ["obligation_breached", "breach_withdrawn"]
    (withdrawn,) = [one for one in case["outcomes"] if one["type"] == "breach_withdrawn"]
    assert withdrawn["because"], "a withdrawal gives its reason"
    assert withdrawn["recorded_at"] == "2014-01-09T09:00:00Z"

    (then,) = [
        one for one in person.obligations(case_id, as_at="2014-01-09T00:01:00Z") if one["duty"] == "tell"
    ]
    assert (then["state"], then["breached_at"]) == ("breached", "2014-01-09T00:00:30Z")


def test_june_2015_at_a_trust_and_at_a_care_home(whole: Stack, person: Person) -> None:
    whole.tick("2015-06-02T10:00:00+01:00")
    found = {}
    for provider in ("RXX", "VZZ"):
        case_id = person.report(provider=provider, occurred_at="2015-06-01T22:10:00+01:00")
        found[provider] = person.duty(case_id, "tell")
        assert found[provider]["due_at"] is None, "the law sets no number of days"
        assert found[provider]["state"] == "provisional"
        assert found[provider]["target_at"] == "2015-06-16T23:59:59+01:00"
        page = person.http.get(f"/cases/{case_id}")
        assert page.status_code == 200
        assert "an expectation, not law" in page.text, "a target says that it is one"
    assert found["RXX"]["threshold"] == "Regulation 20(8)"
    assert found["VZZ"]["threshold"] == "Regulation 20(9)"

    for duty in found.values():
        determined = {
            "type": "notifiable_determination_recorded",
            "at": "2015-06-02T09:30:00+01:00",
            "decision": True,
            "criteria": {"unexpected": True, "regulated_activity": True, "harm": True},
            "by_role": "consultant",
            "reason": "The dose was ten times too high.",
        }
        person.add(duty["case_id"], determined)
        assert person.duty(duty["case_id"], "tell")["state"] == "open"


def test_awareness_and_the_relevant_person_follow_the_case(whole: Stack, person: Person) -> None:
    def known(case_id: str) -> tuple[Any, ...]:
        tell = person.duty(case_id, "tell")
        return tell["aware_at"], tell["aware_assumed"], tell["relation"], tell["relation_why"]

    case_id = person.report()
    at_first = known(case_id)
    assert at_first[1:] == (True, "patient", None)
    lacks = {"relation": "attorney", "why": "lacks_capacity"}
    noticed = {"noticed_at": "2015-02-02T10:00:00+00:00", "relevant_person": lacks}
    corrected = person.add(case_id, {"type": "enriched", **noticed})
    assert known(case_id) == ("2015-02-02T10:00:00Z", False, "attorney", "lacks_capacity")
    other = person.report(noticed_at="2015-01-15T10:00:00+00:00")
    link = person.add(other, {"type": "case_linked", "duplicate_of": case_id})
    until(lambda: known(case_id) == ("2015-01-15T10:00:00Z", False, "attorney", "lacks_capacity"))
    for at, event_id in ((other, link), (case_id, corrected)):
        person.add(at, {"type": "event_retracted", "event_id": event_id, "reason": "It was another one."})
    until(lambda: known(case_id) == at_first)


def test_the_read_model_is_what_the_log_says(whole: Stack) -> None:
    check_rebuild(whole)


def test_the_examples_are_verified_and_rebuilt(whole: Stack) -> None:
    whole.tick("2026-07-01T09:00:00Z")
    lines = len(EXAMPLES.read_text(encoding="utf-8").splitlines())
    assert f"{lines} lines accepted" in whole.command("import", str(EXAMPLES))
    whole.tick("2026-07-01T09:01:00Z")
    assert f"{lines} already there, 0 rejected" in whole.command("import", str(EXAMPLES))
    check_rebuild(whole)
