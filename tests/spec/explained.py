"""A case told in the notation of the law to all rules, and why each verdict on it was given.

All words of the rules are understood. What was said is what follows, as on a log that is clean.
"""

from functools import lru_cache
from hashlib import sha256
from typing import Any

from rules.case_rules import RULES
from schemas.codec import Codec
from schemas.contracts import snake
from schemas.event_types import CaseEvent, Record
from stream_apps.explaining import Follows, Hearing, Stood, compared, rereading
from tests.spec import asked, claims, escalations, ledger
from tests.spec.notation import lines
from views import why
from views.reading_why import Explanation

Json = dict[str, Any]
CODEC = Codec.local()

MEMORY = {
    "evidence_taken", "evidence_withdrawn", "statement_taken", "statement_withdrawn", "testimony_taken",
    "testimony_withdrawn", "serious_step_withdrawn", "duties_noted", "delivery_heard",
}  # fmt: skip
"""They remember a record, and judge nothing by an article of law."""


class WholeCase(escalations.EscalationCase, claims.ClaimCase, asked.AskedCase):
    pass


def told(history: str) -> tuple[list[Record], str]:
    """The log, and the id of its case."""
    case = WholeCase()
    log = [*claims.first_records(), ledger.policy_record(), escalations.policy_record(), asked.adoption()]
    for line in lines(history):
        log += case.records(line)
    return log, case.case_id


@lru_cache
def verdicts(history: str) -> list[Json]:
    return explained(*told(history))


def explained(log: list[Record], case_id: str) -> list[Json]:
    hearing = Hearing(RULES, CODEC.encode, 0, case_id, rereading(dict(enumerate(log))), {})
    for offset, record in enumerate(log):
        hearing.hear(offset, record)
    follows = [one for one in hearing.told.follows if one.outcome.case_id == case_id]
    events = {offset: one for offset, one in enumerate(log) if isinstance(one, CaseEvent)}
    shape = why.shape(
        Explanation(
            case_id=case_id,
            partition=0,
            providers=(),
            findings=compared([_stood(number, one) for number, one in enumerate(follows)], follows),
            events={one.event_id: one for one in events.values()},
            places={one.event_id: offset for offset, one in events.items()},
            policies=hearing.told.policies,
            adopted=(),
            whole=True,
            all_weighed=True,
            newest_tick=None,
            known_since=0,
        ),
        None,
    )
    assert shape["agrees"]
    found: list[Json] = shape["verdicts"]
    return found


def _stood(offset: int, one: Follows) -> Stood:
    outcome = one.outcome
    return Stood(
        id=one.id, rule=one.rule, type=snake(type(outcome).__name__), topic=one.rule, offset=offset,
        source_offset=one.offset, part=one.part, sha256=sha256(one.payload).digest(), subject=outcome.subject,
        revision=outcome.revision, recorded_at=outcome.recorded_at, cause=outcome.cause, outcome=outcome,
    )  # fmt: skip
