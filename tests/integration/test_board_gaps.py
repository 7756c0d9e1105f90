"""What the board tells of the clock: a gap that is over is no reason not to rely on the page."""

import pytest

from sinks.alarms import TIME_STOOD_STILL, clear_others, raise_alarm
from sinks.database import engine
from sinks.judging import stood_still
from sinks.migrations import upgrade
from tests.integration.filled import own_database
from tests.integration.log_writer import DUE, HOUR
from tests.stack import Stack
from views.board import board
from views.pages.board_view import warnings

pytestmark = pytest.mark.real


def test_a_gap_is_told_apart_from_what_is_wrong_now(infra: Stack) -> None:
    told = stood_still(DUE, DUE + HOUR)
    with own_database(infra.database, "gaps") as database:
        upgrade(database)
        store = engine(database)
        with store.begin() as connection:
            raise_alarm(connection, TIME_STOOD_STILL, "7", told)
            raise_alarm(connection, "reports wait", "the whole stream", "Accepted reports have waited.")
            found = board(connection, now=DUE + 2 * HOUR)
            assert list(found.gaps) == [told]
            assert "Accepted reports have waited." in warnings(found)
            assert told not in warnings(found)
            clear_others(connection, TIME_STOOD_STILL, ["8"])
            assert list(board(connection, now=DUE + 2 * HOUR).gaps) == []
        store.dispose()
