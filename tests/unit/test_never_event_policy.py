"""The lists of never events as data: what is there, and what is refused."""

from collections.abc import Callable
from copy import deepcopy
from datetime import date
from typing import Any

import pytest

from rules.never_events.policy import content_of, default_content, parse
from rules.never_events.standing import judge
from rules.policy import PolicyRefused, read_folder
from schemas.event_types import CaseFacts
from schemas.never_event_types import Statement
from tests.spec.notation import PROVIDERS, moment

Files = dict[str, dict[str, Any]]


@pytest.fixture
def files() -> Files:
    return deepcopy(read_folder("never_events"))


def test_every_list_has_its_types() -> None:
    """law.md §4.1 to §4.5"""
    found = {one.version: len(one.type) for one in parse(default_content()[1]).lists}
    assert found == {"2009": 8, "2010": 8, "2011": 25, "2015": 14, "2018": 16}


def test_every_day_from_april_2009_has_one_list() -> None:
    policy = parse(default_content()[1])
    days = {"2009-03-31": None, "2009-04-01": "2009", "2015-03-31": "2011", "2015-04-01": "2015"}
    days |= {"2018-01-31": "2015", "2018-02-01": "2018", "2030-01-01": "2018"}
    for text, version in days.items():
        in_force = policy.list_on(date.fromisoformat(text))
        assert (in_force.version if in_force else None) == version, text


def test_the_breaks_of_the_series() -> None:
    """law.md §4.1; what begins in April 2025 is unconfirmed."""
    breaks = parse(default_content()[1]).breaks
    assert [str(one.on) for one in breaks] == [
        "2011-04-01",
        "2015-04-01",
        "2018-02-01",
        "2021-04-01",
        "2025-04-01",
    ]
    assert "unconfirmed" in breaks[-1].confidence


def test_nothing_is_recovered_from_february_2018() -> None:
    rules = {one.version: one.payment.rule for one in parse(default_content()[1]).lists}
    assert rules == {
        "2009": "none",
        "2010": "recoverable",
        "2011": "recoverable",
        "2015": "recoverable",
        "2018": "never",
    }


def _overlap(files: Files) -> None:
    files["LIST_2015"]["valid_from"] = date(2015, 3, 31)


def _gap(files: Files) -> None:
    files["LIST_2015"]["valid_from"] = date(2015, 4, 2)


def _no_source(files: Files) -> None:
    files["LIST_2011"]["type"][0]["source"] = ""


def _twice(files: Files) -> None:
    files["LIST_2011"]["type"][1]["no"] = 1


def _no_gate(files: Files) -> None:
    del files["readings"]["gates"]["death"]


def _misnamed(files: Files) -> None:
    files["LIST_2011"]["id"] = "LIST_2012"


def _no_breaks(files: Files) -> None:
    del files["breaks"]


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (_overlap, "LIST_2011 and LIST_2015 overlap"),
        (_gap, "a gap between LIST_2011 and LIST_2015"),
        (_no_source, "LIST_2011: type without source"),
        (_twice, "LIST_2011: each type needs a number of its own"),
        (_no_gate, "has the gate death, which readings.toml lacks"),
        (_misnamed, "LIST_2011.toml: its id is 'LIST_2012'"),
        (_no_breaks, "breaks.toml is missing"),
    ],
)
def test_what_cannot_be_adopted_is_refused_with_its_place(
    files: Files, spoil: Callable[[Files], None], told: str
) -> None:
    spoil(files)
    with pytest.raises(PolicyRefused) as refused:
        parse(content_of(files))
    assert told in str(refused.value)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (["2011/4", "2015/99"], "2015/99 is no type of a list"),
        (["2011/4", "2018/16"], "2018/16 is no type of a list, or is suspended"),
        (["2011/4", "2011/7"], "names a list twice"),
        (["2011/1", "2015/7"], "2011/1 stands there twice"),
    ],
)
def test_what_was_carried_over_has_one_answer(files: Files, row: list[str], told: str) -> None:
    known = files["carried_over"]["carried_over"]
    known.append(known[0] | {"types": row})
    with pytest.raises(PolicyRefused, match=told):
        parse(content_of(files))


def test_a_policy_that_was_adopted_before_carries_nothing_over(files: Files) -> None:
    del files["carried_over"]
    policy = parse(content_of(files))
    held = policy.list_of("2011")
    assert held is not None
    assert policy.carried_over("2015", 3, held) is None


@pytest.mark.parametrize(
    ("asked", "by", "told"),
    [(True, "RXX", True), (True, "PZZ", False), (True, "???", None), (False, "RXX", None)],
)
def test_an_entry_says_whether_its_provider_has_a_contract(
    files: Files, asked: bool, by: str, told: bool | None
) -> None:
    """Under a policy that was adopted before this came it says nothing, and neither where nobody can know."""
    if not asked:
        del files["readings"]["tells_contract"]
    policy = parse(content_of(files))
    facts = CaseFacts(
        kind="incident",
        reported_at=moment("2014-05-02T10:00"),
        aware_at=moment("2014-05-02T10:00"),
        aware_assumed=False,
        occurred_at=moment("2014-05-01T10:00"),
        providers=(PROVIDERS[by],),
        patients=(),
    )
    said = Statement(
        event_id="1", kind="proposed", at=facts.reported_at, counts=True, policy_version=policy.version
    )
    stands = judge([said], facts, {policy.version: policy})
    assert stands is not None
    assert stands.cell.nhs_contract is told
