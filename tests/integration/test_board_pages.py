"""What pages make of a filled read model: who went quiet, what is nearly late, how long it has been known."""

from collections.abc import Iterator
from re import sub
from typing import Any

import pytest

from schemas import outcome_types as outcomes
from schemas.pattern_types import HeardAgain, WentQuiet
from schemas.topics import PATTERNS
from tests.integration.log_writer import DUE, HOUR, MORNING, opened, reported, said, tell
from tests.integration.pages_room import PagesRoom, pages_room
from tests.stack import Stack
from views.board import board
from views.pages import board_view

DAY = 24 * HOUR
NOW = DUE - DAY
NEAR, FAR, GONE, TARGET = (f"00000000-0000-4000-8000-00000000000{number}" for number in range(1, 5))
WARDS = 26


@pytest.fixture(scope="module")
def room(infra: Stack) -> Iterator[PagesRoom]:
    with pages_room(infra.database, NOW) as room:
        model = room.model
        warned: dict[str, Any] = {"of": "due", "working_days_ahead": 1, "as_of": NOW}
        model.add(reported(NEAR), opened(NEAR))
        model.add(said(outcomes.DeadlineWarned, NEAR, 2, NOW, deadline=DUE, **warned))
        model.add(reported(FAR), opened(FAR, due_at=DUE + 10 * DAY))
        model.add(reported(GONE), opened(GONE, due_at=NOW - DAY))
        model.add(said(outcomes.DeadlineWarned, GONE, 2, NOW - 2 * DAY, deadline=NOW - DAY, **warned))
        statute: dict[str, Any] = {"instrument": "REG20_2015", "basis": "statute", "due_at": None}
        model.add(reported(TARGET), opened(TARGET, target_at=DUE, **statute))
        of_target = warned | {"of": "target", "subject": tell(TARGET, "REG20_2015")}
        model.add(said(outcomes.DeadlineWarned, TARGET, 2, NOW, deadline=DUE, **of_target))
        model.tick(NOW)
        model.settle()
        model.add(*(quiet("RXX", f"ward-{number:02}") for number in range(WARDS)), topic=PATTERNS)
        model.add(quiet("RYY"), quiet("RZC"), topic=PATTERNS)
        heard = HeardAgain(**about("RZC", None, 2, "It reports again."), provider="RZC", at=NOW)
        model.add(heard, topic=PATTERNS)
        for number in range(WARDS):
            stumbled = {"subject": f"quarantine:{number}", "rule": "candour", "error": "KeyError"}
            model.add(said(outcomes.CaseQuarantined, f"aside-{number}", 1, NOW, source_offset=0, **stumbled))
        yield room


def about(provider: str, ward_ref: str | None, revision: int, because: str) -> dict[str, Any]:
    return {
        "subject": f"quiet-{provider}-{ward_ref}",
        "revision": revision,
        "case_id": None,
        "recorded_at": NOW,
        "cause": f"tick:{NOW}",
        "because": (because,),
    }


def quiet(provider: str, ward_ref: str | None = None) -> WentQuiet:
    return WentQuiet(
        **about(provider, ward_ref, 1, "Nothing was heard."),
        provider=provider,
        ward_ref=ward_ref,
        last_at=NOW - 14 * DAY,
        heard_days=80,
        used_days=90,
        silent_days=14,
        as_of=NOW,
    )


def section(page: str, id: str) -> str:
    return page.split(f'aria-labelledby="{id}"', 1)[1].split("</section>")[0]


def rows(part: str) -> list[str]:
    """Their text, by rows."""
    found = part.split("<tbody")[1].split("</tbody>")[0].split("<tr")[1:]
    return [" ".join(sub(r"<[^>]*>", " ", "<tr" + row).split()) for row in found]


def test_who_went_quiet_is_on_the_board_and_never_green(room: PagesRoom) -> None:
    with room.model.store.connect() as connection:
        found = board(connection, now=NOW, shown=WARDS)
    assert found.quiet.count == WARDS + 1
    assert {one["provider"] for one in found.quiet.shown} <= {"RXX", "RYY"}, "one reports again"
    said = board_view.summary(found, board_view.lists(found))
    assert f"{WARDS + 1} gone quiet" in said
    page = room.page("/board?whole=yes")
    assert f'data-summary="{said}"' in page
    assert f"<strong>{WARDS + 1}</strong> gone quiet" in page
    part = section(page, "quiet")
    assert "candour-board__late" in part
    assert "green" not in part
    assert rows(part)[-1] == "Provider RYY Who the whole provider Silent for 14 days"
    assert rows(part)[0] == "Provider RXX Who ward with the reference ward-00 Silent for 14 days"
    assert page.index('id="quiet"') < page.index('id="late"'), "above what is fine"


def test_a_provider_sees_on_the_board_that_it_went_quiet_itself(room: PagesRoom) -> None:
    assert [row[:12] for row in rows(section(room.page("/board?provider=RYY"), "quiet"))] == ["Provider RYY"]
    assert 'id="quiet"' not in room.page("/board?provider=RZC")


def test_who_went_quiet_is_on_the_page_of_signals_and_never_green(room: PagesRoom) -> None:
    part = section(room.page("/signals"), "quiet")
    assert f"({WARDS + 1})" in part
    assert "candour-board__late" in part
    assert "green" not in part
    last = rows(part)[-1]
    assert last.startswith("Provider RYY Who the whole provider Silent for 14 days Last heard 24 Dec 2013")
    assert last.endswith("Heard before on 80 of 90 days")


@pytest.mark.parametrize(("id", "in_all"), [("quiet", WARDS + 1), ("quarantined", WARDS)])
def test_a_list_that_is_cut_says_so_and_leads_on(room: PagesRoom, id: str, in_all: int) -> None:
    part = section(room.page("/board"), id)
    assert f"The first 25 of {in_all}." in part
    assert f'href="?whole=yes#{id}"' in part
    assert "Show more" not in section(room.page("/board?whole=yes"), id)


def test_a_deadline_that_is_near_is_said_in_words(room: PagesRoom) -> None:
    page = room.page("/board")
    due = section(page, "due")
    near, far = rows(due)
    assert "1 day left Deadline near" in near
    assert "near" not in far
    assert '<strong class="nhsuk-tag nhsuk-tag--orange">Deadline near</strong>' in due
    assert "near" not in section(page, "late"), "it is past"
    (target,) = rows(section(page, "coming"))
    assert "8 Jan 2014, 23:59 GMT Target near" in target, "a target is no deadline"
    assert "Deadline" not in target
    words = [room.page(f"/cases/{id}").count("Deadline near</strong>") for id in (NEAR, FAR, GONE, TARGET)]
    assert "Deadline near</strong> <strong>1 day left" in sub(r"\s+", " ", room.page(f"/cases/{NEAR}"))
    assert words == [2, 0, 1, 1], "once on the duty, and where the timeline tells of the warning"


def test_the_time_since_awareness_stands_beside_every_duty(room: PagesRoom) -> None:
    page = room.page("/board")
    known = (NOW - (MORNING - HOUR)) // DAY
    for id in ("due", "late", "coming"):
        part = section(page, id)
        assert part.count('<th role="columnheader" scope="col">Since awareness</th>') == 1
        assert all(f"Since awareness {known} days" in row for row in rows(part))
