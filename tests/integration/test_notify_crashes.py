"""The notifier killed at every place that matters: nobody is told twice, and nobody is forgotten."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from producers.connections import libpq
from schemas.registry import RegistryCodec
from sinks.notify import migrations
from sinks.rebuild import rebuild
from tests.integration.door_room import Room
from tests.integration.notify_room import Nest, Notify, furnished, mailing, nesting, prepare, receiving, until
from tests.stack import Stack

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(400)]
BOARD = ("board", "shown")
SENT = (BOARD, ("email", "sent"), ("webhook", "not_needed"))
DELIVERED = (BOARD, ("webhook", "delivered"), ("email", "not_needed"))


@pytest.fixture(scope="module")
def nest() -> Iterator[Nest]:
    with nesting() as made:
        yield made


@pytest.fixture(scope="module")
def room(infra: Stack) -> Iterator[Room]:
    prepare(infra)
    with furnished(infra) as made:
        yield made


@pytest.fixture
def notify(infra: Stack, room: Room, nest: Nest, tmp_path: Path) -> Iterator[Notify]:
    """Every test has notifiers and a contact book of its own; the trusts of the others are not in it."""
    with closing(RegistryCodec(infra.registry)) as codec, receiving() as receiver, mailing() as mailbox:
        one = Notify(room, infra.kafka, infra.registry, tmp_path, codec, receiver, mailbox, nest)
        one.contacts(ward_lead=["mail", "hook"], medical_director=["hook"])
        yield one
        one.stop()


@pytest.mark.parametrize("place", ["planned", "claimed", "before_data", "kept", "recorded_sent"])
def test_a_mail_is_sent_once_wherever_it_was_not_in_doubt(notify: Notify, place: str) -> None:
    case_id = notify.case()
    one = notify.raised(case_id)
    notify.say(one)
    notify.dies(place)
    notify.start()
    notify.wait_for(one, *SENT)
    until(lambda: len(notify.steps(case_id)) == 3)
    assert notify.steps(case_id) == [("board", "produced"), ("email", "produced"), ("email", "sent")]
    assert len(notify.mails) == 1
    assert notify.receiver.requests == []


@pytest.mark.parametrize(("place", "mails"), [("handed_over", 0), ("after_send", 1)])
def test_a_mail_in_doubt_is_not_sent_again_and_the_next_channel_is_taken(
    notify: Notify, place: str, mails: int
) -> None:
    """Killed just before the server had the text, or just after it took it: from here both look alike."""
    case_id = notify.case()
    one = notify.raised(case_id)
    notify.say(one)
    notify.dies(place)
    notify.start()
    notify.wait_for(one, BOARD, ("email", "unknown"), ("webhook", "delivered"))
    assert len(notify.mails) == mails
    assert len(notify.receiver.requests) == 1
    until(lambda: ("webhook", "delivered") in notify.steps(case_id))
    assert ("email", "unknown") in notify.steps(case_id)


def test_a_mail_in_doubt_with_nothing_after_it_is_an_alarm(notify: Notify) -> None:
    notify.contacts(ward_lead=["mail"])
    one = notify.raised(notify.case())
    notify.say(one)
    notify.dies("after_send")
    notify.start()
    notify.wait_for(one, BOARD, ("email", "unknown"))
    question = "SELECT text FROM read.alarms WHERE about = %s AND cleared_at IS NULL"
    until(lambda: notify.rows(question, one.subject))
    assert len(notify.mails) == 1


@pytest.mark.parametrize("place", ["planned", "claimed", "after_send", "kept", "recorded_delivered"])
def test_a_webhook_pages_once_by_its_key(notify: Notify, place: str) -> None:
    notify.contacts(ward_lead=["hook", "mail"])
    case_id = notify.case()
    one = notify.raised(case_id)
    notify.say(one)
    notify.dies(place)
    notify.start()
    notify.wait_for(one, *DELIVERED)
    assert len(notify.receiver.pages) == 1
    assert len({request.body for request in notify.receiver.requests}) == 1
    assert len(notify.receiver.requests) == (2 if place == "after_send" else 1)
    until(lambda: len(notify.steps(case_id)) == 4)
    assert notify.mails == []


def test_killed_while_an_attempt_may_be_under_way_it_pages_once(notify: Notify) -> None:
    """Steps are recorded while threads send: whether the receiver was asked by then is open, and with it
    whether it is asked again. It is paged once either way."""
    notify.contacts(ward_lead=["hook", "mail"])
    case_id = notify.case()
    one = notify.raised(case_id)
    notify.say(one)
    notify.dies("recorded_produced")
    notify.start()
    notify.wait_for(one, *DELIVERED)
    assert len(notify.receiver.pages) == 1
    assert len({(request.key, request.body) for request in notify.receiver.requests}) == 1
    assert len(notify.receiver.requests) in (1, 2)
    until(lambda: len(notify.steps(case_id)) == 4)
    assert notify.mails == []


def test_what_was_taken_on_while_the_notifier_was_dead_is_not_sent(notify: Notify) -> None:
    case_id = notify.case()
    one = notify.raised(case_id)
    notify.say(one)
    notify.dies("claimed")
    notify.say(notify.taken(one))
    notify.start()
    notify.wait_for(one, BOARD, ("email", "dropped"), ("webhook", "not_needed"))
    until(lambda: ("email", "dropped") in notify.steps(case_id))
    assert notify.mails == []


def test_a_rebuild_of_the_read_model_tells_nobody_again(notify: Notify) -> None:
    one = notify.raised(notify.case())
    notify.start()
    notify.say(one)
    notify.wait_for(one, *SENT)
    rebuild(
        database=libpq(notify.room.database), kafka=notify.kafka, registry=notify.registry, progress=False
    )
    another = notify.raised(notify.case())
    notify.say(another)
    notify.wait_for(another, *SENT)
    assert len(notify.mails) == 2


def test_with_all_of_its_own_records_lost_the_log_tells_who_was_told(notify: Notify) -> None:
    case_id = notify.case()
    one = notify.raised(case_id)
    process = notify.start()
    notify.say(one)
    events = until(lambda: len(notify.events(case_id)) == 3 and notify.events(case_id))
    process.terminate()
    assert process.wait(60) == 0
    notify.say(*(notify.heard(one, event, revision) for revision, event in enumerate(events, 2)))
    migrations.downgrade(libpq(notify.room.database))
    migrations.upgrade(libpq(notify.room.database))
    another = notify.raised(notify.case())
    notify.say(another)
    notify.start()
    notify.wait_for(another, *SENT)
    assert notify.states(one)[1] == ("email", "sent")
    assert len(notify.mails) == 2


def test_read_again_from_the_beginning_nobody_is_told_again(notify: Notify) -> None:
    """What the runbook says after the log was restored."""
    one = notify.raised(notify.case())
    process = notify.start()
    notify.say(one)
    notify.wait_for(one, *SENT)
    process.terminate()
    assert process.wait(60) == 0
    with psycopg.connect(libpq(notify.room.database)) as connection:
        connection.execute("DELETE FROM notify.offsets")
    another = notify.raised(notify.case())
    notify.say(another)
    notify.start()
    notify.wait_for(another, *SENT)
    assert len(notify.mails) == 2


def test_a_mail_server_that_is_away_for_long_gives_way_too(notify: Notify) -> None:
    notify.mailbox.close()
    one = notify.raised(notify.case(), minutes=0.1)
    notify.start()
    notify.say(one)
    notify.wait_for(one, BOARD, ("email", "failed"), ("webhook", "delivered"))


def test_nobody_is_told_of_what_was_over_before_it_was_read(notify: Notify) -> None:
    over, climbed, open_ = (notify.raised(notify.case()) for _ in range(3))
    notify.say(over, climbed, open_, notify.climbed(climbed, "medical director"), notify.taken(over))
    notify.start()
    notify.wait_for(open_, BOARD, ("email", "sent"), ("webhook", "not_needed"))
    notify.wait_for(climbed, BOARD, ("webhook", "delivered"))
    assert notify.states(over) == []
    assert len(notify.mails) == 1


def test_a_wrong_contact_book_holds_back_and_loses_nothing(notify: Notify) -> None:
    (notify.folder / "contacts.toml").write_text('[[contact]]\nrole = "ward lead"\n')
    one = notify.raised(notify.case())
    notify.start()
    notify.say(one)
    question = "SELECT text FROM read.alarms WHERE kind LIKE 'the contact book%%' AND cleared_at IS NULL"
    ((told,),) = until(lambda: notify.rows(question))
    assert "channel" in told
    assert notify.states(one) == []
    notify.contacts(ward_lead=["mail"])
    notify.wait_for(one, BOARD, ("email", "sent"))
    until(lambda: not notify.rows(question))


def test_two_notifiers_tell_once(notify: Notify) -> None:
    ones = [notify.raised(notify.case()) for _ in range(5)]
    first, _ = notify.start(), notify.start()
    notify.say(*ones[:3])
    for one in ones[:3]:
        notify.wait_for(one, *SENT)  # killed earlier, a mail may be in doubt
    first.kill()
    notify.say(*ones[3:])
    for one in ones:
        notify.wait_for(one, *SENT)
    assert len(notify.mails) == 5
    assert len({mail["Message-ID"] for mail in notify.mails}) == 5
