"""Why each verdict was given, what another policy would do, and one adopted in mid-stream, on real parts."""

import csv
import json
import shutil
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from confluent_kafka import Producer
from msgspec import structs

from rules.calendar import SOURCE
from rules.policy import FOLDER, read_folder
from rules.rule import outcome_id
from schemas.outcome_types import ObligationBreached
from schemas.registry import RegistryCodec
from schemas.topics import OBLIGATIONS
from tests.people import TOLD_IN_PERSON, Person, until
from tests.spec.explained import MEMORY
from tests.stack import Stack, candour

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]

Json = dict[str, Any]
LAW = {one["id"]: one for one in read_folder("candour").values() if "id" in one}
DUTY_TYPES = (
    "obligation_opened",
    "obligation_met",
    "obligation_breached",
    "breach_withdrawn",
    "target_passed",
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, one_registry: dict[str, str]) -> Iterator[Stack]:
    """Of its own: its law changes on the way."""
    data = tmp_path_factory.mktemp("why")
    with Stack(data, clock="manual", at="2013-12-20T09:00:00Z", environment=one_registry) as made:
        yield made


def why(person: Person, case_id: str, **query: str) -> Json:
    person.settled(case_id)
    return person.read(f"/api/cases/{case_id}/why", **query)


def check_clauses(answer: Json) -> set[tuple[str, str]]:
    """Each verdict names a clause, on a duty as the policy files have it; gives instruments and duties."""
    met = set()
    for one in answer["verdicts"]:
        assert one["agreement"] == "agrees"
        about = one["about"]
        assert one["clauses"] or one["type"] in MEMORY, one
        if one["rule"] != "candour" or "duty" not in about:
            continue
        instrument = LAW[about["instrument"]]
        (duty,) = [each for each in instrument["duty"] if each["name"] == about["duty"]]
        clause = one["clauses"][-1]
        assert clause["title"] == duty["clause"]
        assert clause["instrument"] == instrument["title"]
        assert (clause["source"], clause["confidence"]) == (duty["source"], duty["confidence"])
        assert (clause["basis"], clause["valid_from"]) == (instrument["basis"], f"{instrument['valid_from']}")
        assert clause["binds"]
        if one["type"] == "obligation_opened":
            bound = [each["threshold"] for each in instrument["bound"]]
            assert one["clauses"][0]["title"] in (about["threshold"], clause["title"])
            assert about["threshold"] in bound
        met.add((about["instrument"], about["duty"]))
    return met


def check_places(whole: Stack, answer: Json) -> None:
    with psycopg.connect(whole.database) as connection:
        for one in answer["verdicts"]:
            row = connection.execute(
                'SELECT partition, "offset", source_offset FROM read.outcomes WHERE id = %s',
                (one["outcome"]["id"],),
            ).fetchone()
            where = (answer["partition"], one["outcome"]["offset"], one["cause"]["offset"])
            assert row == where


def test_a_breach_of_2013_and_its_withdrawal_as_at_each_time(whole: Stack, person: Person) -> None:
    case_id = person.report()
    whole.tick("2014-01-09T00:00:30Z")
    whole.tick("2014-01-09T09:00:00Z")
    person.add(case_id, TOLD_IN_PERSON)
    answer = why(person, case_id)
    assert answer["agrees"], answer["said"]
    assert answer["decided_again_from"] == "case"
    assert ("SC35_2013", "tell") in check_clauses(answer)
    check_places(whole, answer)

    types = [one["type"] for one in answer["verdicts"]]
    assert types.index("obligation_breached") < types.index("breach_withdrawn")
    (breach,) = [one for one in answer["verdicts"] if one["type"] == "obligation_breached"]
    assert breach["cause"]["type"] == "clock_tick"
    assert breach["says"]["due_at"] == "2014-01-08T23:59:59+00:00"
    assert breach["evidence"] == [], "nothing was held when the due time passed"
    (met,) = [
        one
        for one in answer["verdicts"]
        if one["type"] == "obligation_met" and one["about"]["duty"] == "tell"
    ]
    assert [(one["type"], one["by_role"], one["at"]) for one in met["evidence"]] == [
        ("relevant_person_notified", "consultant", "2014-01-07T11:00:00Z")
    ]
    assert json.dumps(answer).count("wrong dose") == 0, "no free text"

    before = why(person, case_id, as_at="2014-01-08T12:00:00Z")
    assert not any("breach" in one["type"] for one in before["verdicts"])
    between = why(person, case_id, as_at="2014-01-09T00:01:00Z")
    assert "obligation_breached" in [one["type"] for one in between["verdicts"]]
    assert "breach_withdrawn" not in [one["type"] for one in between["verdicts"]]
    assert between["agrees"]
    assert between["settled"]

    again = json.loads(whole.command("explain", case_id, "--format", "json", "--whole"))
    assert again["decided_again_from"] == "partition"
    assert again["verdicts"] == answer["verdicts"]
    text = whole.command("explain", case_id, "--as-at", "2014-01-09T00:01:00Z")
    assert "Late – breached: tell the patient" in text
    assert "Breach withdrawn" not in text
    page = person.http.get(f"/cases/{case_id}/why")
    assert page.status_code == 200
    assert page.text.count('data-agreement="agrees"') == len(answer["verdicts"])
    assert person.http.get(f"/cases/{case_id}").text.count(f"/cases/{case_id}/why") == 1
    assert (
        person.http.get(f"/api/cases/{case_id}/why", params={"as_at": "2013-01-01T00:00:00Z"}).status_code
        == 404
    )
    assert person.http.get("/api/cases/00000000-0000-4000-8000-000000000000/why").status_code == 404
    done = candour("explain", "00000000-0000-4000-8000-000000000000", "--data", str(whole.data))
    assert done.returncode == 1
    assert "There is no case" in done.stderr


@pytest.mark.parametrize(
    ("now", "provider", "owed"),
    [
        ("2015-01-14T10:00:00Z", "RXX", {("SC35_2014", "tell"), ("REG20_HSB_2014", "tell")}),
        ("2016-06-02T10:00:00Z", "VZZ", {("REG20_2015", "tell")}),
        ("2022-07-04T10:00:00Z", "RYY", {("REG20_2015", "tell")}),
    ],
)
def test_every_clause_is_right_in_each_year(
    whole: Stack, person: Person, now: str, provider: str, owed: set[tuple[str, str]]
) -> None:
    whole.tick(now)
    case_id = person.report(provider=provider, occurred_at=now.replace("T10", "T08"))
    person.settled(case_id)
    whole.tick(now.replace("T10", "T11"))
    answer = why(person, case_id)
    assert answer["agrees"], answer["said"]
    told = {one for one in check_clauses(answer) if one[1] == "tell"}
    assert told == owed
    check_places(whole, answer)


def altered(folder: Path, harm: str, version: str) -> Path:
    """The candour policy with another threshold under a version of its own."""
    place = folder / "candour"
    shutil.copytree(FOLDER / "candour", place)
    for file in place.glob("*.toml"):
        text = file.read_text(encoding="utf-8").replace('harm = "moderate"', f'harm = "{harm}"')
        file.write_text(
            text.replace('version = "candour-2026-11"', f'version = "{version}"'), encoding="utf-8"
        )
    return folder


def test_a_threshold_of_severe_harm_takes_duties_out_and_writes_nothing(
    whole: Stack, person: Person, tmp_path: Path
) -> None:
    severe = person.report(provider="RYY", harm={"physical": "severe"}, occurred_at="2022-07-04T09:00:00Z")
    person.settled(severe)
    before = until(lambda: _at_rest(whole))
    with psycopg.connect(whole.database) as connection:
        (owed,) = connection.execute("SELECT count(*) FROM read.obligations").fetchone() or (0,)
        (kept,) = connection.execute(
            "SELECT count(*) FROM read.obligations WHERE harm IN ('severe', 'fatal')"
        ).fetchone() or (0,)
    out = tmp_path / "out"
    told = whole.command(
        "replay", "--policy", str(altered(tmp_path / "policy", "severe", "severe-only")), "--out", str(out)
    )
    assert "Shadow output" in told
    assert "0 patients in 0 cases would newly have to be told" in " ".join(told.split())
    with (out / "what-if.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    duties = [row for row in rows if row["rule"] == "candour"]
    assert len(duties) == owed - kept > 0
    assert {row["change"] for row in duties} == {"goes_out"}
    assert {row["output"] for row in rows} == {"shadow"}
    assert severe not in {row["case_id"] for row in duties}
    chart = (out / "what-if.svg").read_text(encoding="utf-8")
    assert chart.lstrip().startswith("<svg xmlns=")
    assert "Shadow output" in chart
    assert _said(whole) == before


def _at_rest(whole: Stack) -> list[Any]:
    """What has been said, once everybody was told (recorded a moment later) and nothing more comes."""
    if _untold(whole):
        return []
    before = _said(whole)
    time.sleep(2)
    return before if _said(whole) == before else []


def _said(whole: Stack) -> list[Any]:
    with psycopg.connect(whole.database) as connection:
        return connection.execute("SELECT count(*), max(seq) FROM read.outcomes").fetchall()


def _untold(whole: Stack) -> int:
    """How many escalations nobody was told of, and steps of telling that the log has not heard of."""
    with psycopg.connect(whole.database) as connection:
        (count,) = connection.execute("""
            SELECT (SELECT count(*) FROM read.escalations AS one WHERE one.state <> 'closed' AND NOT EXISTS (
                       SELECT 1 FROM notify.steps WHERE escalation_id = one.id AND level = one.level))
                 + (SELECT count(*) FROM notify.steps AS one WHERE NOT EXISTS (
                       SELECT 1 FROM read.outcomes WHERE type = 'delivery_heard' AND cause = one.event_id))
        """).fetchone() or (0,)
    return int(count)


def test_a_policy_adopted_in_mid_stream_holds_for_what_follows(
    whole: Stack, person: Person, tmp_path: Path
) -> None:
    before = person.report(provider="RYY", occurred_at="2022-07-04T09:10:00Z")
    old = {one["policy_version"] for one in person.settled(before)["obligations"]}
    folder = altered(tmp_path, "severe", "severe-only")

    file = folder / "candour" / "SC35_2014.toml"
    sound = file.read_text(encoding="utf-8")
    file.write_text(sound.replace("valid_from = 2014-04-01", "valid_from = 2014-04-09"), encoding="utf-8")
    refused = candour("policy", "adopt", str(folder), "--yes", "--data", str(whole.data))
    assert refused.returncode == 1
    assert "a gap between SC35_2013.toml and SC35_2014.toml" in refused.stderr
    assert "move one of the two dates" in refused.stderr
    file.write_text(sound, encoding="utf-8")

    told = whole.command("policy", "adopt", str(folder), "--yes")
    assert "harm: moderate to severe" in told
    assert told.splitlines()[-1].startswith("candour: severe-only+")
    assert told.splitlines()[-1].endswith(" adopted")
    assert "is in force already; nothing to adopt" in whole.command("policy", "adopt", str(folder), "--yes")
    assert whole.command("policy", "diff", "adopted", str(folder)) == "no difference\n"
    assert "Harm from: severe" in whole.command(
        "policy", "show", "--on", "2022-07-04", "--provider-type", "care_home"
    )
    page = person.http.get("/policy", params={"on": "2014-01-01"})
    assert page.status_code == 200
    assert "severe-only" in page.text
    assert "informs, never binds" in page.text

    moderate = person.report(provider="RYY", occurred_at="2022-07-04T09:20:00Z")
    severe = person.report(provider="RYY", harm={"physical": "severe"}, occurred_at="2022-07-04T09:20:00Z")
    assert person.settled(moderate)["obligations"] == []
    (version,) = {one["policy_version"] for one in person.settled(severe)["obligations"]}
    assert version.startswith("severe-only+")
    assert {one["policy_version"] for one in person.settled(before)["obligations"]} == old
    for case_id in (before, severe):
        assert why(person, case_id)["agrees"]
    duties = [one for one in why(person, severe)["verdicts"] if one["rule"] == "candour"]
    assert {one["policy_version"] for one in duties} == {version}
    back = candour("policy", "adopt", str(FOLDER / "candour"), "--yes", "--data", str(whole.data))
    assert back.returncode == 1
    assert "comes back under a version of its own" in back.stderr
    assert whole.command("verify").endswith("clean\n")


def test_a_holiday_proclaimed_at_short_notice_moves_what_is_open_and_is_adopted_by_a_person(
    whole: Stack, person: Person, tmp_path: Path
) -> None:
    case_id = person.report(provider="RYY", harm={"physical": "severe"}, occurred_at="2022-07-04T09:20:00Z")
    before = person.duty(case_id, "tell")["target_at"]
    pinned = json.loads(SOURCE.read_text(encoding="utf-8"))
    holidays = [*pinned["holidays"], {"date": "2022-07-11", "title": "A day of mourning"}]
    file = tmp_path / "proclaimed.json"
    file.write_text(json.dumps(pinned | {"holidays": holidays}), encoding="utf-8")
    here = ("--data", str(whole.data))
    refused = candour("calendar", "adopt", str(file), "--yes", *here)
    assert refused.returncode == 1
    assert f"{pinned['version']} is in force with other content" in refused.stderr

    file.write_text(json.dumps(pinned | {"version": "proclaimed-1", "holidays": holidays}), encoding="utf-8")
    difference = [f"  ~ version: {pinned['version']} to proclaimed-1", "  + 2022-07-11 A day of mourning"]
    told = whole.command("calendar", "check", str(file))
    assert told.splitlines() == [*difference, "proclaimed-1 is fit to be adopted"]
    unsure = candour("calendar", "adopt", str(file), *here)  # nobody is there to answer
    assert unsure.returncode == 1
    told = whole.command("calendar", "adopt", str(file), "--yes")
    assert told.splitlines()[:2] == difference
    assert told.splitlines()[-1] == "proclaimed-1 adopted"
    assert "is in force already" in whole.command("calendar", "adopt", str(file), "--yes")

    until(lambda: person.duty(case_id, "tell")["calendar_version"] == "proclaimed-1")
    after = person.duty(case_id, "tell")["target_at"]
    assert date.fromisoformat(after[:10]) - date.fromisoformat(before[:10]) == timedelta(days=1)
    back = candour("calendar", "adopt", str(SOURCE), "--yes", *here)
    assert back.returncode == 1
    assert "comes back under a version of its own" in back.stderr
    assert why(person, case_id)["agrees"]
    assert whole.command("verify").endswith("clean\n")


def test_a_forged_verdict_is_told_as_one_that_follows_from_nothing(whole: Stack, person: Person) -> None:
    """The last test here: from now on the log of this stack is not clean."""
    case_id = person.report(provider="RYY", harm={"physical": "severe"}, occurred_at="2022-07-04T09:30:00Z")
    (duty,) = [one for one in person.settled(case_id)["obligations"] if one["duty"] == "tell"]
    answer = why(person, case_id)
    opened = answer["verdicts"][0]
    forged = ObligationBreached(
        subject=duty["id"],
        revision=duty["revisions"] + 1,
        case_id=case_id,
        recorded_at=1_656_932_400_000,
        cause="tick:1656932400000",
        because=("Somebody wishes it so.",),
        policy_version=duty["policy_version"],
        due_at=1_656_932_000_000,
        as_of=1_656_932_400_000,
    )
    codec = RegistryCodec(whole.registry)
    second = structs.replace(forged, because=("And somebody else something else.",))
    producer = Producer({"bootstrap.servers": whole.kafka})
    for one in (forged, second):
        headers: list[tuple[str, str | bytes | None]] = [
            ("id", outcome_id("candour", one)),
            ("source_offset", str(opened["cause"]["offset"])),
            ("part", "9/9"),
        ]
        producer.produce(OBLIGATIONS, codec.encode(one), case_id, answer["partition"], headers=headers)
    assert producer.flush(30) == 0
    codec.close()

    told = until(lambda: found if not (found := why(person, case_id))["agrees"] else {})
    assert told["decided_again_from"] == "partition"
    wrong = [one for one in told["verdicts"] if one["agreement"] != "agrees"]
    assert [(one["type"], one["agreement"]) for one in wrong] == [
        ("obligation_breached", "follows_from_nothing")
    ]
    assert "content" in {each["field"] for each in until(lambda: _differences(person, case_id))}
    text = whole.command("explain", case_id, accept=(1,))
    assert "Stray: it was said and follows from no record" in text
    assert 'data-agreement="follows_from_nothing"' in person.http.get(f"/cases/{case_id}/why").text


def _differences(person: Person, case_id: str) -> list[Json]:
    """Of the forged one: its second content is an alarm of the read model."""
    verdicts = why(person, case_id)["verdicts"]
    return [each for one in verdicts if one["agreement"] != "agrees" for each in one["differences"]]
