"""Which obligation a person means, worked out from its id without asking anybody."""

import json
from itertools import product

from sqlalchemy import Connection

from producers import adopted
from producers.facts import CaseState
from rules.identity import obligation_id


def subject_of(connection: Connection, case_id: str, state: CaseState, wanted: str) -> tuple[str, str] | None:
    """Patient and provider of the obligation with this id; None where this case cannot have it."""
    duties = duties_of(connection)
    patients = [patient.ref for patient in state.facts.patients]
    for patient, provider in product(patients, state.provider_codes()):
        if any(
            obligation_id(case_id, patient, provider, duty, instrument) == wanted
            for instrument, duty in duties
        ):
            return patient, provider
    return None


def duties_of(connection: Connection) -> set[tuple[str, str]]:
    """(instrument, duty) of every candour policy that was ever adopted."""
    return {
        (instrument["id"], duty["name"])
        for content in adopted.contents(connection, "candour")
        for instrument in json.loads(content)["instruments"]
        for duty in instrument.get("duty", ())
    }
