"""Codes of incident types and factors: what is not one is kept with the words, noted, and never refused."""

from collections.abc import Iterable

from schemas.incident_types import FACTORS, TYPES


def incident_type(said: str | None, notes: list[str]) -> str | None:
    return next(iter(_known([said] if said else [], TYPES, "type of incident", notes)), None)


def factors(said: Iterable[str] | None, notes: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_known(said or (), FACTORS, "factor", notes)))


def _known(said: Iterable[str], codes: dict[str, str], what: str, notes: list[str]) -> list[str]:
    found = []
    for word in said:
        code = "_".join(word.lower().split())
        if code in codes:
            found.append(code)
        elif code != "not_sure":
            notes.append(f"“{word[:60]}” is not the code of a {what} here; your words are kept in the vault.")
    return found
