"""What an indemnity policy may not say, and what the one in this repository says."""

import json
from typing import Any

import pytest

from rules.indemnity.policy import content_of, default_content, parse
from rules.indemnity.standing import FOUND, OPENED, Claim, new_objection
from rules.policy import PolicyRefused, read_folder
from schemas import indemnity_types as said

DAY = 86_400_000


def altered(name: str, **fields: Any) -> str:
    """The policy in this repository with some fields of one file changed; None takes a field out."""
    files = read_folder("indemnity")
    files[name] = {key: value for key, value in {**files[name], **fields}.items() if value is not None}
    return content_of(files)


def test_the_power_is_proposed_and_says_so() -> None:
    power = parse(default_content()[1]).power
    assert (power.status, power.basis) == ("proposed", "proposed")
    assert (str(power.consulted_from), str(power.consulted_to)) == ("2015-02-11", "2015-03-27")
    assert "never came into force" in power.notice
    assert "unconfirmed" in power.confidence


def test_a_time_that_no_source_gives_says_that_it_is_unconfirmed() -> None:
    facts = json.loads(default_content()[1])["facts"]
    assert facts["confidence"].startswith("unconfirmed")


def test_it_names_who_speaks_with_the_family_and_content_adopted_before_it_did_stays_valid() -> None:
    policy = parse(default_content()[1])
    assert (
        policy.fact_owner_role == policy.update_owner_role == "clinician responsible for the episode of care"
    )
    before = parse(altered("facts", owner_role=None))
    assert (before.fact_owner_role, before.share_within_days) == ("", policy.share_within_days)


def test_content_adopted_before_acts_were_read_so_goes_on_as_before() -> None:
    read = ("acts_in_order", "acts_outlast_closing", "scheme_roles")
    before, now = parse(altered("readings", **dict.fromkeys(read))), parse(default_content()[1])
    about: dict[str, Any] = {"recorded_at": 0, "claim_id": "C-1"}
    made = said.Testimony(event_id="1", kind=OPENED, at=DAY, by_role="", scheme_member=True, **about)
    early = said.Testimony(event_id="2", kind=FOUND, at=0, by_role="consultant", word="open", **about)
    for closed in (False, True):
        claim = Claim(opened=made, since=DAY, closed=closed)
        answers = [new_objection(claim, early, policy) for policy in (before, now)]
        assert [answer and answer[0] for answer in answers] == [
            "claim_closed" if closed else None,
            "not_a_member",
        ]
    assert not parse(altered("avoidability", each_patient=None)).each_patient
    assert not parse(altered("markers", links_said=None)).links_said


@pytest.mark.parametrize(
    ("name", "fields", "words"),
    [
        ("power", {"source": ""}, "power.toml: without source"),
        ("facts", {"confidence": ""}, "facts.toml: without source or confidence"),
        ("power", {"status": "in_force"}, "no valid_from or its basis is `proposed`"),
        ("power", {"basis": "statute"}, "its basis must be `proposed`"),
        ("facts", {"share_within_days": 0}, "share_within_days must be 1 or more"),
        ("avoidability", {"update_given_by": ["material_fact_shared"]}, "must hold `avoidability_stated`"),
        ("markers", {"kinds": ["suspicion"]}, "not an indemnity policy"),
        ("readings", {"future_tolerance_minutes": None}, "not an indemnity policy"),
        ("facts", {"share_within_weeks": 2}, "not an indemnity policy"),
    ],
)
def test_what_is_refused(name: str, fields: dict[str, Any], words: str) -> None:
    with pytest.raises(PolicyRefused, match=words):
        parse(altered(name, **fields))


def test_a_policy_in_force_says_from_when_and_by_what() -> None:
    content = altered("power", status="in_force", basis="contract", valid_from="2016-04-01")
    assert parse(content).power.basis == "contract"
