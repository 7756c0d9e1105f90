"""`candour simulate` on a real stack: interrupted and gone on with, all alive afterwards, and verified.

It covers the months in which releases become monthly. `make test-simulation` (`CANDOUR_SIMULATE=whole`) has
the same tests look at eighteen months of five providers, as the README has it: some minutes more.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import httpx
import psycopg
import pytest

from rules.london import first_second
from tests.people import until
from tests.stack import Stack, candour

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(900)]

WHOLE = os.environ.get("CANDOUR_SIMULATE") == "whole"
FIRST, LAST = (date(2013, 4, 1), date(2014, 9, 30)) if WHOLE else (date(2014, 1, 1), date(2014, 8, 28))
BEFORE = f"{FIRST}T00:00:00Z"
FEWER = (
    "--reports-per-provider-per-month", "16", "--never-events-per-provider-per-year", "16",
    "--ticks-per-day", "1",
)  # fmt: skip
WISH = (
    "simulate", "--provider-count", "5" if WHOLE else "3", "--from", f"{FIRST}", "--to", f"{LAST}",
    "--seed", "7", *(() if WHOLE else FEWER),
)  # fmt: skip
MOST_SECONDS = 300
NEXT_DUE = date(2014, 10, 28) if WHOLE else date(2014, 9, 28)
CHANGEOVER = "2014-03-31"
"""The last quarter that has a release; from then on every month has one."""
CLAIMED_AFTER_A_BREACH = """
    SELECT DISTINCT cases.case_id, cases.provider FROM door.events
    JOIN read.cases ON cases.case_id = events.case_id::text
    JOIN read.markers ON markers.case_id = cases.case_id
    WHERE events.type = 'claim_opened' AND events.retracted_by IS NULL
    AND markers.kind = 'breach' AND markers.standing
"""
Cells = dict[tuple[str, str, str, str], int]
INTERRUPTED = 130


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, one_registry: dict[str, str]) -> Iterator[Stack]:
    """Filled in two runs, the first of which was stopped by Ctrl-C."""
    with Stack(
        tmp_path_factory.mktemp("filled"), clock="manual", at=BEFORE, environment=one_registry
    ) as stack:
        began = time.monotonic()
        _interrupted(stack)
        told = stack.command(*WISH, seconds=600)
        assert not WHOLE or time.monotonic() - began < MOST_SECONDS
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
    over = first_second(LAST + timedelta(days=1))
    assert _rows(filled, "SELECT max(as_of) FROM door.ticks") == [(over,)]


def test_duties_are_in_every_state_that_people_bring_about(filled: Stack) -> None:
    states = {one["state"] for one in _all(filled, "/api/obligations", "obligations")}
    assert {"open", "met", "met_late", "breached"} <= states


def test_escalations_are_waiting_taken_climbed_and_closed(filled: Stack) -> None:
    raised = _all(filled, "/api/escalations", "escalations")
    assert {"acknowledged", "climbed", "closed"} <= {one["state"] for one in raised}
    # One that has just been raised is rarely left at the end of a day: look when they were raised.
    assert any(
        "raised" in {one["state"] for one in _all(filled, "/api/escalations", "escalations", as_at=when)}
        for when in sorted({one["raised_at"] for one in raised})
    )
    assert {"death_or_severe_harm", "never_event", "obligation_breached"} <= {
        one["trigger"] for one in raised
    }
    assert max(one["level"] for one in raised) > 2


def test_claims_after_a_breach_suggest_reviews_of_scheme_members_alone(filled: Stack) -> None:
    reviews = _all(filled, "/api/indemnity/reviews", "reviews")
    assert reviews
    assert {one["basis"] for one in reviews} == {"proposed"}
    members = {code for (code,) in _rows(filled, "SELECT code FROM door.providers WHERE scheme_member")}
    assert {one["provider"] for one in reviews} <= members
    claimed = dict(_rows(filled, CLAIMED_AFTER_A_BREACH))
    outside = {case_id for case_id, provider in claimed.items() if provider not in members}
    assert outside or not WHOLE, "a few months have hardly any claim, and none of the one provider outside"
    assert not outside & {one["case_id"] for one in reviews}


def test_the_board_shows_cases(filled: Stack) -> None:
    page = httpx.get(f"{filled.url}/board", headers={"Cookie": "candour_sign_in=demo:auditor"}, timeout=60)
    assert page.raise_for_status().text.count('href="/cases/') > 20


def test_releases_are_quarterly_to_march_2014_and_monthly_from_april(filled: Stack) -> None:
    made = [one for one in _releases(filled) if one["kind"] == "year_to_date"]
    assert {one["status"] for one in made} == {"checked"}
    quarters = [one["window_to"] for one in made if one["cadence"] == "quarterly"]
    months = [one["window_to"] for one in made if one["cadence"] == "monthly"]
    assert quarters == [*(["2013-09-30"] if WHOLE else []), "2013-12-31", CHANGEOVER]
    assert months == [f"{end}" for end in _month_ends() if f"{end}" > CHANGEOVER]
    assert {one["window_from"] for one in made} == {"2013-04-01", "2014-04-01"}


def test_the_next_release_differs_from_the_one_signed_last_by_revisions_cell_by_cell(filled: Stack) -> None:
    """Nobody signed while the months went by; now June is, and July passed over."""
    june = _release(filled, "2014-06-30")
    director = {"Authorization": "Bearer demo:director"}
    signature = {"sha256": june["sha256"], "name": "Dr Ada Director"}
    path = f"{filled.url}/api/never-events/releases/{june['id']}/sign"
    httpx.post(path, json=signature, headers=director, timeout=60).raise_for_status()
    until(lambda: _release(filled, "2014-06-30")["status"] == "published")
    assert june["id"] in _release(filled, "2014-07-31")["passed_over_because"]
    drafted = len(_releases(filled))
    filled.tick(f"{NEXT_DUE}T00:00:00Z")
    until(lambda: len(_releases(filled)) > drafted)
    newest = [one for one in _releases(filled) if one["kind"] == "year_to_date"][-1]
    later = _release(filled, newest["window_to"])
    assert later["supersedes"] == later["compared"]["id"] == june["id"]
    before, after = _cells(june), _cells(later)
    differ = {
        cell: (before.get(cell, 0), after.get(cell, 0))
        for cell in before | after
        if before.get(cell, 0) != after.get(cell, 0)
    }
    changes = {
        (one["table"], one["row"], one["part"], one["measure"]): one
        for one in later["changes"]
        if one["before"] != one["after"]
    }
    assert {cell: (one["before"], one["after"]) for cell, one in changes.items()} == differ
    for one in later["changes"]:
        assert sum(why["change"] for why in one["because"]) == one["after"] - one["before"]
    revised = [one for one in changes.values() if one["table"] == "by_month" and one["row"] < "2014-07"]
    assert revised, "a month that June had already was revised"
    assert not {"new_period"} & {why["reason"] for one in revised for why in one["because"]}


def test_a_run_that_begins_before_the_clock_is_refused(filled: Stack) -> None:
    done = candour(*WISH, "--ticks-per-day", "3", "--data", str(filled.data), environment=filled.environment)
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
        # Whoever started the tests in the background has them, and all they start, ignore it.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
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


_TABLES = {"by_month": "", "by_type": "subtypes", "by_organisation": "types"}
"""And the name of the parts of a row."""


def _cells(release: dict[str, Any]) -> Cells:
    """Each figure of its tables that is not nought."""
    found: Cells = {}

    def keep(table: str, row: str, part: str, figure: dict[str, Any]) -> None:
        for measure, name in (("meets_definition", "count"), ("under_review", "under_review")):
            if figure[name]:
                found[table, row, part, measure] = figure[name]

    keep("totals", "", "", release["totals_figure"])
    for table, parts in _TABLES.items():
        for row in release[table]:
            keep(table, row["code"], "", row)
            for part in row.get(parts, ()):
                keep(table, row["code"], part["code"], part)
    return found


def _month_ends() -> Iterator[date]:
    """Of each month for whose release a draft was due by the last day."""
    for number in range((LAST - FIRST).days + 1):
        day = FIRST + timedelta(days=number)
        if (day + timedelta(days=1)).day == 1 and day + timedelta(days=27) <= LAST:
            yield day


def _releases(stack: Stack) -> list[dict[str, Any]]:
    made = _all(stack, "/api/never-events/releases", "releases")
    return sorted(made, key=lambda one: (one["as_of"], one["window_to"]))


def _release(stack: Stack, window_to: str) -> dict[str, Any]:
    (one,) = [each for each in _releases(stack) if each["window_to"] == window_to]
    with httpx.Client(base_url=stack.url, headers={"Authorization": "Bearer demo:auditor"}) as http:
        found: dict[str, Any] = http.get(f"/api/never-events/releases/{one['id']}").raise_for_status().json()
    return found


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
