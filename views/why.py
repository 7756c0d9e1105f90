"""Why each verdict on a case was given, as JSON: one shape for the API, the page and the command."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from rules.articles import Article, article_at, in_short
from rules.rule import Held
from schemas.contracts import snake
from schemas.event_types import CalendarAdopted, CaseEvent, ClockTick, Instant, PolicyAdopted, Record
from schemas.never_event_types import LedgerEntry
from schemas.outcome_types import Outcome
from schemas.topics import CASE_EVENTS
from stream_apps.explaining import Difference, Finding, Stood
from views.api.times import london_time, utc
from views.reading_why import Explanation, said_at
from views.spelling import titled

Json = dict[str, Any]

ABOUT = (
    "patient", "provider", "duty", "instrument", "basis", "threshold", "trigger", "clock", "claim_id",
    "list_version", "type_no", "level", "owner_role", "signal",
)  # fmt: skip
"""What names the subject of a verdict: as the newest of its outcomes that says it has it by then."""
SHARED = frozenset(Outcome.__struct_fields__)
PROPOSED = "Proposed: informs, never binds."
GUIDANCE = "Guidance: informs, binds nobody by itself."


def shape(found: Explanation, as_at: Instant | None) -> Json:
    """As it was said up to a time: later verdicts are left out.

    `agrees`: every verdict that was said follows from the log, and none that follows is missing.
    """
    findings = [one for one in found.findings if as_at is None or said_at(one) <= as_at]
    named = {_named(one): (number, one) for number, one in enumerate(found.findings, 1)}
    about: dict[tuple[str, str], Json] = {}
    agrees = all(one.agrees for one in findings)
    return {
        "case_id": found.case_id,
        "as_at": utc(as_at),
        "settled": found.settled(as_at),
        "agrees": agrees,
        "said": _summary(findings, found.whole, agrees),
        "decided_again_from": "partition" if found.whole else "case",
        "topic": CASE_EVENTS,
        "partition": found.partition,
        "in_force": [
            {
                "rule": one.rule,
                "what": "calendar" if one.type == "calendar_taken" else "policy",
                "version": _version(one.outcome, one.type),
                "from": utc(one.recorded_at),
                "topic": CASE_EVENTS,
                "offset": one.source_offset,
            }
            for one in found.adopted
            if as_at is None or one.recorded_at <= as_at
        ],
        "verdicts": [
            _verdict(number, finding, found, about, named) for number, finding in enumerate(findings, 1)
        ],
    }


def _summary(findings: Sequence[Finding], whole: bool, agrees: bool) -> str:
    count = len(findings)
    how = "all records of its partition" if whole else "its records and the ticks that concern it"
    if not count:
        return f"Nothing was said about this case, and nothing follows from {how}."
    if agrees:
        return (
            f"Decided again from {how}: all {count} verdicts follow, as they were said at the time."
            if count > 1
            else f"Decided again from {how}: the one verdict follows, as it was said at the time."
        )
    wrong = sum(not one.agrees for one in findings)
    return (
        f"Decided again from {how}: {wrong} of {count} verdicts differ from what was said. Do not rely on "
        "them; run `candour verify`, and find out who else writes to the log."
    )


def _version(outcome: Outcome | None, kind: str) -> str | None:
    if outcome is None:
        return None
    return outcome.calendar_version if kind == "calendar_taken" else outcome.policy_version


def _named(finding: Finding) -> str:
    """As a later verdict names it that rests on it."""
    one = finding.outcome or finding.said
    assert one is not None
    return f"{one.subject}#{one.revision}"


def kind_of(finding: Finding) -> str:
    """The type of its outcome, in snake case."""
    if finding.outcome is not None:
        return snake(type(finding.outcome).__name__)
    return finding.said.type if finding.said is not None else ""


def _rule(finding: Finding) -> str:
    one = finding.said or finding.follows
    assert one is not None
    return one.rule


def _verdict(
    number: int,
    finding: Finding,
    found: Explanation,
    about: dict[tuple[str, str], Json],
    named: Mapping[str, tuple[int, Finding]],
) -> Json:
    outcome, rule = finding.outcome, _rule(finding)
    said, follows = finding.said, finding.follows
    return {
        "number": number,
        "rule": rule,
        "type": kind_of(finding),
        "subject": outcome.subject if outcome else said.subject if said else None,
        "revision": outcome.revision if outcome else None,
        "about": _about(outcome, rule, about),
        "says": _says(outcome),
        "said_at": utc(said_at(finding)),
        "reason": list(outcome.because) if outcome else [],
        "clauses": [clause(one) for one in _clauses(finding, found)],
        "policy_version": outcome.policy_version if outcome else None,
        "calendar_version": outcome.calendar_version if outcome else None,
        "cause": _cause(finding, found),
        "outcome": _place(said, found.partition),
        "evidence": [_evidence(one, found, named) for one in (follows.held if follows else ())],
        "agreement": _agreement(finding),
        "differences": [_difference(one) for one in finding.differences],
    }  # fmt: skip


def _place(said: Stood | None, partition: int) -> Json | None:
    if said is None:
        return None
    return {"id": said.id, "topic": said.topic, "partition": partition, "offset": said.offset}


def _about(outcome: Outcome | None, rule: str, before: dict[tuple[str, str], Json]) -> Json:
    """`before`: by rule and subject, what was told of it up to now."""
    if outcome is None:
        return {}
    known = before.get((rule, outcome.subject), {})
    if isinstance(outcome, LedgerEntry):  # where an entry stands is told anew each time, without a type too
        known = {name: value for name, value in known.items() if name != "type_no"}
    found = {name: getattr(outcome, name, None) for name in ABOUT}
    known = known | {name: value for name, value in found.items() if value is not None}
    before[rule, outcome.subject] = known
    return {name: known[name] for name in ABOUT if name in known}


def _says(outcome: Outcome | None) -> Json:
    """The figures of the verdict itself: times as RFC 3339 in London's offset."""
    if outcome is None:
        return {}
    fields = {
        name: value
        for name, value in msgspec.to_builtins(outcome).items()
        if name not in SHARED
        and name not in ABOUT
        and value is not None
        and name not in ("evidence", "content")
    }
    return {name: london_time(value) if _is_time(name, value) else value for name, value in fields.items()}


def _is_time(name: str, value: Any) -> bool:
    return isinstance(value, int) and (
        name.endswith(("_at", "_by", "_until", "_from")) or name in ("as_of", "deadline", "at")
    )


def _clauses(finding: Finding, found: Explanation) -> list[Article]:
    """By the version that the verdict names, as it was adopted, whatever is in force today. What follows from
    no record rests on nothing."""
    follows = finding.follows
    if follows is None or follows.outcome.policy_version is None:
        return []
    content = found.policies.get((follows.rule, follows.outcome.policy_version))
    if content is None:
        return []
    articles = (article_at(content, path) for path in follows.clauses)
    return [one for one in articles if one is not None]


def clause(article: Article) -> Json:
    """An article of the adopted policy, with what it rests on."""
    said = {name: in_short(value) for name, value in article.said.items() if name != "clause"}
    return {
        "article": " / ".join(article.path),
        "instrument": titled(article.within) if article.within else None,
        "title": article.title or titled(article.name),
        "status": article.status or None,
        "basis": article.basis or None,
        "binds": article.binds,
        "valid_from": article.valid_from.isoformat() if article.valid_from else None,
        "valid_to": article.valid_to.isoformat() if article.valid_to else None,
        "says": said,
        "source": article.source,
        "confidence": article.confidence,
        "confirmed": article.firm,
        "note": note_of(article),
    }


def note_of(article: Article) -> str:
    """What has to stand beside it wherever it shows."""
    if article.basis == "proposed" or article.status == "proposed":
        return PROPOSED
    return GUIDANCE if article.status == "guidance" else article.note


def _cause(finding: Finding, found: Explanation) -> Json:
    said, follows = finding.said, finding.follows
    offset = follows.offset if follows is not None else said.source_offset if said is not None else None
    place = {"topic": CASE_EVENTS, "partition": found.partition, "offset": offset}
    record: Record | None = follows.cause if follows is not None else None
    if record is None and said is not None:
        record = found.events.get(said.cause)
        if record is None:
            return {"type": None, "named": said.cause, **place}
    match record:
        case ClockTick():
            return {"type": "clock_tick", "at": utc(record.as_of), "recorded_at": utc(record.as_of), **place}
        case CaseEvent():
            return {
                "type": snake(type(record).__name__),
                "event_id": record.event_id,
                "at": utc(record.at),
                "recorded_at": utc(record.recorded_at),
                "by_role": record.by_role,
                **place,
            }
        case PolicyAdopted() | CalendarAdopted():
            at = utc(record.recorded_at)
            return {"type": snake(type(record).__name__), "at": at, "recorded_at": at, **place}
    return {"type": None, **place}


def _evidence(one: Held, found: Explanation, named: Mapping[str, tuple[int, Finding]]) -> Json:
    """A record of the case; or an earlier verdict, which has places of its own; or, where something that the
    case does not have was retracted, nothing but its id."""
    event, (number, finding) = found.events.get(one.what), named.get(one.what, (None, None))
    when = utc(said_at(finding)) if finding is not None else None
    told = event if event is not None else finding.outcome if finding is not None else None
    return {
        "type": snake(type(told).__name__) if told is not None else "not_known",
        "event_id": one.what if finding is None else None,
        "verdict": number,
        "at": utc(event.at) if event is not None else when,
        "recorded_at": utc(event.recorded_at) if event is not None else when,
        "by_role": event.by_role if event is not None else None,
        "counts": one.counts,
        "offset": found.places.get(one.what),
    }


def _agreement(finding: Finding) -> str:
    if finding.agrees:
        return "agrees"
    if finding.said is None:
        return "not_said"
    return "follows_from_nothing" if finding.follows is None else "differs"


def _difference(one: Difference) -> Json:
    return {"field": one.field, "said": _plain(one.said), "follows": _plain(one.follows)}


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | bool | None) else in_short(value)
