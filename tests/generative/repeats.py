"""What people recorded, each record once: a log may repeat itself."""

from collections.abc import Sequence

from schemas.event_types import CaseEvent, Record


def first_heard(log: Sequence[Record]) -> list[CaseEvent]:
    """In the order in which each was heard for the first time."""
    found: dict[str, CaseEvent] = {}
    for one in log:
        if isinstance(one, CaseEvent):
            found.setdefault(one.event_id, one)
    return list(found.values())
