"""Hears one outcome of the patterns rule. The only way in which its memory changes."""

from datetime import date
from sys import intern

from msgspec.structs import replace
from sortedcontainers import SortedList

from rules.london import SECOND, day_of, last_second
from rules.patterns.policy import DAY, HOUR, Policy
from rules.patterns.state import (
    CLOSINGS,
    Alert,
    Closing,
    Group,
    Heard,
    Known,
    Member,
    Pattern,
    Report,
    State,
    silence_subject,
)
from schemas import pattern_types as said
from schemas.event_types import Instant
from schemas.outcome_types import Outcome


def apply(state: State, outcome: Outcome) -> None:
    if state.hear(outcome):
        return
    provider: str = outcome.provider  # type: ignore[attr-defined]  # all that this rule says of its own has one
    known = state.providers.get(provider)
    if known is None:
        known = state.providers[provider] = Known()
    policy = state.policy
    assert policy is not None, "the rule says nothing before its policy"
    match outcome:
        case said.ReportTaken() | said.ReportDropped():
            _take_report(known, outcome)
            _forget(known, outcome.recorded_at, policy)
        case said.WardHeard():
            _hear_ward(state, known, outcome, policy)
        case said.ClosingTaken() | said.ClosingDropped():
            _take_closing(known, outcome, policy)
        case said.AlertTaken():
            known.alerts[outcome.alert_id] = Alert(
                incident_type=outcome.incident_type,
                factors=outcome.factors,
                at=outcome.at,
                recorded_at=outcome.recorded_at,
                withdrawn=outcome.withdrawn,
            )
        case said.WentQuiet() | said.HeardAgain():
            before = known.heard[outcome.ward_ref]
            quiet = isinstance(outcome, said.WentQuiet)
            after = replace(before, quiet=quiet, revision=outcome.revision)
            _place(state, known, provider, outcome.ward_ref, before, after, policy)
        case _:
            _set_pattern(state, known, outcome, policy)
    if outcome.subject.startswith("provider:"):
        known.revision = outcome.revision


# -- reports and closings ------------------------------------------------------------------------------------


def _take_report(known: Known, outcome: said.ReportTaken | said.ReportDropped) -> None:
    case_id = outcome.of_case
    before = known.reports.get(case_id)
    if before is not None:
        _remove(known, case_id, before)
    if isinstance(outcome, said.ReportTaken):
        after = Report(
            at=outcome.at,
            version=outcome.version,
            ward_ref=intern(outcome.ward_ref) if outcome.ward_ref else None,
            incident_type=outcome.incident_type,
            factors=outcome.factors,
        )
    elif before is not None:
        after = replace(before, version=outcome.version, counts=False)
    else:
        return
    known.reports[case_id] = after
    known.by_time.add((after.at, case_id))
    for group in after.groups():
        known.groups.setdefault(group, SortedList()).add((after.at, case_id))


def _remove(known: Known, case_id: str, report: Report) -> None:
    known.by_time.discard((report.at, case_id))
    del known.reports[case_id]
    for group in report.groups():
        _discard(known, group, (report.at, case_id))


def _discard(known: Known, group: Group, member: Member) -> None:
    members = known.groups.get(group)
    if members is not None:
        members.discard(member)
        if not members:
            del known.groups[group]


def _forget(known: Known, now: Instant, policy: Policy) -> None:
    """What no window of the policy reaches any more."""
    while known.by_time and known.by_time[0][0] <= now - policy.memory_ms:
        case_id = known.by_time[0][1]
        _remove(known, case_id, known.reports[case_id])


def _take_closing(known: Known, outcome: said.ClosingTaken | said.ClosingDropped, policy: Policy) -> None:
    event_id = outcome.case_event_id
    if isinstance(outcome, said.ClosingTaken):
        known.closings[event_id] = Closing(at=outcome.at, case_id=outcome.of_case)
        known.groups.setdefault(CLOSINGS, SortedList()).add((outcome.at, event_id))
    elif event_id in known.closings:
        before = known.closings[event_id]
        known.closings[event_id] = replace(before, counts=False)
        _discard(known, CLOSINGS, (before.at, event_id))
    gone = outcome.recorded_at - policy.closing.window_hours * HOUR
    for event_id, one in list(known.closings.items()):
        if one.at > gone:
            break  # they are in the order of their recording
        del known.closings[event_id]
        if one.counts:
            _discard(known, CLOSINGS, (one.at, event_id))


# -- patterns ------------------------------------------------------------------------------------------------


def _set_pattern(state: State, known: Known, outcome: Outcome, policy: Policy) -> None:
    subject = outcome.subject
    before = known.patterns.get(subject)
    match outcome:
        case said.PatternFound():
            closings, repeat = outcome.pattern == "bulk_closing", outcome.pattern == "repeat_after_alert"
            group = CLOSINGS if closings else (outcome.grouped_by, outcome.group_ref)
            after = Pattern(
                revision=outcome.revision,
                group=None if repeat else group,
                standing=True,
                found_revision=outcome.revision,
                found_case=outcome.newest_case,
                alert_id=outcome.alert_id,
                said=(outcome.count, outcome.first_at, outcome.last_at),
            )
        case said.PatternRestated() if before is not None:
            after = replace(
                before,
                revision=outcome.revision,
                said=(outcome.count, outcome.first_at, outcome.last_at),
            )
        case said.PatternOver() if before is not None:
            after = replace(before, revision=outcome.revision, standing=False)
        case _:
            raise LookupError(f"{type(outcome).__name__} speaks of {subject}, of which nothing was said")
    after = replace(after, alarm=_passes_at(known, after, policy))
    known.patterns[subject] = after
    state.move_alarm(subject, before.alarm if before else None, after.alarm)


def _passes_at(known: Known, pattern: Pattern, policy: Policy) -> Instant | None:
    """From when on fewer than the policy asks for lie in its window."""
    if not pattern.standing or pattern.group is None:
        return None
    window_ms, least = extent(policy, pattern.group)
    members = known.groups.get(pattern.group, ())
    return members[-least][0] + window_ms if len(members) >= least else 0


def extent(policy: Policy, group: Group) -> tuple[int, int]:
    """Length of the window in milliseconds, and how many it takes to stand out in it."""
    if group == CLOSINGS:
        return policy.closing.window_hours * HOUR, policy.closing.least
    cluster = policy.clusters[group[0]]  # type: ignore[index]
    return cluster.window_days * DAY, cluster.least


# -- silence -------------------------------------------------------------------------------------------------


def _hear_ward(state: State, known: Known, outcome: said.WardHeard, policy: Policy) -> None:
    known.since = outcome.at if known.since is None else min(known.since, outcome.at)
    day = day_of(outcome.at).toordinal()
    for ward_ref in dict.fromkeys((outcome.ward_ref, None)):
        before = known.heard.get(ward_ref)
        days = sorted({day, *(before.days if before else ())})
        silence = policy.silences.get("provider" if ward_ref is None else "ward")
        used = silence.used_days if silence else 1
        kept = tuple(one for one in days if one > days[-1] - used)
        after = Heard(days=kept) if before is None else replace(before, days=kept)
        _place(state, known, outcome.provider, ward_ref, before, after, policy)


def _place(
    state: State,
    known: Known,
    provider: str,
    ward_ref: str | None,
    before: Heard | None,
    after: Heard,
    policy: Policy,
) -> None:
    after = replace(after, alarm=_quiet_from(after, ward_ref, policy))
    known.heard[ward_ref] = after
    subject = silence_subject(provider, ward_ref)
    state.move_alarm(subject, before.alarm if before else None, after.alarm)


def _quiet_from(heard: Heard, ward_ref: str | None, policy: Policy) -> Instant | None:
    silence = policy.silences.get("provider" if ward_ref is None else "ward")
    if silence is None or heard.quiet or len(heard.days) < silence.least_heard_days:
        return None
    return last_moment(heard) + silence.silent_days * DAY


def last_moment(heard: Heard) -> Instant:
    """The end of the last day on which it was heard."""
    return last_second(date.fromordinal(heard.days[-1])) + SECOND
