"""The timeline of a case: what of the rules' own notes is shown in it."""

from typing import Any

import pytest

from views.case_page import merged


@pytest.mark.parametrize("beside", [(), ("Evidence in the linked case c-2 marks nothing here.",)])
def test_a_record_that_was_taken_is_said_where_there_is_more_to_say_of_it(beside: tuple[str, ...]) -> None:
    when = "2014-03-03T10:00:00Z"
    taken = {"type": "testimony_taken", "subject": "case:c-1", "cause": "e-1", "recorded_at": when}
    case: dict[str, Any] = {
        "obligations": [],
        "timeline": [{"type": "claim_opened", "event_id": "e-1", "recorded_at": when}],
        "outcomes": [{**taken, "because": ["Recorded, dated Monday.", *beside]}],
    }
    shown = [line["type"] for line in merged(case)]
    assert shown == ["claim_opened", *(["testimony_taken"] if beside else [])]
