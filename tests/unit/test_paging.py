"""Long lists in pages."""

import pytest
from fastapi import Request

from views.pages.paging import Part, part


def _asked(query: str, count: int) -> Part:
    request = Request({"type": "http", "method": "GET", "headers": [], "query_string": query.encode()})
    return part(request, range(count), what="claims", size=10)


@pytest.mark.parametrize("count", [0, 1, 10])
def test_a_short_list_is_whole_and_has_no_links(count: int) -> None:
    assert _asked("", count) == (range(count), count, None)


@pytest.mark.parametrize(
    ("query", "first", "before", "after"),
    [
        ("", 0, None, "?page=2"),
        ("page=2", 10, "?page=1", "?page=3"),
        ("page=3", 20, "?page=2", None),
        ("page=99999999999999999999", 20, "?page=2", None),
        ("page=0", 0, None, "?page=2"),
        ("page=-1", 0, None, "?page=2"),
        ("page=two", 0, None, "?page=2"),
        ("page=%C2%B2", 0, None, "?page=2"),
    ],
)
def test_each_part_leads_to_those_beside_it(
    query: str, first: int, before: str | None, after: str | None
) -> None:
    shown, count, links = _asked(query, 25)
    assert (shown[0], count) == (first, 25)
    assert links is not None
    found = [links.get(way, {}).get("href") for way in ("previous", "next")]
    assert found == [before, after]
    assert links["ariaLabel"] == "Pages of claims"


def test_the_links_keep_the_filters() -> None:
    _, _, links = _asked("provider=R%26X&page=1", 11)
    assert links is not None
    assert links["next"] == {"href": "?provider=R%26X&page=2", "labelText": "Page 2 of 2"}


def test_the_links_lead_to_the_list_where_it_is_not_at_the_top() -> None:
    request = Request({"type": "http", "method": "GET", "headers": [], "query_string": b""})
    _, _, links = part(request, range(11), what="claims", size=10, place="asked")
    assert links is not None
    assert links["next"]["href"] == "?page=2#asked"
