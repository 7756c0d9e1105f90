"""What an alert was to prevent, reported after the provider had declared the alert complete."""

from collections.abc import Collection

from rules.london import in_words
from rules.patterns.draft import Draft
from rules.patterns.groups import over
from rules.patterns.policy import DAY
from rules.patterns.state import Alert, repeat_subject
from schemas.event_types import Instant
from schemas.pattern_types import AlertTaken, PatternFound
from schemas.ward_events import AlertDeclaredComplete, WardReported

MISTAKEN = "What it rested on was corrected."


def judge_repeats(draft: Draft, case_id: str, report: WardReported | None, at: Instant) -> None:
    """After a report came, changed, or was withdrawn (None). Whatever its harm, a repeat is one."""
    for alert_id, alert in draft.known.alerts.items():
        counts = report is not None and report.kind in draft.policy.readings.kinds
        what = _shared(alert, report.incident_type, report.factors) if report and counts else None
        if what is not None and _watched(draft, alert, at):
            _find(draft, alert_id, alert, case_id, what, at)
        else:
            _end(draft, repeat_subject(draft.provider, alert_id, case_id))


def alert_taken(draft: Draft, record: AlertDeclaredComplete) -> None:
    """Reports that were recorded before the declaration are looked at too, as far as they are remembered."""
    before = draft.known.alerts.get(record.alert_id)
    after = Alert(
        incident_type=record.incident_type,
        factors=tuple(dict.fromkeys(record.factors)),
        at=min(record.at, record.recorded_at),
        recorded_at=record.recorded_at,
        withdrawn=record.withdrawn,
    )
    if before is not None and (after == before or record.recorded_at < before.recorded_at):
        return  # an echo
    draft.of_provider(
        AlertTaken,
        "The declaration was taken back." if after.withdrawn else "It is watched whether it happens again.",
        alert_id=record.alert_id,
        incident_type=after.incident_type,
        factors=after.factors,
        at=after.at,
        withdrawn=after.withdrawn,
    )
    found = set()
    for at, case_id in draft.known.by_time:
        one = draft.known.reports[case_id]
        what = _shared(after, one.incident_type, one.factors) if one.counts else None
        if what is not None and _watched(draft, after, at):
            _find(draft, record.alert_id, after, case_id, what, at)
            found.add(repeat_subject(draft.provider, record.alert_id, case_id))
    if before is not None:
        for subject, pattern in draft.known.patterns.items():
            if pattern.alert_id == record.alert_id and subject not in found:
                _end(draft, subject)


def _shared(alert: Alert, incident_type: str | None, factors: Collection[str]) -> tuple[str, str] | None:
    """What a report has of what the alert is about."""
    if alert.withdrawn:
        return None
    if alert.incident_type is not None and alert.incident_type == incident_type:
        return "incident_type", alert.incident_type
    factor = next((one for one in alert.factors if one in factors), None)
    return None if factor is None else ("factor", factor)


def _watched(draft: Draft, alert: Alert, at: Instant) -> bool:
    return alert.at < at <= alert.at + draft.policy.alerts.watch_days * DAY


def _find(
    draft: Draft, alert_id: str, alert: Alert, case_id: str, what: tuple[str, str], at: Instant
) -> None:
    subject = repeat_subject(draft.provider, alert_id, case_id)
    known = draft.known.patterns.get(subject)
    if known is not None and known.standing:
        return
    earlier = [one for one in draft.known.patterns.values() if one.alert_id == alert_id and one.standing]
    beside = [one for one in draft.said if isinstance(one, PatternFound) and one.alert_id == alert_id]
    draft.say(
        PatternFound,
        subject,
        f"The provider declared alert {alert_id} complete on {in_words(alert.at)}; this was reported after "
        "it. It is asked whether what the alert asks for is in place.",
        pattern="repeat_after_alert",
        grouped_by=what[0],
        group_ref=what[1],
        alert_id=alert_id,
        count=len(earlier) + len(beside) + 1,
        window_days=draft.policy.alerts.watch_days,
        first_at=alert.at,
        last_at=at,
        newest_case=case_id,
    )


def _end(draft: Draft, subject: str) -> None:
    known = draft.known.patterns.get(subject)
    if known is not None and known.standing:
        over(draft, subject, "withdrawn", MISTAKEN)
