"""Which releases the public has seen: those that were signed, taken from the log in the order of signatures.

A signature counts where it is for the figures that were drafted and checked, and where these say what changed
since what the public saw last of that year: else a figure would move, or come back, without a reason.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from rules.publication.terms import Terms
from rules.publication.windows import Window
from schemas.event_types import Instant


class Made(NamedTuple):
    """A release that was drafted before, with the terms it rests on. `stopped`: by a check."""

    id: str
    window: Window
    as_of: Instant
    revision: int
    supersedes: str | None
    sha256: str
    stopped: bool
    terms: Terms


class Signature(NamedTuple):
    """Of the figures with this SHA-256, by a director; `at`: when it was recorded."""

    at: Instant
    event_id: str
    release_id: str
    sha256: str


def newest(of_year: Iterable[Made]) -> Made | None:
    """The one whose window ends last, and of those the last revision."""
    return max(of_year, key=lambda one: (one.window.last, one.revision), default=None)


def taken(made: Iterable[Made], signatures: Iterable[Signature]) -> dict[str, Signature]:
    """The signatures that count, by the id of their release."""
    by_id = {one.id: one for one in made}
    public: dict[date, Made] = {}
    found: dict[str, Signature] = {}
    for each in sorted(signatures):
        one = by_id.get(each.release_id)
        if one is None or one.id in found or one.stopped or one.sha256 != each.sha256:
            continue
        seen = public.get(one.window.first)
        if one.terms.policy.follows_signed and one.supersedes != (seen.id if seen else None):
            continue
        found[one.id] = each
        public[one.window.first] = newest(filter(None, (seen, one))) or one
    return found
