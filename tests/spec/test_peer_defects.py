"""Ten defects read in the code of others who keep candour records, each as a test that we do not have it."""

from datetime import UTC, datetime

import pytest

from producers.vault import Sealed, Vault
from rules.candour.policy import default_content, parse
from rules.london import instant
from schemas.outcome_types import DeadlineWarned, ObligationBreached, ObligationOpened, Outcome
from sinks.obligation import Obligation as Row
from sinks.obligation import fold as read
from tests.spec.notation import described, moment, tell
from views.audit import Policies, rows

REPORT = "2013-12-20 09:00  report harm=moderate\n"  # due on 8 January 2014
DUE = moment("2014-01-08T23:59:59")


def stands(history: str, duty: str = "tell") -> str:
    (one,) = [one for one in tell(history).obligations() if one.duty == duty]
    return described(one, ("due",), several=False).removeprefix(f"{duty} ")


def said(history: str, kind: type[Outcome]) -> list[Outcome]:
    return [outcome for outcome in tell(history).partition.said if isinstance(outcome, kind)]


def owed(history: str) -> list[Row]:
    """As the read model has it."""
    told = tell(history)
    found = [read(one for one in told.partition.said if one.subject == own.id) for own in told.obligations()]
    return [row for row in found if row is not None]


def test_1_a_breach_comes_of_time_alone_with_no_other_activity() -> None:
    """Peer: overdue was computed when something was stored, so that silence never became late."""
    (breach,) = said(REPORT + "2014-01-09 00:00  tick", ObligationBreached)
    assert isinstance(breach, ObligationBreached)
    assert breach.due_at == DUE


def test_2_a_clock_that_stopped_for_three_days_catches_up_each_warning_and_breach_once() -> None:
    """Peer: a warning fired only where days left equalled 2 or 5; a missed night was a missed warning."""
    stopped = REPORT + "2014-01-02 09:00  tick\n2014-01-07 09:00  tick\n2014-01-07 09:01  tick\n"
    ahead = [
        one.working_days_ahead for one in said(stopped, DeadlineWarned) if isinstance(one, DeadlineWarned)
    ]
    assert ahead == [3, 1]
    over = stopped + "2014-01-12 09:00  tick\n2014-01-12 09:01  tick"
    assert len(said(over, DeadlineWarned)) == 2
    assert len(said(over, ObligationBreached)) == 1


def test_3_a_reason_is_no_exemption_and_an_exemption_is_never_met() -> None:
    """Peer: any text in "exemption reason" made the case complete."""
    declined = "2014-01-06 10:00  declined\n"
    assert stands(REPORT + declined).startswith("SC35_2013 open"), "no attempt is logged"
    assert stands(REPORT + "2014-01-03 10:00  attempt\n" + declined).startswith("SC35_2013 discharged")
    alone = REPORT + "2014-01-06 10:00  stand_down"
    assert stands(alone).startswith("SC35_2013 open"), "near the due time it takes a second person"
    assert stands(alone + " second=director").startswith("SC35_2013 stood_down")


def test_4_met_met_late_breached_and_discharged_stay_apart_for_ever() -> None:
    """Peer: a letter that came late made the case complete, and its lateness was lost."""
    years = "2019-01-09 00:00  tick\n2020-01-09 00:00  tick"
    ends = {
        "met": "2014-01-07 10:00  told\n",
        "met_late": "2014-01-09 00:00  tick\n2014-01-10 10:00  told\n",
        "breached": "2014-01-09 00:00  tick\n",
        "discharged": "2014-01-03 10:00  attempt\n2014-01-06 10:00  declined\n",
    }
    found = {}
    for name, happened in ends.items():
        (row,) = [row for row in owed(REPORT + happened + years) if row.duty == "tell"]
        found[name] = (row.state, row.breached_at is not None)
    assert found == {
        "met": ("met", False),
        "met_late": ("met_late", True),
        "breached": ("breached", True),
        "discharged": ("discharged", False),
    }


def test_5_the_clock_starts_with_the_time_the_policy_names_on_its_day_in_london() -> None:
    """Peer: the start defaulted to the moment of typing, could be edited, and was dated in UTC."""
    late_entry = "2013-06-10 09:00  report harm=moderate reported=2013-06-03T23:30Z"
    assert stands(late_entry) == "SC35_2013 open due=2013-06-18"
    (opened, *_) = said(late_entry, ObligationOpened)
    assert isinstance(opened, ObligationOpened)
    assert opened.reported_at == instant(datetime(2013, 6, 3, 23, 30, tzinfo=UTC))


def test_6_a_downgrade_keeps_the_duty_until_it_is_stood_down() -> None:
    """Peer: a downgrade left no signal, an upgrade opened only where there was no record yet."""
    down = REPORT + "2013-12-23 10:00  regrade moderate low\n"
    assert stands(down).startswith("SC35_2013 open")
    assert stands(down + "2014-01-09 00:00  tick").startswith("SC35_2013 breached")
    closed = down + "2013-12-24 10:00  stand_down second=director of=tell/SC35_2013\n"
    assert stands(closed).startswith("SC35_2013 stood_down")
    assert stands(closed + "2013-12-30 10:00  regrade low severe") == "SC35_2013 open due=2014-01-14"


def test_7_the_calendar_is_pinned_in_the_verdict_and_moves_it_only_visibly() -> None:
    """Peer: the table of bank holidays was global and editable, and re-dated in silence or not at all."""
    history = (
        REPORT
        + "2013-12-23 10:00  told of=tell/SC35_2013\n2013-12-24 10:00  calendar proclaimed more=2014-01-06"
    )
    assert stands(history) == "SC35_2013 met due=2014-01-08", "what is settled keeps its date"
    moved = REPORT + "2013-12-24 10:00  calendar proclaimed more=2014-01-06"
    assert stands(moved) == "SC35_2013 open due=2014-01-09"
    (row,) = [row for row in owed(moved) if row.duty == "tell"]
    assert (row.calendar_version, row.earlier_due_at) == ("proclaimed", DUE)
    (settled,) = [row for row in owed(history) if row.duty == "tell"]
    assert settled.calendar_version != "proclaimed"


def test_8_what_is_erased_cannot_be_read_by_anybody() -> None:
    """Peer: the job that anonymised was `pass`. Erasing destroys the key; end to end in
    `tests/integration/test_door_keeping.py`."""
    vault = Vault(b"k" * 32)
    key, wrapped = vault.new_key("case")
    sealed = key.seal("event", {"what_happened": "A fall by the window."})
    assert vault.open_key("case", wrapped).unseal("event", sealed) == {
        "what_happened": "A fall by the window."
    }
    assert b"window" not in sealed
    fresh, _ = vault.new_key("case")
    with pytest.raises(Sealed):
        fresh.unseal("event", sealed)


def test_9_local_time_is_never_taken_for_universal_time() -> None:
    """Peer: "append Z to avoid BST". A wall time without its offset could mean two instants."""
    twice = datetime(2013, 10, 27, 1, 30)  # noqa: DTZ001
    with pytest.raises(ValueError, match="says no offset"):
        instant(twice)
    summer = "2013-10-26 23:30Z  report harm=moderate"  # 00:30 on the 27th
    winter = "2013-10-27 23:30Z  report harm=moderate"  # 23:30 on the 27th
    assert stands(summer) == stands(winter) == "SC35_2013 open due=2013-11-08"


def test_10_no_cases_are_no_percentage_and_the_untold_are_counted() -> None:
    """Peer: no cases were 100 % compliant; untold cases and negative durations were left out."""
    policies = Policies(parse(default_content()[1]))
    assert rows([], DUE, policies) == []
    untold = owed(REPORT)
    told_before_awareness = owed(
        "2014-01-02 09:00  report harm=moderate\n2014-01-02 10:00  told at=2014-01-01T10:00"
    )
    counts = rows([*untold, *told_before_awareness], DUE + 1000, policies)
    (counted,) = [row for row in counts if row["duty"] == "tell"]
    assert (counted["obligations"], counted["met"], counted["open_late"]) == (2, 1, 1)
    assert counted["told"] == 1, "a telling dated before awareness is counted too"
    assert counted["median_days_from_awareness_to_told"] < 0, "and seen for what it is"
