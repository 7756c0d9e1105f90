"""`GET /board/events`: server-sent events for the live board, woken by the sink's `NOTIFY board`.

One listener for all readers of a process; it runs while there is a reader. A reader that comes back with
`Last-Event-ID` is told what it missed, from the read model.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

import psycopg
import structlog
from fastapi import APIRouter, Depends, Header
from psycopg.rows import dict_row
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from sse_starlette import EventSourceResponse, ServerSentEvent

from producers.roles import Caller
from producers.ward.route import ProblemRoute
from sinks.writing import BOARD
from views.access import Access, reads_record
from views.reading_board_news import AFTER, MOST, News, newest, since, told, values

PING_SECONDS = 15
RETRY_MS = 1000
_AGAIN_SECONDS = 1.0
_QUEUED = 1000
"""A reader that is further behind than this is let go; it comes back with its Last-Event-ID."""

log = structlog.get_logger()
Queue = asyncio.Queue[list[News]]
Listening = psycopg.AsyncConnection[dict[str, Any]]
LISTENER = "candour live feed"
_AFTER = AFTER.encode()


class Feed:
    def __init__(self, store: Engine) -> None:
        self._store = store
        self._queues: set[Queue] = set()
        self._task: asyncio.Task[None] | None = None
        self._listening = asyncio.Event()

    @property
    def listening(self) -> bool:
        """Whether news would be heard now."""
        return self._listening.is_set()

    async def news(self, seen: int | None, provider: str | None) -> AsyncIterator[list[News]]:
        """What comes after `seen` (None: from now on) for this provider; an empty list after a while."""
        queue: Queue = asyncio.Queue(_QUEUED)
        self._queues.add(queue)
        if self._task is None or self._task.done():
            self._listening = asyncio.Event()  # its own: one that was cancelled may end after this begins
            self._task = asyncio.create_task(self._listen(self._listening))
        try:
            while not await self._ready():
                yield []
            came, upto = await asyncio.to_thread(self._since, seen)
            if concerning := [each for each in came if each.concerns(provider)]:
                yield concerning
            while True:
                try:
                    came = await asyncio.wait_for(queue.get(), PING_SECONDS)
                except TimeoutError:
                    yield []
                    continue
                if not came:
                    return
                if concerning := [each for each in came if each.seq > upto and each.concerns(provider)]:
                    yield concerning
        finally:
            self._queues.discard(queue)
            if not self._queues and self._task is not None:
                self._task.cancel()
                self._task = None

    async def _ready(self) -> bool:
        """Only what comes while somebody listens is sure to be told; so listening begins before reading."""
        try:
            await asyncio.wait_for(self._listening.wait(), PING_SECONDS)
        except TimeoutError:
            return False
        return True

    def _since(self, seen: int | None) -> tuple[list[News], int]:
        with self._store.connect() as connection:
            return ([], newest(connection)) if seen is None else since(connection, seen)

    async def _after(self, connection: Listening, seen: int) -> tuple[list[News], int]:
        """Asked for every batch of the sink, so on the connection that listens, and in its thread."""
        rows = await (await connection.execute(_AFTER, values(seen))).fetchall()
        return told(rows, seen) if len(rows) <= MOST else await asyncio.to_thread(self._since, seen)

    async def _listen(self, listening: asyncio.Event) -> None:
        """Until it is cancelled; after a loss it goes on from what it told. `listening`: set meanwhile."""
        seen: int | None = None
        while True:
            try:
                address = self._store.url.set(drivername="postgresql").render_as_string(hide_password=False)
                async with await psycopg.AsyncConnection.connect(
                    address, autocommit=True, row_factory=dict_row, application_name=LISTENER
                ) as connection:
                    await connection.execute(f"LISTEN {BOARD}".encode())
                    came, upto = await asyncio.to_thread(self._since, seen)
                    self._tell(came)
                    seen = upto
                    listening.set()
                    while True:
                        # What is notified while the news is read comes in one turn.
                        async for _ in connection.notifies(stop_after=1):
                            pass
                        came, upto = await self._after(connection, upto)
                        self._tell(came)
                        seen = upto
            except (psycopg.Error, SQLAlchemyError, OSError) as error:
                log.warning("the live feed waits for the database", error=type(error).__name__)
            finally:
                listening.clear()
            await asyncio.sleep(_AGAIN_SECONDS)

    def _tell(self, came: list[News]) -> None:
        if came:
            for queue in list(self._queues):
                try:
                    queue.put_nowait(came)
                except asyncio.QueueFull:
                    self._let_go(queue)

    def _let_go(self, queue: Queue) -> None:
        self._queues.discard(queue)
        while not queue.empty():
            queue.get_nowait()
        queue.put_nowait([])


def router(feed: Feed, access: Access) -> APIRouter:
    routes = APIRouter(route_class=ProblemRoute, tags=["board"])

    @routes.get("/board/events", response_class=EventSourceResponse)
    async def events(
        caller: Annotated[Caller, Depends(access.reader)],
        last_event_id: Annotated[str | None, Header(alias="Last-Event-ID")] = None,
    ) -> EventSourceResponse:
        seen = int(last_event_id) if last_event_id and last_event_id.isdecimal() else None
        # sse-starlette's own ping is a comment, for what lies in between; ours below is for the page.
        return EventSourceResponse(
            _stream(feed, seen, caller),
            ping=PING_SECONDS,
            ping_message_factory=lambda: ServerSentEvent(comment="ping"),
            send_timeout=30,
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    return routes


async def _stream(feed: Feed, seen: int | None, caller: Caller) -> AsyncIterator[bytes]:
    """What came together is sent together: on a busy day each sending costs more than what it carries."""
    yield ServerSentEvent(comment="the live board", retry=RETRY_MS).encode()
    async for came in feed.news(seen, caller.provider):
        if mine := [each for each in came if reads_record(caller, each.body["type"])]:
            yield b"".join(_message(each) for each in mine)
        elif not came and feed.listening:
            yield ServerSentEvent(event="ping", data="{}").encode()


def _message(news: News) -> bytes:
    return ServerSentEvent(id=str(news.seq), data=json.dumps(dict(news.body), ensure_ascii=False)).encode()
