"""From what the rule says to the person: order, fall-over, signature, retries, what is dropped."""

import os
import signal
from collections.abc import Iterator
from contextlib import closing

import pytest
from sqlalchemy import select

from schemas.registry import RegistryCodec
from sinks import watchdog
from sinks.database import engine
from sinks.ends import Ends
from sinks.notify.sending import AT_ONCE, TO_ONE
from sinks.tables import alarms
from tests.integration.notify_room import (
    SECRET,
    Notify,
    furnished,
    mailing,
    nesting,
    prepare,
    receiving,
    signed_by,
    until,
)
from tests.stack import Stack

pytestmark = [pytest.mark.real, pytest.mark.timeout(240)]
BOARD = ("board", "shown")


@pytest.fixture(scope="module")
def shared(infra: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Notify]:
    """One notifier at work for all tests here; each test has a trust and a receiver of its own."""
    prepare(infra)
    with (
        furnished(infra) as room,
        closing(RegistryCodec(infra.registry)) as codec,
        mailing() as mailbox,
        nesting() as nest,
    ):
        folder = tmp_path_factory.mktemp("notify")
        with receiving() as receiver:
            one = Notify(room, infra.kafka, infra.registry, folder, codec, receiver, mailbox, nest)
            one.start()
            yield one
            one.stop()


@pytest.fixture
def notify(shared: Notify) -> Iterator[Notify]:
    with receiving() as receiver:
        one = Notify(
            shared.room, shared.kafka, shared.registry, shared.folder, shared.codec, receiver, shared.mailbox,
            shared.nest, book=shared.book,
        )  # fmt: skip
        one.contacts(ward_lead=["mail", "hook"], medical_director=["hook"])
        yield one


def test_the_first_channel_that_takes_it_is_the_only_one(notify: Notify) -> None:
    case_id = notify.case()
    one = notify.raised(case_id)
    notify.say(one)
    notify.wait_for(one, BOARD, ("email", "sent"), ("webhook", "not_needed"))
    (mail,) = notify.mails
    assert mail["To"] == notify.address
    assert mail["Message-ID"].endswith("@example.org>")
    text = mail.get_content()
    assert "as the ward lead of" in text
    assert "See that the patient is safe." in text
    assert f"https://candour.example.org/escalations/{one.subject}" in text
    assert notify.receiver.requests == []
    until(lambda: len(notify.steps(case_id)) == 3)
    assert notify.steps(case_id) == [("board", "produced"), ("email", "produced"), ("email", "sent")]


def test_what_is_on_the_log_names_nobody_and_no_address(notify: Notify) -> None:
    case_id = notify.case()
    notify.say(notify.raised(case_id))
    until(lambda: len(notify.steps(case_id)) == 3)
    for event in notify.events(case_id):
        assert event.by_role == "system"
        assert "example.org" not in repr(event)
        assert "mail-1" not in repr(event)


def test_a_channel_that_fails_gives_way_to_the_next(notify: Notify) -> None:
    notify.refuse_mail()
    case_id = notify.case()
    one = notify.raised(case_id)
    notify.say(one)
    notify.wait_for(one, BOARD, ("email", "failed"), ("webhook", "delivered"))
    until(lambda: len(notify.steps(case_id)) == 6)
    assert notify.steps(case_id) == [
        ("board", "produced"),
        ("email", "produced"),
        ("email", "failed"),
        ("webhook", "produced"),
        ("webhook", "sent"),
        ("webhook", "delivered"),
    ]


def test_the_signature_holds_for_the_body_and_the_secret_alone(notify: Notify) -> None:
    notify.contacts(ward_lead=["hook"])
    one = notify.raised(notify.case())
    notify.say(one)
    notify.wait_for(one, BOARD, ("webhook", "delivered"))
    (request,) = notify.receiver.requests
    assert signed_by(SECRET, request.signature, request.body)
    assert not signed_by(SECRET[::-1], request.signature, request.body)
    assert not signed_by(SECRET, request.signature, request.body.replace(b"ward lead", b"nobody"))
    said = request.said
    assert said["delivery"] == request.key
    assert (said["owner_role"], said["level"], said["escalation_id"]) == ("ward lead", 1, one.subject)
    assert set(said) == {
        "type", "version", "delivery", "escalation_id", "trigger", "provider", "level", "owner_role",
        "next_step", "raised_at", "acknowledge_by", "act_by", "planned_at", "acknowledge_at",
    }  # fmt: skip


def test_while_a_secret_is_changed_both_sign(notify: Notify) -> None:
    notify.contacts(ward_lead=["hook"])
    newer = "f" * 40
    notify.key_file.write_text(f"{newer}\n{SECRET}\n")
    one = notify.raised(notify.case())
    notify.say(one)
    notify.wait_for(one, BOARD, ("webhook", "delivered"))
    (request,) = notify.receiver.requests
    assert signed_by(SECRET, request.signature, request.body)
    assert signed_by(newer, request.signature, request.body)


def test_a_receiver_that_fails_is_tried_again_with_the_same_key_and_body(notify: Notify) -> None:
    notify.contacts(ward_lead=["hook"])
    notify.receiver.answers = [500, 503, 200]
    case_id = notify.case()
    one = notify.raised(case_id)
    notify.say(one)
    notify.wait_for(one, BOARD, ("webhook", "delivered"))
    assert len(notify.receiver.requests) == 3
    assert len(notify.receiver.pages) == 1
    assert len({request.body for request in notify.receiver.requests}) == 1
    assert all(signed_by(SECRET, one.signature, one.body) for one in notify.receiver.requests)
    first, second, third = (request.at for request in notify.receiver.requests)
    assert second - first >= 0.1  # half of the first pause
    assert third - second >= 0.2
    until(lambda: len(notify.steps(case_id)) == 4)
    assert [event.attempt for event in notify.events(case_id)] == [1, 1, 3, 3]


def test_a_receiver_that_asks_for_time_gets_it(notify: Notify) -> None:
    notify.contacts(ward_lead=["hook"])
    notify.receiver.answers = [(429, {"Retry-After": "2"}), 200]
    one = notify.raised(notify.case())
    notify.say(one)
    notify.wait_for(one, BOARD, ("webhook", "delivered"))
    first, second = (request.at for request in notify.receiver.requests)
    assert second - first >= 2


def test_a_receiver_that_hangs_holds_up_nobody_else(notify: Notify) -> None:
    notify.contacts(ward_lead=["hook"], medical_director=["mail"])
    notify.receiver.answers = [12.0]
    hangs, goes_on = notify.raised(notify.case()), notify.raised(notify.case())
    notify.say(hangs)
    until(lambda: notify.receiver.requests)
    notify.say(goes_on, notify.climbed(goes_on, "medical director"))
    until(lambda: notify.mails)
    assert len(notify.receiver.requests) == 1, "the first one still hangs"
    notify.wait_for(hangs, BOARD, ("webhook", "delivered"))
    assert len(notify.receiver.pages) == 1


def test_many_that_hang_at_one_receiver_hold_up_nobody_else(notify: Notify) -> None:
    """Each attempt hangs for five seconds; whoever is told by another way does not wait for them."""
    notify.contacts(ward_lead=["hook"], medical_director=["mail"])
    notify.receiver.answers = [5.0] * 12
    hang = [notify.raised(notify.case()) for _ in range(12)]
    goes_on = notify.raised(notify.case())
    notify.say(*hang)
    until(lambda: len(notify.receiver.requests) >= TO_ONE)
    notify.say(goes_on, notify.climbed(goes_on, "medical director"))
    until(lambda: notify.mails)
    assert len(notify.receiver.requests) < AT_ONCE, "no thread was left for the e-mail"
    for one in hang:
        notify.say(notify.taken(one))


def test_a_redirect_is_not_followed(notify: Notify) -> None:
    notify.contacts(ward_lead=["hook"])
    notify.receiver.answers = [(307, {"Location": notify.receiver.url}), (302, {"Location": "/"})]
    one = notify.raised(notify.case())
    notify.say(one)
    notify.wait_for(one, BOARD, ("webhook", "failed"))
    assert len(notify.receiver.requests) == 1


def test_where_every_channel_fails_an_alarm_says_so_until_it_is_taken_on(notify: Notify) -> None:
    notify.refuse_mail()
    notify.receiver.answers = [410]
    one = notify.raised(notify.case())
    notify.say(one)
    notify.wait_for(one, BOARD, ("email", "failed"), ("webhook", "failed"))
    question = "SELECT text FROM read.alarms WHERE about = %s AND cleared_at IS NULL"
    ((told,),) = until(lambda: notify.rows(question, one.subject))
    assert "ward lead" in told
    assert "410" in told
    notify.say(notify.taken(one))
    until(lambda: not notify.rows(question, one.subject))


def test_the_new_owner_is_told_and_the_old_one_not_any_more(notify: Notify) -> None:
    notify.contacts(ward_lead=["hook"], medical_director=["mail"])
    notify.receiver.answers = [(503, {"Retry-After": "60"})]
    case_id = notify.case()
    one = notify.raised(case_id)
    notify.say(one)
    until(lambda: notify.receiver.requests)
    notify.say(notify.climbed(one, "medical director"))
    notify.wait_for(one, BOARD, ("webhook", "dropped"), BOARD, ("email", "sent"))
    assert "Nobody took this on in time" in notify.mails[0].get_content()
    until(lambda: ("email", "sent") in notify.steps(case_id))
    assert ("webhook", "dropped") in notify.steps(case_id)


@pytest.mark.parametrize("how", ["taken", "closed"])
def test_nothing_further_is_sent_once_somebody_acts(notify: Notify, how: str) -> None:
    notify.receiver.answers = [(503, {"Retry-After": "30"})]
    notify.contacts(ward_lead=["hook", "mail"])
    case_id = notify.case()
    one = notify.raised(case_id)
    notify.say(one)
    until(lambda: notify.receiver.requests)
    notify.say(notify.taken(one) if how == "taken" else notify.closed(one))
    notify.wait_for(one, BOARD, ("webhook", "dropped"), ("email", "not_needed"))
    until(lambda: ("webhook", "dropped") in notify.steps(case_id))
    assert len(notify.receiver.requests) == 1
    assert notify.mails == []


def test_without_an_entry_there_is_the_board_only(notify: Notify) -> None:
    notify.contacts(medical_director=["mail"])
    case_id = notify.case()
    one = notify.raised(case_id)
    notify.say(one)
    notify.wait_for(one, BOARD)
    until(lambda: notify.steps(case_id) == [("board", "produced")])


def test_a_notifier_that_hangs_while_an_escalation_waits_is_an_alarm(
    shared: Notify, notify: Notify, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watchdog, "ENGINE_LIMIT_MS", 0)
    store, seen = engine(shared.room.database, pool_size=1), watchdog.Seen()

    def nobody_is_told() -> bool:
        watchdog.look(store, store, asked, seen, "manual")
        standing = select(alarms.c.id).where(alarms.c.kind == "nobody is told", alarms.c.cleared_at.is_(None))
        with store.connect() as connection:
            return connection.scalar(standing) is not None

    one = notify.raised(notify.case())
    (hung,) = shared._running
    with closing(Ends(shared.kafka)) as asked:
        os.kill(hung.pid, signal.SIGSTOP)
        try:
            notify.say(one)
            until(nobody_is_told, 30)
        finally:
            os.kill(hung.pid, signal.SIGCONT)
        notify.wait_for(one, BOARD, ("email", "sent"), ("webhook", "not_needed"))
        until(lambda: not nobody_is_told(), 30)
    store.dispose()
