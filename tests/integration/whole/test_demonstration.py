"""`candour up --demo`: the page is there at once, the examples follow, and they are loaded once."""

from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from tests.people import Person, until
from tests.stack import Stack

pytestmark = [pytest.mark.real, pytest.mark.timeout(600)]

EXAMPLES = Path(__file__).parents[3] / "examples" / "reports.ndjson"
AT = "2026-07-01T09:00:00Z"


def cases(stack: Stack) -> int:
    with psycopg.connect(stack.database) as connection:
        (count,) = connection.execute("SELECT count(*) FROM door.cases").fetchone() or (0,)
    return int(count)


def test_the_examples_are_loaded_behind_the_page_and_once(
    tmp_path: Path, one_registry: dict[str, str]
) -> None:
    years = len(EXAMPLES.read_text(encoding="utf-8").splitlines())
    how: dict[str, Any] = {"clock": "manual", "arguments": ("--demo",), "environment": one_registry}
    with Stack(tmp_path, at=AT, **how) as first:
        until(lambda: f"report at {first.url}/report, watch at {first.url}/board" in first.said)
        for page in ("report", "board"):
            assert httpx.get(f"{first.url}/{page}").status_code == 200
        until(lambda: "examples: recent.ndjson: " in first.said)
        latest = (tmp_path / "demo" / "recent.ndjson").read_text(encoding="utf-8").splitlines()
        assert f"examples: reports.ndjson: {years} lines accepted" in first.said
        assert f"examples: recent.ndjson: {len(latest)} lines accepted" in first.said
        assert first.said.count("0 rejected") == first.said.count("examples: ") == 2
        loaded = cases(first)
        assert loaded == years + len(latest)
        first.tick("2026-07-01T09:01:00Z")
        with Person(first.url) as person:
            late = person.read("/api/obligations", state="breached", limit="1000")["obligations"]
            board = person.http.get("/board").text
        longest = min(late, key=lambda one: str(one["due_at"]))
        assert f"/cases/{longest['case_id']}" in board

    with Stack(tmp_path, **how) as again:  # its clock goes on without --at
        until(lambda: "examples: loaded at an earlier start" in again.said)
        assert cases(again) == loaded
