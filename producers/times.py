"""The order in which things can have happened: it occurred, was noticed, was reported, all by now."""

from datetime import UTC, datetime
from itertools import pairwise

from producers.refusals import Fault, Refused
from schemas.cloud_events import rfc3339
from schemas.event_types import Instant

EARLIEST = int(datetime(1948, 1, 1, tzinfo=UTC).timestamp() * 1000)
AHEAD_MS = 10 * 60 * 1000
KEPT_MS = 7 * 24 * 60 * 60 * 1000
"""How long a browser may have kept a report. Shorter than ten operational days, the shortest that run from it
(law.md §1.7): none is late at the moment when it comes."""


def faults(now: Instant, **times: Instant | None) -> list[Fault]:
    """Of times by field name, given in the order in which they must have come: not before 1948, not ahead."""
    found = [
        fault
        for name, when in times.items()
        if when is not None and (fault := _out_of_range(name, when, now))
    ]
    known = [(name, when) for name, when in times.items() if when is not None]
    for (earlier, first), (later, second) in pairwise(known):
        if first > second:
            detail = f"is {rfc3339(first)}, which is after {later}, {rfc3339(second)}."
            found.append(
                Fault(f"/{earlier}", detail, "Correct one of the two, or leave out what is not sure.")
            )
    return found


def check(now: Instant, **times: Instant | None) -> None:
    found = faults(now, **times)
    if found:
        raise Refused(422, "These times cannot be right", found)


def _out_of_range(name: str, when: Instant, now: Instant) -> Fault | None:
    if when < EARLIEST:
        return Fault(f"/{name}", f"is {rfc3339(when)}, before 1948.", "Check the year.")
    if when > now + AHEAD_MS:
        mend = "Check the date and the offset from UTC."
        return Fault(f"/{name}", f"is {rfc3339(when)}; it is now {rfc3339(now)}.", mend)
    return None
