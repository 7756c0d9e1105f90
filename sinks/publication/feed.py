"""The Atom feed (RFC 4287) over what was published, newest first."""

from collections.abc import Sequence
from typing import NamedTuple
from xml.etree import ElementTree as xml

ATOM = "http://www.w3.org/2005/Atom"
FEED = "feed.atom"
_ID = "urn:candour:never-events"


class Published(NamedTuple):
    """`signed_at`: RFC 3339, UTC."""

    id: str
    title: str
    summary: str
    signed_at: str


def atom(published: Sequence[Published]) -> bytes:
    """Addresses are relative to the feed's own."""
    xml.register_namespace("", ATOM)
    feed = xml.Element(f"{{{ATOM}}}feed")
    newest = max((one.signed_at for one in published), default="1970-01-01T00:00:00Z")
    _text(feed, "id", _ID)
    _text(feed, "title", "Releases of never-event figures")
    _text(feed, "updated", newest)
    _text(xml.SubElement(feed, f"{{{ATOM}}}author"), "name", "Candour")
    xml.SubElement(feed, f"{{{ATOM}}}link", {"rel": "self", "href": FEED})
    for one in sorted(published, key=lambda one: (one.signed_at, one.id), reverse=True):
        entry = xml.SubElement(feed, f"{{{ATOM}}}entry")
        _text(entry, "id", f"{_ID}:{one.id}")
        _text(entry, "title", one.title)
        _text(entry, "published", one.signed_at)
        _text(entry, "updated", one.signed_at)
        _text(entry, "summary", one.summary)
        xml.SubElement(entry, f"{{{ATOM}}}link", {"rel": "alternate", "href": f"{one.id}/index.html"})
    written: bytes = xml.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written + b"\n"


def _text(within: xml.Element, name: str, text: str) -> None:
    xml.SubElement(within, f"{{{ATOM}}}{name}").text = text
