"""What the watchdog's findings mean: pure, and in sentences that say what to do."""

from collections.abc import Callable, Iterable

from msgspec import Struct

from rules.london import in_words
from schemas.event_types import Instant

TICK_LIMIT_MS = 90_000
"""Three ticks."""
GAP_SHOWN_MS = 24 * 3600 * 1000
"""For how long it is told that time stood still and goes on again."""
CLOCK_WAITS = "the clock waits for a person"
ENGINE_LIMIT_MS = SINK_LIMIT_MS = OUTBOX_LIMIT_MS = 30_000
MESSAGE_LIMIT_MS = 120_000
"""An attempt ends by itself within a minute, and a few may wait for one receiver that is slow."""


class Partition(Struct, kw_only=True):
    """What was found in one partition. An age counts only while something waits."""

    number: int
    tick_age_ms: int | None
    engine_behind: int
    engine_age_ms: int
    sink_behind: int
    sink_age_ms: int


class Found(Struct, kw_only=True):
    """`partitions` is empty when Kafka did not answer. `watched_ms`: for how long the watchdog has looked.
    `…_stuck`: partitions in which patterns, courier or notifier have not moved, though records wait.
    `message_age_ms`: since when the oldest message to somebody ought to have been on its way.
    `clock_waits`: why the clock stopped, while nobody has cleared it."""

    manual_clock: bool
    outbox_age_ms: int | None
    partitions: list[Partition]
    watched_ms: int
    patterns_stuck: list[int] = []
    courier_stuck: list[int] = []
    notifier_stuck: list[int] = []
    message_age_ms: int = 0
    clock_waits: str | None = None


def judge(found: Found) -> dict[str, str | None]:
    """Each kind of alarm with its text, None when it is not to stand; what cannot be told is left out."""
    kinds = _TEXTS if found.partitions else _WITHOUT_KAFKA
    return {kind: _TEXTS[kind](found) for kind in kinds}


def _kafka(found: Found) -> str | None:
    if found.partitions:
        return None
    return (
        "Kafka does not answer: nothing is decided and no breach is raised meanwhile. Reports are still "
        "taken and kept. Start Kafka again, or mend the way to it."
    )


def _ticks(found: Found) -> str | None:
    if found.manual_clock:
        return None
    # What the read model has not come to yet is no silence of the clock.
    ages = (
        (one.number, found.watched_ms if one.tick_age_ms is None else one.tick_age_ms)
        for one in found.partitions
        if not one.sink_behind
    )
    silent = [number for number, age in ages if age > TICK_LIMIT_MS]
    return _stuck(
        silent,
        f"Time stands still: no tick for {TICK_LIMIT_MS // 1000} seconds in {_named(silent)}, so no breach "
        "can be raised there. See that the clock and the relay run; the clock's log says why it stopped.",
    )


def _clock(found: Found) -> str | None:
    if found.manual_clock or found.clock_waits is None:
        return None
    return (
        f"The clock has stopped and waits for a person: {found.clock_waits}. No breach is raised meanwhile. "
        "Compare the machine's clock with one you trust and set it right; then `candour clock clear`."
    )


def stood_still(before: Instant, after: Instant) -> str:
    """What is told of a gap between two ticks that was ordinary, such as a night or an upgrade."""
    return (
        f"Time stood still from {in_words(before)} to {in_words(after)}: no tick came. What fell due "
        "meanwhile was called late only after that."
    )


def _unmoved(who: str, where: list[int], what_waits: str = "records") -> str:
    seconds = ENGINE_LIMIT_MS // 1000
    return f"{who} not moved for {seconds} seconds in {_named(where)}, though {what_waits} wait"


def _engine(found: Found) -> str | None:
    stuck = [one.number for one in found.partitions if one.engine_age_ms > ENGINE_LIMIT_MS]
    return _stuck(
        stuck,
        f"{_unmoved('The case engine has', stuck)}: no deadline is judged there. Look at the engine's log; "
        "start it again if it hangs.",
    )


def _patterns(found: Found) -> str | None:
    stuck = found.patterns_stuck
    return _stuck(
        stuck,
        f"{_unmoved('Patterns have', stuck)}: no cluster and no silence is found there. Look at the log of "
        "patterns; start it again if it hangs.",
    )


def _courier(found: Found) -> str | None:
    stuck = found.courier_stuck
    return _stuck(
        stuck,
        f"{_unmoved('The courier has', stuck)}: no cluster that was found comes to its case. Look at the log "
        "of patterns, which has the courier too; start it again if it hangs.",
    )


def _notifier(found: Found) -> str | None:
    stuck = found.notifier_stuck
    if not stuck and found.message_age_ms <= MESSAGE_LIMIT_MS:
        return None
    what = (
        _unmoved("The notifier has", stuck, "escalations")
        if stuck
        else f"A message has waited for more than {MESSAGE_LIMIT_MS // 1000} seconds to be sent"
    )
    return (
        f"{what}: nobody is told of it except by the board. Look at the notifier's log; start it again if it "
        "hangs, and meanwhile call those whom the escalations name."
    )


def _sink(found: Found) -> str | None:
    stuck = [one.number for one in found.partitions if one.sink_age_ms > SINK_LIMIT_MS]
    return _stuck(
        stuck,
        f"The read model has not moved for {SINK_LIMIT_MS // 1000} seconds in {_named(stuck)}: the board "
        "shows old facts. Look at the sink's log; start it again if it hangs.",
    )


def _outbox(found: Found) -> str | None:
    if found.outbox_age_ms is None or found.outbox_age_ms <= OUTBOX_LIMIT_MS:
        return None
    return (
        f"Accepted reports have waited for more than {OUTBOX_LIMIT_MS // 1000} seconds to reach Kafka. They "
        "are safe, but nobody sees them. See that the relay is running and that Kafka answers."
    )


def _stuck(partitions: list[int], told: str) -> str | None:
    return told if partitions else None


def _named(partitions: Iterable[int]) -> str:
    numbers = [str(number) for number in partitions]
    return f"partition {numbers[0]}" if len(numbers) == 1 else f"partitions {', '.join(numbers)}"


_TEXTS: dict[str, Callable[[Found], str | None]] = {
    "Kafka is away": _kafka,
    "time stands still": _ticks,
    CLOCK_WAITS: _clock,
    "engine stands still": _engine,
    "patterns stand still": _patterns,
    "courier stands still": _courier,
    "nobody is told": _notifier,
    "read model stands still": _sink,
    "reports wait": _outbox,
}
_WITHOUT_KAFKA = ("Kafka is away", CLOCK_WAITS, "reports wait")
