"""Two policies over one log: what comes in, what goes out, what changes, and who would newly be told."""

import csv
import hashlib
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from command.stack import Stack
from command.what_if import replay
from embedded.problems import StartError
from rules.candour import RULE
from rules.candour.policy import content_of, parse
from rules.case_rules import RULES
from rules.defaults import DEFAULTS
from rules.policy import FOLDER, read_folder
from rules.proposals import Proposal, checked, proposals
from rules.rule import Rule
from schemas.event_types import PolicyAdopted, Record
from stream_apps.decision import Deliberation
from stream_apps.what_if import Shadow, Side, Told, weigh
from tests.spec import escalations, ledger
from tests.spec.escalations import EscalationCase
from tests.spec.notation import Case, genesis, lines, ticks
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


def compare(log: Sequence[Record], proposal: Proposal, rules: Sequence[Rule] = (RULE,)) -> Shadow:
    sides = []
    for instead in ({}, {proposal.rule: proposal}):
        side = Side(Deliberation(rules, lambda outcome: b"", 0, lambda *_: ()), instead)
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


def whole(**histories: str) -> list[Record]:
    """A log that never events, candour and escalation decide, with a case for each history."""
    log: list[Record] = [*genesis(), ledger.policy_record(), escalations.policy_record()]
    for name, history in histories.items():
        case = EscalationCase(name)
        log += [record for line in lines(history) for record in case.records(line)]
    return log


def in_short(shadow: Shadow, *rules: str) -> set[tuple[str, str, str]]:
    """Of these rules: what becomes of what, in which case."""
    names = {EscalationCase(name).case_id: name for name in ("a", "b")}
    return {
        (row.fate, row.either.under, names[row.either.case_id])
        for row in shadow.rows
        if row.either.rule in rules
    }


def test_other_gates_take_one_never_event_off_the_ledger_and_put_another_on_it() -> None:
    files: Files = read_folder("never_events")
    gates = {3: "death_or_severe", 19: "none"}
    for type in files["LIST_2011"]["type"]:
        type["gate"] = gates.get(type["no"], type["gate"])
    log = whole(
        a="2013-12-20 09:00  report harm=low occurred=2013-12-19T21:00\n2013-12-21 10:00  confirm 2011/3",
        b="2013-12-20 09:00  report harm=low occurred=2013-12-19T21:00\n2013-12-21 10:00  confirm 2011/19",
    )
    shadow = compare(log, checked("never_events", files), RULES)
    assert in_short(shadow, "never_events") == {("changes", "2011/3", "a"), ("changes", "2011/19", "b")}
    assert {
        (row.either.under, row.now and row.now.state, row.proposed and row.proposed.state)
        for row in shadow.rows
        if row.either.rule == "never_events"
    } == {
        ("2011/3", "never_event_counted", "never_event_withdrawn"),
        ("2011/19", "never_event_withdrawn", "never_event_counted"),
    }
    assert in_short(shadow, "escalation") == {
        ("goes_out", "never_event", "a"),
        ("comes_in", "never_event", "b"),
    }


def test_a_type_that_the_list_lacks_leaves_the_entry_waiting_and_the_family_to_be_told() -> None:
    files: Files = read_folder("never_events")
    files.pop("carried_over", None)  # which may name the type
    files["LIST_2015"]["type"] = [type for type in files["LIST_2015"]["type"] if type["no"] != 1]
    log = whole(
        a="2016-05-10 09:00  report harm=none occurred=2016-05-09T10:00\n2016-05-11 10:00  confirm 2015/1"
    )
    shadow = compare(log, checked("never_events", files), RULES)
    (entry,) = [row for row in shadow.rows if row.either.rule == "never_events"]
    assert entry.now is not None
    assert entry.proposed is not None
    assert (entry.now.under, entry.proposed.under) == ("2015/1", "2015/?")
    assert (entry.now.state, entry.proposed.state) == ("never_event_counted", "never_event_proposed")
    assert shadow.states["candour", "tell", "open", "now"] == 1
    assert shadow.states["candour", "tell", "provisional", "proposed"] == 1


def test_another_trigger_takes_one_escalation_out_and_puts_another_in() -> None:
    files: Files = read_folder("escalation")
    for trigger in files["triggers"]["trigger"]:
        if trigger["name"] == "death_or_severe_harm":
            trigger |= {"kinds": ["incident"], "harm": "moderate"}
    log = whole(
        a="2013-12-20 09:00  report kind=outcome harm=severe",
        b="2013-12-20 09:00  report harm=moderate",
    )
    shadow = compare(log, checked("escalation", files), RULES)
    assert in_short(shadow, "escalation") == {
        ("goes_out", "death_or_severe_harm", "a"),
        ("comes_in", "death_or_severe_harm", "b"),
    }
    assert not [row for row in shadow.rows if row.either.rule == "candour"]


def test_another_role_to_act_is_a_change() -> None:
    files: Files = read_folder("escalation")
    for route in files["routes"]["route"]:
        route["level"][0]["office"] = "matron"
    log = whole(a="2013-12-20 09:00  report harm=severe")
    (row,) = compare(log, checked("escalation", files), RULES).rows
    assert row.fate == "changes"
    (cells,) = csv.DictReader(StringIO(what_if.as_csv(Shadow(rows=[row]), {})))
    assert (cells["owner_now"], cells["owner_proposed"]) == ("head of patient safety", "matron")
    assert cells["state_now"] == cells["state_proposed"]


def test_another_owner_of_a_duty_is_a_change(log: list[Record]) -> None:
    files: Files = read_folder("candour")
    for duty in files["SC35_2013"]["duty"]:
        duty["owner_role"] = "ward manager"
    rows = compare(log, checked("candour", files)).rows
    assert {row.fate for row in rows} == {"changes"}
    assert {row.proposed.owner for row in rows if row.proposed} == {"ward manager"}


def test_acting_times_are_compared_whatever_was_said_since() -> None:
    files: Files = read_folder("escalation")
    for urgency in files["times"]["urgency"]:
        urgency["level"][0] = {"acknowledge_minutes": 60, "act_minutes": 120}
    log = whole(a="2013-12-20 09:00  report harm=severe\n2013-12-20 09:30  acknowledged death_or_severe_harm")
    (row,) = compare(log, checked("escalation", files), RULES).rows
    assert row.now is not None
    assert row.proposed is not None
    assert row.now.state == row.proposed.state == "escalation_taken"
    assert (row.now.deadline or 0) > (row.proposed.deadline or 0) > 0


def test_what_no_rule_of_a_case_hears_is_left_out_by_name() -> None:
    compared, left_out = what_if.comparable(proposals(FOLDER))
    assert [one.rule for one in compared] == [name for name in DEFAULTS if name not in what_if.NOT_COMPARED]
    assert {one.rule for one in compared} == {rule.name for rule in RULES}
    assert len(left_out) == 2
    assert "publication" in left_out[0]
    assert "patterns" in left_out[1]


@pytest.mark.parametrize("rule", ["patterns", "publication"])
def test_a_policy_that_decides_no_case_is_refused_before_the_log_is_read(rule: str, tmp_path: Path) -> None:
    nowhere = Stack(str(tmp_path), "", "", "", "", "manual")
    with pytest.raises(StartError, match=f"Not compared is the policy on {rule}: .*Nothing else"):
        replay(nowhere, FOLDER / rule, None, None)
