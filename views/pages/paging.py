"""A long list in pages: the part of it that is shown, and the links to the parts before and after."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlencode

from fastapi import Request

SIZE = 25


class Part(NamedTuple):
    """One part of a list; `links` is what the NHS.UK pagination asks for, None where all of it is shown."""

    shown: Sequence[Any]
    total: int
    links: dict[str, Any] | None


def part(
    request: Request,
    whole: Sequence[Any],
    name: str = "page",
    *,
    what: str,
    size: int = SIZE,
    place: str | None = None,
) -> Part:
    """The part that the query's `name` asks for, counted from 1; the nearest there is, where there is none.

    `what` names the list in the label of its links: a page may hold several. `place`: the id at which it
    begins, where that is not the top of the page.
    """
    last = max(1, -(-len(whole) // size))
    asked = request.query_params.get(name, "")
    number = min(int(asked), last) if asked.isascii() and asked.isdigit() and int(asked) else 1
    shown = whole[(number - 1) * size : number * size]
    if last == 1:
        return Part(shown, len(whole), None)

    anchor = f"#{place}" if place else ""

    def link(to: int) -> dict[str, str]:
        query = {**request.query_params, name: str(to)}
        return {"href": f"?{urlencode(query)}{anchor}", "labelText": f"Page {to} of {last}"}

    links: dict[str, Any] = {"ariaLabel": f"Pages of {what}"}
    if number > 1:
        links["previous"] = link(number - 1)
    if number < last:
        links["next"] = link(number + 1)
    return Part(shown, len(whole), links)


def later(wanted: Mapping[str, str], next: str | None) -> str | None:
    """The query of what comes after all that was read at once; None where nothing does."""
    asked = {name: value for name, value in wanted.items() if value}
    return urlencode({**asked, "next": next}) if next else None
