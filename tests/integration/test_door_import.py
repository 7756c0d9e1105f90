"""Import of newline-delimited JSON on the real PostgreSQL: once is enough, and each refused line is named."""

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from producers.bulk import Summary, import_file
from producers.keys import create_key, key_place, load_key
from producers.vault import Vault
from producers.vault_reading import deciders
from schemas.event_types import CaseLinked, EventRetracted, FeedbackGiven, HarmRegraded, Reported
from tests.integration.door_room import FALL, Room, open_room
from tests.stack import Stack

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

EXAMPLES = Path(__file__).parents[2] / "examples" / "reports.ndjson"
END_2026 = 1798675200000
REGRADE = {"type": "harm_regraded", "from": "moderate", "to": "severe", "reason": "Seen again."}


@pytest.fixture
def room(infra: Stack, tmp_path: Path) -> Iterator[Room]:
    create_key(key_place(tmp_path))
    with open_room(infra.database, at=END_2026) as made:
        yield made


def run(room: Room, folder: Path, lines: list[Any], name: str = "reports.ndjson") -> Summary:
    file = folder / name
    file.write_text("\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines))
    return import_file(file, database=room.database, data=folder, progress=False)


def counts(room: Room) -> list[tuple[Any, ...]]:
    return room.rows(
        "SELECT (SELECT count(*) FROM door.cases), (SELECT count(*) FROM door.events), "
        "(SELECT count(*) FROM door.outbox), (SELECT count(*) FROM door.vault)"
    )


def test_the_examples_go_in_whole_and_a_second_time_changes_nothing(room: Room, tmp_path: Path) -> None:
    file = tmp_path / "reports.ndjson"
    shutil.copy(EXAMPLES, file)
    lines = [json.loads(line) for line in EXAMPLES.read_text(encoding="utf-8").splitlines()]
    first = import_file(file, database=room.database, data=tmp_path, progress=False)
    events = sum(len(line["events"]) for line in lines)
    assert first == Summary(accepted=len(lines), events=events)
    before = counts(room)
    second = import_file(file, database=room.database, data=tmp_path)
    assert second == Summary(already_there=len(lines))
    assert counts(room) == before


def test_a_report_and_its_follow_ups_are_one_transaction(room: Room, tmp_path: Path) -> None:
    told = {"type": "relevant_person_notified", "in_person": True}
    run(room, tmp_path, [{"report": FALL, "events": [REGRADE, told]}, FALL])
    xids = room.rows(
        "SELECT key, count(DISTINCT xid), count(*) FROM door.outbox "
        "WHERE topic = 'safety.case-events' GROUP BY key ORDER BY 3 DESC"
    )
    cases = [row[1:] for row in xids if not row[0].startswith("partition:")]
    assert cases == [(1, 3), (1, 1)]


def test_who_decided_comes_along_by_name(room: Room, tmp_path: Path) -> None:
    acted = {"claim_id": "C-1", "by_role": "nhsla_reviewer", "reason": "No letter was sent."}
    found = {**acted, "type": "openness_finding_recorded", "finding": "open", "by_name": "Ottoline Brisket"}
    decided = {**acted, "type": "indemnity_decision_recorded", "decision": "none"}
    events = [{"type": "claim_opened", "claim_id": "C-1"}, found, decided]
    assert run(room, tmp_path, [{"report": FALL, "events": events}]).accepted == 1
    ((case_id,),) = room.rows("SELECT case_id::text FROM door.cases")
    with room.engine.begin() as connection:
        vault = Vault(load_key(key_place(tmp_path)))
        names = deciders(connection, vault, case_id, by_role="auditor", purpose="to audit")
    assert list(names.values()) == ["Ottoline Brisket"]


def test_feedback_to_the_reporter_comes_along(room: Room, tmp_path: Path) -> None:
    told = {"type": "feedback_given", "outcome": "changed", "what_changed": "Separate drawers."}
    wrong = {"type": "event_retracted", "event_id": "#1", "reason": "Of another ward."}
    summary = run(room, tmp_path, [{"report": FALL, "events": [told, told, wrong]}])
    assert (summary.accepted, summary.rejected, summary.events) == (1, 0, 3)
    ((case_id,),) = room.rows("SELECT case_id::text FROM door.receipts")
    _, mistaken, stands, retraction = room.records(case_id)
    assert isinstance(stands, FeedbackGiven)
    assert (stands.outcome, stands.what_changed_hash) == ("changed", mistaken.what_changed_hash)
    assert stands.what_changed_hash
    assert retraction.retracted_event_id == mistaken.event_id
    sent = room.rows("SELECT value FROM door.outbox WHERE key = %s", case_id)
    assert not [1 for (value,) in sent if b"drawers" in bytes(value)]


def test_a_line_with_one_bad_follow_up_is_refused_whole_and_named(room: Room, tmp_path: Path) -> None:
    summary = run(
        room,
        tmp_path,
        [
            FALL,
            {"report": FALL, "events": [{"type": "support_offered"}, {**REGRADE, "from": "low"}], "key": "a"},
            "not json",
            {"report": {"kind": "incident"}, "events": [{"type": "nothing"}]},
            "",
            {"report": FALL, "colour": "blue"},
            [1],
            {"report": {**FALL, "occurred_at": "1900-01-01T00:00:00Z"}},
            {"report": FALL, "events": [{"type": "case_linked", "duplicate_of": "key:none"}]},
        ],
    )
    assert (summary.accepted, summary.rejected) == (1, 7)
    assert summary.reject_file is not None
    rejected = [json.loads(line) for line in summary.reject_file.read_text().splitlines()]
    reasons = {one["line"]: " ".join(one["reasons"]) for one in rejected}
    assert set(reasons) == {2, 3, 4, 6, 7, 8, 9}
    assert "/events/1/from" in reasons[2]
    assert "/report/what_happened" in reasons[4]
    assert "/events/0/type" in reasons[4]
    assert "/colour" in reasons[6]
    assert "/report/occurred_at" in reasons[8]
    assert "/events/0/duplicate_of" in reasons[9]
    assert counts(room)[0][:2] == (1, 1)
    assert "hip" not in summary.reject_file.read_text()


def test_lines_may_point_at_each_other(room: Room, tmp_path: Path) -> None:
    link = {"type": "case_linked", "duplicate_of": "key:first"}
    retract = {"type": "event_retracted", "event_id": "#1", "reason": "Wrong scan."}
    summary = run(
        room,
        tmp_path,
        [
            {"key": "first", "report": FALL},
            {"key": "second", "report": FALL, "events": [link]},
            {"key": "third", "report": FALL, "events": [REGRADE, retract]},
        ],
    )
    assert (summary.accepted, summary.rejected) == (3, 0)
    keys = ("import:first", "import:second", "import:third")
    found = room.rows(
        "SELECT answer->>'case_id' FROM door.answers WHERE key = ANY(%s) ORDER BY key", list(keys)
    )
    first, second, third = (row[0] for row in found)
    assert [type(one) for one in room.records(first)] == [Reported, CaseLinked]
    assert [type(one) for one in room.records(second)] == [Reported, CaseLinked]
    assert [type(one) for one in room.records(third)] == [Reported, HarmRegraded, EventRetracted]
    assert room.records(third)[-1].harm == "moderate"


def test_a_key_used_for_another_line_is_refused(room: Room, tmp_path: Path) -> None:
    summary = run(
        room, tmp_path, [{"key": "k", "report": FALL}, {"key": "k", "report": {**FALL, "ward": "B"}}]
    )
    assert (summary.accepted, summary.rejected) == (1, 1)
    again = run(room, tmp_path, [{"key": "k", "report": FALL}, {"key": "k", "report": FALL}])
    assert (again.accepted, again.already_there) == (0, 2)


def test_a_thousand_lines_go_in_within_seconds(room: Room, tmp_path: Path) -> None:
    lines = [{**FALL, "what_happened": f"Fall number {number}"} for number in range(1000)]
    began = time.process_time()  # what others do on this machine is not counted
    assert run(room, tmp_path, lines).accepted == 1000
    assert time.process_time() - began < 8
