"""Waits for a lock without making others wait."""

import logging
import time
from collections.abc import Callable

from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

LONGEST_WAIT_MS = 500
_PAUSE_SECONDS = 0.5

log = logging.getLogger(__name__)


def briefly(connection: Connection, work: Callable[[Connection], object]) -> None:
    """Does it in one transaction, which begins anew until it has its locks within half a second.

    Who waits for a table has an id already, and is first in the queue: until it has ended the relay appends
    nothing, and nobody else reads that table.
    """
    told = False
    while True:
        try:
            with connection.begin():
                connection.execute(text(f"SET LOCAL lock_timeout = {LONGEST_WAIT_MS}"))
                work(connection)
                return
        except OperationalError as error:
            if not isinstance(error.orig, LockNotAvailable):
                raise
        if not told:
            log.warning("waits for whoever uses the tables or is changing them; it goes on by itself")
        told = True
        time.sleep(_PAUSE_SECONDS)
