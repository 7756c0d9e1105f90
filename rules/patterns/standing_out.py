"""Whether a group of reports stands out from what is usual for it, in whole numbers."""

from msgspec import Struct

from rules.patterns.policy import DAY, Cluster
from schemas.event_types import Instant


class Usual(Struct, frozen=True, kw_only=True):
    """What a group had before the window: so many in so many days; none where too little is known."""

    count: int | None
    days: int | None


def usual(cluster: Cluster, before: int, since: Instant | None, now: Instant) -> Usual:
    """`before`: reports in the time before the window; `since`: when the provider was first heard."""
    known_ms = 0 if since is None else now - cluster.window_days * DAY - since
    days = min(cluster.usual_days, known_ms // DAY)
    return (
        Usual(count=before, days=days) if days >= cluster.usual_least_days else Usual(count=None, days=None)
    )


def stands_out(cluster: Cluster, count: int, compared: Usual) -> bool:
    """`count`: reports in the window."""
    if compared.count is None or compared.days is None:
        return count >= cluster.least_without_usual
    as_many = cluster.times_usual_percent * compared.count * cluster.window_days
    return count >= cluster.least and 100 * count * compared.days >= as_many


def in_words(cluster: Cluster, count: int, compared: Usual) -> str:
    what = {"ward": "on the same ward", "incident_type": "of the same type", "factor": "with the same factor"}
    told = f"{count} reports {what[cluster.grouped_by]} in {cluster.window_days} days"
    if compared.count is None or not compared.days:
        return f"{told}. Too little is known to compare that with what is usual."
    tenths = 10 * compared.count * cluster.window_days // compared.days
    return (
        f"{told}, where about {tenths // 10}.{tenths % 10} would be usual: "
        f"{compared.count} in the {compared.days} days before."
    )
