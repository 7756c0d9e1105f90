"""Releases on a real stack: drafted by ticks, refused unsigned, signed by a director, published, verified."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as xml

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sinks.publication.keys import public_pem
from tests.people import Person, until
from tests.stack import Stack, candour

BEFORE_APRIL = "2014-04-20T09:00:00Z"
DUE = "2014-05-26T23:00:00Z"  # midnight in London, 27 days after the end of April
RELEASES = "/api/never-events/releases"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory, one_registry: dict[str, str]) -> Iterator[Stack]:
    with Stack(tmp_path_factory.mktemp("releases"), at=BEFORE_APRIL, environment=one_registry) as whole:
        yield whole


@pytest.fixture(scope="module")
def safety(own: Stack) -> Iterator[Person]:
    with Person(own.url) as made:
        yield made


def ask(stack: Stack, role: str | None, path: str = RELEASES) -> httpx.Response:
    headers = {"Authorization": f"Bearer demo:{role}"} if role else {}
    return httpx.get(stack.url + path, headers=headers, timeout=60)


def listed(stack: Stack, role: str | None = "publisher") -> list[dict[str, Any]]:
    answer = ask(stack, role)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["releases"]
    return found


def sign(stack: Stack, role: str | None, release: dict[str, Any], **changed: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer demo:{role}"} if role else {}
    body = {"sha256": release["sha256"], "name": "Dr Ada Director"} | changed
    return httpx.post(f"{stack.url}{RELEASES}/{release['id']}/sign", json=body, headers=headers, timeout=60)


def published(stack: Stack, id: str) -> dict[str, Any]:
    def look() -> dict[str, Any]:
        return next((one for one in listed(stack, None) if one["id"] == id), {})

    return until(look)


def never_event(safety: Person, occurred_at: str, *, provider: str = "RXX", confirmed: bool = True) -> str:
    case = safety.report(occurred_at=occurred_at, never_event_type="2011/1", provider=provider)
    if confirmed:
        said = {"type": "never_event_confirmed", "list_version": "2011", "type_no": 1, "by_role": "safety"}
        safety.add(case, {**said, "at": occurred_at})
    return case


def public(stack: Stack) -> Path:
    return stack.data / "public" / "never-events"


def test_nothing_is_drafted_while_the_clock_stands_still(own: Stack, safety: Person) -> None:
    never_event(safety, "2014-04-10T10:00:00Z")
    never_event(safety, "2014-04-12T10:00:00Z", provider="RYY", confirmed=False)
    own.tick("2014-05-26T22:59:59Z")
    assert [one["window_to"] for one in listed(own)] == ["2014-03-31"]


def test_the_first_later_tick_drafts_as_at_the_time_it_fell_due(own: Stack, safety: Person) -> None:
    never_event(safety, "2014-04-13T10:00:00Z", provider="RYY")
    own.tick("2014-05-28T10:00:00Z")
    release = listed(own)[-1]
    assert (release["window_from"], release["window_to"]) == ("2014-04-01", "2014-04-30")
    assert (release["status"], release["cadence"], release["as_of"]) == ("checked", "monthly", DUE)
    assert release["totals"] == {"recorded": 3, "meets_definition": 2, "under_review": 1}


def test_what_is_not_signed_is_not_public(own: Stack) -> None:
    release = listed(own)[-1]
    for role in (None, "reporter", "clinician", "safety:RXX"):
        assert listed(own, role) == []
        assert ask(own, role, f"{RELEASES}/{release['id']}").status_code == 404
        assert ask(own, role, f"{RELEASES}/{release['id']}/release.json").status_code == 404
    for role in ("publisher", "director", "safety", "auditor"):
        assert release["id"] in [one["id"] for one in listed(own, role)]
    assert not public(own).exists()
    assert ask(own, None, f"/public/never-events/{release['id']}/release.json").status_code == 404


@pytest.mark.parametrize("role", ["publisher", "safety", "auditor", "admin", "director:RXX"])
def test_nobody_but_a_director_of_all_providers_signs(own: Stack, role: str) -> None:
    assert sign(own, role, listed(own)[-1]).status_code == 403


def test_nobody_signs_unknown_or_other_figures(own: Stack) -> None:
    release = listed(own)[-1]
    assert sign(own, None, release).status_code == 401
    other = sign(own, "director", release, sha256="0" * 64)
    assert other.status_code == 422
    assert other.json()["errors"][0]["pointer"] == "/sha256"
    assert sign(own, "director", release, name="").status_code == 422
    assert sign(own, "director", release | {"id": "2014-04-01-to-2014-04-30-r9"}).status_code == 404


def test_signed_by_a_director_it_is_published(own: Stack) -> None:
    release = listed(own)[-1]
    answer = sign(own, "director", release)
    assert answer.status_code == 201, answer.text
    assert published(own, release["id"])["sha256"] == release["sha256"]
    again = sign(own, "director", release)
    assert again.status_code == 409
    whole = ask(own, None, f"{RELEASES}/{release['id']}").json()
    for table in ("by_month", "by_type", "by_organisation"):
        assert sum(cell["count"] for cell in whole[table]) == release["totals"]["meets_definition"]
        assert all(cell["label"] and cell["caveats"] for cell in whole[table])
    assert all(check["passed"] for check in whole["checks"])


def test_before_it_was_signed_it_stood_as_checked(own: Stack) -> None:
    release = listed(own, None)[-1]
    path = f"{RELEASES}/{release['id']}?as_at={DUE}"
    assert ask(own, None, path).status_code == 404
    then = ask(own, "publisher", path).json()
    assert (then["status"], then["signed_at"], then["as_at"]) == ("checked", None, DUE)
    assert then["by_organisation"] == ask(own, None, f"{RELEASES}/{release['id']}").json()["by_organisation"]


def test_the_name_of_the_director_is_in_no_file_and_not_on_the_log(own: Stack) -> None:
    (folder,) = [file for file in public(own).iterdir() if file.is_dir()]
    for file in folder.iterdir():
        assert b"Ada" not in file.read_bytes()
    import psycopg

    with psycopg.connect(own.database) as connection:
        rows = connection.execute("SELECT payload::text FROM read.publication_records").fetchall()
    assert any("release_id" in row[0] for row in rows)
    assert not any("Ada" in row[0] for row in rows)


def test_the_files_are_served_and_fed(own: Stack) -> None:
    release = listed(own, None)[-1]
    place = f"/public/never-events/{release['id']}"
    page = ask(own, None, f"{place}/index.html")
    assert page.headers["content-type"].startswith("text/html")
    assert "Provisional" in page.text
    assert ask(own, None, f"{place}/by_month.csv").text.startswith("month,label,count,under_review,recorded")
    feed = ask(own, None, "/public/never-events/feed.atom")
    entries = xml.fromstring(feed.content).findall("{http://www.w3.org/2005/Atom}entry")
    assert len(entries) == 1


def test_a_published_release_is_verified_offline(own: Stack, tmp_path: Path) -> None:
    release = listed(own, None)[-1]
    key = tmp_path / "key.pem"
    shutil.copy(public(own) / "public-key.pem", key)
    copy = tmp_path / release["id"]
    shutil.copytree(public(own) / release["id"], copy)
    fine = candour("verify-release", str(copy), "--key", str(key))
    assert fine.returncode == 0, fine.stdout + fine.stderr

    stranger = tmp_path / "stranger.pem"
    stranger.write_bytes(public_pem(Ed25519PrivateKey.generate()))
    assert candour("verify-release", str(copy), "--key", str(stranger)).returncode == 1

    (copy / "by_month.csv").write_bytes((copy / "by_month.csv").read_bytes().replace(b",2,", b",3,", 1))
    wrong = candour("verify-release", str(copy), "--key", str(key))
    assert wrong.returncode == 1
    assert "by_month.csv was changed after it was signed" in wrong.stdout


def test_a_late_report_raises_the_earlier_month_and_says_so_cell_by_cell(own: Stack, safety: Person) -> None:
    never_event(safety, "2014-04-02T10:00:00Z")
    never_event(safety, "2014-02-02T10:00:00Z")
    own.tick("2014-06-28T10:00:00Z")
    april = next(one for one in listed(own, None) if one["window_to"] == "2014-04-30")
    may = next(one for one in listed(own) if one["window_to"] == "2014-05-31")
    assert (may["supersedes"], may["revision"]) == (april["id"], 2)
    whole = ask(own, "director", f"{RELEASES}/{may['id']}").json()
    months = {cell["code"]: cell["count"] for cell in whole["by_month"]}
    assert months == {"2014-04": 3, "2014-05": 0}
    (moved,) = [one for one in whole["changes"] if one["table"] == "by_month"]
    assert (moved["row"], moved["before"], moved["after"]) == ("2014-04", 2, 3)
    assert [(why["reason"], why["change"]) for why in moved["because"]] == [("reported_late", 1)]

    year = [one for one in listed(own) if one["window_to"] == "2014-03-31"]
    assert [one["totals"]["meets_definition"] for one in year] == [0, 1]
    assert (year[1]["revision"], year[1]["supersedes"]) == (2, None)  # nobody has signed the first one
    assert year[1]["kind"] == "revised_year"


def test_a_rebuild_gives_the_same_releases_and_alters_nothing_public(own: Stack) -> None:
    before = listed(own)
    files = {file: file.read_bytes() for file in public(own).rglob("*") if file.is_file()}
    own.command("rebuild")
    until(lambda: listed(own) == before)
    assert {file: file.read_bytes() for file in public(own).rglob("*") if file.is_file()} == files


def test_a_draft_for_any_window_touches_no_public_place(own: Stack, tmp_path: Path) -> None:
    window = ("--from", "2014-04-01", "--to", "2014-05-31")
    said = own.command("publish", "draft", str(tmp_path / "draft"), *window)
    assert "same_by_another_road" in said
    assert (tmp_path / "draft" / "by_type.csv").exists()
    assert len([file for file in public(own).iterdir() if file.is_dir()]) == 1
    within = str(public(own) / "mine")
    own.command("publish", "draft", within, *window, accept=(1,))
    assert not Path(within).exists()
    shown = own.command("publish", "list")
    assert "2014-04-01-to-2014-05-31-r2" in shown
    checked = own.command("publish", "checks", "2014-04-01-to-2014-05-31-r2")
    assert "  ok   same_by_another_road: " in checked
    assert "WRONG" not in checked


def test_the_pages_show_it_and_a_director_signs_there(own: Stack) -> None:
    may = next(one for one in listed(own) if one["window_to"] == "2014-05-31")
    page = f"/never-events/releases/{may['id']}"
    browser = {"Accept": "text/html"}
    with httpx.Client(base_url=own.url, headers=browser, timeout=60) as visitor:
        assert "Atom feed" in visitor.get("/never-events/releases").text
        assert visitor.get(page).status_code == 404
        visitor.cookies.set("candour_sign_in", "demo:director")
        shown = visitor.get(f"{page}/sign").text
        assert may["sha256"] in shown
        assert "reported or recorded after the earlier release" in shown
        unsure = visitor.post(f"{page}/sign", data={"sha256": may["sha256"], "name": "Dr Ada Director"})
        assert unsure.status_code == 422
        done = visitor.post(
            f"{page}/sign", data={"sha256": may["sha256"], "name": "Dr Ada Director", "sure": "yes"}
        )
        assert done.status_code == 303
    published(own, may["id"])
