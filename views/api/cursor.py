"""Where the next page of a list begins: after what the last row is ordered by, and its id.

Neither changes, in most lists; where an order may change, a page holds to it as it is when it is asked for.
"""

from re import ASCII, fullmatch

from producers.refusals import wrong
from views.reading import Cursor
from views.reading_escalations import Ranked


def cursor(text: str | None) -> Cursor | None:
    """Raises `Refused` (422) for what no answer gave as its `next`."""
    if not text:
        return None
    (when,), id = _place(text, 1)
    return when, id


def ranked(text: str | None) -> Ranked | None:
    """The same of a list that has the most urgent first. Raises `Refused` (422)."""
    if not text:
        return None
    (urgency, when), id = _place(text, 2)
    return urgency, when, id


def _place(text: str, numbers: int) -> tuple[list[int], str]:
    *found, id = text.split("~", numbers)
    if len(found) < numbers or not id or not all(fullmatch(r"-?\d{1,15}", one, ASCII) for one in found):
        raise wrong("/next", "This is not where a page begins.", "Use `next` of an earlier answer as it is.")
    return [int(one) for one in found], id


def following(further: Cursor | Ranked | None) -> str | None:
    """`next` of an answer; None on the last page."""
    return None if further is None else "~".join(map(str, further))
