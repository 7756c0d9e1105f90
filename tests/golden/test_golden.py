"""What a release decided over its log is decided today: a verdict changes by a policy, never by a deploy."""

from collections.abc import Sequence

import pytest

from rules.candour.policy import Policy, parse
from rules.case_rules import RULES
from rules.policy import IN_FORCE
from schemas.event_types import PolicyAdopted, Record
from tests.golden.golden import (
    APPS,
    HERE,
    TODAY,
    decided,
    differences,
    other_bytes,
    read,
    read_log,
    told,
)

KEPT = sorted((file.parent.name, app) for app in APPS for file in HERE.glob(f"*/{app}.ndjson"))


@pytest.mark.parametrize(("release", "app"), KEPT)
def test_the_same_follows_as_followed_then(release: str, app: str) -> None:
    now = list(decided(read_log(release, app), APPS[app]))
    found = differences(read(f"{release}/{app}.outcomes.ndjson"), (line for line, _ in now))
    assert not found, "\n".join(found[:20])
    others = other_bytes(release, app, now)
    assert not others, "the same in other bytes:\n" + "\n".join(others[:20])


@pytest.mark.parametrize("app", APPS)
def test_todays_is_told_under_the_law_as_it_is_now(app: str) -> None:
    """Policy and calendar versions carry the hash of their content."""
    kept, now = read_log(TODAY, app), told(app)
    assert _versions(kept) == _versions(now), "the law's files have changed; run: python -m tests.golden"
    assert kept == now, "the histories have changed; run: python -m tests.golden"


def _versions(log: Sequence[Record]) -> dict[str, str]:
    return {one.rule: one.version for one in log if isinstance(one, PolicyAdopted)}


def test_every_rule_and_every_instrument_that_brings_duties_is_in_it() -> None:
    outcomes = read(f"{TODAY}/cases.outcomes.ndjson")
    assert {one["rule"] for one in outcomes} == {rule.name for rule in RULES}
    policy = next(
        parse(one.content)
        for one in read_log(TODAY, "cases")
        if isinstance(one, PolicyAdopted) and one.rule == "candour"
    )
    assert {one["instrument"] for one in outcomes if "instrument" in one} == _bringing_duties(policy)


def _bringing_duties(policy: Policy) -> set[str]:
    return {id for id, one in policy.instruments.items() if one.status == IN_FORCE and one.duty}


def test_a_changed_verdict_is_told_with_what_differs() -> None:
    before = read(f"{TODAY}/cases.outcomes.ndjson")
    opened = next(one for one in before if one["type"].endswith("ObligationOpened"))
    later = [one | {"due_at": "2013-06-18T22:59:59.000Z"} if one is opened else one for one in before]
    (found,) = differences(before, later)
    assert f"due_at: was {opened['due_at']!r}, is '2013-06-18T22:59:59.000Z'" in found
    assert "is None" in differences(before, before[:-1])[0]
