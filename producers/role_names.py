"""Roles as the log may name them. What somebody typed could be a name, and the log is for ever."""

import re

OTHER = "other"

_SPOKEN = """
    accountable acting acute admin administrator advocate allied ambulance anaesthetic anaesthetist
    assistant associate attending auditor band bank board caldicott call candour care carer chair
    chaplain charge chief clerk clinic clinical clinician commissioner commissioning community consultant
    coroner court cqc dental dentist
    deputy director district doctor domestic duty emergency engineer examiner executive facilities
    fellow foundation general governance gp guardian head health healthcare home hospital house in
    infection investigator junior lead legal liaison locum manager maternity matron medical medicine
    mental midwife midwifery monitor nhsla non nurse nursing obstetrician of officer on optometrist paediatric
    paediatrician paramedic partner pathologist patient person pharmacist pharmacy physician
    physiotherapist physiotherapy porter practice practitioner prevention professional psychiatrist
    psychologist psychology publisher quality radiographer radiologist receptionist registered registrar
    reporter responsible reviewer risk safeguarding safety scientist secretary senior service services sister
    social specialist speciality specialty staff student superintendent supervisor support surgeon
    surgery surgical team technician theatre therapist therapy trainee trust unit visitor volunteer ward
    worker
"""
_WORDS = frozenset(_SPOKEN.split()) | {"and", "for", "the"}


def role_code(words: str | None) -> str | None:
    """In snake case where each word is one that roles are made of, else `other`; None where not said."""
    if words is None or not words.strip():
        return None
    parts = [part for part in re.split(r"[\s_\-/&,]+", words.strip().lower()) if part]
    return "_".join(parts) if 0 < len(parts) <= 6 and _WORDS.issuperset(parts) else OTHER
