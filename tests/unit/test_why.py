"""Why each verdict was given: exactly its clauses, by their titles as people read them, and its evidence."""

from typing import Any

import pytest
from msgspec.structs import replace

from schemas.contracts import snake
from schemas.escalation_types import ESCALATION_OUTCOMES
from schemas.event_types import Reported
from schemas.indemnity_types import INDEMNITY_OUTCOMES
from schemas.never_event_types import NEVER_EVENT_OUTCOMES
from schemas.outcome_types import OBLIGATION_OUTCOMES
from schemas.signal_types import SIGNAL_OUTCOMES
from tests.spec.explained import MEMORY, explained, told, verdicts
from views.pages import why_view

Json = dict[str, Any]

_SC_2013 = "NHS Standard Contract 2013/14, Service Condition 35 / Service Condition 35: "
_SC_2014 = "NHS Standard Contract 2014/15, Service Condition 35 / Service Condition 35: "
HARM = "moderate harm, severe harm or death, actual or suspected"
REPORT = "report at once, at the latest within 10 operational days of becoming aware"
TELL = "tell the relevant person within 10 operational days of the report"
EXPLAIN = "a step-by-step explanation as soon as practicable, then regular updates"
_IN_PERSON = (
    "Regulation 20(2)(a) and (3): tell the relevant person in person as soon as reasonably practicable; "
    "no number of days"
)
_AS_MADE = "Regulation 20 of SI 2014/2936 as made / "
_AMENDED = "Regulation 20 of SI 2014/2936 as amended by SI 2015/64 / "
_WRITE = "Regulation 20(4)(a), (b) and (d): follow with a written notification; no number of days"
_NE_FRAMEWORK = "Never Events Policy and Framework, from 2015/16 / "
_WHATEVER = (
    "Never Events Framework 2015: tell the patient, family or carer as soon as possible, whatever the harm; "
    "no number of days"
)
_LIST_2011 = "Never events list of 2011/12, 25 types, unchanged by the framework of October 2012 / "
_LIST_2018 = "Never events list of 2018, 16 types of which 15 active; revised from 1 April 2021 / "
NO_GATE = "Readings / No grade of harm is asked for"
DEATH_OR_SEVERE = "Readings / Death or severe harm"
_SIF_2013 = "NHS Commissioning Board Serious Incident Framework, March 2013"
_SIF_2015 = "NHS England Serious Incident Framework, 27 March 2015"
STEIS_2013, STEIS_2015 = f"{_SIF_2013} / Report on StEIS", f"{_SIF_2015} / Report on StEIS"
UPDATE_2013 = f"{_SIF_2013} / Monthly update to the commissioner"
NEVER_EVENT = "Never event, suspected or confirmed"
BREACHED = "A duty of candour was breached"
PLACED = ("NHS provider", "within the hour")
POWER = (
    "Proposed power of the NHS Litigation Authority to reduce or remove indemnity, or to ask for "
    "reimbursement (informs)"
)
MARKERS, FACTS, AVOIDABILITY = "Markers (informs)", "Facts (informs)", "Avoidability (informs)"

Rests = list[tuple[str, tuple[str, ...]]]

IN_2013 = """
    2013-12-20 09:00  report harm=moderate never_event=2011/1 occurred=2013-12-19T22:10
    2013-12-20 10:00  declared grade_2
    2013-12-23 09:00  confirm 2011/1 subtype=wrong_side
    2014-01-09 00:01  tick
    2014-01-09 09:00  told at=2014-01-07T11:00
    2014-02-03 10:00  claim C-1
    2014-02-03 11:00  contravention cqc
    2014-03-04 10:00  finding C-1 not_open
    2014-03-05 10:00  decision C-1 reduce share=40
    2014-04-10 10:00  tick
"""
RESTS_IN_2013: Rests = [
    ("never_event_proposed", (f"{_LIST_2011}Wrong site surgery", NO_GATE, f"{_LIST_2011}Payment")),
    ("obligation_opened", (_SC_2013 + HARM, _SC_2013 + REPORT)),
    ("obligation_opened", (_SC_2013 + HARM, _SC_2013 + TELL)),
    ("obligation_met", (_SC_2013 + REPORT,)),
    ("escalation_raised", (NEVER_EVENT, *PLACED)),
    ("serious_step_taken", (_SIF_2013,)),
    ("serious_clock_started", (STEIS_2013,)),
    ("serious_clock_started", (f"{_SIF_2013} / Investigation of grade 2",)),
    ("serious_clock_started", (UPDATE_2013,)),
    (
        "never_event_counted",
        (
            f"{_LIST_2011}Wrong site surgery",
            f"{_LIST_2011}Wrong side",
            NO_GATE,
            f"{_LIST_2011}Payment",
        ),
    ),
    ("ground_taken", (NEVER_EVENT,)),
    ("obligation_breached", (_SC_2013 + TELL,)),
    ("escalation_climbed", (NEVER_EVENT, *PLACED)),
    ("serious_clock_missed", (STEIS_2013,)),
    ("escalation_raised", (BREACHED, "NHS provider", "next working day")),
    ("evidence_marked", (MARKERS,)),
    ("breach_withdrawn", (_SC_2013 + TELL,)),
    ("obligation_met", (_SC_2013 + TELL,)),
    ("obligation_opened", (_SC_2013 + HARM, _SC_2013 + EXPLAIN)),
    ("ground_fallen", (BREACHED,)),
    ("escalation_closed", (BREACHED,)),
    ("marker_withdrawn", (MARKERS,)),
    ("signal_raised", ("Recorded late (informs)",)),
    ("review_suggested", (MARKERS, POWER)),
    ("openness_found", (POWER,)),
    ("indemnity_decided", (POWER,)),
    ("serious_clock_missed", (UPDATE_2013,)),
    ("escalation_climbed", (NEVER_EVENT, "NHS provider", "clinical commissioning group", "within the hour")),
    ("serious_clock_missed", (f"{_SIF_2013} / Investigation of grade 2",)),
]

IN_2015 = """
    2015-01-14 10:00  report harm=severe never_event=2011/4 occurred=2015-01-13T08:00
    2015-01-14 11:00  declared grade_1
    2015-01-19 09:00  confirm 2011/4
    2015-01-20 09:00  declared grade_1 investigation=independent
    2015-02-20 09:00  tick
    2015-03-09 10:00  claim C-2
    2015-04-21 10:00  regrade severe low
"""
_INJECTABLE = f"{_LIST_2011}Wrongly prepared high-risk injectable medication"
RESTS_IN_2015: Rests = [
    ("never_event_proposed", (_INJECTABLE, DEATH_OR_SEVERE, f"{_LIST_2011}Payment")),
    ("obligation_opened", (f"{_AS_MADE}Regulation 20(7) as made", _AS_MADE + _IN_PERSON)),
    ("obligation_opened", (_SC_2014 + HARM, _SC_2014 + REPORT)),
    ("obligation_opened", (_SC_2014 + HARM, _SC_2014 + TELL)),
    ("obligation_met", (_SC_2014 + REPORT,)),
    ("escalation_raised", ("Death or severe harm", STEIS_2013, *PLACED)),
    ("escalation_raised", (NEVER_EVENT, *PLACED)),
    ("serious_step_taken", (_SIF_2013, f"{_SIF_2013} / Grade of a never event")),
    ("serious_clock_started", (STEIS_2013,)),
    ("serious_clock_started", (f"{_SIF_2013} / Investigation of grade 1",)),
    ("serious_clock_started", (UPDATE_2013,)),
    ("never_event_counted", (_INJECTABLE, DEATH_OR_SEVERE, f"{_LIST_2011}Payment")),
    ("ground_taken", (NEVER_EVENT, f"{_SIF_2013} / Grade of a never event")),
    ("serious_clock_redated", (f"{_SIF_2013} / Independent investigation",)),
    ("target_passed", (_AS_MADE + _IN_PERSON,)),
    ("obligation_breached", (_SC_2014 + TELL,)),
    ("escalation_climbed", (NEVER_EVENT, *PLACED)),
    ("escalation_climbed", ("Death or severe harm", *PLACED)),
    ("serious_clock_missed", (STEIS_2013,)),
    ("serious_clock_missed", (UPDATE_2013,)),
    ("escalation_raised", (BREACHED, "NHS provider", "next working day")),
    ("evidence_marked", (MARKERS,)),
    ("review_suggested", (MARKERS, POWER)),
    ("never_event_withdrawn", (_INJECTABLE, DEATH_OR_SEVERE)),
    ("ground_fallen", (NEVER_EVENT,)),
    ("escalation_closed", (NEVER_EVENT,)),
    ("signal_raised", ("Graded down (informs)",)),
]

IN_2022 = """
    2022-07-04 10:00  report harm=moderate occurred=2022-07-03T08:00 never_event=2018/1
    2022-07-05 10:00  declared investigation=comprehensive
    2022-07-06 10:00  confirm 2018/1 subtype=wrong_tooth
    2022-07-07 10:00  determined yes
    2022-07-28 10:00  told at=2022-07-08T10:00
    2022-08-01 10:00  contravention court
    2022-08-02 10:00  claim C-3
    2022-11-01 10:00  tick
"""
RESTS_IN_2022: Rests = [
    ("never_event_proposed", (f"{_LIST_2018}Wrong site surgery", NO_GATE, f"{_LIST_2018}Payment")),
    ("obligation_opened", (f"{_AMENDED}Regulation 20(8)", _AMENDED + _IN_PERSON)),
    (
        "obligation_opened",
        (f"{_NE_FRAMEWORK}A never event, whatever the harm", _NE_FRAMEWORK + _WHATEVER),
    ),
    ("escalation_raised", (NEVER_EVENT, *PLACED)),
    ("serious_step_taken", (_SIF_2015,)),
    ("serious_clock_started", (STEIS_2015,)),
    ("serious_clock_started", (f"{_SIF_2015} / Initial review within 72 hours",)),
    ("serious_clock_started", (f"{_SIF_2015} / Investigation, concise or comprehensive",)),
    ("never_event_withdrawn", (f"{_LIST_2018}Wrong tooth extracted",)),
    ("obligation_stood_down", (_NE_FRAMEWORK + _WHATEVER,)),
    ("ground_fallen", (NEVER_EVENT,)),
    ("escalation_closed", (NEVER_EVENT,)),
    ("obligation_confirmed", (_AMENDED + _IN_PERSON,)),
    ("obligation_met", (_AMENDED + _IN_PERSON,)),
    ("obligation_opened", (f"{_AMENDED}Regulation 20(8)", _AMENDED + _WRITE)),
    ("signal_raised", ("Recorded late (informs)",)),
    ("evidence_marked", (MARKERS,)),
    ("review_suggested", (MARKERS, POWER)),
    ("target_passed", (_AMENDED + _WRITE,)),
    ("serious_clock_missed", (STEIS_2015,)),
    ("serious_clock_missed", (f"{_SIF_2015} / Initial review within 72 hours",)),
    ("serious_clock_missed", (f"{_SIF_2015} / Investigation, concise or comprehensive",)),
]

DUTIES = """
    2013-12-20 09:00  report harm=moderate
    2014-01-06 00:01  tick
    2014-01-06 09:00  stand_down
    2014-01-06 10:00  told at=2014-01-20T09:00
    2014-01-06 11:00  attempt
    2014-01-06 12:00  E: declined
    2014-01-07 09:00  retract E
    2014-01-09 00:01  tick
    2014-01-10 09:00  told
    2014-01-10 10:00  told at=2014-01-09T12:00
    2014-01-11 09:00  family not_told
    2014-01-12 08:00  linked duplicate
    2014-06-01 08:00  enrich potential=low
"""
STEPS = """
    2013-12-20 09:00  report harm=severe occurred=2013-12-19T22:10 danger
    2013-12-20 09:05  A: acknowledged death_or_severe_harm
    2013-12-20 09:06  delivered death_or_severe_harm email sent
    2013-12-20 09:07  retract A
    2013-12-20 09:10  acknowledged death_or_severe_harm
    2013-12-21 10:00  tick
    2013-12-21 11:00  acted death_or_severe_harm made_safe
    2013-12-21 11:30  pattern cluster C-7 same=ward count=5 days=30
    2013-12-22 10:00  declared grade_1
    2013-12-23 10:00  S: steis
    2013-12-24 10:00  retract S
    2013-12-25 10:00  steis at=2014-12-25T10:00
    2014-01-10 00:01  tick
    2014-01-10 10:00  steis at=2013-12-24T10:00
    2014-01-13 10:00  F: final_report root_cause lessons action_plan
    2014-01-14 10:00  retract F
    2014-01-15 10:00  updated
    2014-01-16 10:00  closed
    2014-01-17 10:00  delogged agreed
"""
AGAIN = """
    2013-12-20 09:00  report harm=low never_event=2011/1 occurred=2013-12-19T22:10
    2013-12-20 10:00  declared grade_1
    2013-12-20 11:00  confirm 2011/1
    2013-12-24 10:00  delogged agreed
    2015-05-04 10:00  declared investigation=comprehensive
    2015-05-05 10:00  steis
    2015-08-10 10:00  tick
"""
LEDGER = """
    2013-12-20 09:00  report harm=low never_event=2011/1
    2013-12-20 10:00  enrich occurred=2013-12-19T21:00
    2013-12-20 11:00  C: confirm 2011/3 subtype=left_on_clinical_judgement
    2013-12-21 11:00  confirm 2011/4
    2013-12-22 11:00  retract C
    2013-12-22 12:00  enrich occurred=2008-12-19T21:00
    2013-12-23 11:00  enrich occurred=2013-12-19T21:00
    2013-12-24 11:00  confirm 2011/3 at=2014-12-24T11:00
    2013-12-24 12:00  confirm 2011/3
    2013-12-25 11:00  reject
    2013-12-26 11:00  confirm 2011/1
    2013-12-27 11:00  linked duplicate
"""
CARRIED_OVER = """
    2013-12-20 09:00  report harm=low never_event=2018/3 occurred=2013-12-19T22:10
"""
SUSPENDED = """
    2022-07-04 10:00  R: report harm=low never_event=2018/16 occurred=2022-07-03T08:00
    2022-07-04 11:00  confirm 2018/16
    2022-07-04 12:00  confirm 2018/1
    2022-07-05 12:00  retract R
"""
CLAIM = """
    2014-02-01 09:00  report harm=low
    2014-02-01 10:00  finding C-9 open
    2014-02-01 11:00  claim C-1
    2014-02-01 12:00  decision C-1 none
    2014-02-02 12:00  shared unknown
    2014-02-03 09:00  K: contravention cqc
    2014-02-03 10:00  F: finding C-1 not_open
    2014-02-03 11:00  D: decision C-1 reduce share=40
    2014-02-03 12:00  R: reimbursement C-1 proposed 20
    2014-02-03 13:00  reimbursement C-1 proposed 90
    2014-02-03 14:00  P: paid C-1 5000
    2014-02-04 09:00  retract P
    2014-02-04 10:00  retract R
    2014-02-04 11:00  retract D
    2014-02-04 12:00  retract F
    2014-02-04 13:00  retract K
    2014-02-05 09:00  contravention cqc
    2014-02-05 09:30  contravention court
    2014-02-05 10:00  close C-1
"""
FAMILY = """
    2014-02-01 09:00  report harm=low
    2014-02-01 10:00  stated unavoidable to=family held=chart
    2014-02-02 10:00  V: stated avoidable to=internal held=chart
    2014-02-03 10:00  stated avoidable to=family
    2014-02-04 10:00  retract V
    2014-02-05 10:00  F: fact
    2014-03-01 10:00  tick
    2014-03-02 10:00  shared F at=2014-02-06T10:00
    2014-03-03 10:00  retract F
"""
OUTSIDER = """
    2015-06-01 10:00  report harm=low by=VZZ provider_not_known
    2015-06-02 10:00  claim C-1
    2015-06-02 11:00  finding C-1 open
    2015-06-03 10:00  enrich by=VZZ
"""
_GRADE_1 = f"{_SIF_2013} / Investigation of grade 1"
EACH: list[tuple[str, dict[str, set[tuple[str, ...]]]]] = [
    (
        DUTIES,
        {
            "evidence_taken": {(), ("Readings",)},
            "deadline_warned": {(_SC_2013 + TELL,)},
            "stand_down_refused": {("Readings", _SC_2013 + TELL)},
            "obligation_discharged": {(_SC_2013 + TELL,)},
            "obligation_reopened": {(_SC_2013 + TELL,)},
            "obligation_met_late": {(_SC_2013 + TELL,)},
            "obligation_disputed": {(_SC_2013 + TELL,)},
            "obligation_redated": {(_SC_2013 + EXPLAIN,)},
            "obligation_merged": {(_SC_2013 + EXPLAIN,)},
            "signal_raised": {("Accounts differ (informs)",)},
        },
    ),
    (
        STEPS,
        {
            "escalation_taken": {("Death or severe harm",)},
            "escalation_returned": {("Death or severe harm", *PLACED)},
            "escalation_overdue": {("Death or severe harm", "within the hour")},
            "escalation_closed": {("Death or severe harm",)},
            "escalation_raised": {
                ("Immediate danger", "NHS provider", "now"),
                ("Death or severe harm", STEIS_2013, *PLACED),
                ("A cluster", "NHS provider", "next working day"),
                (BREACHED, "NHS provider", "next working day"),
            },
            "serious_step_taken": {
                (_SIF_2013,),
                (STEIS_2013,),
                ("Readings", STEIS_2013),
                (_GRADE_1,),
                (UPDATE_2013,),
            },
            "serious_clock_redated": {(_GRADE_1,)},
            "serious_clock_met": {(STEIS_2013,), (_GRADE_1,), (UPDATE_2013,)},
            "serious_clock_missed": {(STEIS_2013,)},
            "serious_miss_withdrawn": {(STEIS_2013,)},
            "serious_clock_reopened": {(STEIS_2013,), (_GRADE_1,)},
            "serious_clock_withdrawn": {(_SIF_2013,)},
        },
    ),
    (
        AGAIN,
        {
            "ground_taken": {(NEVER_EVENT, f"{_SIF_2013} / Grade of a never event")},
            "serious_clock_withdrawn": {(_SIF_2013,)},
            "serious_clock_met": {(STEIS_2015,)},
            "serious_clock_missed": {
                (f"{_SIF_2015} / Initial review within 72 hours",),
                (f"{_SIF_2015} / Investigation, concise or comprehensive",),
            },
        },
    ),
    (
        LEDGER,
        {
            "statement_taken": {(), ("Readings",)},
            "never_event_proposed": {("Readings", f"{_LIST_2011}Wrong site surgery", NO_GATE)},
            "never_event_restated": {(f"{_LIST_2011}Wrong site surgery", NO_GATE, f"{_LIST_2011}Payment")},
            "never_event_withdrawn": {
                (f"{_LIST_2011}Object known to be missing and left on clinical judgement",),
                (_INJECTABLE, DEATH_OR_SEVERE),
                ("Readings",),
                (f"{_LIST_2011}Retained foreign object post-operation",),
            },
            "signal_ended": {("Never event without date (informs)",)},
        },
    ),
    (
        CARRIED_OVER,
        {
            "never_event_proposed": {
                (
                    f"{_LIST_2011}Retained foreign object post-operation",
                    NO_GATE,
                    f"{_LIST_2011}Payment",
                    "Retained foreign object",
                )
            }
        },
    ),
    (
        SUSPENDED,
        {
            "never_event_withdrawn": {
                (f"{_LIST_2018}Undetected oesophageal intubation",),
                (f"{_LIST_2018}Wrong site surgery",),
            }
        },
    ),
    (
        CLAIM,
        {
            "testimony_taken": {()},
            "testimony_refused": {("Readings (informs)",), (POWER,), (FACTS,)},
            "review_suggested": {(MARKERS, POWER)},
            "review_restated": {(MARKERS, POWER)},
            "review_withdrawn": {(MARKERS, POWER), (POWER,)},
            "marker_withdrawn": {(MARKERS,)},
            "reimbursement_stated": {(POWER,)},
            "reimbursement_withdrawn": {(POWER,)},
            "decision_withdrawn": {(POWER,)},
            "finding_withdrawn": {(POWER,)},
            "payment_counted": {(POWER,)},
            "payment_withdrawn": {(POWER,)},
        },
    ),
    (
        FAMILY,
        {
            "evidence_marked": {(MARKERS,)},
            "family_update_owed": {(AVOIDABILITY,)},
            "family_update_given": {(AVOIDABILITY,)},
            "family_update_withdrawn": {(AVOIDABILITY,)},
            "fact_waits": {(FACTS,)},
            "fact_not_shared": {(FACTS,)},
            "fact_alarm_withdrawn": {(FACTS,)},
            "fact_told": {(FACTS,)},
            "fact_dropped": {(FACTS,)},
        },
    ),
    (OUTSIDER, {"testimony_taken": {(POWER,)}, "signal_ended": {("Provider not known (informs)",)}}),
]


def clauses(verdict: Json) -> tuple[str, ...]:
    """`INSTRUMENT / TITLE`, and whether it only informs."""
    return tuple(
        (f"{one['instrument']} / " if one["instrument"] else "")
        + one["title"]
        + ("" if one["binds"] else " (informs)")
        for one in verdict["clauses"]
    )


@pytest.mark.parametrize(
    ("history", "expected"),
    [(IN_2013, RESTS_IN_2013), (IN_2015, RESTS_IN_2015), (IN_2022, RESTS_IN_2022)],
    ids=["2013", "2015", "2022"],
)
def test_each_verdict_of_a_year_rests_on_exactly_its_clauses(history: str, expected: Rests) -> None:
    found = dict.fromkeys((one["type"], clauses(one)) for one in verdicts(history))
    assert [one for one in found if one[0] not in MEMORY] == expected
    assert not [one for one in found if one[0] in MEMORY and one[1]]


@pytest.mark.parametrize(("history", "expected"), EACH)
def test_what_is_refused_withdrawn_or_taken_back_rests_on_its_clauses_too(
    history: str, expected: dict[str, set[tuple[str, ...]]]
) -> None:
    found: dict[str, set[tuple[str, ...]]] = {}
    for one in verdicts(history):
        found.setdefault(one["type"], set()).add(clauses(one))
    assert {kind: found.get(kind) for kind in expected} == expected


def test_every_type_that_a_rule_can_say_has_a_clause_or_is_memory() -> None:
    bare, heard = set(), set()
    histories = [IN_2013, IN_2015, IN_2022, *(history for history, _ in EACH)]
    log, case_id = told("2013-12-20 09:00  report harm=moderate\n2014-01-07 09:00  told")
    without_report = [one for one in log if not isinstance(one, Reported)]
    for one in [
        *explained(without_report, case_id),
        *(one for history in histories for one in verdicts(history)),
    ]:
        heard.add(one["type"])
        if not one["clauses"] and one["type"] not in MEMORY:
            bare.add(one["type"])
        if one["rule"] not in ("candour", "escalation", "signals") and one["reason"] != [
            "What this entry rested on was entered by mistake and has been retracted."
        ]:
            assert one["evidence"], one
    assert not bare
    kinds = (
        *OBLIGATION_OUTCOMES,
        *ESCALATION_OUTCOMES,
        *INDEMNITY_OUTCOMES,
        *NEVER_EVENT_OUTCOMES,
        *SIGNAL_OUTCOMES,
    )
    assert heard == {snake(kind.__name__) for kind in kinds}


def evidence(verdict: Json) -> list[str]:
    """As people read it, without the times."""
    return [
        (f"verdict {one['verdict']}: " if one["verdict"] else "")
        + one["type"]
        + ("" if one["counts"] else " does not count")
        for one in verdict["evidence"]
    ]


def test_each_verdict_names_the_records_and_the_earlier_verdicts_that_it_rests_on() -> None:
    found = verdicts(IN_2013)
    numbers = {one["type"]: one["number"] for one in found}
    held = {(one["type"], *clauses(one)[:1]): evidence(one) for one in reversed(found)}
    counted = f"verdict {numbers['never_event_counted']}: never_event_counted"
    proposed = f"verdict {numbers['never_event_proposed']}: never_event_proposed"
    breached = f"verdict {numbers['obligation_breached']}: obligation_breached"
    assert held["never_event_counted", f"{_LIST_2011}Wrong site surgery"] == [
        "reported",
        "never_event_confirmed",
    ]
    assert held["ground_taken", NEVER_EVENT] == [proposed, counted]
    assert held["escalation_raised", BREACHED] == [breached]
    assert held["ground_fallen", BREACHED] == [f"{breached} does not count"]
    assert held["serious_clock_missed", STEIS_2013] == ["serious_incident_declared"]
    assert held["evidence_marked", MARKERS] == [breached]
    assert held["marker_withdrawn", MARKERS] == [f"{breached} does not count"]
    assert held["review_suggested", MARKERS] == ["claim_opened", "contravention_recorded"]
    assert held["indemnity_decided", POWER] == [
        "claim_opened",
        "openness_finding_recorded",
        "indemnity_decision_recorded",
        "contravention_recorded",
    ]
    assert held["signal_raised", "Recorded late (informs)"] == ["relevant_person_notified"]
    assert held["obligation_opened", _SC_2013 + HARM] == ["reported"]
    (raised,) = [one for one in found if one["type"] == "escalation_raised" and evidence(one) == [breached]]
    assert why_view.evidence(raised["evidence"][0]).startswith(
        f"Verdict {numbers['obligation_breached']}: late – breached, said "
    )


def test_a_never_event_is_no_evidence_about_regulation_20_nor_a_determination_about_the_ledger() -> None:
    held = {
        clauses(one)[-1]: evidence(one)
        for one in verdicts(IN_2022)
        if one["type"] in ("obligation_stood_down", "obligation_met")
    }
    assert held[_AMENDED + _IN_PERSON] == ["notifiable_determination_recorded", "relevant_person_notified"]
    assert [one.partition(": ")[2] for one in held[_NE_FRAMEWORK + _WHATEVER]] == [
        "never_event_proposed",
        "never_event_withdrawn",
    ]


def test_a_clock_of_what_is_declared_again_is_judged_by_the_steps_since() -> None:
    held = {one["type"]: evidence(one) for one in verdicts(AGAIN)}
    assert held["serious_clock_withdrawn"] == ["serious_incident_declared", "serious_incident_delogged"]
    assert held["serious_clock_met"] == ["serious_incident_declared", "steis_reported"]


def test_a_retraction_of_what_the_case_does_not_have_is_told_as_such() -> None:
    log, case_id = told(
        """
        2013-12-20 09:00  report harm=moderate
        2014-01-07 09:00  A: told
        2014-01-08 09:00  retract A
        """
    )
    foreign = replace(log[-1], retracted_event_id="of-another-case")
    (withdrawn,) = [
        one for one in explained([*log[:-1], foreign], case_id) if one["type"] == "evidence_withdrawn"
    ]
    assert evidence(withdrawn) == ["not_known does not count"]
    assert [why_view.evidence(one) for one in withdrawn["evidence"]] == [
        "A record that this case does not have – does not count"
    ]


def test_a_contradiction_is_held_with_both_verdicts_and_one_that_was_retracted_does_not_count() -> None:
    found = verdicts(FAMILY)
    marked, withdrawn = (
        next(evidence(one) for one in found if one["type"] == kind)
        for kind in ("evidence_marked", "marker_withdrawn")
    )
    assert marked == ["avoidability_stated", "avoidability_stated"]
    assert withdrawn == ["avoidability_stated", "avoidability_stated does not count"]


def test_a_verdict_is_about_what_stands_by_then_not_about_what_was_said_first() -> None:
    found = [one for one in verdicts(LEDGER) if one["type"] == "never_event_counted"]
    assert [one["about"]["type_no"] for one in found] == [3, 1]
    climbed = [one for one in verdicts(IN_2013) if one["type"] == "escalation_climbed"]
    assert [one["about"]["level"] for one in climbed][:2] == [2, 3]
    (review,) = [one for one in verdicts(IN_2013) if one["type"] == "review_suggested"]
    assert "Markers" not in dict(why_view.figures(review)), "ids are no figures; its evidence names them"
    (signal,) = [one for one in verdicts(IN_2015) if one["type"] == "signal_raised"]
    assert why_view.title(signal) == "Signal raised: harm graded down (RXX)"
