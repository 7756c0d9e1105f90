"""The read API over a filled read model: cases, obligations, the audit, and what was known when."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from msgspec.structs import replace

from producers.cases import KnownCase, KnownEvent
from producers.facts import CaseState
from producers.sign_in import SignIn
from rules.candour.policy import default_content, parse
from schemas import claim_events as claims
from schemas import event_types as events
from schemas import indemnity_types as indemnity
from schemas import outcome_types as outcomes
from schemas import signal_types
from schemas.event_types import Record
from schemas.topics import SIGNALS
from sinks.migrations import upgrade
from tests.integration.door_room import furnished
from tests.integration.filled import Asking, Filled
from tests.integration.log_writer import (
    DUE,
    HOUR,
    MORNING,
    TRUST,
    event,
    facts,
    opened,
    patient,
    reported,
    said,
    tell,
)
from tests.stack import Stack
from views.access import Access
from views.api import audit, cases, obligations
from views.at_door import AtDoor, DoorAway

TICK = DUE + 31_000
TOLD = DUE - 37 * HOUR
LATER = TICK + HOUR


@pytest.fixture(scope="module")
def filled(infra: Stack) -> Iterator[Filled]:
    model = Filled(furnished(infra.database, (upgrade,)))
    _fill(model)
    yield model
    model.close()


def _fill(model: Filled) -> None:
    model.add(reported("case-a"), opened("case-a"))
    model.tick(MORNING + HOUR)
    model.add(
        said(outcomes.ObligationBreached, "case-a", 2, TICK, "The due time passed.", due_at=DUE, as_of=TICK)
    )
    model.tick(TICK)
    elements = ("in_person", "facts_given", "enquiries", "apology", "written_record", "support_offered")
    telling = dict.fromkeys((*elements, "written_notification_offered"), True)
    model.add(
        event(events.RelevantPersonNotified, "case-a", "told-a", LATER, at=TOLD, **telling),
        said(
            outcomes.BreachWithdrawn, "case-a", 3, LATER, "There was no breach.", due_at=DUE, cause="told-a"
        ),
        said(outcomes.ObligationMet, "case-a", 4, LATER, "All was done.", satisfied_at=TOLD, cause="told-a"),
    )
    model.tick(LATER)
    model.settle()
    model.add(*(reported(f"case-{number}") for number in range(5)))
    model.add(*(opened(f"case-{number}", MORNING + number) for number in range(5)))
    other = events.Provider(code="NZZ", type="independent", nhs_contract=False, scheme_member=False)
    model.add(
        reported("case-nzz", facts=facts(providers=(other,)), harm="not_known", flags=8 | 1), partition=3
    )
    model.settle()


class Door:
    """What the door would say."""

    def __init__(self) -> None:
        self.cases: dict[str, KnownCase] = {}
        self.away = False

    def look(self, case_id: str) -> KnownCase | None:
        if self.away:
            raise DoorAway
        return self.cases.get(case_id)


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def app(filled: Filled, door: Door) -> FastAPI:
    made, access = FastAPI(), Access(SignIn(demonstration=True))
    made.include_router(cases.router(filled.store, access, AtDoor(door.look)))
    made.include_router(obligations.router(filled.store, access))
    made.include_router(audit.router(filled.store, access))
    return made


@pytest.fixture
def api(app: FastAPI) -> Asking:
    return Asking(app)


def read(api: Asking, path: str, status: int = 200, who: str | None = None, **query: Any) -> Any:
    headers = {"Authorization": f"Bearer demo:{who}"} if who else {}
    answer = api.get(path, {name: str(value) for name, value in query.items()}, headers)
    assert answer.status_code == status, answer.text
    return answer.json()


def test_case_has_its_obligation_and_its_timeline(api: Asking) -> None:
    case = read(api, "/api/cases/case-a")
    assert (case["provider"], case["kind"], case["settled"]) == ("RXX", "incident", True)
    assert [entry["type"] for entry in case["timeline"]] == ["reported", "relevant_person_notified"]
    assert case["timeline"][1]["at"] == "2014-01-07T10:59:59Z"
    assert "facts" not in case["timeline"][0]
    (obligation,) = case["obligations"]
    assert obligation["state"] == "met"
    assert obligation["due_at"] == "2014-01-08T23:59:59+00:00"
    assert obligation["satisfied_at"] == "2014-01-07T10:59:59Z"
    assert obligation["breached_at"] is None
    assert obligation["because"] == [
        "Moderate harm at an NHS trust.",
        "There was no breach.",
        "All was done.",
    ]
    assert case["escalations"] == []


def test_what_was_known_then_is_still_shown(api: Asking) -> None:
    then = read(api, "/api/obligations", as_at="2014-01-09T00:01:00Z", case_id="case-a")
    (obligation,) = then["obligations"]
    assert (obligation["state"], obligation["breached_at"]) == ("breached", "2014-01-09T00:00:30Z")
    assert (then["as_at"], then["settled"]) == ("2014-01-09T00:01:00Z", True)
    case = read(api, "/api/cases/case-a", as_at="2014-01-09T00:01:00+00:00")
    assert [entry["type"] for entry in case["timeline"]] == ["reported"]
    assert case["obligations"] == then["obligations"]


def test_filter_by_state_looks_at_the_state_of_then(api: Asking) -> None:
    query: dict[str, Any] = {"as_at": "2014-01-09T00:01:00Z", "case_id": "case-a"}
    assert len(read(api, "/api/obligations", state="breached", **query)["obligations"]) == 1
    assert read(api, "/api/obligations", state="met", **query)["obligations"] == []
    assert len(read(api, "/api/obligations", state="met", case_id="case-a")["obligations"]) == 1


def test_time_later_than_the_last_settled_tick_is_not_settled(api: Asking) -> None:
    assert read(api, "/api/obligations", as_at="2014-01-09T02:00:00Z")["settled"] is False
    assert read(api, "/api/cases/case-a", as_at="2014-01-09T02:00:00Z")["settled"] is False


def test_earlier_than_the_report_there_is_no_case(api: Asking) -> None:
    problem = read(api, "/api/cases/case-a", 404, as_at="2013-12-01T00:00:00Z")
    assert problem["status"] == 404


@pytest.mark.parametrize("path", ["/api/cases/case-a", "/api/obligations", "/api/audit/candour"])
@pytest.mark.parametrize(
    "text", ["yesterday", "2014-01-09", "2014-01-09T00:01:00", "0001-01-01T00:00:00+14:00"]
)
def test_time_that_is_none_is_refused_by_name(api: Asking, path: str, text: str) -> None:
    answer = api.get(path, {"as_at": text})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["errors"][0]["pointer"] == "/as_at"


def test_plus_sign_that_became_a_space_is_understood(api: Asking) -> None:
    answer = api.get("/api/obligations?as_at=2014-01-09T01:01:00+01:00&case_id=case-a")
    assert answer.json()["as_at"] == "2014-01-09T00:01:00Z"


@pytest.mark.parametrize("as_at", [None, "2014-01-09T00:01:00Z"])
def test_pages_hold_every_obligation_once(api: Asking, as_at: str | None) -> None:
    ids: list[str] = []
    query: dict[str, Any] = {"limit": 2} | ({"as_at": as_at} if as_at else {})
    while True:
        answer = read(api, "/api/obligations", **query)
        ids += [obligation["id"] for obligation in answer["obligations"]]
        if answer["next"] is None:
            break
        query["next"] = answer["next"]
    assert sorted(ids) == sorted(tell(f"case-{name}") for name in "a01234")


def test_filters_narrow(api: Asking) -> None:
    def count(**query: Any) -> int:
        return len(read(api, "/api/obligations", **query)["obligations"])

    assert count(provider="RXX", duty="tell", instrument="SC35_2013", owner_role="clinician") == 6
    assert count(provider="NZZ") == count(duty="write") == count(owner_role="nobody") == 0
    assert count(due_before="2014-01-08T00:00:00Z") == 0
    assert count(due_before="2014-01-10T00:00:00Z", state="open,breached") == 5


@pytest.mark.parametrize(
    ("field", "value"), [("state", "late"), ("next", "somewhere"), ("due_before", "soon"), ("limit", "0")]
)
def test_filter_that_makes_no_sense_is_refused_by_name(api: Asking, field: str, value: str) -> None:
    problem = read(api, "/api/obligations", 422, None, **{field: value})
    assert field in problem["errors"][0]["pointer"]


def test_unknown_harm_and_flags_are_named(api: Asking) -> None:
    case = read(api, "/api/cases/case-nzz")
    assert (case["harm"], case["flags"]) == ("not_known", ["harm_may_still_follow", "provider_not_known"])


def test_provider_reads_its_own_cases_only(api: Asking) -> None:
    assert read(api, "/api/obligations", who="safety:NZZ")["obligations"] == []
    assert len(read(api, "/api/obligations", who="safety:RXX")["obligations"]) == 6
    assert len(read(api, "/api/obligations", who="auditor")["obligations"]) == 6
    read(api, "/api/obligations", 403, who="safety:NZZ", provider="RXX")
    read(api, "/api/cases/case-a", 403, who="clinician:NZZ")
    read(api, "/api/cases/case-a", who="clinician:RXX")


def test_whose_case_it_is_today_decides_who_reads_how_it_was(api: Asking, filled: Filled) -> None:
    wrong = events.Provider(code="NZZ", type="independent", nhs_contract=False, scheme_member=False)
    filled.add(
        reported("case-moved", facts=facts(providers=(wrong,)), harm="none"),
        event(events.Enriched, "case-moved", "moved", LATER, changed=("provider",)),
    )
    filled.settle()
    then = "2014-01-09T00:01:00Z"
    assert read(api, "/api/cases/case-moved", who="clinician:RXX", as_at=then)["provider"] == "NZZ"
    assert read(api, "/api/cases/case-moved", who="clinician:RXX")["provider"] == "RXX"
    read(api, "/api/cases/case-moved", 403, who="clinician:NZZ", as_at=then)
    read(api, "/api/cases/case-moved", 403, who="clinician:NZZ")


CLAIMED = {
    "clinician": {"avoidability_stated", "material_fact_recorded", "fact_waits"},
    "safety": {
        "avoidability_stated",
        "material_fact_recorded",
        "fact_waits",
        "claim_opened",
        "patient_paid",
        "review_suggested",
        "signal_raised",
    },
    "reporter": set(),
}


@pytest.fixture(scope="module")
def claimed(filled: Filled) -> str:
    """A case with a claim, a review, a verdict, a new fact and a question that is asked about it."""
    trust = events.Provider(code="RVV", type="nhs_trust", nhs_contract=True, scheme_member=True)

    def told(kind: type[Record], event_id: str, **fields: Any) -> Record:
        return event(kind, "case-c", event_id, facts=facts(providers=(trust,)), **fields)

    def found(kind: type[outcomes.Outcome], subject: str, **fields: Any) -> outcomes.Outcome:
        return said(kind, "case-c", 1, MORNING, subject=subject, **fields)

    verdict = {"verdict": "unavoidable", "to": "family", "confidence": "not_said", "found_by": "not_said"}
    filled.add(
        reported("case-c", facts=facts(providers=(trust,))),
        opened("case-c", subject=tell("case-c", provider="RVV"), provider="RVV"),
        told(claims.AvoidabilityStated, "stated", evidence_hashes=(), **verdict),
        told(claims.MaterialFactRecorded, "fact"),
        told(claims.ClaimOpened, "claim", claim_id="C-1"),
        told(claims.PatientPaid, "paid", claim_id="C-1", pounds=100),
    )
    times = dict.fromkeys(("aware_at", "reported_at", "marked_at", "claim_opened_at"), MORNING)
    review: dict[str, Any] = {"claim_id": "C-1", "basis": "proposed", "markers": ("m",), **times}
    question = {"signal": "harm_graded_down", "question": "Why?", "about": "p1", "unit": "RVV|nurse"}
    filled.add(
        found(indemnity.FactWaits, "fact", event_id="fact", known_at=MORNING, due_at=DUE),
        found(indemnity.ReviewSuggested, "review", provider="RVV", **review),
    )
    filled.add(
        found(signal_types.SignalRaised, "signal", provider="RVV", at=MORNING, **question), topic=SIGNALS
    )
    filled.settle()
    return "case-c"


@pytest.mark.parametrize("role", CLAIMED)
def test_a_case_gives_away_no_more_than_the_lists_of_claims_families_and_signals(
    api: Asking, claimed: str, role: str
) -> None:
    for as_at in ("", "2014-01-09T00:01:00Z"):
        case = read(api, f"/api/cases/{claimed}", who=f"{role}:RVV", as_at=as_at)
        shown = {entry["type"] for entry in (*case["timeline"], *case["outcomes"])}
        assert shown - {"reported", "obligation_opened"} == CLAIMED[role]
        assert len(case["obligations"]) == 1


def test_what_the_door_alone_knows_is_shown_no_further(api: Asking, door: Door) -> None:
    state = CaseState(facts=facts(), potential="not_known", flags=0)
    known = [KnownEvent(kind, kind, MORNING, MORNING, None) for kind in ("reported", "claim_opened")]
    door.cases["claim-new"] = KnownCase("claim-new", state, None, MORNING, tuple(known))
    for who, types in (("reporter", ["reported"]), ("safety", ["reported", "claim_opened"])):
        timeline = read(api, "/api/cases/claim-new", who=who)["timeline"]
        assert [entry["type"] for entry in timeline] == types


@pytest.mark.parametrize("role", ["publisher", "admin"])
@pytest.mark.parametrize("path", ["/api/cases/case-a", "/api/obligations"])
def test_who_handles_releases_or_the_service_reads_no_case(api: Asking, path: str, role: str) -> None:
    refused = read(api, path, 403, who=role)
    assert "Cases are for auditor, clinician, director, reporter, safety" in refused["detail"]


def test_other_machine_signs_in_first(app: FastAPI) -> None:
    elsewhere = Asking(app, "192.0.2.7")
    for path in ("/api/obligations", "/api/cases/case-a", "/api/audit/candour"):
        assert read(elsewhere, path, 401)["title"] == "Sign in first"


def test_audit_is_not_for_every_role(api: Asking) -> None:
    read(api, "/api/audit/candour", 403, who="clinician")
    assert read(api, "/api/audit/candour", who="auditor")["result"] == "cases"


def test_case_known_to_the_door_alone_is_answered_as_not_settled(api: Asking, door: Door) -> None:
    state = CaseState(facts=facts(), potential="not_known", flags=0)
    report = KnownEvent("report-new", "reported", MORNING, MORNING, None)
    door.cases["new"] = KnownCase("new", state, None, MORNING, (report,))
    case = read(api, "/api/cases/new")
    assert (case["settled"], case["provider"], case["harm"]) == (False, TRUST.code, "moderate")
    assert case["patients"][0]["ref"] == "p1"
    assert [entry["event_id"] for entry in case["timeline"]] == ["report-new"]
    assert case["obligations"] == []
    read(api, "/api/cases/new", 403, who="safety:NZZ")


def test_case_with_a_follow_up_still_on_its_way_is_not_settled(api: Asking, door: Door) -> None:
    state = CaseState(facts=facts(), potential="not_known", flags=0)
    report = KnownEvent("report-case-1", "reported", MORNING, MORNING, None)
    door.cases["case-1"] = KnownCase("case-1", state, None, MORNING, (report,))
    assert read(api, "/api/cases/case-1")["settled"] is True
    coming = KnownEvent("coming", "contact_attempted", MORNING, MORNING, None)
    door.cases["case-1"] = KnownCase("case-1", state, None, MORNING, (report, coming))
    assert read(api, "/api/cases/case-1")["settled"] is False
    door.away = True
    assert read(api, "/api/cases/case-1")["settled"] is False


def test_case_that_nobody_knows_is_404(api: Asking) -> None:
    assert "no case" in read(api, "/api/cases/nowhere", 404)["detail"].lower()


def test_retracted_event_is_marked(api: Asking, filled: Filled) -> None:
    attempt = event(events.ContactAttempted, "case-r", "attempt-r", means="telephone", result="no_answer")
    retraction = event(events.EventRetracted, "case-r", "retract-r", retracted_event_id="attempt-r")
    filled.add(
        reported("case-r", facts=facts(patients=(patient(harm="low"),)), harm="low"), attempt, retraction
    )
    filled.settle()
    timeline = read(api, "/api/cases/case-r")["timeline"]
    assert [(entry["type"], entry["retracted_by"]) for entry in timeline] == [
        ("reported", None),
        ("contact_attempted", "retract-r"),
        ("event_retracted", None),
    ]


def test_case_is_not_settled_before_the_engine_has_decided(api: Asking, filled: Filled) -> None:
    filled.add(reported("case-u", harm="none"), partition=7)
    assert read(api, "/api/cases/case-u")["settled"] is False
    assert read(api, "/api/obligations")["settled"] is False
    filled.settle()
    assert read(api, "/api/cases/case-u")["settled"] is True
    assert read(api, "/api/obligations")["settled"] is True


def test_audit_counts_the_cohort(api: Asking) -> None:
    period: dict[str, Any] = {"provider": "RXX", "from": "2013-12-01T00:00:00Z"}
    whole = read(api, "/api/audit/candour", **period)
    assert whole["result"] == "cases"
    (row,) = whole["duties"]
    assert (row["duty"], row["family"], row["number_in_law"]) == ("tell", "contract", True)
    assert (row["met"], row["open_late"], row["open_in_time"], row["met_late"]) == (1, 5, 0, 0)
    assert (row["told"], row["median_days_from_awareness_to_told"]) == (1, 18.1)
    assert whole["counted_at"] == "2014-01-09T01:00:30Z"


def test_audit_as_at_counts_what_was_known_then(api: Asking) -> None:
    then = read(api, "/api/audit/candour", provider="RXX", as_at="2014-01-08T12:00:00Z")
    (row,) = then["duties"]
    assert (row["met"], row["open_in_time"], row["open_late"]) == (0, 6, 0)
    assert row["median_days_from_awareness_to_told"] is None


def test_duty_with_days_beyond_the_calendar_is_counted_as_one_with_days(api: Asking, filled: Filled) -> None:
    trust = events.Provider(code="RWW", type="nhs_trust", nhs_contract=True, scheme_member=True)
    version = parse(default_content()[1]).version
    undated: dict[str, Any] = {"policy_version": version, "provider": "RWW", "due_at": None}
    filled.add(reported("case-w", facts=facts(providers=(trust,))), opened("case-w", **undated))
    filled.settle()
    (row,) = read(api, "/api/audit/candour", provider="RWW")["duties"]
    assert (row["number_in_law"], row["open_without_date"], row["open_in_time"]) == (True, 1, 0)


def test_audit_names_each_patient_who_got_no_duty(api: Asking, filled: Filled) -> None:
    trust = events.Provider(code="RZZ", type="nhs_trust", nhs_contract=True, scheme_member=True)
    two = facts(providers=(trust,), patients=(patient("p1"), patient("p2")))
    filled.add(
        reported("case-z", facts=two),
        opened("case-z", subject=tell("case-z", provider="RZZ"), provider="RZZ"),
        reported("case-near", facts=facts(kind="near_miss", providers=(trust,))),
    )
    filled.settle()
    counted = read(api, "/api/audit/candour", provider="RZZ")
    (row,) = counted["duties"]
    assert (counted["moderate_or_worse"], row["obligations"], row["never_opened"]) == (2, 1, 1)
    assert counted["never_opened_though_moderate_or_worse"] == 1
    assert counted["never_opened_cases"] == ["case-z"]
    other = default_content()[1].replace('"outcome"]', '"outcome","near_miss"]')
    taken = said(outcomes.PolicyTaken, "", 1, LATER, subject="partition:0", sha256="", content=other)
    filled.add(replace(taken, case_id=None, policy_version=parse(other).version))
    assert read(api, "/api/audit/candour", provider="RZZ")["never_opened_cases"] == ["case-near", "case-z"]
    then = read(api, "/api/audit/candour", provider="RZZ", as_at="2014-01-08T12:00:00Z")
    assert then["never_opened_cases"] == ["case-z"]


def test_case_was_set_aside_for_as_long_as_it_was(api: Asking, filled: Filled) -> None:
    stumbled: dict[str, Any] = {"subject": "quarantine:case-q", "rule": "candour", "source_offset": 0}
    filled.add(
        reported("case-q"),
        said(outcomes.CaseQuarantined, "case-q", 1, MORNING + HOUR, error="KeyError", **stumbled),
        said(outcomes.CaseReadAgain, "case-q", 2, MORNING + 3 * HOUR, **stumbled),
    )
    filled.settle()

    def aside(**query: Any) -> Any:
        return read(api, "/api/cases/case-q", **query)["quarantined"]

    assert aside() == aside(as_at="2013-12-20T09:30:00Z") == []
    assert aside(as_at="2013-12-20T11:00:00Z") == [{"rule": "candour", "error": "KeyError"}]


def test_empty_cohort_is_no_cases(api: Asking) -> None:
    empty = read(api, "/api/audit/candour", provider="RYY")
    assert (empty["result"], empty["cases"], empty["duties"]) == ("no cases", 0, [])
    assert empty.keys() == read(api, "/api/audit/candour").keys()
    assert "%" not in str(empty)
    reversed_period: dict[str, Any] = {"from": "2014-01-02T00:00:00Z", "to": "2014-01-01T00:00:00Z"}
    assert read(api, "/api/audit/candour", 422, **reversed_period)["errors"][0]["pointer"] == "/to"
