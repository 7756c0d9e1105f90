"""What law, contract or custom says of a duty, in the words of the policy files."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from rules.policy import read_folder


@dataclass(frozen=True)
class Clause:
    """`opens`: on what the duty opens. `firm`: whether every figure was confirmed; where not, `confidence`
    says which is."""

    text: str
    target_label: str
    confidence: str
    source: str
    opens: str

    @property
    def firm(self) -> bool:
        return not any(sign in self.confidence for sign in ("unconfirmed", "one secondary", "assumed"))


def clause(instrument: str | None, duty: str | None) -> Clause | None:
    """None for an instrument or duty of a version that is not here any more."""
    return _clauses().get((instrument or "", duty or ""))


def title(instrument: str | None) -> str:
    """The instrument's name in full; its id where that is not known."""
    return str(_instruments().get(instrument or "", {}).get("title") or instrument or "not known")


@cache
def proposed() -> str:
    """What stands wherever a page shows a claim, a marker, or what followed from either."""
    return str(read_folder("indemnity")["power"]["notice"])


@cache
def _instruments() -> dict[str, dict[str, Any]]:
    return {content["id"]: content for content in read_folder("candour").values() if "id" in content}


@cache
def _clauses() -> dict[tuple[str, str], Clause]:
    return {
        (id, duty["name"]): Clause(
            duty["clause"], duty.get("target_label", ""), duty["confidence"], duty["source"], duty["opens"]
        )
        for id, instrument in _instruments().items()
        for duty in instrument.get("duty", ())
    }
