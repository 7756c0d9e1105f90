"""What the board shows, and the timeline of a case page, over a filled read model."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import insert

from schemas import event_types as events
from schemas import outcome_types as outcomes
from sinks import tables
from tests.integration.filled import Filled, own_database
from tests.integration.log_writer import DUE, HOUR, MORNING, event, facts, opened, reported, said, tell
from tests.stack import Stack
from views import case_page
from views.access import SAFETY_TEAM
from views.api.cases import shape
from views.board import Board, board
from views.reading_cases import read_case

TICK = DUE + 31_000
NZZ = events.Provider(code="NZZ", type="independent", nhs_contract=False, scheme_member=False)


@pytest.fixture(scope="module")
def filled(infra: Stack) -> Iterator[Filled]:
    with own_database(infra.database, "board") as database:
        model = Filled(database)
        _fill(model)
        yield model
        model.close()


def _fill(model: Filled) -> None:
    model.add(reported("late"), opened("late"))
    model.add(reported("soon"), opened("soon", due_at=TICK + 2 * HOUR))
    model.add(reported("later"), opened("later", due_at=TICK + 3 * HOUR))
    undecided: dict[str, Any] = {
        "instrument": "REG20_2015",
        "basis": "statute",
        "due_at": None,
        "provisional": True,
    }
    model.add(reported("undecided"), opened("undecided", target_at=DUE, **undecided))
    subject = tell("undecided", "REG20_2015")
    without_days = undecided | {"provisional": False}
    model.add(reported("expected"), opened("expected", target_at=TICK + 2 * HOUR, **without_days))
    model.add(reported("no-target"), opened("no-target", target_at=None, **without_days))
    model.tick(TICK)
    model.add(
        said(outcomes.ObligationBreached, "late", 2, TICK, "The due time passed.", due_at=DUE, as_of=TICK),
        said(outcomes.TargetPassed, "undecided", 2, TICK, subject=subject, target_at=DUE, as_of=TICK),
    )
    model.settle()
    model.add(reported("ungraded", harm="not_known"))
    model.add(reported("near-miss", harm="not_known", facts=facts(kind="near_miss")))
    model.add(
        reported("stranger", harm="low", flags=events.PROVIDER_NOT_KNOWN, facts=facts(providers=(NZZ,)))
    )
    stumbled = {"subject": "quarantine:late", "rule": "candour", "error": "KeyError", "source_offset": 0}
    model.add(said(outcomes.CaseQuarantined, "late", 1, TICK, **stumbled))  # type: ignore[arg-type]


def escalated(provider: str, owner_role: str) -> dict[str, Any]:
    """A row as the sink writes it."""
    words = ("case_id", "trigger", "next_step", "provider_type", "latest_cause")
    times = ("first_raised_at", "raised_at", "acknowledge_by", "act_by", "latest_at")
    lists = ("informed", "deliveries", "raised_because", "latest_because")
    row: dict[str, Any] = dict.fromkeys(words, "x") | dict.fromkeys(times, TICK) | {one: [] for one in lists}
    row |= dict.fromkeys(("urgency", "level", "climbs", "revisions"), 1)
    return row | {"id": owner_role, "owner_role": owner_role, "provider": provider, "state": "raised"}


def shown(filled: Filled, provider: str | None = None, limit: int = 100) -> Board:
    with filled.store.connect() as connection:
        return board(connection, now=TICK + HOUR, provider=provider, shown=limit)


def test_board_sorts_what_waits_for_somebody(filled: Filled) -> None:
    now = shown(filled)
    assert [one["case_id"] for one in now.late.shown] == ["late"]
    assert [one["case_id"] for one in now.due_next.shown] == ["soon", "later"]
    assert [one["case_id"] for one in now.targets_next.shown] == ["expected", "no-target"]
    assert [one["case_id"] for one in now.provisional.shown] == ["undecided"]
    assert [one["case_id"] for one in now.targets_passed.shown] == ["undecided"]
    assert [one["case_id"] for one in now.grade_needed.shown] == ["ungraded"]
    assert [one["case_id"] for one in now.provider_needed.shown] == ["stranger"]
    assert [one["case_id"] for one in now.quarantined.shown] == ["late"]
    assert now.states == {"breached": 1, "open": 4, "provisional": 1}


def test_due_time_that_has_just_passed_is_late_before_its_tick(filled: Filled) -> None:
    with filled.store.connect() as connection:
        then = board(connection, now=TICK + 2 * HOUR + 1000)
    assert [one["case_id"] for one in then.late.shown] == ["late", "soon"]


def test_list_cut_short_says_how_many_there_are(filled: Filled) -> None:
    part = shown(filled, limit=1).due_next
    assert (len(part.shown), part.count) == (1, 2)


def test_filter_looks_through_all_and_not_only_through_what_is_shown(filled: Filled) -> None:
    provider, team = "RFF", "patient safety team"
    for case_id in ("f1", "f2", "f3"):
        filled.add(reported(case_id), opened(case_id, provider=provider, due_at=TICK + 2 * HOUR))
    last: dict[str, Any] = {"provider": provider, "due_at": TICK + 3 * HOUR}
    subjects = ("f4-tell", "f4-report", "f5-report")
    for case_id, duty, subject in zip(
        ("f4", "f4", "f5"), ("tell", "report", "report"), subjects, strict=True
    ):
        filled.add(opened(case_id, subject=subject, duty=duty, owner_role=team, **last))
    with filled.store.begin() as connection:
        for role in ("a director", team):
            connection.execute(insert(tables.escalations).values(**escalated(provider, role)))

    def found(**asked: Any) -> Board:
        with filled.store.connect() as connection:
            return board(connection, now=TICK, provider=provider, shown=1, **asked)

    now = found(owner_role=team)
    assert ([one["case_id"] for one in now.due_next.shown], now.due_next.count) == (["f4"], 3)
    assert (now.escalations.shown[0]["owner_role"], now.escalations.count) == (team, 1)
    assert found(duty="report").due_next.count == 2
    both = found(owner_role=team, duty="tell")
    assert ([one["duty"] for one in both.due_next.shown], both.due_next.count) == (["tell"], 1)
    assert both.escalations.count == 1, "it is about no duty"
    assert both.owner_roles == ["a director", "clinician", team], "one may go on to any other"
    assert both.states == {"open": 6}


def test_board_of_a_provider_shows_its_own(filled: Filled) -> None:
    own = shown(filled, provider="NZZ")
    assert own.late.count == own.due_next.count == own.provisional.count == own.grade_needed.count == 0
    assert own.provider_needed.count == 1


def test_board_says_how_fresh_it_is(filled: Filled) -> None:
    fresh = shown(filled).freshness
    assert (fresh.settled_at, fresh.behind_seconds) == ("2014-01-09T00:00:30Z", 3600.0)
    assert fresh.outbox_age_seconds is None
    measured = {
        "partition": 0,
        "measured_at": TICK,
        "outbox_age_ms": 1500,
        "sink_behind": 2,
        "engine_behind": 3,
    }
    with filled.store.begin() as connection:
        connection.execute(insert(tables.watch).values(**measured))
        connection.execute(insert(tables.alarms).values(kind="k", about="a", text="Do this.", raised_at=TICK))
    now = shown(filled)
    assert (now.freshness.outbox_age_seconds, now.freshness.records_waiting) == (1.5, 5)
    assert now.alarms == ["Do this."]


def test_timeline_puts_what_followed_behind_its_event(filled: Filled) -> None:
    attempt = event(events.ContactAttempted, "line", "attempt", TICK + 1, means="visit", result="no_answer")
    cause = {"cause": "attempt"}
    filled.add(
        reported("line"),
        opened("line"),
        said(outcomes.ObligationBreached, "line", 2, TICK, "The due time passed.", due_at=DUE, as_of=TICK),
        attempt,
        said(outcomes.ObligationDisputed, "line", 3, TICK + 1, "It is disputed.", disputed=True, **cause),
    )
    with filled.store.connect() as connection:
        case = read_case(connection, "line", None)
    assert case is not None
    lines = case_page.merged(shape(case, SAFETY_TEAM, None))
    assert [line["type"] for line in lines] == [
        "reported",
        "obligation_opened",
        "obligation_breached",
        "contact_attempted",
        "obligation_disputed",
    ]
    assert (lines[2]["duty"], lines[2]["because"]) == ("tell", ["The due time passed."])
    assert lines[0]["recorded_at"] == "2013-12-20T09:00:00Z"
    assert lines[0]["recorded_at"] < lines[3]["recorded_at"]
    assert MORNING < TICK
