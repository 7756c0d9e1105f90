"""The door knows by the id alone whether a case can have an escalation: none that is raised is strange."""

import json

import pytest

from producers.escalations import Named, can_have
from rules import escalation
from rules.candour.policy import default_content as candour_policy
from rules.escalation.policy import default_content as escalation_policy
from schemas.escalation_types import EscalationRaised
from schemas.event_types import CaseEvent
from tests.spec import test_escalation_climbing, test_escalation_closing, test_escalation_triggers
from tests.spec.escalations import EscalationLaw, tell

LAWS = [
    law
    for module in (test_escalation_climbing, test_escalation_closing, test_escalation_triggers)
    for law in module.TOPIC.cases
]
PATTERNS = ("cluster", "repeat_after_alert")
TRIGGERS = frozenset((one["name"], one["rests_on"]) for one in json.loads(escalation_policy()[1])["triggers"])
DUTIES = frozenset(
    (instrument["id"], duty["name"])
    for instrument in json.loads(candour_policy()[1])["instruments"]
    for duty in instrument.get("duty", ())
)


@pytest.mark.parametrize("law", LAWS, ids=str)
def test_every_escalation_that_is_raised_is_one_that_the_case_can_have(law: EscalationLaw) -> None:
    chain = tell(law.history)
    facts = [record.facts for record in chain.log if isinstance(record, CaseEvent)]
    named = Named(
        TRIGGERS,
        DUTIES,
        tuple({patient.ref for one in facts for patient in one.patients}),
        frozenset(provider.code for one in facts for provider in one.providers),
    )
    for outcome in chain.said[escalation.RULE.name]:
        if isinstance(outcome, EscalationRaised) and outcome.trigger not in PATTERNS:
            assert outcome.case_id is not None
            assert can_have(outcome.case_id, named, outcome.subject)
            assert not can_have("another case", named, outcome.subject)
