"""Simulated histories: the same seed gives the same, mixed as the sources say, and fit to be accepted."""

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

import schemas
from command.simulate import Wish, simulate
from command.stack import Stack
from embedded.problems import StartError
from producers.body_types import Body
from producers.follow_ups import FOLLOW_UP
from producers.reports import ReportBody
from producers.role_names import OTHER, role_code
from producers.simulation import wards
from producers.simulation.draft import Action, OfCase, OfEvent
from producers.simulation.filling import check_clock, fingerprint, stretches
from producers.simulation.histories import histories
from producers.simulation.people import MOST, nhs_number
from producers.simulation.plan import FIRST_HOUR, LAST_HOUR, Participant, Plan, PlanRefused
from producers.simulation.volumes import GRADES, volumes
from rules.london import LONDON, at, day_of
from schemas.incident_types import FACTORS, TYPES

RXX = Participant("RXX", "nhs_trust", scheme_member=True, nhs_contract=True)
RYY = Participant("RYY", "nhs_foundation_trust", scheme_member=True, nhs_contract=True)
NZZ = Participant("NZZ", "independent_hospital", scheme_member=False, nhs_contract=True)
PLAN = Plan((RXX, RYY, NZZ), date(2013, 4, 1), date(2014, 9, 30), seed=7)
SHORT = replace(PLAN, last=date(2013, 6, 30), reports=40.0)
NEVER_EVENTS = Path(schemas.__file__).parent / "policy" / "never_events"
AT_ANY_HOUR = {"report", "escalation_acknowledged"}
MIDNIGHT = 60 * 24


@pytest.fixture(scope="module")
def actions() -> list[Action]:
    return histories(PLAN)


def reports(actions: list[Action]) -> list[Action]:
    return [action for action in actions if action.kind == "report"]


# -- the same, and another -------------------------------------------------------------------------


def test_the_same_seed_gives_the_same_histories() -> None:
    assert histories(SHORT) == histories(SHORT)
    assert fingerprint(SHORT, histories(SHORT)) == fingerprint(SHORT, histories(SHORT))


def test_another_seed_gives_others() -> None:
    other = replace(SHORT, seed=8)
    assert histories(other) != histories(SHORT)
    assert fingerprint(other, histories(other)) != fingerprint(SHORT, histories(SHORT))


def test_a_case_stays_the_same_when_another_provider_takes_part() -> None:
    two, three = replace(SHORT, participants=(RXX, RYY)), SHORT
    of_two = [action for action in histories(two) if action.provider == "RXX" and action.number == 0]
    of_three = {action.case: action for action in histories(three) if action.number == 0}
    same = [action for action in of_two if action.case in of_three]
    assert all(action.body["provider"] == of_three[action.case].body["provider"] for action in same)
    assert len(same) > 100


# -- how much of what ------------------------------------------------------------------------------


def test_the_shares_of_harm_are_those_of_the_source(actions: list[Action]) -> None:
    drawn = Counter(
        action.body["harm"]["physical"]
        for action in reports(actions)
        if "harm" in action.body and "never_event_type" not in action.body
    )
    known = sum(drawn[grade] for grade in GRADES)
    for grade, share in zip(GRADES, volumes().harm_on(PLAN.first).weights(), strict=True):
        assert drawn[grade] / known == pytest.approx(share, abs=0.02), grade
    assert 0 < drawn["not_known"] / known < 0.03
    assert drawn["severe"] > 10
    assert drawn["fatal"] > 5


def test_the_case_mix_is_that_of_the_source(actions: list[Action]) -> None:
    drawn = Counter(action.body["incident_type"] for action in reports(actions))
    for kind, share in volumes().case_mix.items():
        assert drawn[kind] / drawn.total() == pytest.approx(share, abs=0.02), kind
    assert sum(volumes().case_mix.values()) == pytest.approx(1)


def test_types_and_factors_are_such_as_the_log_may_name(actions: list[Action]) -> None:
    assert set(volumes().case_mix) <= TYPES.keys()
    assert {action.body["incident_type"] for action in reports(actions)} <= TYPES.keys()
    assert {one for action in reports(actions) for one in action.body.get("factors", ())} <= FACTORS.keys()


def test_near_misses_are_among_what_did_no_harm_and_some_could_have_killed(actions: list[Action]) -> None:
    near = [action.body for action in reports(actions) if action.body["kind"] == "near_miss"]
    assert 0.10 < len(near) / len(reports(actions)) < 0.15
    assert {body["harm"]["physical"] for body in near} == {"none"}
    assert {"severe", "fatal"} <= {body.get("could_have_been") for body in near}


def test_a_trust_reports_more_than_others_and_all_together_the_mean(actions: list[Action]) -> None:
    drawn = Counter(action.provider for action in reports(actions))
    assert drawn["NZZ"] < 0.5 * drawn["RXX"]
    assert drawn.total() == pytest.approx(PLAN.reports * 3 * 18, rel=0.06)


def test_some_never_events_come_to_light_in_a_later_month_than_they_occurred(actions: list[Action]) -> None:
    told = [action for action in reports(actions) if "never_event_type" in action.body]
    assert len(told) == pytest.approx(PLAN.never_events * 3 * 1.5, rel=0.4)
    late = {
        day_of(action.when).strftime("%Y-%m")
        for action in told
        if action.body["occurred_at"][:7] < day_of(action.when).strftime("%Y-%m")
    }
    assert {"2014-06", "2014-07", "2014-08"} <= late
    ends = Counter(action.kind for action in actions if action.kind.startswith("never_event"))
    assert ends["never_event_rejected"] > 2
    assert ends["never_event_confirmed"] > 15


@pytest.mark.parametrize("version", sorted(volumes().never_event_lists))
def test_kinds_of_never_events_are_of_the_lists_that_the_rule_goes_by(version: str) -> None:
    listed = tomllib.loads((NEVER_EVENTS / f"LIST_{version}.toml").read_text(encoding="utf-8"))
    types = {one["no"]: one for one in listed["type"]}
    assert listed["valid_from"] == volumes().never_event_lists[version]
    for kind in volumes().never_event_kinds:
        one = types[kind.numbers[version]]
        assert (one["gate"] == "none") is (version != "2011" or not kind.harmed), kind.name
        assert set(kind.subtypes) <= {subtype["code"] for subtype in one.get("subtype", ())}


def test_bundles_come_at_the_end_of_a_month_and_of_a_half_year(actions: list[Action]) -> None:
    by_day = Counter(day_of(action.when) for action in reports(actions))
    busiest = [day for day, _ in by_day.most_common(20)]
    assert date(2013, 11, 30) in busiest
    assert sum(day.day <= 4 for day in busiest) >= 10


def test_harm_gathers_on_one_ward_another_goes_silent_and_duties_are_closed_in_bulk(
    actions: list[Action],
) -> None:
    falls = [
        action.body["occurred_at"][:7]
        for action in reports(actions)
        if action.body["ward"] == wards.BAD_WARD and action.body["incident_type"] == "accident"
    ]
    usual, most = len(falls) / 18, Counter(falls).most_common(1)[0][1]
    assert most > 3 * usual
    heard = Counter(
        action.body["occurred_at"][:7]
        for action in reports(actions)
        if action.provider == "RYY" and action.body["ward"] == wards.SILENT_WARD
    )
    assert heard["2014-04"] == heard["2014-05"] == 0
    assert heard["2013-12"] > 3
    closed = Counter(day_of(one.when) for one in actions if one.kind == "obligation_stood_down")
    assert closed.most_common(1)[0][1] >= 10


def test_everything_that_the_rules_listen_for_is_there(actions: list[Action]) -> None:
    kinds = Counter(action.kind for action in actions)
    wanted = (
        "relevant_person_notified", "contact_declined", "harm_regraded", "obligation_stood_down",
        "case_linked", "event_retracted", "family_account_given", "investigation_completed",
        "findings_shared", "escalation_acknowledged", "escalation_acted",
        "serious_incident_declared", "steis_reported", "final_report_submitted", "claim_opened",
        "openness_finding_recorded", "indemnity_decision_recorded", "reimbursement_recorded",
        "patient_paid", "avoidability_stated", "material_fact_recorded", "material_fact_shared",
        "contravention_recorded",
    )  # fmt: skip
    assert [kind for kind in wanted if kinds[kind] < 2] == []


def test_a_determination_and_a_letter_come_once_the_statute_binds() -> None:
    later = replace(PLAN, first=date(2015, 1, 1), last=date(2015, 3, 31))
    kinds = Counter((action.kind, action.provider) for action in histories(later))
    assert kinds["notifiable_determination_recorded", "RXX"] > 5
    assert kinds["written_notification_sent", "RXX"] > 2
    assert kinds["notifiable_determination_recorded", "NZZ"] == 0


# -- fit to be accepted ----------------------------------------------------------------------------


def test_each_action_is_a_body_that_the_door_knows(actions: list[Action]) -> None:
    for action in actions:
        body: Body
        if action.kind == "report":
            body = ReportBody.model_validate(action.body)
        else:
            body = FOLLOW_UP.validate_python(
                {**action.body, **{name: str(uuid4()) for name in action.refers}}
            )
        assert not body.model_extra, action


def test_roles_are_such_as_the_log_may_name(actions: list[Action]) -> None:
    said = {action.body.get("by_role") for action in actions} | {
        (action.body.get("reporter") or {}).get("role") for action in actions
    }
    assert [role for role in said if role is not None and role_code(role) == OTHER] == []


def test_nobody_is_named_and_numbers_are_of_the_range_for_tests(actions: list[Action]) -> None:
    numbers = 0
    for action in actions:
        for name, value in _leaves(action.body):
            assert name not in ("name", "date_of_birth"), action
            if name == "nhs_number":
                numbers += 1
                assert str(value).startswith("999"), action
    assert numbers > 1000


def test_all_numbers_of_patients_are_valid() -> None:
    for serial in (0, 1, 17, MOST - 1):
        ReportBody.model_validate(
            {"kind": "incident", "what_happened": "-", "patients": [{"nhs_number": nhs_number(serial)}]}
        )
    assert len({nhs_number(serial) for serial in range(1000)}) == 1000


def test_what_is_referred_to_was_entered_before(actions: list[Action]) -> None:
    place = {(action.case, action.number): index for index, action in enumerate(actions)}
    referring = 0
    for index, action in enumerate(actions):
        assert action.number == 0 or place[action.case, 0] < index
        for to in action.refers.values():
            if isinstance(to, OfCase):
                assert place[to.case, 0] < index
            if isinstance(to, OfEvent):
                assert place[action.case, to.number] < index
            referring += 1
    assert referring > 100


def test_what_is_told_lies_in_order_and_not_ahead(actions: list[Action]) -> None:
    occurred: dict[int, datetime] = {}
    for action in actions:
        body, entered = action.body, at(action.when)
        if action.number == 0:
            told = [body[name] for name in ("occurred_at", "noticed_at", "reported_at") if name in body]
            times = [datetime.fromisoformat(one) for one in told]
            assert times == sorted(times), action
            occurred[action.case] = times[0]
        else:
            times = [datetime.fromisoformat(body["at"])] if "at" in body else []
            assert all(occurred[action.case] <= one for one in times)
        assert all(one <= entered for one in times), action


def test_no_midnight_lies_between_an_act_and_its_record_unless_it_was_recorded_days_later(
    actions: list[Action],
) -> None:
    for action in actions:
        if action.kind not in AT_ANY_HOUR:
            entered = at(action.when)
            minutes = entered.hour * 60 + entered.minute
            assert FIRST_HOUR * 60 <= minutes <= LAST_HOUR * 60, action


# -- ticks -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 4, 16])
def test_the_clock_ticks_so_often_on_each_day_and_once_when_all_is_over(count: int) -> None:
    plan = replace(SHORT, ticks_a_day=count)
    ticks = plan.ticks()
    assert list(ticks) == sorted(set(ticks))
    assert len(ticks) == count * len(plan.days) + 1
    assert at(ticks[count - 1]).hour == LAST_HOUR
    assert at(ticks[-1]) == datetime(2013, 7, 1, tzinfo=LONDON)


def test_each_action_goes_with_the_first_tick_that_is_not_before_it() -> None:
    drawn = histories(SHORT)
    placed = list(stretches(SHORT.ticks(), drawn))
    assert [action for stretch in placed for action in stretch.actions] == drawn
    before = 0
    for stretch in placed:
        assert all(before < action.when <= stretch.tick for action in stretch.actions)
        before = stretch.tick


# -- refused ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"last": date(2013, 3, 31)}, "--to 2013-03-31 lies before --from 2013-04-01"),
        ({"first": date(2010, 1, 1)}, "is not within"),
        ({"last": date(2040, 1, 1)}, "is not within"),
        ({"participants": ()}, "--provider-count must be at least 1"),
        ({"ticks_a_day": 0}, "--ticks-per-day is 0"),
        ({"reports": -1.0}, "fewer than no reports"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(change: dict[str, Any], told: str) -> None:
    with pytest.raises(PlanRefused, match=told):
        replace(PLAN, **change)


def test_the_clock_must_stand_before_the_first_tick_or_where_the_same_run_stopped() -> None:
    ticks = (100, 200, 300)
    check_clock(ticks, None, begun=False, whole=False)
    check_clock(ticks, 99, begun=False, whole=False)
    check_clock(ticks, 200, begun=True, whole=False)
    check_clock(ticks, 5000, begun=True, whole=True)
    with pytest.raises(PlanRefused, match="--from begins before that"):
        check_clock(ticks, 100, begun=False, whole=False)
    with pytest.raises(PlanRefused, match="moved on since"):
        check_clock(ticks, 250, begun=True, whole=False)


def test_a_stack_that_runs_by_the_system_clock_is_refused() -> None:
    stack = Stack(data="/nowhere", url="", kafka="", registry="", database="", clock="system")
    wish = Wish(5, PLAN.first, PLAN.last, 7, 1.0, 1.0, 4)
    with pytest.raises(StartError, match="system clock"):
        simulate(stack, wish)


def _leaves(node: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from _leaves(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from _leaves(value, name)
    else:
        yield name, node
