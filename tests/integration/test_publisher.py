"""The publisher over a read model of its own: drafted by the clock, signed by the log, written whole."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import insert, select, update

from command.publish import show_checks
from command.stack import Stack as RunningStack
from producers.door import Door
from producers.refusals import Refused
from producers.sign_in import COOKIE, SignIn
from rules.never_events import policy as lists
from rules.publication import policy
from rules.publication.figures import Completeness
from rules.publication.release import Release, canonical, fingerprint, read
from rules.rule import outcome_id
from schemas.contracts import snake
from schemas.event_types import Instant
from schemas.outcome_types import Outcome, PolicyTaken
from schemas.topics import PARTITIONS
from sinks.database import engine
from sinks.migrations import upgrade
from sinks.publication import files
from sinks.publication.drafting import STOPPED, draft_due
from sinks.publication.keys import NoKey, key_place, public_pem, signing_key
from sinks.publication.parity import parity
from sinks.publication.place import Altered, publish_folder
from sinks.publication.publishing import ALTERED, NOT_FOR_THIS, publish_signed, take_signatures
from sinks.publication.verifying import problems
from sinks.tables import alarms, outcomes, progress, publication_records, releases
from tests.integration.filled import Asking, own_database
from tests.spec.notation import moment
from tests.spec.releases import TERMS, publish
from tests.stack import Stack
from views import reading_releases
from views.access import Access
from views.api import releases as releases_api
from views.api.times import utc as written
from views.pages import releases as releases_page
from views.web import create_app

HISTORY = """
2014-04-01 00:00  begins
2014-05-06 10:00  A recorded RXX 2011/1 on=2014-04-10 sub=wrong_side
2014-05-07 10:00  A counted
2014-05-08 10:00  B recorded RYY 2011/3 on=2014-04-30T23:30Z
2014-06-02 10:00  C recorded RYY 2011/1 on=2014-04-02
2014-06-03 10:00  C counted
2014-06-04 10:00  A withdrawn rejected
2014-06-05 10:00  D recorded PZZ 2011/1 on=2014-04-02
2014-06-05 10:00  E recorded GZZ 2011/1 on=2014-04-02
"""
APRIL_DUE, MAY_DUE = moment("2014-05-28T00:00"), moment("2014-06-28T00:00")
APRIL, MAY = "2014-04-01-to-2014-04-30-r1", "2014-04-01-to-2014-05-31-r2"
KEY = Ed25519PrivateKey.generate()


class Room:
    """A read model in which the log's content stands, and the public place of a publisher."""

    def __init__(self, database: str, place: Path) -> None:
        upgrade(database)
        self.store, self.place = engine(database, pool_size=2), place
        begins = moment("2014-04-01T00:00")
        version, content = policy.default_content()
        self.hear("policy_adopted", "policy", begins, {"version": version, "content": content})
        held = lists.default_content()[1]
        digest = sha256(held.encode()).hexdigest()
        common: dict[str, Any] = {"recorded_at": begins, "cause": "policy", "because": ()}
        taken = PolicyTaken(subject="partition:0", revision=1, sha256=digest, content=held, **common)
        self.say([taken, *publish(HISTORY).said])

    def say(self, said: list[Outcome]) -> None:
        rows = [
            {
                "id": outcome_id("never_events", one),
                "rule": "never_events",
                "type": snake(type(one).__name__),
                "payload": msgspec.Raw(msgspec.json.encode(one)),
                "sha256": b"",
                "partition": 0,
                "offset": 0,
                **{name: getattr(one, name) for name in _COPIED},
            }
            for one in said
        ]
        with self.store.begin() as connection:
            connection.execute(insert(outcomes), rows)

    def hear(self, kind: str, event_id: str, when: Instant, payload: dict[str, Any]) -> None:
        row = {"event_id": event_id, "type": kind, "recorded_at": when, "payload": payload}
        with self.store.begin() as connection:
            connection.execute(insert(publication_records).values(row))

    def settle(self, as_of: Instant, partitions: int = PARTITIONS) -> list[str]:
        """Time is settled up to then in so many partitions; the ids of what is drafted by it."""
        with self.store.begin() as connection:
            connection.execute(progress.delete())
            rows = [
                {"partition": each, "engine_offset": 1, "settled_as_of": as_of} for each in range(partitions)
            ]
            connection.execute(insert(progress), rows)
        return draft_due(self.store)

    def row(self, id: str) -> Any:
        with self.store.connect() as connection:
            return connection.execute(select(releases).where(releases.c.id == id)).one()

    def shown(self, id: str, as_at: Instant | None = None) -> Any:
        with self.store.connect() as connection:
            return reading_releases.found(connection, id, drafts=True, as_at=as_at)

    def sign(self, id: str, event_id: str = "signature", when: Instant | None = None, **changed: Any) -> None:
        payload = {"release_id": id, "sha256": self.row(id).sha256, "by_role": "director"} | changed
        self.hear("release_signed", event_id, when or MAY_DUE, payload)
        take_signatures(self.store)

    def publish(self) -> list[str]:
        return publish_signed(self.store, self.place, KEY)

    def alarms(self) -> list[str]:
        with self.store.connect() as connection:
            return list(connection.scalars(select(alarms.c.kind)))


THE_YEAR_BEFORE = "2013-04-01-to-2014-03-31-r1"


@pytest.fixture
def api(room: Room) -> Asking:
    """Over three releases, of which April's was published when May's had fallen due."""
    for due in (APRIL_DUE, MAY_DUE):
        room.settle(due)
    room.sign(APRIL)
    room.publish()
    access = Access(SignIn(demonstration=True))
    door = cast(Door, None)  # who makes releases public asks the read model alone
    app = create_app(
        apis=(releases_api.router(door, room.store, access),),
        store=room.store,
        access=access,
        now=lambda: MAY_DUE,
        ready=lambda: (True, {}),
        version={"version": "0"},
    )
    return Asking(app)


def at(when: Instant) -> str:
    text = written(when)
    assert text is not None
    return text


def shown(api: Asking, who: str | None = "publisher", **query: str) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer demo:{who}"} if who else {}
    answer = api.get("/api/never-events/releases", query, headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def stood(api: Asking, who: str | None = "publisher", **query: str) -> dict[str, str]:
    return {one["id"]: one["status"] for one in shown(api, who, **query)["releases"]}


def test_releases_are_listed_as_at_a_time(api: Asking) -> None:
    """What fell due later was not there, and what was signed later was not signed."""
    now = {THE_YEAR_BEFORE: "checked", APRIL: "published", MAY: "checked"}
    assert stood(api) == stood(api, as_at=at(MAY_DUE)) == now
    then = shown(api, as_at=at(MAY_DUE - 1))
    assert (then["as_at"], then["settled"]) == ("2014-06-27T22:59:59.999Z", True)
    signed = {one["id"]: (one["status"], one["signed_at"], one["signed_by"]) for one in then["releases"]}
    assert signed == dict.fromkeys(now, ("checked", None, None))
    assert list(stood(api, as_at="2014-06-26T22:59:59Z")) == [THE_YEAR_BEFORE, APRIL]
    assert list(stood(api, as_at="2014-05-26T22:59:59Z")) == [THE_YEAR_BEFORE]
    assert stood(api, None) == stood(api, None, as_at=at(MAY_DUE)) == {APRIL: "published"}
    assert stood(api, None, as_at=at(MAY_DUE - 1)) == {}
    assert [shown(api, as_at=at(MAY_DUE + more))["settled"] for more in (0, 1)] == [True, False]
    alone = f"/api/never-events/releases/{APRIL}"
    assert api.get(alone, {"as_at": at(MAY_DUE - 1)}).status_code == 404


def test_releases_are_listed_in_pages(api: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    ids: list[str] = []
    further: str | None = ""
    while further is not None:
        answer = shown(api, limit="1", next=further)
        ids += [one["id"] for one in answer["releases"]]
        further = answer["next"]
    assert ids == [THE_YEAR_BEFORE, APRIL, MAY]
    refused = api.get("/api/never-events/releases", {"next": "somewhere"})
    assert refused.status_code == 422
    monkeypatch.setattr(releases_page, "AT_A_TIME", 1)
    page = api.get("/never-events/releases", headers={"Cookie": f"{COOKIE}=demo:publisher"}).text
    on_the_way = page.index("On the way")
    assert page.index(APRIL) < on_the_way < page.index(MAY) < page.index(THE_YEAR_BEFORE)


def _stack(room: Room) -> RunningStack:
    """As a command finds it; nothing but the read model is asked."""
    database = room.store.url.render_as_string(hide_password=False)
    return RunningStack(data="", url="", kafka="", registry="", database=database, clock="manual")


_as_signed_only = update(releases).where(releases.c.id == APRIL).values(status="signed")
_COPIED = ("case_id", "subject", "revision", "recorded_at", "cause")


@pytest.fixture
def room(infra: Stack, tmp_path: Path) -> Iterator[Room]:
    with own_database(infra.database, "publisher") as database:
        made = Room(database, tmp_path / "public" / "never-events")
        yield made
        made.store.dispose()


def test_nothing_is_drafted_before_all_partitions_have_passed_the_time(room: Room) -> None:
    assert room.settle(APRIL_DUE - 2 * 86_400_000) == ["2013-04-01-to-2014-03-31-r1"]
    assert room.settle(APRIL_DUE, PARTITIONS - 1) == []
    assert room.settle(APRIL_DUE) == [APRIL]
    assert room.settle(APRIL_DUE + 1) == []


def test_whenever_it_runs_the_same_is_drafted(room: Room) -> None:
    room.settle(APRIL_DUE)
    room.settle(MAY_DUE)
    once = {id: room.row(id).sha256 for id in (APRIL, MAY)}
    with room.store.begin() as connection:
        connection.execute(releases.delete())
    room.settle(MAY_DUE + 40 * 60_000)
    assert {id: room.row(id).sha256 for id in (APRIL, MAY)} == once


def test_published_equals_the_ledger_counted_by_postgresql(room: Room) -> None:
    room.settle(MAY_DUE)
    for id in (APRIL, MAY):
        row = room.row(id)
        assert row.status == "checked", row.stopped_because
        (told,) = [check["told"] for check in row.checks if check["id"] == "same_by_another_road"]
        assert "counts the same" in told
    may = read(room.row(MAY).content.encode())
    assert (may.totals.count, may.totals.under_review) == (1, 2)
    assert {month.code: month.completeness.recorded for month in may.by_month} == {"2014-04": 2, "2014-05": 1}
    assert [row.code for row in may.by_organisation] == ["RYY", "together"]


def _one_more(figure: Any) -> Any:
    """The same figure, one event higher."""
    more = Completeness(recorded=figure.completeness.recorded + 1, reviewed=figure.count + 1)
    return msgspec.structs.replace(figure, count=figure.count + 1, completeness=more)


def _altered(one: Release, table: str, part: str | None = None) -> Release:
    """One event too many in the first row of this table, or in that row's first part."""
    first, *others = getattr(one, table) if table != "totals" else (one.totals,)
    if part is None:
        first = _one_more(first)
    else:
        inner, *rest = getattr(first, part)
        first = msgspec.structs.replace(first, **{part: (_one_more(inner), *rest)})
    return msgspec.structs.replace(one, **{table: first if table == "totals" else (first, *others)})


@pytest.mark.parametrize(
    ("table", "part", "told"),
    [
        ("totals", None, "totals meets_definition"),
        ("by_month", None, "by_month 2014-04 meets_definition"),
        ("by_type", None, "by_type 2011/1 meets_definition"),
        ("by_type", "subtypes", "by_type 2011/1 wrong_side meets_definition"),
        ("by_organisation", None, "by_organisation RXX meets_definition"),
        ("by_organisation", "types", "by_organisation RXX 2011/1 meets_definition"),
    ],
)
def test_one_event_too_many_in_any_table_is_found_by_the_other_road(
    room: Room, table: str, part: str | None, told: str
) -> None:
    room.settle(APRIL_DUE)
    april = read(room.row(APRIL).content.encode())
    with room.store.connect() as connection:
        assert parity(connection, april, TERMS).passed
        found = parity(connection, _altered(april, table, part), TERMS)
    assert (found.passed, found.told) == (
        False,
        f"PostgreSQL counts otherwise: {told}: 2 published, 1 on the ledger.",
    )


JUNE_DUE, JUNE = moment("2014-07-28T00:00"), "2014-04-01-to-2014-06-30-r3"


def test_a_release_says_what_changed_since_what_was_signed_and_none_is_signed_below_it(room: Room) -> None:
    """April and June are signed; May never was, and comes too late."""
    room.settle(APRIL_DUE)
    room.sign(APRIL, when=APRIL_DUE)
    room.settle(JUNE_DUE)
    assert (room.row(MAY).supersedes, room.row(JUNE).supersedes) == (APRIL, APRIL)
    june = read(room.row(JUNE).content.encode())
    totals = [each for each in june.changes if each.table == "totals" and each.measure == "meets_definition"]
    assert [(why.reason, why.change) for why in totals[0].because] == [
        ("reported_late", 1),
        ("withdrawn", -1),
    ]
    room.sign(JUNE, "of June", JUNE_DUE)
    room.sign(MAY, "of May", JUNE_DUE + 1)
    assert room.publish() == [APRIL, JUNE]
    assert (room.row(MAY).status, room.alarms()) == ("checked", [NOT_FOR_THIS])
    drafted = {id: room.row(id).sha256 for id in (APRIL, MAY, JUNE)}
    with room.store.begin() as connection:
        connection.execute(releases.delete())
    room.settle(JUNE_DUE + 60_000)
    assert {id: room.row(id).sha256 for id in drafted} == drafted
    take_signatures(room.store)
    assert room.publish() == [APRIL, JUNE]


def test_what_was_passed_over_says_so_and_is_refused(room: Room) -> None:
    room.settle(APRIL_DUE)
    room.settle(MAY_DUE)
    row = room.shown(MAY)
    assert releases_api.passed_over(row) is None
    room.sign(APRIL)
    told = releases_api.passed_over(room.shown(MAY))
    assert told == f"It does not say what changed since {APRIL}, which was signed last of its year."
    assert releases_api.passed_over(room.shown(MAY, MAY_DUE - 1)) is None
    assert releases_api.passed_over(room.shown(APRIL)) is None
    with pytest.raises(Refused) as refused:
        releases_api.require_fit(room.shown(MAY), row.sha256)
    assert refused.value.status == 409


def test_a_release_whose_check_fails_is_stopped_and_never_published(
    room: Room, capsys: pytest.CaptureFixture[str]
) -> None:
    """The stored figures of April are altered: May's changes do not add up to them any more."""
    room.settle(APRIL_DUE)
    room.sign(APRIL, "of April", APRIL_DUE)
    april = read(room.row(APRIL).content.encode())
    months = tuple(msgspec.structs.replace(month, label="April") for month in april.by_month)
    totals = msgspec.structs.replace(
        april.totals,
        count=april.totals.count + 1,
        completeness=msgspec.structs.replace(april.totals.completeness, recorded=2, reviewed=2),
    )
    altered = canonical(msgspec.structs.replace(april, by_month=months, totals=totals)).decode()
    with room.store.begin() as connection:
        connection.execute(update(releases).where(releases.c.id == APRIL).values(content=altered))
    room.settle(MAY_DUE)
    may = room.row(MAY)
    assert may.status == "draft"
    assert APRIL in may.stopped_because
    assert not show_checks(_stack(room), MAY)
    assert f"WRONG  changes_add_up: {may.stopped_because}" in capsys.readouterr().out
    assert show_checks(_stack(room), APRIL)
    assert "WRONG" not in capsys.readouterr().out
    assert STOPPED in room.alarms()
    room.sign(MAY)
    assert NOT_FOR_THIS in room.alarms()
    assert room.row(MAY).status == "draft"
    with pytest.raises(Altered):
        room.publish()
    assert not room.place.exists()


def test_a_signature_for_other_figures_publishes_nothing(room: Room) -> None:
    room.settle(APRIL_DUE)
    room.sign(APRIL, sha256="0" * 64)
    assert room.publish() == []
    assert room.row(APRIL).status == "checked"
    assert NOT_FOR_THIS in room.alarms()


def test_signed_it_is_published_verified_and_left_alone(room: Room, tmp_path: Path) -> None:
    room.settle(APRIL_DUE)
    assert room.publish() == []
    room.sign(APRIL)
    assert room.publish() == [APRIL]
    key = tmp_path / "key.pem"
    key.write_bytes(public_pem(KEY))
    assert problems(room.place / APRIL, key) == []
    assert fingerprint((room.place / APRIL / "release.json").read_bytes()) == room.row(APRIL).sha256
    with room.store.begin() as connection:
        connection.execute(_as_signed_only)  # as after a crash, or a rebuild
    before = {file: file.stat().st_mtime_ns for file in (room.place / APRIL).iterdir()}
    assert room.publish() == [APRIL]
    assert {file: file.stat().st_mtime_ns for file in (room.place / APRIL).iterdir()} == before


def test_what_an_earlier_version_published_is_found_as_it_was_signed(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its page in the words of then is no alteration; one that was changed after it was signed is."""
    room.settle(APRIL_DUE)
    room.sign(APRIL)
    monkeypatch.setattr(files, "document", lambda one, signed: "<p>In the words of then.</p>")
    room.publish()
    monkeypatch.undo()
    with room.store.begin() as connection:
        connection.execute(_as_signed_only)
    assert room.publish() == [APRIL]
    assert room.alarms() == []
    page = room.place / APRIL / "index.html"
    assert page.read_text() == "<p>In the words of then.</p>"
    page.write_text("<p>In other words.</p>")
    with room.store.begin() as connection:
        connection.execute(_as_signed_only)
    assert room.publish() == []
    assert room.alarms() == [ALTERED]


def test_what_was_altered_in_public_is_an_alarm_and_is_not_covered_up(room: Room) -> None:
    room.settle(APRIL_DUE)
    room.sign(APRIL)
    room.publish()
    (room.place / APRIL / "by_type.csv").write_text("other\n")
    with room.store.begin() as connection:
        connection.execute(_as_signed_only)
    assert room.publish() == []
    assert ALTERED in room.alarms()
    assert (room.place / APRIL / "by_type.csv").read_text() == "other\n"


@pytest.mark.parametrize(
    ("file", "change", "told"),
    [
        ("release.json", b'"count":1', "release.json was changed"),
        ("datapackage.json", b'"version"', "is not what was signed"),
        ("datapackage.json.sig", b"", "is not what was signed"),
        ("checks.json", None, "checks.json is missing"),
        ("extra.csv", b"", "extra.csv does not belong"),
    ],
)
def test_whatever_is_tampered_with_is_told(
    room: Room, tmp_path: Path, file: str, change: bytes | None, told: str
) -> None:
    room.settle(APRIL_DUE)
    room.sign(APRIL)
    room.publish()
    key, target = tmp_path / "key.pem", room.place / APRIL / file
    key.write_bytes(public_pem(KEY))
    if change is None:
        target.unlink()
    else:
        content = target.read_bytes() if target.exists() else b""
        target.write_bytes(content.replace(change, b"X") if change else content[:-1] + b"X")
    found = problems(room.place / APRIL, key)
    assert any(told in problem for problem in found), found


def test_a_folder_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    place = tmp_path / "public" / "place"
    with pytest.raises(FileNotFoundError):
        publish_folder(place, "one", {"a.csv": b"a", "no/such/folder.csv": b"b"}, lambda _: ())
    assert list(place.iterdir()) == []
    assert publish_folder(place, "one", {"a.csv": b"a"}, lambda _: ())
    assert not publish_folder(place, "one", {"a.csv": b"b"}, lambda _: ())
    with pytest.raises(Altered, match=r"a\.csv is other"):
        publish_folder(place, "one", {"a.csv": b"b"}, lambda _: ["a.csv is other."])
    assert (place / "one" / "a.csv").read_bytes() == b"a"


def test_a_lost_key_is_not_made_anew_once_something_is_public(tmp_path: Path) -> None:
    secret, place = key_place(tmp_path), tmp_path / "public"
    first = signing_key(secret, place)
    assert secret.stat().st_mode & 0o777 == 0o600
    assert public_pem(signing_key(secret, place)) == public_pem(first)
    place.mkdir()
    (place / "public-key.pem").write_bytes(public_pem(first))
    secret.unlink()
    with pytest.raises(NoKey, match="Put it back"):
        signing_key(secret, place)
