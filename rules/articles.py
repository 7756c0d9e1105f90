"""What an adopted policy says, as articles that people read, compare, and find the clause of a verdict in.

Works on the adopted content of any rule (JSON). An article is a part that says where it comes from; its
status, its basis and its days hold for the articles inside it unless they say otherwise.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from rules.policy import IN_FORCE
from rules.rule import Path

_NAMES = ("id", "name", "threshold", "title", "label")
_OWN = ("title", "status", "basis", "valid_from", "valid_to", "source", "confidence", "note")
_DOUBT = ("unconfirmed", "one secondary", "assumed", "choice", "reading", "general knowledge")


@dataclass(frozen=True)
class Article:
    """`path` ends with its own name; `within` is the title of the outermost article around it, if any.

    `said` holds what it says beside the fields named here.
    """

    path: tuple[str, ...]
    title: str
    status: str
    basis: str
    valid_from: date | None
    valid_to: date | None
    source: str
    confidence: str
    note: str
    within: str = ""
    said: dict[str, Any] = field(default_factory=dict)
    parts: tuple["Article", ...] = ()

    @property
    def name(self) -> str:
        return self.path[-1]

    @property
    def firm(self) -> bool:
        """Whether every figure was confirmed; where not, `confidence` says which is."""
        return not any(sign in self.confidence for sign in _DOUBT)

    @property
    def binds(self) -> bool:
        """What is proposed, or guidance, informs and never binds."""
        return self.status in ("", IN_FORCE) and self.basis != "proposed"

    def holds_on(self, day: date) -> bool:
        """Whether the day lies among its days; what has none holds on every day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )

    def whole(self) -> Iterator["Article"]:
        """Itself and all that is inside it."""
        yield self
        for part in self.parts:
            yield from part.whole()


@lru_cache(maxsize=32)
def articles(content: str) -> tuple[Article, ...]:
    """The outermost articles of a policy, in the order of its content. The status of its readings is that of
    the whole policy, where an article has none of its own."""
    parsed = json.loads(content)
    status = parsed.get("readings", {}).get("status", "")
    return tuple(_articles(parsed, (), _Outer(status=status)))


def article_at(content: str, path: Path) -> Article | None:
    """None where this content has no such article: a clock may have been started under an earlier policy."""
    parts, found = articles(content), None
    for step in path:
        found = next((one for one in parts if step in (one.name, one.title)), None)
        parts = found.parts if found else ()
    return found


class Change(NamedTuple):
    """`before` None: the field is new. `after` None: it is gone."""

    article: str
    field: str
    before: str | None
    after: str | None


def changes(before: str | None, after: str | None) -> list[Change]:
    """What differs between two contents of one rule, field by field; None is a policy that is not there."""
    old, new = _fields(before), _fields(after)
    return [
        Change(*where, old.get(where), new.get(where))
        for where in [*old, *(where for where in new if where not in old)]
        if old.get(where) != new.get(where)
    ]


def _fields(content: str | None) -> dict[tuple[str, str], str]:
    if content is None:
        return {}
    found: dict[tuple[str, str], str] = {}
    for outer in articles(content):
        for one in outer.whole():
            fields = {name: getattr(one, name) for name in _OWN} | one.said
            found |= {
                (" / ".join(one.path), name): in_short(value)
                for name, value in fields.items()
                if value not in ("", None)
            }
    return found


def in_short(value: Any) -> str:
    """One line: lists with commas, days as YYYY-MM-DD."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(in_short, value)) or "none"
    if isinstance(value, Mapping):
        return "; ".join(f"{name} {in_short(inner)}" for name, inner in value.items())
    return value.isoformat() if isinstance(value, date) else str(value)


class _Outer(NamedTuple):
    """What an article takes over from the one around it."""

    status: str = ""
    basis: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""
    confidence: str = ""
    title: str = ""


def _articles(node: Any, path: tuple[str, ...], outer: _Outer) -> Iterator[Article]:
    """The articles in this part of the content; what holds no article itself is looked through."""
    if isinstance(node, dict):
        for name, inner in node.items():
            if isinstance(inner, dict) and "source" in inner:
                yield _article(inner, (*path, str(inner.get("id", name))), outer)
            elif isinstance(inner, dict | list):
                yield from _articles(inner, (*path, name), outer)
    elif isinstance(node, list):
        inside = [inner for inner in node if isinstance(inner, dict) and "source" in inner]
        names = [_name(inner, str(number)) for number, inner in enumerate(inside, 1)]
        for inner, name in zip(inside, names, strict=True):
            shared = names.count(name) > 1  # three clocks for an investigation, by grade
            yield _article(inner, (*path, str(inner.get("title", name)) if shared else name), outer)


def _article(node: dict[str, Any], path: tuple[str, ...], outer: _Outer) -> Article:
    named = node.get("name") if node.get("name") != path[-1] else None
    title = str(node.get("title") or node.get("clause") or node.get("label") or named or "")
    here = _Outer(
        node.get("status", outer.status),
        node.get("basis", outer.basis),
        _day(node.get("valid_from")) or outer.valid_from,
        _day(node.get("valid_to")) or outer.valid_to,
        node["source"],
        node.get("confidence", outer.confidence),
        outer.title or title or path[-1],
    )
    parts = tuple(_articles(node, path, here))
    inside = {name for name, value in node.items() if _holds_articles(value)}
    said = {
        name: value
        for name, value in node.items()
        if name not in (*_OWN, "id", "name") and name not in inside
    }
    taken = here._replace(title=title)._asdict()
    return Article(path, **taken, note=node.get("note", ""), within=outer.title, said=said, parts=parts)


def _holds_articles(value: Any) -> bool:
    if isinstance(value, dict):
        return "source" in value or any(_holds_articles(inner) for inner in value.values())
    return isinstance(value, list) and any(isinstance(one, dict) and "source" in one for one in value)


def _name(node: dict[str, Any], otherwise: str) -> str:
    return str(next((node[name] for name in _NAMES if name in node), otherwise))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
