"""Every follow-up form of the case page, filled in and sent through the door on the real PostgreSQL."""

from collections.abc import Iterator
from typing import Any

import pytest

from rules.identity import escalation_id, obligation_id
from tests.forms import answers
from tests.integration.door_room import DAWN, Room, open_room
from tests.integration.test_door_follow_ups import BEFORE, EVERY, role_for
from tests.stack import Stack
from views.pages import follow_ups
from views.pages.follow_up_forms import BY_TYPE

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def room(infra: Stack) -> Iterator[Room]:
    with open_room(infra.database) as made:
        yield made


@pytest.mark.parametrize("kind", BY_TYPE)
def test_what_a_form_sends_is_recorded_and_nothing_is_left_aside(room: Room, kind: str) -> None:
    report = room.report()
    case_id = report["case_id"]
    before = [
        room.post(case_id, {"type": first, **EVERY[first]}, role_for(first)).json()
        for first in BEFORE.get(kind, ())
    ]
    form = follow_ups._of(kind, _as_read(case_id, before, kind))
    typed = {
        "event_id": report["report_id"],
        "duplicate_of": room.report()["case_id"],
        "from": "moderate",  # as it was reported
        "decision": "reduce" if kind == "indemnity_decision_recorded" else "yes",
    }
    body, errors = follow_ups.body_of(form, answers(form, typed=typed), DAWN)
    assert not errors
    answer = room.post(case_id, body, role_for(kind))
    assert answer.status_code == 201, answer.text
    assert (answer.json()["kept_aside"], answer.json()["notes"]) == ([], [])


def _as_read(case_id: str, before: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    """As much of the case as the forms look at, which the page has from the read model."""
    told = obligation_id(case_id, "p1", "RXX", "tell", "SC35_2013")
    lines = zip(BEFORE.get(kind, ()), before, strict=True)
    return {
        "case_id": case_id,
        "provider": "RXX",
        "patients": [{"ref": "p1"}],
        "reported_at": "2013-12-20T09:00:00+00:00",
        "obligations": [{"id": told, "provider": "RXX", "duty": "tell", "instrument": "SC35_2013"}],
        "escalations": [
            {
                "id": escalation_id(case_id, "immediate_danger"),
                "state": "raised",
                "trigger": "immediate_danger",
                "owner_role": "medical director",
            }
        ],
        "timeline": [{"type": first, "claim_id": "C-1", **line} for first, line in lines],
    }
