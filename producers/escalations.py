"""Whether a case can have the escalation that a person means, worked out from its id without asking anybody.

What names another does nothing on the log, and the one that was meant would go on climbing unnoticed.
"""

import json
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

from sqlalchemy import Connection

from producers import adopted
from producers.obligations import corrected, duties_of
from producers.refusals import wrong
from producers.visit import OpenCase, Visit
from rules.escalation.triggers import never_event_subject
from rules.identity import escalation_id, obligation_id

_OF_DUTIES = ("breach", "warning")
_PATTERN = "pattern_detected"


class Named(NamedTuple):
    """What the id of an escalation may be made of. `triggers`: their names, with what they rest on."""

    triggers: frozenset[tuple[str, str]]
    duties: frozenset[tuple[str, str]]
    patients: tuple[str, ...]
    providers: frozenset[str]


def check(visit: Visit, case: OpenCase, wanted: str) -> None:
    """Raises `Refused` for an id that no escalation of this case can have."""
    named = Named(
        triggers=_triggers(visit.connection),
        duties=frozenset(duties_of(visit.connection)),
        patients=tuple(patient.ref for patient in case.state.facts.patients),
        providers=frozenset(case.state.provider_codes()),
    )
    if can_have(case.case_id, named, wanted):
        return
    known = visit.events_of(case)
    found_in_pattern = any(kind == _PATTERN for kind, _ in known)  # its id is known over there alone
    before = named._replace(providers=corrected(changes for _, changes in known))
    if not found_in_pattern and not can_have(case.case_id, before, wanted):
        mend = "Take the id from the case's escalations."
        raise wrong("/escalation_id", "is no escalation that this case can have.", mend)


def can_have(case_id: str, named: Named, wanted: str) -> bool:
    """Patterns aside, whose ids are their own."""
    return any(
        escalation_id(case_id, trigger, about) == wanted
        for trigger, rests_on in named.triggers
        for about in _about(case_id, named, rests_on)
    )


def _about(case_id: str, named: Named, rests_on: str) -> Iterator[str | None]:
    if rests_on in _OF_DUTIES:
        for patient, provider, (instrument, duty) in product(named.patients, named.providers, named.duties):
            yield obligation_id(case_id, patient, provider, duty, instrument)
    else:
        yield never_event_subject(case_id) if rests_on == "never_event" else None


def _triggers(connection: Connection) -> frozenset[tuple[str, str]]:
    """Of every policy on escalation that was ever adopted: later ones do not route what was raised before."""
    return frozenset(
        (trigger["name"], trigger["rests_on"])
        for content in adopted.contents(connection, "escalation")
        for trigger in json.loads(content)["triggers"]
    )
