"""The live feed over a real server: what is committed is told at once, and what was missed is told again."""

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import psycopg
import pytest
import uvicorn
from fastapi import FastAPI

from producers.sign_in import SignIn
from schemas import event_types as events
from schemas import outcome_types as outcomes
from schemas.claim_events import ClaimOpened
from tests.integration.filled import Asking, Filled, own_database
from tests.integration.log_writer import DUE, MORNING, event, facts, opened, reported, said, tell
from tests.stack import Stack
from views import live, reading_board_news
from views.access import Access


@pytest.fixture(scope="module")
def filled(infra: Stack) -> Iterator[Filled]:
    with own_database(infra.database, "live_feed") as database:
        model = Filled(database)
        yield model
        model.close()


@pytest.fixture(scope="module")
def address(filled: Filled) -> Iterator[str]:
    app = FastAPI()
    app.include_router(live.router(live.Feed(filled.store), Access(SignIn(demonstration=True))))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    (port,) = [listening.getsockname()[1] for each in server.servers for listening in each.sockets]
    yield f"http://127.0.0.1:{port}/board/events"
    server.should_exit = True
    thread.join()


class Reader:
    """One open stream; `next` gives the messages as they come."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.retry = ""

    def opened(self) -> None:
        """The stream is there; a moment later the feed listens."""
        for line in self._lines:
            if line.startswith("retry:"):
                self.retry = line
                break
        time.sleep(0.3)

    def next(self) -> dict[str, Any]:
        id, data = "", ""
        for line in self._lines:
            if line.startswith("id:"):
                id = line[3:].strip()
            elif line.startswith("data:"):
                data = line[5:].strip()
            elif not line and data:
                message: dict[str, Any] = json.loads(data)
                assert id == str(message["seq"])
                return message
        raise AssertionError("the stream ended")


@contextmanager
def reading(address: str, last: int | None = None, who: str | None = None) -> Iterator[Reader]:
    headers = {"Last-Event-ID": str(last)} if last is not None else {}
    headers |= {"Authorization": f"Bearer demo:{who}"} if who else {}
    with httpx.Client(timeout=10) as client, client.stream("GET", address, headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-accel-buffering"] == "no"
        reader = Reader(answer.iter_lines())
        reader.opened()
        yield reader


def test_report_and_obligation_are_told_as_they_are_committed(filled: Filled, address: str) -> None:
    with reading(address) as reader:
        assert reader.retry == "retry: 1000"
        began = time.monotonic()
        filled.add(reported("live-1"))
        filled.add(opened("live-1"))
        report, duty = reader.next(), reader.next()
        took = time.monotonic() - began
    assert (report["type"], report["case_id"], report["provider"]) == ("reported", "live-1", "RXX")
    assert (duty["type"], duty["obligation"]["id"]) == ("obligation_opened", tell("live-1"))
    assert duty["obligation"]["due_at"] == "2014-01-08T23:59:59+00:00"
    assert duty["seq"] > report["seq"]
    assert took < 1


def test_what_was_missed_is_told_again(filled: Filled, address: str) -> None:
    with reading(address) as reader:
        filled.add(reported("live-2"))
        last = reader.next()["seq"]
    filled.add(opened("live-2"))
    tick = DUE + 31_000
    filled.add(said(outcomes.ObligationBreached, "live-2", 2, tick, due_at=DUE, as_of=tick))
    with reading(address, last=last) as reader:
        assert [reader.next()["type"], reader.next()["type"]] == ["obligation_opened", "obligation_breached"]
        filled.add(reported("live-2b"))
        assert reader.next()["case_id"] == "live-2b"


def test_each_reader_hears_of_its_own_provider_only(filled: Filled, address: str) -> None:
    other = events.Provider(code="NZZ", type="independent", nhs_contract=False, scheme_member=False)
    with reading(address, who="safety:NZZ") as reader:
        filled.add(reported("live-3"), opened("live-3"))
        filled.add(reported("live-3-other", facts=facts(providers=(other,))))
        assert reader.next()["case_id"] == "live-3-other"


def test_claims_are_told_to_those_alone_who_read_their_reviews(filled: Filled, address: str) -> None:
    claim = event(ClaimOpened, "live-claim", "live-claim-opened", claim_id="C-1")
    with reading(address, who="clinician") as other, reading(address, who="auditor") as auditor:
        filled.add(reported("live-claim"), claim, reported("live-after"))
        assert [auditor.next()["type"] for _ in range(3)] == ["reported", "claim_opened", "reported"]
        assert [other.next()["case_id"] for _ in range(2)] == ["live-claim", "live-after"]
    for role in ("publisher", "admin"):
        assert httpx.get(address, headers={"Authorization": f"Bearer demo:{role}"}).status_code == 403


def test_flood_is_told_as_one_reload(filled: Filled, address: str) -> None:
    many = reading_board_news.MOST + 1
    with reading(address) as reader:
        filled.add(*(reported(f"flood-{number}", MORNING) for number in range(many)))
        assert reader.next()["type"] == "reload"
        filled.add(reported("after-the-flood"))
        assert reader.next()["case_id"] == "after-the-flood"


def test_feed_goes_on_after_its_connection_was_lost(filled: Filled, address: str) -> None:
    with reading(address) as reader:
        with psycopg.connect(filled.database, autocommit=True) as connection:
            ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"
            assert connection.execute(ended, (live.LISTENER,)).fetchall() == [(True,)]
        filled.add(reported("live-5"))
        assert reader.next()["case_id"] == "live-5"


class SlowToEnd(psycopg.AsyncConnection[dict[str, Any]]):
    async def __aexit__(self, *how: Any) -> None:
        await asyncio.sleep(0.5)
        await super().__aexit__(*how)


def test_a_reader_who_comes_as_the_last_one_leaves_waits_for_a_listener_of_its_own(
    filled: Filled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(psycopg, "AsyncConnection", SlowToEnd)

    async def one_after_the_other() -> None:
        feed = live.Feed(filled.store)

        def listening() -> bool:
            return feed.listening

        first = asyncio.ensure_future(anext(feed.news(None, None)))
        while not listening():
            await asyncio.sleep(0.01)
        first.cancel()
        while feed._task is not None:  # let go of, and not yet at its end
            await asyncio.sleep(0)
        second = asyncio.ensure_future(anext(feed.news(None, None)))
        await asyncio.sleep(0)
        assert not listening()
        while not listening():
            await asyncio.sleep(0.01)
        await asyncio.sleep(1)
        assert listening()
        second.cancel()
        await asyncio.gather(second, return_exceptions=True)
        await asyncio.sleep(1)

    asyncio.run(asyncio.wait_for(one_after_the_other(), 30))


def test_other_machine_signs_in_first(filled: Filled) -> None:
    app = FastAPI()
    app.include_router(live.router(live.Feed(filled.store), Access(SignIn(demonstration=True))))
    assert Asking(app, "192.0.2.7").get("/board/events").status_code == 401
