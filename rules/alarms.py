"""When ticks have something to say: the next alarm of each subject, in the order of time and then of id."""

from bisect import bisect_left
from collections.abc import Sequence

from sortedcontainers import SortedDict

from schemas.event_types import Instant


class Alarms:
    """Of one partition. Kept by time: most of a million deadlines fall on the end of some hundred days."""

    def __init__(self) -> None:
        self._ids: SortedDict = SortedDict()  # time -> ids of the subjects in their order, a list: least room

    def add(self, when: Instant, id: str) -> None:
        ids = self._ids.get(when)
        if ids is None:
            self._ids[when] = [id]
        elif not _holds(ids, at := bisect_left(ids, id), id):
            ids.insert(at, id)

    def discard(self, when: Instant, id: str) -> None:
        """Does nothing where there is no such alarm."""
        ids = self._ids.get(when)
        if ids is not None and _holds(ids, at := bisect_left(ids, id), id):
            del ids[at]
            if not ids:
                del self._ids[when]

    @property
    def first(self) -> Instant | None:
        """The time of the earliest; None where none is set."""
        return self._ids.peekitem(0)[0] if self._ids else None

    def due(self, as_of: Instant) -> list[str]:
        """The ids whose alarm a tick of this time reaches, in the order of their alarms."""
        return [id for when in self._ids.irange(maximum=as_of) for id in self._ids[when]]

    def __eq__(self, other: object) -> bool:
        """Whether the same alarms are set."""
        return isinstance(other, Alarms) and self._ids == other._ids


def _holds(ids: Sequence[str], at: int, id: str) -> bool:
    return at < len(ids) and ids[at] == id
