"""A "yes" that names no limb of Regulation 20(9): taken as it is, and told to whoever recorded it."""

from sqlalchemy import Connection

from producers import adopted
from rules.candour.policy import parse
from rules.candour.standing import LIMB_NOT_NAMED
from schemas.event_types import CaseEvent, NotifiableDeterminationRecorded

NOT_NAMED = (
    "The limb of Regulation 20(9) by which this is notifiable was not named. The determination counts, and "
    "it stands that the limb is missing: record the determination again with the limb, for instance 20(9)(b)."
)


def notes(connection: Connection, record: CaseEvent) -> list[str]:
    """By the policy adopted last, as the rule will note it."""
    if not isinstance(record, NotifiableDeterminationRecorded) or not record.decision or record.limb:
        return []
    policy = parse(adopted.newest(connection, "candour"))
    noted = LIMB_NOT_NAMED in policy.readings.noted
    return [NOT_NAMED] if noted and policy.asks_for_limb(record.facts, record.provider) else []
