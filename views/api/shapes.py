"""What the API's JSON looks like."""

from collections.abc import Mapping
from typing import Any

from producers.facts import FLAG_BITS
from schemas.event_types import Instant
from sinks.obligation import Obligation
from views.api.times import london_time, utc

Json = dict[str, Any]


def obligation(one: Obligation) -> Json:
    return {
        "id": one.id,
        "case_id": one.case_id,
        "duty": one.duty,
        "instrument": one.instrument,
        "basis": one.basis,
        "threshold": one.threshold,
        "state": one.state,
        "disputed": one.disputed,
        "owner_role": one.owner_role,
        "patient": one.patient,
        "provider": one.provider,
        "provider_type": one.provider_type,
        "harm": one.harm,
        "relation": one.relation,
        "relation_why": one.relation_why,
        "opened_at": utc(one.opened_at),
        "reported_at": utc(one.reported_at),
        "aware_at": utc(one.aware_at),
        "aware_assumed": one.aware_assumed,
        "starts_at": utc(one.starts_at),
        "due_at": london_time(one.due_at),
        "target_at": london_time(one.target_at),
        "earlier_due_at": london_time(one.earlier_due_at),
        "earlier_target_at": london_time(one.earlier_target_at),
        "satisfied_at": utc(one.satisfied_at),
        "discharged_at": utc(one.discharged_at),
        "breached_at": utc(one.breached_at),
        "target_passed_at": utc(one.target_passed_at),
        "warned": one.warned,
        "merged_into": one.merged_into,
        "policy_version": one.policy_version,
        "calendar_version": one.calendar_version,
        "because": list(one.because),
        "changed_at": utc(one.latest_at),
        "revisions": one.revisions,
    }


def facts(event: Mapping[str, Any]) -> Json:
    """What an event's payload says of its case."""
    said = event["facts"]
    return {
        "kind": said["kind"],
        "provider": said["providers"][0]["code"] if said["providers"] else None,
        "providers": said["providers"],
        "patients": said["patients"],
        "harm": event["harm"],
        "potential": event["potential"],
        "flags": flags(event["flags"]),
        "occurred_at": utc(said.get("occurred_at")),
        "aware_at": utc(said["aware_at"]),
        "aware_assumed": said["aware_assumed"],
        "reported_at": utc(said["reported_at"]),
    }


def flags(bits: int) -> list[str]:
    return [name for name, bit in FLAG_BITS.items() if bits & bit]


_COPIED = ("facts", "harm", "potential", "flags", "event_id", "case_id", "at", "recorded_at")


def timeline_entry(type: str, event: Mapping[str, Any], retracted_by: str | None) -> Json:
    """One event, with its own fields and without the copied facts of the case."""
    own = {name: _time(name, value) for name, value in event.items() if name not in _COPIED}
    return {
        "event_id": event["event_id"],
        "type": type,
        "at": utc(event["at"]),
        "recorded_at": utc(event["recorded_at"]),
        **own,
        "retracted": retracted_by is not None,
        "retracted_by": retracted_by,
    }


def outcome(type: str, said: Mapping[str, Any]) -> Json:
    """One thing that a rule said, with its reasons."""
    own = {name: _time(name, value) for name, value in said.items() if name not in ("content", "sha256")}
    return {**own, "type": type}


def _time(name: str, value: Any) -> Any:
    is_time = isinstance(value, int) and (name.endswith("_at") or name in ("at", "as_of", "deadline"))
    if not is_time:
        return value
    when: Instant = value
    return london_time(when) if name.endswith(("due_at", "target_at")) or name == "deadline" else utc(when)
