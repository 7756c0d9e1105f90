"""What the API's JSON says of escalations and of the times of serious incidents."""

from typing import Any

from sinks.escalation import Delivery, Escalation, SeriousClock
from views.api.times import london_time, utc

Json = dict[str, Any]


def escalation(one: Escalation) -> Json:
    return {
        "id": one.id,
        "case_id": one.case_id,
        "trigger": one.trigger,
        "about": one.about,
        "urgency": one.urgency,
        "level": one.level,
        "owner_role": one.owner_role,
        "next_step": one.next_step,
        "informed": list(one.informed),
        "provider": one.provider,
        "provider_type": one.provider_type,
        "raised_at": utc(one.raised_at),
        "acknowledge_by": london_time(one.acknowledge_by),
        "act_by": london_time(one.act_by),
        "state": one.state,
        "climbs": one.climbs,
        "overdue": one.overdue_at is not None and one.state != "closed",
        "overdue_at": utc(one.overdue_at),
        "acknowledged_at": utc(one.acknowledged_at),
        "acknowledged_by_role": one.acknowledged_by_role,
        "closed_at": utc(one.closed_at),
        "how": one.how,
        "act": one.act,
        "deliveries": [_delivery(delivery) for delivery in one.deliveries],
        "policy_version": one.policy_version,
        "calendar_version": one.calendar_version,
        "because": list(one.because),
        "changed_at": utc(one.latest_at),
        "revisions": one.revisions,
    }


def _delivery(one: Delivery) -> Json:
    return {
        "level": one.level,
        "channel": one.channel,
        "step": one.step,
        "attempt": one.attempt,
        "at": utc(one.at),
    }


def serious_clock(one: SeriousClock) -> Json:
    return {
        "id": one.id,
        "case_id": one.case_id,
        "clock": one.clock,
        "framework": one.framework,
        "basis": "expectation",
        "grade": one.grade,
        "provider": one.provider,
        "owner_role": one.owner_role,
        "state": one.state,
        "starts_at": utc(one.starts_at),
        "due_at": london_time(one.due_at),
        "earlier_due_at": london_time(one.earlier_due_at),
        "extended": one.extended,
        "satisfied_at": utc(one.satisfied_at),
        "missed_at": utc(one.missed_at),
        "policy_version": one.policy_version,
        "calendar_version": one.calendar_version,
        "because": list(one.because),
        "revisions": one.revisions,
    }
