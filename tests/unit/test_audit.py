"""How the audit counts: discharge apart from met, nothing late without a number in law, no median of none."""

import csv
from typing import Any

import pytest

from rules.candour.policy import default_content, parse
from schemas.event_types import Grade, Patient, Provider
from sinks.obligation import Obligation
from views.audit import NOT_BOUND, Listed, Member, Policies, by_provider, never_opened, rows
from views.pages.audit_view import PROVIDERS, QUESTION, TOTALS, as_csv, named, silence

POLICY = parse(default_content()[1])
POLICIES = Policies(POLICY)
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
        "policy_version": POLICY.version,
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
    (row,) = rows(owed, at, POLICIES)
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
        ({"state": "breached", "breached_at": DUE + DAY, "discharged_at": DUE + DAY}, DUE, "discharged"),
        ({"state": "open", "due_at": None}, DUE + DAY, "open_without_date"),
        ({"state": "met", "due_at": None, "satisfied_at": DUE}, DUE, "met"),
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
        "open_without_date",
        "provisional",
        "stood_down",
        "merged",
    )
    assert {name: row[name] for name in columns} == {name: int(name == column) for name in columns}
    assert (row["obligations"], row["number_in_law"]) == (1, True)


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
    both = rows([obligation(), obligation(duty="report"), statutory()], DUE, POLICIES)
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


def test_breach_stands_beside_a_late_discharge() -> None:
    row = counted(obligation(state="breached", breached_at=DUE + DAY, discharged_at=DUE + 2 * DAY))
    assert (row["discharged"], row["breaches_standing"]) == (1, 1)


def member(case_id: str = "c", **changed: Any) -> Member:
    said: dict[str, Any] = {
        "case_id": case_id,
        "kind": "incident",
        "harm": "moderate",
        "reported_at": REPORTED,
        "aware_at": REPORTED,
        "providers": (provider(),),
        "patients": (patient("p1"),),
    }
    return Member(**said | changed)


def provider(code: str = "RXX", type: str = "nhs_trust") -> Provider:
    return Provider(code=code, type=type, nhs_contract=True, scheme_member=True)


def patient(ref: str, physical: Grade = "moderate", psychological: Grade = "none") -> Patient:
    return Patient(ref=ref, physical=physical, psychological=psychological, relation="patient")


def missing(case: Member, *owed: Obligation) -> list[tuple[str, str, str, str]]:
    found = never_opened([case], owed, POLICIES)
    return sorted((one.patient, one.provider, one.row.duty, one.row.family) for one in found)


def test_never_opened_counts_the_patient_who_got_no_duty() -> None:
    two = member(patients=(patient("p1"), patient("p2", "low", "severe"), patient("p3", "low")))
    assert missing(two, obligation()) == [("p2", "RXX", "tell", "contract")]
    assert missing(two, obligation(), obligation(patient="p2", state="stood_down")) == []


def test_never_opened_counts_each_provider_that_was_bound() -> None:
    both = member(providers=(provider(), provider("RYY")))
    assert missing(both, obligation()) == [("p1", "RYY", "tell", "contract")]


@pytest.mark.parametrize("kind", ["near_miss", "hazard", "good_care"])
def test_kinds_that_the_policy_does_not_hear_are_not_missed(kind: str) -> None:
    assert missing(member(kind=kind)) == []
    assert missing(member()) == [("p1", "RXX", "tell", "contract")]


def test_regraded_case_is_asked_only_for_the_duty_of_the_regrade() -> None:
    assert missing(member(), statutory()) == []


def test_duty_that_a_never_event_opened_does_not_stand_for_the_one_of_the_harm() -> None:
    in_2016 = REPORTED + 1000 * DAY
    case = member(reported_at=in_2016, aware_at=in_2016)
    told_anyway = statutory(instrument="NE_FRAMEWORK_2015", basis="expectation")
    assert missing(case, told_anyway) == [("p1", "RXX", "tell", "statute")]
    assert missing(case, told_anyway, statutory()) == []


def test_whom_no_instrument_binds_is_a_row_and_not_silence() -> None:
    unknown = member(providers=(provider("ZZZ", "not_known"),))
    assert missing(unknown) == [("p1", "ZZZ", "tell", NOT_BOUND)]


def test_never_opened_is_counted_in_the_row_of_its_duty_and_in_the_csv() -> None:
    cases = [member("c"), member("d"), member("e", providers=(provider("ZZZ", "not_known"),))]
    found = [*never_opened(cases, [obligation()], POLICIES)]
    counts = rows([obligation(), obligation(duty="report")], DUE, POLICIES, found)
    assert [(row["duty"], row["family"], row["obligations"], row["never_opened"]) for row in counts] == [
        ("report", "contract", 1, 0),
        ("tell", "contract", 1, 1),
        ("tell", NOT_BOUND, 0, 1),
    ]
    header, *lines = table(as_csv(answer(duties=counts)), 1)
    place = header.index("never_opened")
    assert [line[place] for line in lines] == ["0", "1", "1"]


def answer(**changed: Any) -> dict[str, Any]:
    """What the API says when nothing was reported anywhere."""
    names = dict.fromkeys((*QUESTION, *TOTALS))
    return (
        names | {"caveat": "No verdict.", "duties": [], "providers": [], "never_opened_cases": []} | changed
    )


def table(text: str, number: int) -> list[list[str]]:
    """The lines of one of the tables of the file."""
    return list(csv.reader(text.split("\r\n\r\n")[number].splitlines()))


def test_the_file_says_what_was_asked_when_and_what_it_means_also_of_nothing() -> None:
    text = as_csv(answer(provider="RXX", as_at="2014-01-09T00:00:00Z", result="no cases", cases=0))
    said = dict(table(text, 0))
    assert (said["provider"], said["as_at"], said["cases"]) == ("RXX", "2014-01-09T00:00:00Z", "0")
    assert said["caveat"] == "No verdict."
    assert [len(table(text, number)) for number in (1, 2, 3)] == [1, 1, 1], "headings of what is empty"


def listed(code: str, member: bool = True) -> Listed:
    return Listed(provider=code, name=f"Trust {code}", type="nhs_trust", scheme_member=member)


def test_silence_is_a_row_without_figures_and_stands_above_the_others() -> None:
    cases = [member("c"), member("d", harm="not_known"), member("e", providers=())]
    owed = [
        obligation(state="met_late"),
        obligation(duty="write", case_id="d"),
        obligation(case_id="d", patient="p2"),
        obligation(case_id="d", patient="p3", state="breached", discharged_at=DUE),
    ]
    unopened = [*never_opened([member("x", providers=(provider("RYY"),))], [], POLICIES)]
    directory = [listed("RXX"), listed("RYY"), listed("NZZ", member=False)]
    found = by_provider(directory, cases, owed, unopened, DUE + DAY, {"RYY": ["provider", "ward"]})
    assert [(row["provider"], row["result"], row["cases"]) for row in found] == [
        ("RYY", "nothing reported", 0),
        ("RXX", "cases", 2),
        ("NZZ", "nothing reported", 0),
        (None, "cases", 1),
    ]
    silent, reporting, _, nameless = found
    assert {silent[name] for name in PROVIDERS if name != "cases"} == {None}, "a nought would be an answer"
    assert (silent["gone_quiet"], silent["wards_gone_quiet"], silence(silent)) == (
        True,
        1,
        ["Gone quiet", "1 ward gone quiet"],
    )
    names = ("moderate_or_worse", "harm_not_known", "obligations", "told", "written")
    assert [reporting[name] for name in names] == [1, 1, 4, 1, 0]
    names = ("met_late", "open", "open_late", "discharged", "never_opened")
    assert [reporting[name] for name in names] == [1, 2, 2, 1, 0]
    assert named(nameless) == "No provider named"
    header, *lines = table(as_csv(answer(providers=found)), 2)
    place = header.index("told")
    assert [line[place] for line in lines] == ["", "1", "", "0"]


def test_nothing_owed_gives_no_rows() -> None:
    assert rows([], DUE, POLICIES) == []
