"""The notifier's parts that need nothing but themselves: contact book, pace, what an escalation comes to."""

import json
import re
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from command.contacts import check
from embedded.problems import StartError
from rules.escalation.policy import default_content
from rules.escalation.policy import parse as parse_policy
from schemas.escalation_events import DeliveryStep
from schemas.escalation_types import EscalationClimbed, EscalationClosed, EscalationRaised, EscalationReturned
from schemas.outcome_types import Outcome
from sinks.notify import message
from sinks.notify.book import Contacts
from sinks.notify.contacts import ContactsRefused, load, parse
from sinks.notify.pace import Pace
from sinks.notify.signing import HEADER, signature
from sinks.notify.standing import Standing, delivery_id, step, step_id

MINUTE = 60_000
SATURDAY_NIGHT = 1_387_669_200_000  # 2013-12-21T23:40:00Z
CLOCKS_GO_BACK = 1_382_833_800_000  # 2013-10-27T00:30:00Z, which is 01:30 for the first time

TWO = """
[[contact]]
role = "medical director"
[[contact.channel]]
name = "mailbox"
email = "any@example.org"
[[contact]]
role = "medical director"
provider = "RXX"
[[contact.channel]]
name = "mailbox"
email = "rxx@example.org"
"""


def raised(at: int = SATURDAY_NIGHT, revision: int = 1) -> EscalationRaised:
    return EscalationRaised(
        subject="esc", revision=revision, case_id="case", recorded_at=at, cause="report", because=("Harm.",),
        trigger="severe_harm", ground="event", urgency=2, level=1, owner_role="ward lead",
        next_step="See that the patient is safe.", provider="RXX", provider_type="nhs_trust", raised_at=at,
        acknowledge_by=at + 15 * MINUTE, act_by=at + 60 * MINUTE, informed=(),
    )  # fmt: skip


def climbed(revision: int) -> EscalationClimbed:
    at = SATURDAY_NIGHT + 15 * MINUTE
    return EscalationClimbed(
        subject="esc", revision=revision, case_id="case", recorded_at=at, cause="tick", because=("Silence.",),
        waited_until=at, level=2, owner_role="executive director on call", next_step="Take it on.",
        acknowledge_by=at + 15 * MINUTE, act_by=at + 60 * MINUTE, informed=("ward lead",), as_of=at,
    )  # fmt: skip


def standing(*outcomes: Outcome) -> Standing:
    one: Standing | None = None
    for outcome in outcomes:
        one = step(one, outcome)
    assert one is not None
    return one


def closed(revision: int) -> EscalationClosed:
    return EscalationClosed(
        subject="esc", revision=revision, case_id="case", recorded_at=SATURDAY_NIGHT, cause="act",
        because=("Done.",), how="acted", act="made_safe", closed_at=SATURDAY_NIGHT,
    )  # fmt: skip


def test_the_entry_of_a_provider_stands_before_the_one_for_all() -> None:
    book = parse(TWO, Path())
    assert [one.email for one in book.channels("medical director", "RXX")] == ["rxx@example.org"]
    assert [one.email for one in book.channels("medical director", "RYY")] == ["any@example.org"]
    assert book.channels("chief executive", "RXX") == ()
    assert book.without({"medical director", "chief executive"}) == ["chief executive"]


def entry(**channel: str) -> str:
    said = {"name": "x"} | channel
    ways = ", ".join(f"{name} = {json.dumps(value)}" for name, value in said.items())
    return f"[[contact]]\nrole = 'r'\nchannel = [{{{ways}}}]"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[[contact", "It is no TOML"),
        ("contact = 3", "contact: Expected"),
        ("[[contact]]\nrole = 'r'", "channel"),
        ("[[contact]]\nrole = ' '\nchannel = []", "role is empty"),
        ("[[contact]]\nrole = 'r'\nchannel = []", "channel is empty"),
        ("[[contact]]\nrole = 'r'\nphone = '1'\nchannel = []", "phone"),
        ("[[contact]]\nrole = 'r'\nprovider = ''\nchannel = []", "provider is empty"),
        ("[[contact]]\nrole = 'r'\nchannel = [{name='x', email='a@b'}, {name='x', email='c@d'}]", "twice"),
        (TWO + TWO, "entered before"),
        (entry(), "either email or webhook"),
        (entry(name="Dr Smith", email="a@b.org"), "small letters"),
        (entry(email="no address"), "is no address"),
        (entry(email="a@b.org\r\nBcc: c@d.org"), "is no address"),
        (entry(email="a@b.org", secret_file="long"), "Take the line out"),
        (entry(webhook="https://a.org/x"), "secret_file is missing"),
        (entry(webhook="http://a.org/x", secret_file="long"), "in the clear"),
        (entry(webhook="https://u:p@a.org/x", secret_file="long"), "a password"),
        (entry(webhook="ftp://a.org/x", secret_file="long"), "is no address"),
        (entry(webhook="https://a.org:x/", secret_file="long"), "is no address"),
        (entry(webhook="https://a.org", secret_file="short"), "32 characters"),
        (entry(webhook="https://a.org", secret_file="none"), "cannot be read"),
    ],
)
def test_a_book_that_cannot_be_used_says_which_field_and_what_to_do(
    text: str, told: str, tmp_path: Path
) -> None:
    (tmp_path / "short").write_text("0123456789")
    (tmp_path / "long").write_text("0123456789" * 4)
    with pytest.raises(ContactsRefused, match="(?s)" + told):
        parse(text, tmp_path)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "contacts.toml"
    file.write_text("[[contact]]\nrole = 'a'\nchannel = []\n[[contact]]\nrole = ''\nchannel = []\n")
    with pytest.raises(StartError, match=r"contact 1 \(a\).*contact 2 \(no role\)"):
        check(file)


def test_the_check_names_roles_that_the_policy_does_not_know(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "contacts.toml"
    file.write_text(TWO + '[[contact]]\nrole = "medical derector"\nchannel = [{name="x", email="a@b.org"}]\n')
    check(file)
    said = capsys.readouterr().out
    assert "3 entries" in said
    assert "no such role today, so nobody is told: medical derector" in said
    assert "the board only" in said
    assert "chief executive" in said


def test_a_change_that_is_wrong_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "contacts.toml"
    contacts = Contacts(file)
    assert len(contacts.now()) == 0, "no file is an empty book"
    file.write_text(TWO)
    assert len(contacts.now()) == 2
    file.write_text("[[contact")
    assert len(contacts.now()) == 2
    assert contacts.problem is not None
    assert "TOML" in contacts.problem
    file.write_text(TWO.split("[[contact]]", 2)[0] + "")
    assert len(contacts.now()) == 0
    assert not contacts.problem


def test_where_there_never_was_a_good_one_nobody_plans_by_it(tmp_path: Path) -> None:
    file = tmp_path / "contacts.toml"
    file.write_text("[[contact")
    with pytest.raises(ContactsRefused, match="TOML"):
        Contacts(file).now()
    assert len(load(tmp_path / "none.toml")) == 0


@given(
    attempt=st.integers(1, 10_000),
    asked=st.none() | st.floats(0, 1e6),
    chance=st.floats(0, 1, exclude_max=True),
)
def test_a_pause_is_never_shorter_than_asked_and_never_longer_than_it_may_be(
    attempt: int, asked: float | None, chance: float
) -> None:
    pace = Pace()
    pause = pace.pause(attempt, asked, chance)
    assert pause >= (asked or 0)
    assert min(pace.longest_seconds, pace.first_seconds) / 2 <= pause <= max(pace.longest_seconds, asked or 0)


@given(now=st.integers(0, 10**12), left=st.integers(-(10**9), 10**9), further=st.integers(0, 5))
def test_the_channels_together_leave_the_person_time_of_their_own(now: int, left: int, further: int) -> None:
    pace = Pace()
    acknowledge_by, at = now + left, now
    for after in range(further, 0, -1):
        at = pace.give_up_at(at, acknowledge_by, after)
    end = pace.give_up_at(at, acknowledge_by, 0)
    assert end >= at + pace.least_ms or end == acknowledge_by
    if left > pace.least_ms * 20 and further:
        assert at < acknowledge_by - left // 8, "the last channel begins while there is time"


def test_climbed_it_is_another_page_and_closed_it_is_none() -> None:
    first, second = standing(raised()), standing(raised(), climbed(2))
    assert first.page != second.page
    assert (second.level, second.owner_role, second.provider) == (2, "executive director on call", "RXX")
    assert second.raised_at == SATURDAY_NIGHT
    assert not standing(raised(), climbed(2), closed(3)).waits


def test_heard_again_or_out_of_order_it_is_as_it_was() -> None:
    once = standing(raised(), climbed(2), closed(3))
    assert standing(raised(), climbed(2), closed(3), climbed(2), raised()) == once


def test_raised_again_after_an_act_it_is_a_page_of_its_own() -> None:
    assert standing(raised(), closed(2), raised(revision=3)).waits
    assert standing(raised(), closed(2), raised(revision=3)).page != standing(raised()).page


def test_sent_back_to_another_provider_it_is_theirs() -> None:
    back = EscalationReturned(
        subject="esc", revision=2, case_id="case", recorded_at=SATURDAY_NIGHT, cause="event",
        because=("It is theirs.",),
        level=1, owner_role="ward lead", next_step="See.", provider="RYY", provider_type="nhs_trust",
        acknowledge_by=SATURDAY_NIGHT, act_by=SATURDAY_NIGHT, informed=(),
    )  # fmt: skip
    one = standing(raised(), back)
    assert (one.provider, one.waits) == ("RYY", True)
    assert one.page != standing(raised()).page


def test_ids_tell_deliveries_and_steps_apart() -> None:
    ids = {delivery_id(page, contact) for page in ("p", "q") for contact in ("board", "mail", "hook")}
    assert len(ids) == 6
    ways: tuple[DeliveryStep, ...] = ("sent", "failed")
    assert len({step_id(one, way, attempt) for one in ids for way in ways for attempt in (1, 2)}) == 24


@pytest.mark.parametrize(
    ("at", "by"),
    [
        (SATURDAY_NIGHT, "Saturday 21 December 2013 at 23:55 GMT"),
        (SATURDAY_NIGHT + 10 * MINUTE, "Sunday 22 December 2013 at 00:05 GMT"),
        (CLOCKS_GO_BACK, "Sunday 27 October 2013 at 01:45 BST"),
        (CLOCKS_GO_BACK + 60 * MINUTE, "Sunday 27 October 2013 at 01:45 GMT"),
    ],
)
def test_at_night_the_time_to_take_it_on_is_told_without_doubt(at: int, by: str) -> None:
    body = message.body("key", standing(raised(at)), at, "https://candour.example.org/")
    mail = message.email(body, "candour@example.org", "duty@example.org")
    assert by in mail.get_content()
    assert "https://candour.example.org/escalations/esc\n" in mail.get_content()


def test_the_same_message_is_the_same_mail() -> None:
    body = message.body("key", standing(raised()), SATURDAY_NIGHT, "https://candour.example.org")
    first, second = (message.email(body, "candour@example.org", "duty@example.org") for _ in range(2))
    assert first.as_bytes() == second.as_bytes()
    assert first["Message-ID"] == "<key@example.org>"
    assert max(map(len, first.as_bytes().split(b"\r\n"))) < 998


PAGE = (Path(__file__).parents[2] / "docs" / "notifications.md").read_text(encoding="utf-8")


def as_a_receiver_is_told_to() -> Callable[[dict[str, str], bytes, bytes, set[str]], dict[str, Any] | None]:
    """The example of docs/notifications.md, as it stands there."""
    block = re.search(r"\n((?:    [^\n]*\n|\n)*?    import hashlib.*?)\n\n[^ \n]", PAGE, re.DOTALL)
    assert block is not None
    scope: dict[str, Any] = {}
    exec(textwrap.dedent(block[1]), scope)
    example: Callable[[dict[str, str], bytes, bytes, set[str]], dict[str, Any] | None] = scope["page_for"]
    return example


def test_the_receiver_of_the_documents_takes_ours_once_and_nothing_else() -> None:
    page_for = as_a_receiver_is_told_to()
    secret, seen = b"s" * 32, set[str]()
    body = message.body("key", standing(raised()), SATURDAY_NIGHT, "https://candour.example.org").encode()
    sent_at = int(time.time())
    good = {"Idempotency-Key": "key", HEADER: signature((b"n" * 32, secret), body, sent_at)}
    said = page_for(good, body, secret, seen)
    assert said is not None
    assert said["owner_role"] == "ward lead"
    assert page_for(good, body, secret, seen) is None, "the second time it is the same page"
    old = {"Idempotency-Key": "key", HEADER: signature((secret,), body, sent_at - 3600)}
    for headers, content, key in (
        (good, body + b" ", secret),
        (good, body, b"x" * 32),
        ({**good, "Idempotency-Key": "another"}, body, secret),
        (old, body, secret),
    ):
        with pytest.raises(ValueError, match=r"signature|too old|key"):
            page_for(headers, content, key, set())


def test_the_body_of_the_documents_is_one_that_could_be_sent() -> None:
    shown = re.search(r"\n    (\{.*?\})\n\n", PAGE, re.DOTALL)
    assert shown is not None
    said = json.loads(shown[1])
    sent = json.loads(message.body("key", standing(raised()), SATURDAY_NIGHT, "https://candour.example.org"))
    assert list(said) == list(sent)
    policy = parse_policy(default_content()[1])
    assert said["trigger"] in policy.triggers
    levels = policy.route("nhs_trust").level
    assert said["owner_role"] in (levels[said["level"] - 1].office, levels[said["level"] - 1].on_call)
