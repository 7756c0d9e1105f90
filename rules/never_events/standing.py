"""Where a ledger entry stands: a fold over what people said, the facts of the case, and the list of its day.

Law.md §4.1: the list is that in force on the day of occurrence; §4.3: gates of harm and exclusions; §4.5: a
suspended type is never counted, a wrong tooth not from 1 April 2021.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from rules.london import day_in_words, day_of
from rules.never_events.policy import NeverEventList, Policy, Subtype, Type
from rules.never_events.state import NO_LIST, Cell, Status
from schemas.event_types import CaseFacts, Grade, Instant, Patient
from schemas.never_event_types import Gate, ProposedBy, Statement, WaitsFor, Withdrawal

_GRADES: tuple[Grade, ...] = ("not_known", "none", "low", "moderate", "severe", "fatal")
_RANK: dict[Grade, int] = {grade: rank for rank, grade in enumerate(_GRADES)}
_BY: dict[str, ProposedBy] = {"proposed": "reporter", "suggested": "rule"}


class Standing(Struct, frozen=True, kw_only=True):
    """`because` begins with what decides it. `policy_version`: by which it was judged."""

    status: Status
    cell: Cell
    policy_version: str
    because: tuple[str, ...]
    waits_for: WaitsFor | None = None
    why: Withdrawal | None = None
    by: ProposedBy = "safety_team"
    confirmed_at: Instant = 0


class Listed(Struct, frozen=True, kw_only=True):
    """What was named, looked up on the list of its day.

    `matched`: it was named as of another list, from which this type was carried over, or to which it came.
    """

    day: date
    known: bool  # whether the day of occurrence is known; else it is that of the report
    list: NeverEventList | None
    type: Type | None = None
    subtype: Subtype | None = None
    matched: bool = False


def judge(
    statements: Sequence[Statement], facts: CaseFacts, policies: Mapping[str, Policy]
) -> Standing | None:
    """Where the entry stands by what stands now; None where nobody says that there is a never event."""
    standing = that_count(statements)
    named = named_by(standing)
    if named is None:
        return None
    policy = policies[named.policy_version]
    listed = look_up(policy, facts, named)
    proposal = next((one for one in reversed(standing) if one.kind in _BY), None)
    seen = Standing(
        status="proposed",
        cell=_cell(policy, listed, facts),
        policy_version=named.policy_version,
        by="rule" if listed.matched else _BY[proposal.kind] if proposal else "safety_team",
        because=(),
    )
    if any(one.kind == "merged" for one in standing):
        told = "This case is a duplicate: the incident is counted once, under the other case."
        return _no_never_event(seen, "merged", told)
    if named.kind == "rejected":
        return _no_never_event(seen, "rejected", "The patient safety team found that it is no never event.")
    if listed.known and listed.list is None:
        return _no_never_event(seen, "not_on_the_list", _in_force(listed))
    if named.kind != "confirmed":
        return replace(seen, waits_for="decision", because=_proposed(named, listed, facts))
    return _confirmed(seen, named, listed, policy)


def look_up(policy: Policy, facts: CaseFacts, named: Statement) -> Listed:
    day = day_of(facts.reported_at if facts.occurred_at is None else facts.occurred_at)
    in_force, known = policy.list_on(day), facts.occurred_at is not None
    if in_force is None:
        return Listed(day=day, known=known, list=None)
    if named.list_version != in_force.version:
        # A confirmation is of the list that it names: a rule confirms nothing.
        proposed = named.kind == "proposed"
        same = policy.carried_over(named.list_version, named.type_no, in_force) if proposed else None
        return Listed(day=day, known=known, list=in_force, type=same, matched=same is not None)
    type = in_force.type_of(named.type_no)
    subtype = type.subtype_of(named.subtype) if type else None
    return Listed(day=day, known=known, list=in_force, type=type, subtype=subtype)


def not_counted(listed: Listed) -> str:
    """Why such an event is no never event of the list of its day; empty where nothing speaks against it."""
    type, subtype = listed.type, listed.subtype
    if type is not None and type.suspended:
        return f"{type.name} is suspended on the list of {_year(listed)} and is never counted."
    if type is not None and subtype is not None and not subtype.counts_on(listed.day):
        until = f" for occurrences after {subtype.valid_to:%-d %B %Y}" if subtype.valid_to else ""
        return f"{type.name} does not include this{until}: {subtype.title[0].lower()}{subtype.title[1:]}."
    return ""


def gate_of(type: Type | None, policy: Policy, patients: Sequence[Patient]) -> Gate:
    """Whether the harm of any one patient reaches the grade that the type asks for."""
    if type is None:
        return "not_known"
    reaches = policy.gates[type.gate].reaches
    if reaches is None:
        return "none"
    grades = [max(one.physical, one.psychological, key=_RANK.__getitem__) for one in patients]
    if any(_RANK[grade] >= _RANK[reaches] for grade in grades):
        return "met"
    asked = [one.physical for one in patients] if policy.asks_physical else grades
    return "not_known" if "not_known" in asked else "not_met"


def that_count(statements: Sequence[Statement]) -> list[Statement]:
    """What people said of a never event; that facts were corrected says nothing by itself."""
    return [one for one in statements if one.counts and one.kind != "facts_changed"]


def named_by(standing: Sequence[Statement]) -> Statement | None:
    """What speaks last: a confirmation holds against later proposals, a rejection does not."""
    last: Statement | None = None
    for one in standing:
        proposes = one.kind in _BY and (last is None or last.kind != "confirmed")
        if one.kind in ("confirmed", "rejected") or (proposes and not _vaguer(one, last)):
            last = one
    return last


def _vaguer(one: Statement, before: Statement | None) -> bool:
    """`Not sure` takes nothing back from who named a type."""
    return one.type_no is None and before is not None and before.kind in _BY and before.type_no is not None


def _cell(policy: Policy, listed: Listed, facts: CaseFacts) -> Cell:
    provider = facts.providers[0]
    return Cell(
        provider=provider.code,
        provider_type=provider.type,
        list_version=listed.list.version if listed.list else NO_LIST,
        type_no=listed.type.no if listed.type else None,
        subtype=listed.subtype.code if listed.subtype else None,
        occurred_at=facts.occurred_at,
        reported_at=facts.reported_at,
        gate=gate_of(listed.type, policy, facts.patients),
        payment=listed.list.payment.rule if listed.list and listed.known else "not_known",
        nhs_contract=provider.nhs_contract
        if policy.tells_contract and provider.type != "not_known"
        else None,
    )


def _proposed(named: Statement, listed: Listed, facts: CaseFacts) -> tuple[str, ...]:
    if named.kind == "suggested":
        told = "A duplicate of this case stood as a never event: the patient safety team decides it here."
    elif named.type_no is None:
        told = "It may be a never event; nobody has named its type."
    elif listed.type is None:
        told = f"It was proposed as {_named_as(named)}. {_in_force(listed)}"
    elif listed.matched:
        told = f"It was proposed as {_named_as(named)}. {_matched(listed, listed.type)}"
    else:
        told = f"It was proposed as type {listed.type.no} of the list of {_year(listed)}: {listed.type.name}."
    return tuple(filter(None, (told, not_counted(listed), "" if listed.known else _asked(facts))))


def _confirmed(seen: Standing, named: Statement, listed: Listed, policy: Policy) -> Standing:
    if not listed.known:
        told = "It was confirmed, but when it occurred is not known, and so neither is the list of its day."
        return _under_review(seen, "day", told)
    if listed.type is None:
        told = f"It was confirmed as {_named_as(named)}."
        return _under_review(seen, "type", told, _in_force(listed))
    if against := not_counted(listed):
        return _no_never_event(seen, "not_on_the_list", against)
    gate = policy.gates[listed.type.gate].title
    if seen.cell.gate == "not_known":
        told = f"It was confirmed. {gate} is asked for, and the grade of harm is not known."
        return _under_review(seen, "grade", told)
    if seen.cell.gate == "not_met":
        told = f"The harm does not reach what the type asks for: {gate.lower()}."
        return _no_never_event(seen, "gate_not_met", told)
    told = f"Confirmed as type {listed.type.no} of the list of {_year(listed)}: {listed.type.name}."
    because = (told, f"{gate}.", *_subtype_told(named, listed))
    return replace(seen, status="counted", because=because, confirmed_at=named.at)


def _under_review(seen: Standing, waits_for: WaitsFor, *because: str) -> Standing:
    return replace(seen, waits_for=waits_for, because=because)


def _no_never_event(seen: Standing, why: Withdrawal, because: str) -> Standing:
    return replace(seen, status="withdrawn", why=why, because=(because,))


def _subtype_told(named: Statement, listed: Listed) -> tuple[str, ...]:
    if named.subtype and listed.subtype is None:
        return ("The sub-type it names is not one of this type; it is counted without.",)
    return ()


def _in_force(listed: Listed) -> str:
    if listed.list is None:
        return f"On {listed.day:%-d %B %Y} no list of never events was in force."
    return (
        f"On {listed.day:%-d %B %Y} the list of {listed.list.version} is in force, and it has no such type."
    )


def _matched(listed: Listed, type: Type) -> str:
    return (
        f"On {listed.day:%-d %B %Y} the list of {_year(listed)} is in force, and has the same type as no. "
        f"{type.no}: {type.name}."
    )


def _named_as(named: Statement) -> str:
    return f"type {named.type_no} of the list of {named.list_version}"


def _asked(facts: CaseFacts) -> str:
    reported = day_in_words(facts.reported_at)
    return (
        f"When it occurred is not known: the list of the day of the report, {reported}, is shown meanwhile."
    )


def _year(listed: Listed) -> str:
    return listed.list.version if listed.list else NO_LIST
