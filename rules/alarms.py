"""When ticks have something to say: the next alarm of each subject, in the order of time and then of id.

What is added is put in its place when somebody asks, or when there is much of it: a state that is rebuilt
from a million outcomes is sorted a few times instead of searched a million times.
"""

from sortedcontainers import SortedList

from schemas.event_types import Instant

_AT_LEAST = 10_000
_SHARE = 4

Alarm = tuple[Instant, str]


class Alarms:
    """Of one partition. An alarm is (from when, id of its subject)."""

    def __init__(self) -> None:
        self._sorted: SortedList = SortedList()
        self._added: set[Alarm] = set()

    def add(self, when: Instant, id: str) -> None:
        self._added.add((when, id))
        if len(self._added) > _AT_LEAST + len(self._sorted) // _SHARE:
            self._sort()

    def discard(self, when: Instant, id: str) -> None:
        """Does nothing where there is no such alarm."""
        if (when, id) in self._added:
            self._added.remove((when, id))
        else:
            self._sorted.discard((when, id))

    def due(self, as_of: Instant) -> list[str]:
        """The ids whose alarm a tick of this time reaches, in the order of their alarms."""
        self._sort()
        return [id for _, id in self._sorted.irange(maximum=(as_of, "\uffff"))]

    def __eq__(self, other: object) -> bool:
        """Whether the same alarms are set, asked for or not."""
        if not isinstance(other, Alarms):
            return NotImplemented
        self._sort()
        other._sort()
        return bool(self._sorted == other._sorted)

    __hash__ = None  # type: ignore[assignment]

    def _sort(self) -> None:
        if self._added:
            self._sorted.update(self._added)
            self._added = set()
