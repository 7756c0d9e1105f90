"""What the case engine shows of itself on /metrics. No verdict depends on any of it."""

import math
import time

from prometheus_client import Counter, Gauge, Histogram

RECORDS = Counter("candour_engine_records", "Records of the log, by what became of them", ["what"])
OUTCOMES = Counter("candour_engine_outcomes", "Outcomes written", ["rule", "kind"])
DEAD_LETTERS = Counter("candour_engine_dead_letters", "Records set aside because they cannot be read")
DECIDE = Histogram(
    "candour_engine_decide_seconds",
    "From taking a record to having handed over its outcomes",
    buckets=(0.0001, 0.0003, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10),
)
RECOVERY = Gauge("candour_engine_recovery_seconds", "What the last recovery took")
TICK = Gauge("candour_engine_last_tick_timestamp_seconds", "as_of of the last tick heard", ["partition"])
QUARANTINED = Gauge("candour_engine_quarantined_cases", "Cases of which a rule cannot say", ["partition"])
COMMITTED = Gauge("candour_engine_last_commit_timestamp_seconds", "When offsets were last committed")
COMMIT_AGE = Gauge("candour_engine_commit_age_seconds", "Since the last commit, or since the start")
LAG = Gauge("candour_engine_lag_seconds", "From the oldest of the last ticks to now, over all partitions")

HEARD, PASSED, REPEATED = (RECORDS.labels(what) for what in ("heard", "passed_over", "repeated"))

_ticks: dict[int, float] = {}
_began = time.time()


def tick(partition: int, as_of_ms: int) -> None:
    _ticks[partition] = as_of_ms / 1000
    TICK.labels(partition).set(as_of_ms / 1000)


def committed() -> None:
    COMMITTED.set_to_current_time()


def forget(partition: int) -> None:
    """The partition is another process's now."""
    _ticks.pop(partition, None)
    for gauge in (TICK, QUARANTINED):
        gauge.remove_by_labels({"partition": str(partition)})


def _commit_age() -> float:
    last: float = COMMITTED._value.get()
    return time.time() - max(last, _began)


COMMIT_AGE.set_function(_commit_age)
# Before the first tick it is not known, which is no number: nought would look as if all were well.
LAG.set_function(lambda: time.time() - min(_ticks.values()) if _ticks else math.nan)
