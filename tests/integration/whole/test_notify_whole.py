"""A Saturday night on the whole stack: the rule names the owner, the notifier reaches them, and every step of
it comes back through the door. Killed, rebuilt, taken on: nobody is told twice."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.notify_room import SECRET, Mailbox, Receiver, mailing, receiving, signed_by
from tests.integration.probes import figure
from tests.people import Person, until
from tests.stack import Stack

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(600)]

SATURDAY_NIGHT = "2013-12-21T23:40:00Z"
CONTACTS = """
[[contact]]
role = "senior manager on duty"
provider = "RXX"
channel = [{{ name = "mailbox", email = "duty@rxx.example.org" }}]

[[contact]]
role = "executive director on call"
channel = [
    {{ name = "mailbox", email = "gone@rxx.example.org" }},
    {{ name = "pager", webhook = "{url}", secret_file = "pager.secret" }},
]
"""


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with mailing() as made:
        made.refuse["gone@rxx.example.org"] = "550 no such mailbox"
        yield made


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as made:
        yield made


@pytest.fixture(scope="module")
def night(
    tmp_path_factory: pytest.TempPathFactory,
    one_registry: dict[str, str],
    mailbox: Mailbox,
    receiver: Receiver,
) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("night")
    (folder / "pager.secret").write_text(SECRET)
    (folder / "people.toml").write_text(CONTACTS.format(url=receiver.url))
    environment = one_registry | {
        "CANDOUR_CONTACTS": str(folder / "people.toml"),
        "CANDOUR_PUBLIC_URL": "https://candour.example.org",
        "CANDOUR_SMTP_HOST": "127.0.0.1",
        "CANDOUR_SMTP_PORT": str(mailbox.port),
        "CANDOUR_SMTP_FROM": "candour@example.org",
        "CANDOUR_SMTP_TLS": "offered",
    }
    data = folder / "data"
    with Stack(data, clock="manual", at=SATURDAY_NIGHT, environment=environment) as stack:
        yield stack


@pytest.fixture
def director(night: Stack) -> Iterator[Person]:
    with Person(night.url) as made:
        made.http.headers["Authorization"] = "Bearer demo:director:RXX"
        yield made


def escalations(person: Person, case_id: str) -> list[dict[str, Any]]:
    answer = person.http.get("/api/escalations", params={"case_id": case_id})
    found: list[dict[str, Any]] = answer.json()["escalations"]
    return found


def steps(person: Person, case_id: str) -> set[tuple[int, str, str]]:
    return {
        (one["level"], one["channel"], one["step"])
        for escalation in escalations(person, case_id)
        for one in escalation["deliveries"]
    }


def test_a_saturday_night(night: Stack, director: Person, mailbox: Mailbox, receiver: Receiver) -> None:
    case_id = director.report(harm={"physical": "severe"}, occurred_at="2013-12-21T22:10:00Z")
    until(lambda: (1, "email", "sent") in steps(director, case_id))
    (one,) = escalations(director, case_id)
    assert (one["level"], one["owner_role"]) == (1, "senior manager on duty")
    (mail,) = mailbox.mails
    assert mail["To"] == "duty@rxx.example.org"
    assert "Sunday 22 December 2013 at 00:40 GMT" in mail.get_content()
    link = f"/escalations/{one['id']}"
    assert f"https://candour.example.org{link}" in mail.get_content()
    followed = director.http.get(link)
    assert followed.headers["location"] == f"/cases/{case_id}#e-{one['id']}"

    before = night.pids()["notifier"]
    night.kill("notifier")
    night.tick("2013-12-22T00:40:01Z")
    night.wait_running("notifier", other_than=before, seconds=240)
    until(lambda: (2, "webhook", "delivered") in steps(director, case_id))
    assert {(2, "email", "failed"), (2, "webhook", "sent"), (2, "board", "produced")} <= steps(
        director, case_id
    )
    (request,) = receiver.requests
    assert signed_by(SECRET, request.signature, request.body)
    assert request.said["owner_role"] == "executive director on call"

    night.command("rebuild")
    until(lambda: (2, "webhook", "delivered") in steps(director, case_id))

    for _ in range(2):
        shown = director.http.post(f"/api/escalations/{one['id']}/displayed", json={})
        assert shown.status_code == 204, shown.text
    until(lambda: (2, "board", "displayed") in steps(director, case_id))
    taken = director.http.post(f"/api/escalations/{one['id']}/acknowledge", json={"by_role": "director"})
    assert taken.status_code == 201, taken.text
    night.tick("2013-12-22T09:00:00Z")
    (one,) = escalations(director, case_id)
    assert (one["level"], one["state"]) == (2, "acknowledged")
    assert len(mailbox.mails) == 1
    assert len(receiver.requests) == 1
    told = [(each["level"], each["channel"], each["step"]) for each in one["deliveries"]]
    assert len(told) == len(set(told)), "each step once"
    notifier = f"http://127.0.0.1:{night.record.health['notifier']}"
    until(lambda: figure(notifier, "candour_notify_acknowledged_seconds_count", level="2") == 1)
    for channel, step in (
        ("email", "failed"),
        *(("webhook", one) for one in ("produced", "sent", "delivered")),
    ):
        assert figure(notifier, "candour_notify_seconds_count", channel=channel, step=step) == 1, step
    assert figure(notifier, "candour_notify_seconds_count", channel="board", step="displayed") == 1
    assert figure(notifier, "candour_notify_failures_total", channel="email", how="failed") == 1
    assert night.command("verify").endswith("clean\n")


def test_who_may_not_take_it_on_was_not_shown_it(night: Stack, director: Person) -> None:
    case_id = director.report(harm={"physical": "severe"}, occurred_at="2013-12-21T22:10:00Z")
    (one,) = until(lambda: escalations(director, case_id))
    address = f"/api/escalations/{one['id']}/displayed"
    for role, status in (("reporter:RXX", 403), ("director:RYY", 403)):
        answer = director.http.post(address, json={}, headers={"Authorization": f"Bearer demo:{role}"})
        assert answer.status_code == status
    assert director.http.post("/api/escalations/nothing/displayed", json={}).status_code == 404
    assert not any(step == "displayed" for _, _, step in steps(director, case_id))


def test_the_doctor_says_whom_it_reaches(night: Stack, mailbox: Mailbox) -> None:
    said = night.command("doctor", accept=(0, 1))
    assert "contacts: 2 entries" in said
    assert "roles with the board only: Care Quality Commission" in said
    assert f"mail server: 127.0.0.1:{mailbox.port} takes messages" in said
    assert "notifier answers: ready" in said
    mailbox.close()
    said = night.command("doctor", accept=(1,))
    assert f"WRONG  mail server: 127.0.0.1:{mailbox.port}: the mail server cannot be reached" in said
