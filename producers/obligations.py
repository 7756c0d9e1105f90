"""Which obligation a person means, worked out from its id without asking anybody."""

import json
from collections.abc import Iterable
from itertools import product

from sqlalchemy import Connection

from producers import adopted
from producers.facts import Changes
from producers.visit import OpenCase, Visit
from rules.identity import obligation_id


def subject_of(visit: Visit, case: OpenCase, wanted: str) -> tuple[str, str] | None:
    """Patient and provider of the obligation with this id; None where this case cannot have it."""
    duties = duties_of(visit.connection)
    patients = [patient.ref for patient in case.state.facts.patients]
    providers = (*case.state.provider_codes(), *corrected(changes for _, changes in visit.events_of(case)))
    for patient, provider in product(patients, providers):
        if any(
            obligation_id(case.case_id, patient, provider, duty, instrument) == wanted
            for instrument, duty in duties
        ):
            return patient, provider
    return None


def corrected(changes: Iterable[Changes]) -> frozenset[str]:
    """The codes of providers that were corrected since: a duty of theirs may still ask somebody to act."""
    return frozenset(
        code
        for one in changes
        for pointer, values in one.items()
        if pointer.startswith("/facts/providers/") and pointer.endswith("/code")
        for code in values
        if code
    )


def duties_of(connection: Connection) -> set[tuple[str, str]]:
    """(instrument, duty) of every candour policy that was ever adopted."""
    return {
        (instrument["id"], duty["name"])
        for content in adopted.contents(connection, "candour")
        for instrument in json.loads(content)["instruments"]
        for duty in instrument.get("duty", ())
    }
