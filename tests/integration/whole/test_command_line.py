"""The command `candour` on a running stack: each of its ways that a person may take, the wrong ones too."""

import json
import re
from collections import Counter
from pathlib import Path

import psycopg
import pytest
from confluent_kafka import Producer

from command.processes import NAMES
from rules.case_rules import RULES
from schemas.contracts import snake
from schemas.topics import CASE_EVENTS, NEVER_EVENTS, OBLIGATIONS, RECORDS
from tests.integration.probes import figures_of, worth_a_graph
from tests.people import MODERATE_HARM, Person, until
from tests.stack import Stack, candour

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]

HEADER = "code,name,type,nhs_contract,scheme_member,valid_from,valid_to\n"
MEGABYTES_2 = 2 * 1024 * 1024
CONTACT = {"type": "contact_attempted", "means": "telephone", "result": "no_answer"}


def test_a_tick_tells_the_time_and_does_not_step_back(whole: Stack) -> None:
    assert whole.tick("2013-12-20T10:30:00+01:00") == "it is 2013-12-20T09:30:00Z\n"
    for earlier in ("2013-12-20T09:30:00Z", "2013-12-20T09:29:00Z"):
        done = candour("tick", earlier, "--data", str(whole.data))
        assert done.returncode == 1
        assert "is not after the last tick: the manual clock only steps forward" in done.stderr


def test_the_doctor_finds_nothing_wrong(whole: Stack) -> None:
    told = whole.command("doctor")
    assert told.startswith(
        f"KAFKA_BOOTSTRAP={whole.kafka}\nSCHEMA_REGISTRY_URL={whole.registry}\nDATABASE_URL="
    )
    assert "WRONG" not in told
    for line in ("clock: has nothing to tell", "alarm: none stands", "set aside: nothing"):
        assert f"  ok   {line}\n" in told
    assert "  ok   dead letters: nothing\n" in told
    for part in ("kafka", "registry", "postgres", "relay", "watchdog", "engine", "sink", "web"):
        assert f"  ok   {part}: running" in told
    for process in ("relay", "watchdog", "engine", "sink", "web", "registry"):
        assert f"  ok   {process} answers: ready" in told


def test_every_process_answers_and_has_the_figures_of_the_runbook(whole: Stack) -> None:
    ports = whole.record.health
    assert set(ports) == set(NAMES)
    # The manual clock has no process; that of the system is asked in `test_clock.py`.
    found = {name: figures_of(f"http://127.0.0.1:{port}") for name, port in ports.items() if name != "clock"}
    assert {name for name in worth_a_graph() if not name.startswith("candour_clock_")} <= {
        figure for figures in found.values() for figure in figures
    }


def test_an_import_names_the_bad_lines_and_a_second_one_changes_nothing(whole: Stack, tmp_path: Path) -> None:
    file = tmp_path / "week.ndjson"
    good = {**MODERATE_HARM, "what_happened": "A line of an import."}
    lines = [
        json.dumps({"key": "week-1", "report": good, "events": [CONTACT]}),
        "{",
        json.dumps({"key": "week-2", "report": {**good, "kind": "weather"}}),
        json.dumps(good),
    ]
    file.write_text("\n".join(lines))
    rejects = tmp_path / "week.rejected.ndjson"
    assert whole.command("import", str(file)) == (
        f"2 lines accepted with 1 follow-ups, 0 already there, 2 rejected: see {rejects}\n"
    )
    reasons = {one["line"]: one["reasons"] for one in map(json.loads, rejects.read_text().splitlines())}
    assert set(reasons) == {2, 3}
    assert "is no JSON" in reasons[2][0]
    assert reasons[3][0].startswith("/report/kind")
    assert whole.command("import", str(file)) == (
        f"0 lines accepted with 0 follow-ups, 2 already there, 2 rejected: see {rejects}\n"
    )


def test_providers_are_imported_all_or_none(whole: Stack, person: Person, tmp_path: Path) -> None:
    file = tmp_path / "directory.csv"
    new = "RQ1,Ninebarrow NHS Trust,nhs_trust,yes,yes,2010-04-01,\n"
    file.write_text(HEADER + new + "RQ2,Nowhere,nhs_trust,perhaps,yes,2010-04-01,\n")
    done = candour("providers", "import", str(file), "--data", str(whole.data))
    assert done.returncode == 1
    assert "directory.csv, line 3: nhs_contract is neither yes nor no: perhaps" in done.stderr
    with psycopg.connect(whole.database) as connection:
        assert connection.execute("SELECT FROM door.providers WHERE code = 'RQ1'").fetchall() == []

    file.write_text(HEADER + new)
    assert whole.command("providers", "import", str(file)) == "1 providers loaded\n"
    duty = person.duty(person.report(provider="RQ1"), "tell")
    assert (duty["provider_type"], duty["instrument"]) == ("nhs_trust", "SC35_2013")


def test_garbage_on_the_log_goes_to_the_dead_letters_and_the_partition_goes_on(
    whole: Stack, person: Person
) -> None:
    assert whole.command("dlq", "list") == "no dead letters\n"
    case_id = person.report()
    person.settled(case_id)
    with psycopg.connect(whole.database) as connection:
        found = connection.execute("SELECT partition FROM read.cases WHERE case_id = %s", (case_id,))
        (partition,) = found.fetchone() or (-1,)
    garbage = [b"no record at all", b"\0\0\0\xff\xff" + b"unknown", None, b"x" * MEGABYTES_2]
    producer = Producer({"bootstrap.servers": whole.kafka, "message.max.bytes": 2 * MEGABYTES_2})
    for value in garbage:
        producer.produce(CASE_EVENTS, value=value, key=case_id, partition=partition)
    assert producer.flush(30) == 0

    person.add(case_id, CONTACT)
    case = person.settled(case_id)
    assert [one["type"] for one in case["timeline"]] == ["reported", "contact_attempted"]
    whole.tick("2013-12-20T10:00:00Z")

    told = whole.command("dlq", "list").splitlines()
    assert len(told) == len(garbage)
    assert all(line.startswith(f"{CASE_EVENTS}/{partition} offset ") for line in told)
    assert not any("put back" in line for line in told)
    examined = whole.command("doctor", accept=(1,))
    assert f"WRONG  dead letters: {len(garbage)}: {CASE_EVENTS}/{partition} offset " in examined
    assert whole.command("dlq", "replay") == "4 put back\n"
    again = until(lambda: lines if len(lines := whole.command("dlq", "list").splitlines()) == 8 else [])
    assert sum("put back as offset" in line for line in again) == 4
    assert whole.command("verify").endswith("clean\n")


def test_a_replay_counts_what_is_on_the_log(whole: Stack) -> None:
    told = whole.command("replay").splitlines()
    assert re.match(r"[\d,]+ records in [\d.]+ s \([\d,]+ a second\), [\d,]+ of them passed over", told[0])
    counted = {snake(kind): int(number.replace(",", "")) for number, kind in map(str.split, told[1:])}
    with psycopg.connect(whole.database) as connection:
        rows = connection.execute(
            "SELECT type, count(*) FROM read.outcomes WHERE rule = ANY(%s) GROUP BY type",
            ([rule.name for rule in RULES],),
        ).fetchall()
    assert Counter(counted) == Counter(dict(rows))


def test_a_replay_up_to_one_rule_leaves_out_what_the_later_ones_say(whole: Stack) -> None:
    kinds = {snake(line.split()[1]) for line in whole.command("replay", "--rule", "candour").splitlines()[1:]}
    of_candour = {snake(kind.__name__) for kind in RECORDS[OBLIGATIONS]}
    assert "obligation_opened" in kinds
    assert kinds <= of_candour | {snake(kind.__name__) for kind in RECORDS[NEVER_EVENTS]}
    refused = candour("replay", "--rule", "no_such", "--data", str(whole.data))
    assert refused.returncode == 2
    assert "never_events" in refused.stderr


def test_verify_names_what_was_done_to_rows_and_a_rebuild_mends_it(whole: Stack) -> None:
    assert whole.command("verify").endswith("clean\n")
    with psycopg.connect(whole.database) as connection:
        ((changed,),) = connection.execute(
            "UPDATE read.outcomes SET payload = '{}' "
            "WHERE id = (SELECT min(id) FROM read.outcomes) RETURNING id"
        ).fetchall()
        ((gone, partition, offset),) = connection.execute(
            "DELETE FROM read.case_events WHERE event_id = (SELECT min(event_id) FROM read.case_events) "
            'RETURNING event_id, partition, "offset"'
        ).fetchall()
        ((late,),) = connection.execute(
            "UPDATE read.obligations SET state = 'met_late', satisfied_at = 1 "
            "WHERE id = (SELECT min(id) FROM read.obligations) RETURNING id"
        ).fetchall()
        connection.execute(
            "UPDATE read.outcomes SET id = 'made up' WHERE id = (SELECT max(id) FROM read.outcomes)"
        )
    told = whole.command("verify", accept=(1,))
    assert "1 of read.outcomes not as the log has it:" in told
    assert f"payload of {changed}\n" in told
    assert f"{CASE_EVENTS}/{partition} offset {offset} " in told
    assert f": {gone}\n" in told
    assert f"state, satisfied_at of {late}\n" in told
    assert "made up, which says partition " in told
    assert "1 of read.outcomes missing:" in told
    assert told.endswith("NOT CLEAN\n")
    assert "outcomes: " in whole.command("rebuild")
    assert whole.command("verify").endswith("clean\n")
