"""`candour simulate` on a real stack: interrupted and gone on with, all alive afterwards, and verified."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import httpx
import psycopg
import pytest

from tests.people import until
from tests.stack import Stack, candour

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(900)]

BEFORE = "2013-04-01T00:00:00Z"
WISH = (
    "simulate", "--provider-count", "3", "--from", "2013-04-01", "--to", "2013-08-31", "--seed", "7",
    "--reports-per-provider-per-month", "25", "--never-events-per-provider-per-year", "8",
    "--ticks-per-day", "2",
)  # fmt: skip
INTERRUPTED = 130


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Filled in two runs, the first of which was stopped by Ctrl-C."""
    with Stack(tmp_path_factory.mktemp("filled"), clock="manual", at=BEFORE) as stack:
        _interrupted(stack)
        told = stack.command(*WISH, seconds=600)
        assert "refused" not in told
        assert "already there" in told
        assert f"{stack.url}/board" in told
        yield stack


def test_nothing_is_there_twice_and_a_third_run_adds_nothing(filled: Stack) -> None:
    before = _at_rest(filled)
    told = filled.command(*WISH, seconds=600)
    assert told.startswith("0 reports and 0 follow-ups over 0 ticks")
    assert _counts(filled) == before
    # One key for each action of a person; a link has a twin, and what a process records has no key.
    assert before["answers"] == before["events"] - before["twins"] - before["of_processes"]


def test_what_was_said_follows_from_the_log(filled: Stack) -> None:
    assert filled.command("verify", seconds=600).rstrip().endswith("clean")


def test_the_clock_stands_at_the_end_of_the_last_day(filled: Stack) -> None:
    assert _rows(filled, "SELECT max(as_of) FROM door.ticks") == [
        (1377990000000,)
    ]  # 1 September 2013, 00:00 BST


def test_duties_are_in_every_state_that_people_bring_about(filled: Stack) -> None:
    states = {one["state"] for one in _all(filled, "/api/obligations", "obligations")}
    assert {"open", "met", "met_late", "breached"} <= states


def test_escalations_are_waiting_taken_climbed_and_closed(filled: Stack) -> None:
    raised = _all(filled, "/api/escalations", "escalations")
    assert {"acknowledged", "climbed", "closed"} <= {one["state"] for one in raised}
    # One that has just been raised is rarely left at the end of a day: look when the first one was.
    first = min(one["raised_at"] for one in raised)
    then = _all(filled, "/api/escalations", "escalations", as_at=first)
    assert "raised" in {one["state"] for one in then}
    assert {"death_or_severe_harm", "never_event", "obligation_breached"} <= {
        one["trigger"] for one in raised
    }
    assert max(one["level"] for one in raised) > 2


def test_claims_after_a_breach_suggest_reviews_of_scheme_members_alone(filled: Stack) -> None:
    reviews = _all(filled, "/api/indemnity/reviews", "reviews")
    assert reviews
    assert {one["basis"] for one in reviews} == {"proposed"}


def test_the_ledger_holds_never_events_of_several_months(filled: Stack) -> None:
    ledger = _rows(filled, "SELECT count(*), count(DISTINCT provider) FROM read.never_events")
    assert ledger[0][0] > 5


def test_a_run_that_begins_before_the_clock_is_refused(filled: Stack) -> None:
    done = candour(*WISH[:-2], "--data", str(filled.data), environment=filled.environment)
    assert done.returncode == 1
    assert "--from begins before that" in done.stderr


def test_a_day_that_does_not_exist_is_refused(filled: Stack) -> None:
    wish = [*WISH[:4], "2013-02-30", *WISH[5:]]
    done = candour(*wish, "--data", str(filled.data), environment=filled.environment)
    assert done.returncode == 2
    assert "2013-02-30" in done.stderr


def _interrupted(stack: Stack) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "command", *WISH, "--data", str(stack.data)],
        env=stack.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: _counts(stack)["cases"] > 60)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == INTERRUPTED, told
    assert "The stack is consistent" in told
    assert "simulate stopped at" in told


def _at_rest(stack: Stack) -> dict[str, int]:
    """The counts once nothing comes any more: that escalations were shown is recorded a moment later."""

    def unchanged() -> dict[str, int]:
        before = _counts(stack)
        time.sleep(2)
        return before if _counts(stack) == before else {}

    return until(unchanged)


def _counts(stack: Stack) -> dict[str, int]:
    counted = {
        name: f"SELECT count(*) FROM door.{name}" for name in ("cases", "events", "answers", "ticks")
    } | {
        "twins": "SELECT count(*) / 2 FROM door.events WHERE twin IS NOT NULL",
        "of_processes": "SELECT count(*) + count(retracted_by) FROM door.events"
        " WHERE type IN ('delivery_recorded', 'pattern_detected')",
    }
    return {name: int(_rows(stack, question)[0][0]) for name, question in counted.items()}


def _rows(stack: Stack, question: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(stack.database) as connection:
        return connection.execute(question.encode()).fetchall()


def _all(stack: Stack, path: str, name: str, **wanted: str) -> list[dict[str, Any]]:
    """All pages of a list, as an auditor sees it."""
    found: list[dict[str, Any]] = []
    with httpx.Client(
        base_url=stack.url, timeout=60, headers={"Authorization": "Bearer demo:auditor"}
    ) as http:
        further: dict[str, str] = {}
        while True:
            answer = http.get(path, params={"limit": "500", **wanted, **further}).raise_for_status().json()
            found += answer[name]
            if not answer.get("next"):
                return found
            further = {"next": answer["next"]}
