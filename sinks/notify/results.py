"""How an attempt to tell somebody can end."""

from dataclasses import dataclass
from typing import Literal

Reached = Literal["sent", "delivered"]


@dataclass(frozen=True)
class Took:
    """The other side has it. `sent`: a mail server took it over; `delivered`: whoever pages confirmed it."""

    how: Reached


@dataclass(frozen=True)
class Deferred:
    """It certainly was not taken; another attempt may go better. `after_seconds`: as the other side asks."""

    why: str
    after_seconds: float | None = None


@dataclass(frozen=True)
class Refused:
    """It certainly was not taken, and will not be."""

    why: str


@dataclass(frozen=True)
class Unknown:
    """It was given away, and the answer never came."""

    why: str


@dataclass(frozen=True)
class Overtaken:
    """At the last moment it was not needed any more, or somebody else had it in hand: nothing was sent."""


Result = Took | Deferred | Refused | Unknown | Overtaken
