"""The two policies that a release rests on: how figures are published, and the lists that they are by."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rules.never_events import policy as lists
from rules.publication import policy as publication
from schemas.event_types import Instant
from schemas.outcome_types import Outcome, PolicyTaken


@dataclass(frozen=True, eq=False)
class Terms:
    policy: publication.Policy
    lists: lists.Policy

    def kind_name(self, version: str, number: int) -> str | None:
        """What its list calls a type; None for a type of no list."""
        on_list = self.lists.list_of(version)
        kind = on_list.type_of(number) if on_list else None
        return kind.name if kind else None

    def subtype_title(self, kind: tuple[str, int] | None, code: str | None) -> str | None:
        """None for what the list does not know, which could be anything that somebody typed."""
        on_list = self.lists.list_of(kind[0]) if kind else None
        of_type = on_list.type_of(kind[1]) if on_list and kind else None
        found = of_type.subtype_of(code) if of_type else None
        return found.title if found else None

    def series_of(self, day: date) -> str:
        """Which stretch between two breaks a day lies in, by its first day: figures compare within one."""
        return max((one.on.isoformat() for one in self.lists.breaks if one.on <= day), default="")


def in_force(policy: publication.Policy, said: Iterable[Outcome], as_of: Instant) -> Terms | None:
    """With the lists that the never-events rule had last taken by then; None where it had none yet."""
    taken = [one for one in said if isinstance(one, PolicyTaken) and one.recorded_at <= as_of]
    if not taken:
        return None
    newest = max(taken, key=lambda one: (one.recorded_at, one.subject, one.revision))
    return Terms(policy, lists.parse(newest.content))


def default() -> Terms:
    """Of the policies in this repository."""
    return Terms(publication.parse(publication.default_content()[1]), lists.parse(lists.default_content()[1]))
