"""The policy as people read it: its articles on a day, those that bind apart from those that only inform."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, NamedTuple

from rules.articles import Article, articles, in_short
from views.spelling import spelt, titled
from views.why import note_of

NAMES = {
    "due_working_days": "Due within working days",
    "target_working_days": "Target within working days",
    "target_label": "The target is",
    "warn_working_days": "Warned before, working days",
    "harm": "Harm from",
    "harm_may_still_follow": "Also where harm may still follow",
    "provisional": "Provisional until determined",
    "provider_types": "Binds",
    "needs_nhs_contract": "Only with an NHS contract",
    "owner_role": "Owner",
    "opens": "Opens with",
    "starts": "Counted from",
    "clock": "Clock",
    "discharged_by_decline": "A refusal discharges it",
    "satisfied_by": "Satisfied by",
    "date_basis": "Chosen by the date",
    "family": "Family",
    "asks_for_limb": "Asks for the limb of 20(9)",
}
PLAIN = {"reported_at": "the time of the report", "aware_at": "the time of becoming aware"}
_AS_WRITTEN = ("version", "id", "clock")
_HEADED = ("clause", "threshold")
PROVIDER_TYPES = "provider_types"


class Shown(NamedTuple):
    """One article, ready to be shown; `depth` 0 is the outermost."""

    depth: int
    name: str
    title: str
    standing: str
    days: str
    binds: bool
    note: str
    figures: list[tuple[str, str]]
    source: str
    confidence: str
    firm: bool


def shown(content: str, on: date | None, provider_type: str | None = None) -> list[Shown]:
    """The articles that hold on the day, the binding ones first; all of them where no day is given.

    `provider_type`: leaves out what names the providers that it binds, and not this one.
    """
    found = [one for one in articles(content) if on is None or one.holds_on(on)]
    if provider_type is not None:
        found = [one for one in found if _reaches(one, provider_type)]
    found.sort(key=lambda one: not one.binds)
    return [line for one in found for line in _lines(one, 0, provider_type)]


def provider_types(contents: Iterable[str]) -> list[str]:
    """Every type of provider that an article names."""
    named = {
        kind
        for content in contents
        for outer in articles(content)
        for one in outer.whole()
        for kind in one.said.get(PROVIDER_TYPES, ())
    }
    return sorted(named)


def _reaches(article: Article, provider_type: str) -> bool:
    bound = [one.said[PROVIDER_TYPES] for one in article.whole() if PROVIDER_TYPES in one.said]
    return not bound or any(provider_type in types for types in bound)


def _lines(article: Article, depth: int, provider_type: str | None) -> Iterator[Shown]:
    types = article.said.get(PROVIDER_TYPES)
    if provider_type is not None and types is not None and provider_type not in types:
        return
    yield Shown(
        depth=depth,
        name=article.name,
        title=article.title,
        standing=", ".join(filter(None, (spelt(article.status), article.basis))) or "reading",
        days=_days(article),
        binds=article.binds,
        note=note_of(article),
        figures=[
            (NAMES.get(name, titled(name)), _plain(name, value))
            for name, value in article.said.items()
            if name not in _HEADED or str(value) not in (article.title, article.name)
        ],
        source=article.source,
        confidence=article.confidence,
        firm=article.firm,
    )
    for part in article.parts:
        yield from _lines(part, depth + 1, provider_type)


def _plain(name: str, value: Any) -> str:
    """A code in words: `nhs_trust` as `NHS trust`."""
    text = in_short(value)
    if name in _AS_WRITTEN or not isinstance(value, str | list):
        return text
    return PLAIN.get(text, spelt(text))


def _days(article: Article) -> str:
    if article.valid_from is None and article.valid_to is None:
        return "no dates"
    first = "the beginning" if article.valid_from is None else in_words(article.valid_from)
    return f"from {first} to {'no end known' if article.valid_to is None else in_words(article.valid_to)}"


def in_words(day: date) -> str:
    """`27 November 2014`"""
    return f"{day.day} {day:%B %Y}"
