"""Codes as people write them: without underscores, and letters that are said one by one in capitals."""

import re

_SAID_BY_LETTER = re.compile(r"\b(cqc|gp|nhs|nhsla|tda)\b")


def spelt(codes: str) -> str:
    """`nhs_trust, gp_practice` as `NHS trust, GP practice`."""
    return _SAID_BY_LETTER.sub(lambda found: found[0].upper(), codes.replace("_", " "))


def titled(code: str) -> str:
    """`ward_manager` as `Ward manager`."""
    text = spelt(code)
    return text[:1].upper() + text[1:]
