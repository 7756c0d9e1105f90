"""An acknowledgement or an act that finds nothing which waits for it, as far as can be read."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import insert, update

from producers.escalation_bodies import EscalationAcknowledgedBody, EscalationActedBody
from producers.refusals import Refused
from producers.roles import Caller
from rules.identity import escalation_id
from schemas.escalation_events import EscalationActed
from sinks.tables import escalations
from tests.integration.door_room import DAWN, HOUR, Room, open_room
from tests.integration.filled import Filled
from tests.integration.test_read_api_board import escalated
from tests.stack import Stack
from views.api.escalations import follow_up

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def room(infra: Stack) -> Iterator[Room]:
    with open_room(infra.database) as made:
        yield made


@pytest.fixture(scope="module")
def model(room: Room) -> Iterator[Filled]:
    """What was read of the log by nine in the morning, in the same database as the door."""
    model = Filled(room.database)
    model.tick(DAWN)
    model.settle()
    yield model
    model.close()


def acknowledge(
    room: Room, model: Filled, case_id: str, wanted: str, key: str | None = None
) -> dict[str, Any]:
    body = EscalationAcknowledgedBody(
        type="escalation_acknowledged", escalation_id=wanted, by_role="director"
    )
    return follow_up(room.door, model.store)(case_id, body, Caller("safety"), key)


def act(room: Room, model: Filled, case_id: str, wanted: str) -> dict[str, Any]:
    body = EscalationActedBody(
        type="escalation_acted",
        escalation_id=wanted,
        act="made_safe",
        reason="The pump was taken out.",
        by_role="director",
    )
    return follow_up(room.door, model.store)(case_id, body, Caller("safety"), None)


def raised(model: Filled, case_id: str, id: str, **changes: Any) -> None:
    with model.store.begin() as connection:
        row = escalated("RXX", "medical director") | {"id": id, "case_id": case_id, **changes}
        connection.execute(insert(escalations).values(**row))


def test_of_one_that_is_not_open_the_answer_says_that_it_may_have_no_effect(
    room: Room, model: Filled
) -> None:
    case_id = room.report()["case_id"]
    wanted = escalation_id(case_id, "immediate_danger")
    answers = [acknowledge(room, model, case_id, wanted, key="seen") for _ in range(2)]
    (note,) = answers[0]["notes"]
    assert note.startswith(
        "No such escalation of this case is open, as far as is known here at 2013-12-20T09:00"
    )
    assert "has no effect, unless it waited for somebody on the log by then" in note
    assert answers[1] == answers[0], "the same key, the same answer"
    assert room.records(case_id)[-1].escalation_id == wanted, "the read model may be behind: it is recorded"


def test_of_one_that_waits_there_is_nothing_to_note(room: Room, model: Filled) -> None:
    case_id = room.report()["case_id"]
    wanted = escalation_id(case_id, "immediate_danger")
    raised(model, case_id, wanted)
    first = acknowledge(room, model, case_id, wanted, key="taken")
    assert first["notes"] == []
    with model.store.begin() as connection:
        now_taken = update(escalations).where(escalations.c.id == wanted).values(state="acknowledged")
        connection.execute(now_taken)
    assert acknowledge(room, model, case_id, wanted, key="taken") == first


def test_of_one_that_was_closed_a_key_does_not_hide_it(room: Room, model: Filled) -> None:
    case_id = room.report()["case_id"]
    wanted = escalation_id(case_id, "immediate_danger")
    raised(model, case_id, wanted, state="closed", how="acted", act="made_safe", closed_at=DAWN + HOUR)
    with pytest.raises(Refused, match="Closed before"):
        acknowledge(room, model, case_id, wanted)
    (note,) = acknowledge(room, model, case_id, wanted, key="closed")["notes"]
    assert note.startswith("It is closed already, as far as is known here at ")


def test_an_act_is_noted_where_nothing_is_open_and_taken_where_something_is(
    room: Room, model: Filled
) -> None:
    case_id = room.report()["case_id"]
    wanted = escalation_id(case_id, "immediate_danger")
    (note,) = act(room, model, case_id, wanted)["notes"]
    assert note.startswith("No such escalation of this case is open, as far as is known here at ")
    raised(model, case_id, wanted, state="acknowledged")
    assert act(room, model, case_id, wanted)["notes"] == []
    with model.store.begin() as connection:
        connection.execute(update(escalations).where(escalations.c.id == wanted).values(state="closed"))
    (note,) = act(room, model, case_id, wanted)["notes"]
    assert note.startswith("It is closed already, as far as is known here at ")
    assert sum(isinstance(record, EscalationActed) for record in room.records(case_id)) == 3, "none is lost"
