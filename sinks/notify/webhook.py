"""Sends one message to a webhook, signed, and tells by the answer what became of it. Follows no redirect."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from sinks.notify import signing
from sinks.notify.results import Deferred, Refused, Result, Took

_TIMES = httpx.Timeout(10.0, connect=5.0)
_ANOTHER_TRY = frozenset({408, 425, 429})


def client() -> httpx.Client:
    """For many threads, until it is closed."""
    return httpx.Client(timeout=_TIMES, follow_redirects=False, headers={"User-Agent": "candour-notifier"})


def send(over: httpx.Client, address: str, secrets: Iterable[bytes], key: str, body: bytes) -> Result:
    """`key`: the same at each attempt, so that the receiver pages once whatever we do not hear of it."""
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": key,
        signing.HEADER: signing.signature(secrets, body, int(time.time())),
    }
    try:
        # The body of an answer says nothing that is needed here, and might never end.
        with over.stream("POST", address, content=body, headers=headers) as answer:
            status, after = answer.status_code, answer.headers.get("Retry-After")
    except httpx.InvalidURL:
        return Refused("the webhook's address cannot be used")
    except httpx.HTTPError as error:
        return Deferred(f"the webhook cannot be reached: {type(error).__name__}")
    if status // 100 == 2:
        return Took("delivered")
    why = f"the webhook answered {status}"
    if status // 100 == 5 or status in _ANOTHER_TRY:
        return Deferred(why, _seconds(after))
    return Refused(why)


def _seconds(after: str | None) -> float | None:
    """`Retry-After`, in seconds or as a date; None where it says nothing that can be understood."""
    if after is None:
        return None
    if after.strip().isdecimal():
        return float(after.strip()[:9])
    try:
        then = parsedate_to_datetime(after)
    except ValueError:
        return None
    then = then if then.tzinfo else then.replace(tzinfo=UTC)
    return max(0.0, (then - datetime.now(UTC)).total_seconds())
