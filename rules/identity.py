"""Who is who among duties and outcomes: ids follow from what they name, so that anybody can work them out."""

from hashlib import sha1
from uuid import UUID

OBLIGATIONS = UUID("5b0c4d52-8d0c-4a50-9a3a-3c1c2ad0a6f4")
OUTCOMES = UUID("1f7c6a54-6f5e-4f0e-8a63-0c6f6f2d9b11")
ESCALATIONS = UUID("a6a1b0c2-1c53-4a2f-9d0f-7d2b6d7a5e90")
INDEMNITY = UUID("0b7f7b1e-2f53-4c39-9a0e-54d2f1a7c8e3")
SIGNALS = UUID("6f2c0b6e-91d5-4f6a-8a1e-3c1b7f0d5a24")

_VARIANT = dict(zip("0123456789abcdef", "89ab" * 4, strict=True))
"""By RFC 9562 the two highest bits of this digit are 10."""


def name_based(namespace: UUID, name: str) -> str:
    """`str(uuid5(namespace, name))`, several times as fast: every outcome takes one."""
    digits = sha1(namespace.bytes + name.encode(), usedforsecurity=False).hexdigest()
    variant = _VARIANT[digits[16]]
    return f"{digits[:8]}-{digits[8:12]}-5{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:32]}"


def obligation_id(case_id: str, patient: str, provider: str, duty: str, instrument: str) -> str:
    """One obligation for each case, patient (by reference), provider (by code), duty and instrument."""
    return name_based(OBLIGATIONS, f"{case_id}|{patient}|{provider}|{duty}|{instrument}")


def review_id(case_id: str, claim_id: str) -> str:
    """One review for each claim of a case."""
    return indemnity_id("review", case_id, claim_id)


def indemnity_id(kind: str, case_id: str, *about: str) -> str:
    """`kind`: marker, review, payment, family_update, fact; `about`: the claim, or the events it rests on."""
    return name_based(INDEMNITY, "|".join((kind, case_id, *about)))


def escalation_id(case_id: str, trigger: str, about: str | None = None) -> str:
    """One escalation for each case, trigger and what it is about: an obligation, a pattern, or the case."""
    return name_based(ESCALATIONS, f"{case_id}|{trigger}|{about or ''}")


def serious_clock_id(case_id: str, clock: str) -> str:
    """`clock`: steis, initial_review, investigation, or the month of an update as `update 2013-11`.

    What was declared again after it was taken off has the id of that declaration behind it.
    """
    return name_based(ESCALATIONS, f"{case_id}|serious|{clock}")


def signal_id(case_id: str, kind: str, of: str | None = None) -> str:
    """One signal for each case and kind, or for each record (`of`) of it."""
    return name_based(SIGNALS, f"{case_id}|{kind}|{of or ''}")
