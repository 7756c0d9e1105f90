"""What the notifier shows of itself on /metrics. How long it took is measured from what stands on the log."""

from collections.abc import Iterable, Mapping

from prometheus_client import Counter, Gauge, Histogram

from schemas.escalation_types import DeliveryHeard, EscalationTaken
from schemas.outcome_types import Outcome
from sinks.notify.standing import Standing

_BUCKETS = (0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)

reached = Histogram(
    "candour_notify_seconds",
    "From the moment an owner was named to a step of telling them",
    ["step", "channel"],
    buckets=_BUCKETS,
)
acknowledged = Histogram(
    "candour_notify_acknowledged_seconds", "From raised to taken on by somebody", ["level"], buckets=_BUCKETS
)
failures = Counter("candour_notify_failures_total", "Attempts that did not reach anybody", ["channel", "how"])
unreached = Counter("candour_notify_unreached_total", "Owners whom no channel of theirs reached")
waiting = Gauge("candour_notify_steps_to_record", "Steps that are not on their way to the log yet")


def observe(said: Iterable[Outcome], standing: Mapping[str, Standing]) -> None:
    """What the log says of telling and of taking on; once for each outcome."""
    for outcome in said:
        one = standing.get(outcome.subject)
        if isinstance(outcome, DeliveryHeard) and one is not None and outcome.level == one.level:
            seconds = max(0, outcome.at - one.since) / 1000
            reached.labels(outcome.step, outcome.channel).observe(seconds)
        elif isinstance(outcome, EscalationTaken) and one is not None:
            seconds = max(0, outcome.acknowledged_at - one.raised_at) / 1000
            acknowledged.labels(str(outcome.level)).observe(seconds)
