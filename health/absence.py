"""A host that lost its power says no farewell, so who holds a lock and who keeps it ask after each other.

Else PostgreSQL keeps the lock until the system asks, which is after two hours, and whoever stands by waits.
"""

from typing import Any

_IDLE_SECONDS, _INTERVAL_SECONDS, _COUNT, _UNANSWERED_MS = 5, 2, 3, 11_000

OURS: dict[str, Any] = {
    "keepalives": 1,
    "keepalives_idle": _IDLE_SECONDS,
    "keepalives_interval": _INTERVAL_SECONDS,
    "keepalives_count": _COUNT,
    "tcp_user_timeout": _UNANSWERED_MS,
}
"""Parameters of libpq. Neither these nor `OF_THE_SERVER` change a connection over a Unix socket."""

OF_THE_SERVER = (
    f"SET tcp_keepalives_idle = {_IDLE_SECONDS}; SET tcp_keepalives_interval = {_INTERVAL_SECONDS}; "
    f"SET tcp_keepalives_count = {_COUNT}; SET tcp_user_timeout = {_UNANSWERED_MS}"
)
"""For the session that holds the lock."""
