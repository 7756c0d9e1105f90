"""Who is who among duties: an obligation's id follows from what it is, so that anybody can work it out."""

from uuid import UUID, uuid5

OBLIGATIONS = UUID("5b0c4d52-8d0c-4a50-9a3a-3c1c2ad0a6f4")


def obligation_id(case_id: str, patient: str, provider: str, duty: str, instrument: str) -> str:
    """One obligation for each case, patient (by reference), provider (by code), duty and instrument."""
    return str(uuid5(OBLIGATIONS, "|".join((case_id, patient, provider, duty, instrument))))
