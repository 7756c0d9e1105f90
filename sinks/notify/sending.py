"""Makes the attempts: takes what is due in hand, sends it in threads of its own, keeps what became of it.

A receiver that hangs, or a mail server that is slow, holds up its own few threads and nobody else.
"""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

import structlog
from sqlalchemy import Engine, RowMapping, func, select
from sqlalchemy.exc import SQLAlchemyError

from schemas.event_types import Instant
from sinks.notify import deliveries, faults, figures, message, smtp, webhook
from sinks.notify.contacts import Book, ContactsRefused
from sinks.notify.deliveries import Moment, wall
from sinks.notify.pace import Pace
from sinks.notify.results import Deferred, Overtaken, Refused, Result, Took, Unknown
from sinks.notify.tables import deliveries as table

AT_ONCE = 8
TO_ONE = 3
"""Attempts at the same time, and of these to one receiver."""
_AGAIN_SECONDS = 1.0

log = structlog.get_logger()


class Sender:
    """`now`: the clock of the log. `stop`: what ends the process."""

    def __init__(
        self,
        store: Engine,
        book: Callable[[], Book],
        mail: smtp.MailServer | None,
        now: Callable[[], Instant],
        pace: Pace,
        stop: threading.Event,
    ) -> None:
        self._store, self._book, self._mail = store, book, mail
        self._now, self._pace, self._stop = now, pace, stop
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="send")
        self._http = webhook.client()
        self._under_way: dict[Future[None], str] = {}  # with the receiver of each

    def moment(self) -> Moment:
        return Moment(self._now(), wall())

    def recover(self) -> None:
        """Before the first attempt of a process, when it is the only one that sends."""
        with self._store.begin() as connection:
            deliveries.recover(connection, self.moment(), self._pace)

    def begin_due(self) -> None:
        """Starts as many attempts as there are threads free."""
        free = AT_ONCE - self.sending()
        if free <= 0:
            return
        with self._store.begin() as connection:
            to = Counter(self._under_way.values())
            rows = deliveries.claim(connection, self.moment(), free, TO_ONE, to)
        if rows:
            faults.point("claimed")
        for row in rows:
            self._under_way[self._threads.submit(self._attempt, row)] = deliveries.receiver(row)

    def sending(self) -> int:
        """How many attempts are under way."""
        self._under_way = {one: to for one, to in self._under_way.items() if not one.done()}
        return len(self._under_way)

    def settle(self) -> None:
        """Waits for what is under way."""
        wait(self._under_way)

    def close(self) -> None:
        self._threads.shutdown(wait=True)
        self._http.close()

    def _attempt(self, row: RowMapping) -> None:
        try:
            result = self._send(row)
        except Exception as error:  # a defect here must not leave somebody waiting for a page in silence
            log.error("an attempt ended in an error", delivery=row["id"], error=repr(error))
            result = Deferred(f"an error of the notifier: {type(error).__name__}")
        faults.point("after_send")
        self._keep(row, result)

    def _send(self, row: RowMapping) -> Result:
        try:
            reached = self._book().reach(row["owner_role"], row["provider"], row["contact"])
        except ContactsRefused as refused:
            return Deferred(str(refused))
        if reached is None or reached.kind != row["channel"]:
            return Refused("this channel is no longer in the contact book")
        if reached.kind == "webhook":
            return webhook.send(self._http, reached.to, reached.secrets, row["id"], row["body"].encode())
        if self._mail is None:
            return Refused("no mail server is named; CANDOUR_SMTP_HOST names one")
        mail = message.email(row["body"], self._mail.sender, reached.to)
        return smtp.send(self._mail, mail, lambda: self._hand_over(row))

    def _hand_over(self, row: RowMapping) -> bool:
        with self._store.begin() as connection:
            return deliveries.hand_over(connection, row, self.moment())

    def _keep(self, row: RowMapping, result: Result) -> None:
        """Until it is kept, or the process ends; then it is as after a crash."""
        while True:
            try:
                with self._store.begin() as connection:
                    if deliveries.is_ours(connection, row):
                        _settle(connection, row, result, self.moment(), self._pace)
                faults.point("kept")
                return
            except SQLAlchemyError as error:
                log.warning("an attempt waits to be kept", error=type(error).__name__)
                if self._stop.wait(_AGAIN_SECONDS):
                    return


def _settle(connection: Any, row: RowMapping, result: Result, now: Moment, pace: Pace) -> None:
    match result:
        case Took(how):
            deliveries.end(connection, row, how, None, now, pace)
        case Unknown(why):
            deliveries.end(connection, row, "unknown", why, now, pace)
        case Refused(why):
            deliveries.end(connection, row, "failed", why, now, pace)
        case Overtaken():
            deliveries.end(connection, row, "dropped", "no longer needed", now, pace)
        case Deferred(why, after):
            figures.failures.labels(row["channel"], "deferred").inc()
            pause_ms = round(pace.pause(row["attempts"], after) * 1000)
            last = not connection.scalar(
                select(func.count()).where(table.c.page == row["page"], table.c.state == "waits")
            )
            if not deliveries.is_needed(connection, row):
                deliveries.end(connection, row, "dropped", "no longer needed", now, pace)
            elif pace.over(row["attempts"], now.log + pause_ms, row["give_up_at"], last=last):
                deliveries.end(connection, row, "failed", why, now, pace)
            else:
                deliveries.try_again(connection, row, why, now.wall + pause_ms, now)
