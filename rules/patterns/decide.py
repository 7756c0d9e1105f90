"""What follows from one record of the wards, given what the patterns rule has said before.

A report that comes again, is corrected, moved to another provider, or was a duplicate: each has its answer.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from rules.london import day_of, in_words
from rules.patterns.draft import Draft
from rules.patterns.evolve import extent, last_moment
from rules.patterns.groups import judge, over
from rules.patterns.policy import DAY
from rules.patterns.repeats import alert_taken, judge_repeats
from rules.patterns.state import (
    CLOSINGS,
    Report,
    State,
    is_silence,
    provider_of,
    silence_subject,
    ward_of,
)
from schemas import pattern_types as said
from schemas.event_types import ClockTick, PolicyAdopted, Record
from schemas.outcome_types import Outcome
from schemas.ward_events import (
    AlertDeclaredComplete,
    WardCaseClosed,
    WardEventRetracted,
    WardReported,
    WardReportWithdrawn,
)

OF_A_PROVIDER = (
    WardReported,
    WardReportWithdrawn,
    WardCaseClosed,
    WardEventRetracted,
    AlertDeclaredComplete,
)


def passes_over(kind: type[Record], harm: int, potential: int, flags: int) -> bool:
    """Every report says that its ward is not silent."""
    return kind not in (*OF_A_PROVIDER, ClockTick, PolicyAdopted)


def concerned(state: State, record: Record, heard: Sequence[Outcome]) -> Iterable[str | None]:
    if isinstance(record, PolicyAdopted):
        return (None,) if state.concerns(record) else ()
    if state.policy is None:
        return ()
    if isinstance(record, ClockTick):
        due = () if record.as_of <= state.as_of else state.due(record.as_of)
        return dict.fromkeys(provider_of(subject) for subject in due)
    return (record.provider,) if isinstance(record, OF_A_PROVIDER) else ()


def about(state: State, provider: str | None, record: Record, heard: Sequence[Outcome]) -> list[Outcome]:
    if provider is None:
        return state.adopt(record) if isinstance(record, PolicyAdopted) else []
    draft = Draft(state, provider, record)
    match record:
        case ClockTick():
            _tick(draft, record)
        case WardReported():
            _reported(draft, record)
        case WardReportWithdrawn():
            _withdrawn(draft, record)
        case WardCaseClosed():
            _closed(draft, record)
        case WardEventRetracted():
            _retracted(draft, record)
        case AlertDeclaredComplete():
            alert_taken(draft, record)
    return draft.said


def order(outcome: Outcome) -> str:
    """Outcomes of a tick go by what they are about."""
    return outcome.subject


# -- what people record -------------------------------------------------------------------------------------


def _reported(draft: Draft, record: WardReported) -> None:
    before = draft.known.reports.get(record.case_id)
    if before is not None and record.version <= before.version:
        return  # an echo
    at = min(record.at, record.recorded_at)
    _heard(draft, record.ward_ref, at)
    after = None
    if draft.policy.counts(record.kind, record.harm, record.potential) and draft.remembers(at):
        after = Report(
            at=at,
            version=record.version,
            ward_ref=record.ward_ref,
            incident_type=record.incident_type,
            factors=tuple(dict.fromkeys(record.factors)),
        )
    if after is not None:
        draft.take(record.case_id, after)
    elif before is not None and before.counts:
        draft.drop(record.case_id, record.version)
    _judge_groups(draft, before, after)
    judge_repeats(draft, record.case_id, record, at)


def _withdrawn(draft: Draft, record: WardReportWithdrawn) -> None:
    before = draft.known.reports.get(record.case_id)
    if before is not None and record.version <= before.version:
        return
    if before is not None and before.counts:
        draft.drop(record.case_id, record.version)
        _judge_groups(draft, before, None)
    judge_repeats(draft, record.case_id, None, record.at)


def _judge_groups(draft: Draft, before: Report | None, after: Report | None) -> None:
    grown = set(after.groups()) if after else set()
    for group in dict.fromkeys((*(before.groups() if before else ()), *(after.groups() if after else ()))):
        if group[0] in draft.policy.clusters:
            judge(draft, group, grew=group in grown)


def _closed(draft: Draft, record: WardCaseClosed) -> None:
    if record.case_event_id in draft.known.closings:
        return
    draft.take_closing(record)
    judge(draft, CLOSINGS, grew=True)


def _retracted(draft: Draft, record: WardEventRetracted) -> None:
    closing = draft.known.closings.get(record.retracted_event_id)
    if closing is not None and closing.counts:
        draft.drop_closing(record.retracted_event_id)
        judge(draft, CLOSINGS, grew=False)


# -- silence -------------------------------------------------------------------------------------------------


def _heard(draft: Draft, ward_ref: str | None, at: int) -> None:
    day = day_of(at).toordinal()
    news = False
    for one in dict.fromkeys((ward_ref, None)):
        heard = draft.known.heard.get(one)
        silence = draft.policy.silences.get("provider" if one is None else "ward")
        reaches_back = silence.used_days if silence else 1
        if heard is None or (day not in heard.days and day > heard.days[-1] - reaches_back):
            news = True
    if not news:
        return
    draft.of_provider(said.WardHeard, "Somebody reported on this day.", ward_ref=ward_ref, at=at)
    for one in dict.fromkeys((ward_ref, None)):
        heard = draft.known.heard.get(one)
        if heard is not None and heard.quiet and day > heard.days[-1]:
            told = f"Nothing had been reported since {date.fromordinal(heard.days[-1]):%d %B %Y}."
            draft.say(said.HeardAgain, silence_subject(draft.provider, one), told, ward_ref=one, at=at)


# -- what the clock brings -----------------------------------------------------------------------------------


def _tick(draft: Draft, tick: ClockTick) -> None:
    mine = [one for one in draft.state.due(tick.as_of) if provider_of(one) == draft.provider]
    for subject in mine:
        if is_silence(subject):
            _went_quiet(draft, subject, tick)
        else:
            pattern = draft.known.patterns[subject]
            assert pattern.group is not None
            window_ms, least = extent(draft.policy, pattern.group)
            if len(draft.members(pattern.group, tick.as_of - window_ms)) < least:
                told = "Its window has passed, and what is in it now no longer stands out."
                over(draft, subject, "passed", told)


def _went_quiet(draft: Draft, subject: str, tick: ClockTick) -> None:
    ward_ref = ward_of(subject)
    silence = draft.policy.silences["provider" if ward_ref is None else "ward"]
    heard = draft.known.heard[ward_ref]
    last_at = last_moment(heard)
    if tick.as_of < last_at + silence.silent_days * DAY:
        return  # a later policy is more patient
    who = "The provider" if ward_ref is None else "The ward"
    draft.say(
        said.WentQuiet,
        subject,
        f"{who} reported on {len(heard.days)} of {silence.used_days} days, and nothing after "
        f"{in_words(last_at - 1)}. Quiet is not safe: ask whether nothing happens or nothing is said.",
        *(
            ()
            if ward_ref is None
            else ("It may have been closed, moved or renamed: that is not known here.",)
        ),
        ward_ref=ward_ref,
        last_at=last_at,
        heard_days=len(heard.days),
        used_days=silence.used_days,
        silent_days=silence.silent_days,
        as_of=tick.as_of,
    )
