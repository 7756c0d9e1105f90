"""Where the next page of a list begins: after the time and the id of a row, neither of which ever changes."""

from producers.refusals import wrong
from views.reading import Cursor


def cursor(text: str | None) -> Cursor | None:
    """Raises `Refused` (422) for what no answer gave as its `next`."""
    if not text:
        return None
    when, _, id = text.partition("~")
    if not id or not when.lstrip("-").isdecimal() or len(when) > 15:
        raise wrong("/next", "This is not where a page begins.", "Use `next` of an earlier answer as it is.")
    return int(when), id


def following(further: Cursor | None) -> str | None:
    """`next` of an answer; None on the last page."""
    return None if further is None else f"{further[0]}~{further[1]}"
