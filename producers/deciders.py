"""Who found or decided, by name: sealed beside the reporters, apart from the texts, and never on the log."""

from rules.indemnity.standing import DECIDED, FOUND

NAMED = frozenset({FOUND, DECIDED})
"""The records that somebody in person answers for (requirements row 38)."""
NOT_NAMED = (
    "by_name is missing: this counts, and nobody will be able to say who in person answers for it. "
    "Record it again with by_name."
)


def notes(type: str, name: str | None) -> list[str]:
    """What whoever recorded it is told where no name was given."""
    return [NOT_NAMED] if type in NAMED and name is None else []
