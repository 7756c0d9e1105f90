"""How often and how long a channel is tried before the next one is."""

import random

import msgspec

from schemas.event_types import Instant


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """Pauses grow from `first_seconds` by two up to `longest_seconds`, each cut by chance to between half
    and all of it, so that many failures do not all come back at one moment."""

    first_seconds: float = 1.0
    longest_seconds: float = 60.0
    longest_share_ms: int = 600_000
    least_ms: int = 30_000
    attempts: int = 10
    """Where another channel comes after it. The last one is tried as long as there is time to take it on."""

    def pause(self, attempt: int, asked: float | None, chance: float | None = None) -> float:
        """Seconds until the next attempt after this one; never less than the other side asked for."""
        whole = min(self.longest_seconds, self.first_seconds * 2.0 ** min(attempt - 1, 16))
        chance = random.random() if chance is None else chance
        return max(asked or 0.0, whole * (0.5 + chance / 2))

    def give_up_at(self, now: Instant, acknowledge_by: Instant, further: int) -> Instant:
        """`further`: channels after this one. The time there is falls into equal shares, one of them the
        person's own; the last channel has all that is left. Half a minute there always is."""
        left = acknowledge_by - now
        share = left if further == 0 else min(self.longest_share_ms, left // (further + 2))
        return now + max(self.least_ms, share)

    def over(self, attempt: int, then: Instant, give_up_at: Instant, *, last: bool) -> bool:
        """Whether there is no further attempt, which would be at `then`."""
        return then > give_up_at or (not last and attempt >= self.attempts)
