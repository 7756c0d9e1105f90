"""Two policies over one log: what comes in, what goes out, what changes, and who would newly be told."""

import csv
import hashlib
from collections.abc import Sequence
from io import StringIO
from typing import Any

import pytest
from msgspec import structs

from rules.candour import RULE
from rules.candour.policy import content_of, parse
from rules.policy import read_folder
from rules.proposals import Proposal
from schemas.event_types import PolicyAdopted, Record
from stream_apps.decision import Deliberation
from stream_apps.what_if import Shadow, Side, Told, weigh
from tests.spec.notation import Case, genesis, ticks
from views import what_if

Files = dict[str, dict[str, Any]]


def proposed(**harm: str) -> Proposal:
    """The policy in use, with another threshold in each of these instruments."""
    files: Files = read_folder("candour")
    for instrument, grade in harm.items():
        for bound in files[instrument]["bound"]:
            bound["harm"] = grade
    content = content_of(files)
    return Proposal("candour", parse(content).version, content)


def compare(log: Sequence[Record], proposal: Proposal) -> Shadow:
    sides = []
    for instead in ({}, {"candour": proposal}):
        side = Side(Deliberation((RULE,), lambda outcome: b"", 0, lambda *_: ()), instead)
        for offset, record in enumerate(log):
            side.hear(offset, record)
        sides.append(side.matters())
    result = Shadow()
    weigh(result, *sides)
    return result


@pytest.fixture
def log() -> list[Record]:
    moderate, severe = Case("moderate"), Case("severe")
    written: list[Record] = genesis()
    written += moderate.records("2013-12-20 09:00 report harm=moderate")
    written += severe.records("2013-12-20 09:30 report harm=severe")
    written += severe.records("2014-01-07 11:00 told")
    written.append(ticks(1_389_225_630_000))
    return written


def test_a_higher_threshold_takes_duties_out(log: list[Record]) -> None:
    shadow = compare(log, proposed(SC35_2013="severe"))
    assert {row.fate for row in shadow.rows} == {"goes_out"}
    assert {row.either.case_id for row in shadow.rows} == {Case("moderate").case_id}
    assert shadow.no_longer_told == {Told(Case("moderate").case_id, "p1", "RXX")}
    assert shadow.newly_told == set()
    assert shadow.states["candour", "tell", "breached", "now"] == 1
    assert shadow.states["candour", "tell", "breached", "proposed"] == 0
    assert shadow.kept["candour", "tell"] == 1


def test_the_other_way_round_the_same_duties_come_in(log: list[Record]) -> None:
    now = proposed(SC35_2013="severe")
    first = log[0]
    assert isinstance(first, PolicyAdopted)
    before = structs.replace(
        first,
        version=now.version,
        content=now.content,
        sha256=hashlib.sha256(now.content.encode()).hexdigest(),
    )
    shadow = compare([before, *log[1:]], proposed())
    assert {row.fate for row in shadow.rows} == {"comes_in"}
    assert shadow.newly_told == {Told(Case("moderate").case_id, "p1", "RXX")}
    assert "1 patient in 1 case would newly have to be told" in what_if.told(shadow)


def test_other_days_change_the_due_time(log: list[Record]) -> None:
    files: Files = read_folder("candour")
    (tell,) = [duty for duty in files["SC35_2013"]["duty"] if duty["name"] == "tell"]
    tell["due_working_days"] = 5
    content = content_of(files)
    shadow = compare(log, Proposal("candour", parse(content).version, content))
    assert {row.fate for row in shadow.rows} == {"changes"}
    late = [row for row in shadow.rows if row.now and row.now.state != (row.proposed and row.proposed.state)]
    assert [(row.now and row.now.state, row.proposed and row.proposed.state) for row in late] == [
        ("met", "met_late")
    ]


def test_under_a_higher_threshold_a_later_grade_opens_what_the_first_did_not(log: list[Record]) -> None:
    case = Case("worse than thought")
    written = [*log, *case.records("2014-01-20 09:00 report harm=moderate")]
    written += case.records("2014-01-22 09:00 regrade moderate severe")
    rows = [
        row
        for row in compare(written, proposed(SC35_2013="severe")).rows
        if row.either.case_id == case.case_id
    ]
    (tell,) = [row for row in rows if row.either.what == "tell"]
    assert tell.fate == "changes"
    assert tell.now is not None
    assert tell.proposed is not None
    assert tell.now.starts_at < tell.proposed.starts_at, "counted from the grade that reached the threshold"


def test_the_same_policy_changes_nothing(log: list[Record]) -> None:
    shadow = compare(log, proposed())
    assert shadow.rows == []
    assert shadow.newly_told == shadow.no_longer_told == set()


def test_later_adoptions_do_not_undo_the_proposal(log: list[Record]) -> None:
    again = structs.replace(log[0], event_id="again")
    shadow = compare([*log, again, *Case("later").records("2014-01-20 09:00 report harm=moderate")],
                     proposed(SC35_2013="severe"))  # fmt: skip
    assert Case("later").case_id in shadow.cases("goes_out")


def test_every_row_and_chart_says_that_it_is_a_shadow(log: list[Record]) -> None:
    shadow = compare(log, proposed(SC35_2013="severe"))
    rows = list(csv.DictReader(StringIO(what_if.as_csv(shadow, {"candour": "other"}))))
    assert len(rows) == len(shadow.rows)
    assert {(row["output"], row["policy_proposed"]) for row in rows} == {("shadow", "other")}
    months = list(csv.DictReader(StringIO(what_if.months_csv(shadow, {"candour": "other"}))))
    assert sum(int(row["start_goes_out"]) for row in months) == len(rows)
    assert sum(int(row["due_now"]) - int(row["due_proposed"]) for row in months) == sum(
        row.now is not None and row.now.deadline is not None for row in shadow.rows
    )
    chart = what_if.as_svg(shadow, "candour other")
    assert what_if.SHADOW in chart
    assert "As adopted only: goes out: 2" in chart
