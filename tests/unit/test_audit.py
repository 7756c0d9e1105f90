"""How the audit counts: discharge apart from met, nothing late without a number in law, no median of none."""

from typing import Any

import pytest

from sinks.obligation import Obligation
from views.audit import rows

DAY = 86_400_000
REPORTED = 1_387_530_000_000
DUE = REPORTED + 10 * DAY


def obligation(**changed: Any) -> Obligation:
    said: dict[str, Any] = {
        "id": "o",
        "case_id": "c",
        "patient": "p1",
        "provider": "RXX",
        "provider_type": "nhs_trust",
        "duty": "tell",
        "instrument": "SC35_2013",
        "basis": "contract",
        "threshold": "moderate or worse",
        "harm": "moderate",
        "owner_role": "clinician",
        "relation": "patient",
        "relation_why": None,
        "state": "open",
        "opened_at": REPORTED,
        "reported_at": REPORTED,
        "aware_at": REPORTED,
        "aware_assumed": False,
        "starts_at": REPORTED,
        "due_at": DUE,
        "target_at": None,
        "policy_version": "SC35_2013",
        "calendar_version": "2014",
        "opened_because": (),
        "latest_because": (),
        "latest_cause": "c",
        "latest_at": REPORTED,
        "revisions": 1,
    }
    return Obligation(**said | changed)


def statutory(**changed: Any) -> Obligation:
    without: dict[str, Any] = {
        "basis": "statute",
        "instrument": "REG20_2015",
        "due_at": None,
        "target_at": DUE,
    }
    return obligation(**without | changed)


def counted(*owed: Obligation, at: int | None = REPORTED) -> dict[str, Any]:
    (row,) = rows(owed, at)
    return row


@pytest.mark.parametrize(
    ("changed", "at", "column"),
    [
        ({"state": "met", "satisfied_at": DUE}, DUE, "met"),
        ({"state": "met_late", "satisfied_at": DUE + DAY, "breached_at": DUE + DAY}, DUE, "met_late"),
        ({"state": "discharged", "discharged_at": DUE}, DUE, "discharged"),
        ({"state": "open"}, DUE + 999, "open_in_time"),
        ({"state": "open"}, DUE + 1000, "open_late"),
        ({"state": "breached", "breached_at": DUE + DAY}, DUE, "open_late"),
        ({"state": "provisional"}, DUE + DAY, "provisional"),
        ({"state": "stood_down"}, DUE + DAY, "stood_down"),
        ({"state": "merged"}, DUE + DAY, "merged"),
    ],
)
def test_each_obligation_stands_in_one_column(changed: dict[str, Any], at: int, column: str) -> None:
    row = counted(obligation(**changed), at=at)
    columns = (
        "met",
        "met_late",
        "discharged",
        "open_in_time",
        "open_late",
        "provisional",
        "stood_down",
        "merged",
    )
    assert {name: row[name] for name in columns} == {name: int(name == column) for name in columns}
    assert row["obligations"] == 1


def test_without_a_number_in_law_nothing_is_called_late() -> None:
    row = counted(
        statutory(state="met", satisfied_at=DUE),
        statutory(state="met", satisfied_at=DUE + 1000),
        statutory(state="open"),
        statutory(state="provisional"),
        statutory(state="discharged", discharged_at=DUE),
        at=DUE + DAY,
    )
    assert not [name for name in row if "late" in name or "breach" in name]
    assert (row["met"], row["within_target"], row["after_target"]) == (2, 1, 1)
    assert (row["open"], row["open_within_target"], row["open_after_target"]) == (1, 0, 1)
    assert (row["provisional"], row["provisional_after_target"], row["discharged"]) == (1, 1, 1)
    assert row["number_in_law"] is False


def test_duty_without_a_target_is_neither_within_nor_after() -> None:
    row = counted(statutory(duty="explain", state="met", satisfied_at=DUE, target_at=None), at=DUE)
    assert (row["met"], row["within_target"], row["after_target"]) == (1, 0, 0)
    assert "told" not in row


def test_contract_and_statute_stand_apart() -> None:
    both = rows([obligation(), obligation(duty="report"), statutory()], DUE)
    assert [(row["duty"], row["family"]) for row in both] == [
        ("report", "contract"),
        ("tell", "contract"),
        ("tell", "statute"),
    ]


def test_disputed_stands_beside_the_state() -> None:
    row = counted(obligation(state="met", satisfied_at=DUE, disputed=True), obligation())
    assert (row["met"], row["disputed"], row["obligations"]) == (1, 1, 2)


def test_days_count_from_awareness_and_only_for_those_told() -> None:
    row = counted(
        obligation(state="met", satisfied_at=REPORTED + DAY, aware_at=REPORTED - DAY),
        obligation(state="met_late", satisfied_at=REPORTED + 12 * DAY),
        obligation(state="discharged", discharged_at=REPORTED + DAY),
        obligation(),
    )
    assert (row["told"], row["median_days_from_awareness_to_told"]) == (2, 7.0)
    assert counted(obligation())["median_days_from_awareness_to_told"] is None


def test_without_a_settled_tick_nothing_is_past_its_due_time() -> None:
    assert counted(obligation(), at=None)["open_in_time"] == 1


def test_nothing_owed_gives_no_rows() -> None:
    assert rows([], DUE) == []
