"""What an error set aside, on the board: a case leads to its page, a provider is named."""

from collections.abc import Iterator

import psycopg
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.stack import Stack

pytestmark = pytest.mark.real

AT = 1_387_530_000_000  # 2013-12-20T09:00:00Z


@pytest.fixture
def set_aside(stack: Stack) -> Iterator[None]:
    """Rows as the sink writes them; no rule of this release stumbles over anything."""
    rows = [("c-set-aside", "candour"), ("RXX", "patterns")]
    with psycopg.connect(stack.database, autocommit=True) as connection:
        for whose, rule in rows:
            connection.execute(
                "INSERT INTO read.quarantines (case_id, rule, error, source_offset, recorded_at) "
                "VALUES (%s, %s, 'KeyError', 5, %s)",
                (whose, rule, AT),
            )
        yield
        for whose, rule in rows:
            connection.execute("DELETE FROM read.quarantines WHERE case_id = %s AND rule = %s", (whose, rule))


@pytest.mark.parametrize("width", [320, 1280])
def test_a_case_leads_to_its_page_and_a_provider_nowhere(
    open_page: Open, set_aside: None, width: int
) -> None:
    page = open_page("/board", role="safety", viewport={"width": width, "height": 900})
    table = page.get_by_role("table", name="Cannot say: set aside by an error")
    expect(table.get_by_role("link", name="c-set-as")).to_have_attribute("href", "/cases/c-set-aside")
    provider = table.get_by_role("row").filter(has_text="RXX")
    expect(provider).to_contain_text("patterns")
    expect(provider.get_by_role("link")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
