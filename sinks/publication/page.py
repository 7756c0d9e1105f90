"""A release as a page in the style of the NHS: the same for the public file and within the application."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from rules.london import day_in_words, in_words
from rules.publication.changes import CellChange
from rules.publication.release import Release, canonical, fingerprint, instant_of
from sinks.publication.bars import bars

TABLES = {
    "totals": "Total",
    "by_month": "By month",
    "by_type": "By type",
    "by_organisation": "By organisation",
}
MEASURES = {"meets_definition": "meets the definition", "under_review": "under review"}


def document(one: Release, *, signed: bool) -> str:
    """The whole page, which needs nothing but `release.css` beside it."""
    main = fragment(one, links=signed)
    return _templates().get_template("document.jinja").render(one=one, main=main, signed=signed)


def fragment(
    one: Release,
    *,
    base: str = "",
    names: Mapping[str, str] | None = None,
    links: bool = True,
    heading: bool = True,
) -> Markup:
    """What stands within the page. `base`: where the files lie. `names` of organisations, by code."""
    context = {
        "one": one,
        "chart": bars(one.by_month),
        "moved": grouped(one),
        "base": base,
        "names": names or {},
        "links": links,
        "heading": heading,
        "sha256": fingerprint(canonical(one)),
        "as_of": in_words(instant_of(one.as_of)),
    }
    return Markup(_templates().get_template("release.jinja").render(context))


def grouped(one: Release) -> dict[str, list[CellChange]]:
    """Changes table by table: the total first."""
    found = {title: [each for each in one.changes if each.table == name] for name, title in TABLES.items()}
    return {title: changes for title, changes in found.items() if changes}


def day(text: str) -> str:
    """`2014-04-01` as `1 April 2014`."""
    one = date.fromisoformat(text)
    return f"{one.day} {one:%B %Y}"


@cache
def _templates() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    made.filters |= {"day": day, "on": lambda when: day_in_words(instant_of(when))}
    made.globals |= {"measures": MEASURES}
    return made
