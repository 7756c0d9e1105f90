"""Counts of the candour audit, pure: how each duty stood in a cohort, at a time.

A duty without a number of days in law is never called late: its target has columns of its own.
Discharge under 20(5) is counted apart and never as met.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from statistics import median
from typing import Any, NamedTuple

from msgspec import Struct

from rules.candour.opening import grade_of
from rules.candour.policy import LOWEST_HARM, Duty, Policy, reaches
from rules.london import in_time, passed
from schemas.event_types import Instant, Patient, Provider
from sinks.obligation import Obligation

NOT_BOUND = "no instrument binds"
"""In the place of a family: the provider's class is not known, or nothing bound it on that day."""
NOT_NAMED = ""
"""In the place of a provider: a case that names none."""

_DAY = 86_400_000
Counts = dict[str, Any]


class Policies:
    """What the candour rule took, in the order in which it did; at least one."""

    def __init__(self, *taken: Policy) -> None:
        self.in_force = taken[-1]
        self._by_version = {policy.version: policy for policy in taken}

    def duty(self, one: Obligation) -> Duty | None:
        """None where the policy of its version has not come here yet."""
        policy = self._by_version.get(one.policy_version or "")
        return None if policy is None else policy.duties.get((one.instrument, one.duty))


class Row(NamedTuple):
    """`numbered`: whether the instrument gives a number of days, be there a calendar for them or not."""

    duty: str
    family: str
    numbered: bool


class Member(Struct, frozen=True, kw_only=True):
    """One case of the cohort; of its providers those that were asked for."""

    case_id: str
    kind: str
    harm: str
    reported_at: Instant
    aware_at: Instant
    providers: tuple[Provider, ...]
    patients: tuple[Patient, ...]

    @property
    def notifiable(self) -> bool:
        return reaches(self.harm, LOWEST_HARM)


class Listed(Struct, frozen=True, kw_only=True):
    """A provider as the directory has it; nothing but its code where it was not in it in the period."""

    provider: str
    name: str | None = None
    type: str | None = None
    scheme_member: bool | None = None


class Unopened(NamedTuple):
    """A duty that harm should have opened for a patient at a provider, and did not."""

    case_id: str
    patient: str
    provider: str
    row: Row


def rows(
    owed: Iterable[Obligation], at: Instant | None, policies: Policies, unopened: Iterable[Unopened] = ()
) -> list[Counts]:
    """One row for each duty, family of instruments (their basis), and whether it has a number of days in law.

    `at`: the time to which the counts hold.
    """
    groups: dict[Row, list[Obligation]] = {}
    for obligation in owed:
        numbered = obligation.due_at is not None or _has_number(policies.duty(obligation))
        groups.setdefault(Row(obligation.duty, obligation.basis, numbered), []).append(obligation)
    never = Counter(one.row for one in unopened)
    groups |= {row: [] for row in never if row not in groups}
    return [
        {
            "duty": duty,
            "family": family,
            "instruments": sorted({one.instrument for one in group}),
            "number_in_law": numbered,
            **_common(group),
            "never_opened": never[Row(duty, family, numbered)],
            **(_numbered(group, at) if numbered else _unnumbered(group, at)),
            **(_told(group) if duty == "tell" else {}),
        }
        for (duty, family, numbered), group in sorted(groups.items())
    ]


def never_opened(
    cases: Iterable[Member], owed: Iterable[Obligation], policies: Policies
) -> Iterator[Unopened]:
    """Of each patient harmed moderately or worse, by provider: what harm should have opened and did not.

    A duty that was opened under any instrument was opened: after a regrade it is that of the regrade's day.
    """
    policy = policies.in_force
    by_harm = {duty.name for duty in policy.duties.values() if duty.opens == "harm"}
    opened = {
        (one.case_id, one.patient, one.provider, one.duty)
        for one in owed
        if (duty := policies.duty(one)) is None or duty.opens == "harm"
    }
    for case in cases:
        if case.kind not in policy.readings.kinds:
            continue
        harmed = [one.ref for one in case.patients if reaches(grade_of(one), LOWEST_HARM)]
        for provider in case.providers if harmed else ():
            asked = {
                Row(duty.name, instrument.basis, _has_number(duty))
                for instrument, _ in policy.binding(provider, case.reported_at, case.aware_at)
                for duty in instrument.duty
                if duty.opens == "harm"
            } or {Row(name, NOT_BOUND, False) for name in by_harm}
            for patient in harmed:
                for row in asked:
                    if (case.case_id, patient, provider.code, row.duty) not in opened:
                        yield Unopened(case.case_id, patient, provider.code, row)


def by_provider(
    directory: Iterable[Listed],
    cases: Iterable[Member],
    owed: Iterable[Obligation],
    unopened: Iterable[Unopened],
    at: Instant | None,
    quiet: Mapping[str, Collection[str]],
) -> list[Counts]:
    """One row for each provider of the directory and of the cohort: members of the scheme first, the silent
    above the others. `quiet`: by provider what has gone quiet there, `provider` or `ward`.

    A provider at which nothing was reported has no counts: a nought would look like an answer.
    """
    reported, duties = defaultdict[str, list[Member]](list), defaultdict[str, list[Obligation]](list)
    for case in cases:
        for code in [one.code for one in case.providers] or [NOT_NAMED]:
            reported[code].append(case)
    for obligation in owed:
        duties[obligation.provider].append(obligation)
    never = Counter(provider for _, _, provider in {one[:3] for one in unopened})
    known = {one.provider: one for one in directory}
    found = []
    for code in sorted(known.keys() | reported.keys() | duties.keys()):
        listed, silent = known.get(code) or Listed(provider=code), quiet.get(code, ())
        found.append(
            {
                "provider": code or None,
                "name": listed.name,
                "type": listed.type,
                "scheme_member": listed.scheme_member,
                "in_directory": listed.name is not None,
                "result": "cases" if reported[code] else "nothing reported",
                "gone_quiet": "provider" in silent,
                "wards_gone_quiet": sum(group == "ward" for group in silent),
                "cases": len(reported[code]),
                **_at_provider(reported[code], duties[code], never[code], at),
            }
        )
    return sorted(found, key=lambda row: (not row["scheme_member"], row["cases"] > 0))


def _at_provider(
    cases: Sequence[Member], owed: Sequence[Obligation], never: int, at: Instant | None
) -> Counts:
    def done(duty: str) -> int:
        return sum(one.duty == duty and one.state in ("met", "met_late") for one in owed)

    waiting = [one for one in owed if _stands(one) in ("open", "breached")]
    counts = {
        "moderate_or_worse": sum(one.notifiable for one in cases),
        "harm_not_known": sum(one.harm == "not_known" for one in cases),
        "obligations": len(owed),
        "told": done("tell"),
        "written": done("write"),
        "met_late": sum(one.state == "met_late" for one in owed),
        "open": len(waiting),
        "open_late": sum(one.state == "breached" or _gone(one.due_at, at) for one in waiting),
        "provisional": sum(one.state == "provisional" for one in owed),
        "discharged": sum(_stands(one) == "discharged" for one in owed),
        "never_opened": never,
    }
    return counts if cases else dict.fromkeys(counts)


def _has_number(duty: Duty | None) -> bool:
    return duty is not None and duty.due_working_days is not None


def _stands(one: Obligation) -> str:
    """Discharged after the due time is discharged; the breach that stands is counted beside it."""
    return "discharged" if one.state == "breached" and one.discharged_at is not None else one.state


def _common(group: Sequence[Obligation]) -> Counts:
    def stand(state: str) -> int:
        return sum(_stands(one) == state for one in group)

    return {
        "obligations": len(group),
        "met": stand("met"),
        "discharged": stand("discharged"),
        "provisional": stand("provisional"),
        "stood_down": stand("stood_down"),
        "merged": stand("merged"),
        "disputed": sum(one.disputed for one in group),
    }


def _numbered(group: Sequence[Obligation], at: Instant | None) -> Counts:
    waiting = [one for one in group if _stands(one) in ("open", "breached")]
    late = sum(one.state == "breached" or _gone(one.due_at, at) for one in waiting)
    undated = sum(one.state == "open" and one.due_at is None for one in waiting)
    return {
        "met_late": sum(one.state == "met_late" for one in group),
        "open_in_time": len(waiting) - late - undated,
        "open_late": late,
        "open_without_date": undated,
        "breaches_standing": sum(one.breached_at is not None for one in group),
    }


def _unnumbered(group: Sequence[Obligation], at: Instant | None) -> Counts:
    done = [one for one in group if one.state in ("met", "met_late")]
    aimed = [one for one in done if one.target_at is not None and one.satisfied_at is not None]
    within = sum(in_time(one.satisfied_at or 0, one.target_at or 0) for one in aimed)
    still_open = [one for one in group if one.state in ("open", "breached")]
    undecided = [one for one in group if one.state == "provisional"]
    after = sum(_gone(one.target_at, at) for one in still_open)
    return {
        "within_target": within,
        "after_target": len(aimed) - within,
        "open": len(still_open),
        "open_within_target": sum(one.target_at is not None for one in still_open) - after,
        "open_after_target": after,
        "provisional_after_target": sum(_gone(one.target_at, at) for one in undecided),
    }


def _told(group: Sequence[Obligation]) -> Counts:
    """Elapsed days count from awareness in every case, whatever the due time runs from."""
    days = [
        (one.satisfied_at - one.aware_at) / _DAY
        for one in group
        if one.state in ("met", "met_late") and one.satisfied_at is not None
    ]
    return {
        "told": len(days),
        "median_days_from_awareness_to_told": round(median(days), 1) if days else None,
    }


def _gone(deadline: Instant | None, at: Instant | None) -> bool:
    return deadline is not None and at is not None and passed(at, deadline)
