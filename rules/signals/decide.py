"""What is asked about one record, given what was asked before and what earlier rules said of it."""

from collections.abc import Iterable, Sequence
from typing import Any

from rules.candour.policy import LOWEST_HARM, RANK
from rules.candour.standing import WITHOUT_REPORT
from rules.identity import signal_id
from rules.london import day_in_words, day_of
from rules.patterns.policy import DAY
from rules.signals.policy import Asked, Policy
from rules.signals.state import State
from rules.speaker import Speaker
from schemas import outcome_types as candour
from schemas.contracts import snake
from schemas.event_types import (
    NEVER_EVENT_PROPOSED,
    PROVIDER_NOT_KNOWN,
    CalendarAdopted,
    CaseEvent,
    ContactAttempted,
    ContactDeclined,
    Enriched,
    EventRetracted,
    FindingsShared,
    HarmRegraded,
    Instant,
    PolicyAdopted,
    Record,
    RelevantPersonNotified,
    Reported,
    StepByStepExplanationGiven,
    WrittenNotificationSent,
)
from schemas.outcome_types import Outcome
from schemas.signal_types import (
    DutiesNoted,
    OpenDuty,
    QuestionRaised,
    SignalEnd,
    SignalEnded,
    SignalKind,
    SignalRaised,
)

EVIDENCE = (
    RelevantPersonNotified,
    WrittenNotificationSent,
    ContactAttempted,
    ContactDeclined,
    FindingsShared,
    StepByStepExplanationGiven,
)
HEARD = frozenset({Reported, Enriched, HarmRegraded, EventRetracted, *EVIDENCE})
ASKED_OF_REPORTS = PROVIDER_NOT_KNOWN | NEVER_EVENT_PROPOSED

_DATED = (candour.ObligationOpened, candour.ObligationRedated, candour.ObligationReopened)
_NO_LONGER_DUE = (
    candour.ObligationMet,
    candour.ObligationMetLate,
    candour.ObligationDischarged,
    candour.ObligationStoodDown,
    candour.ObligationMerged,
    candour.ObligationBreached,
)
FROM_CANDOUR = (*_DATED, *_NO_LONGER_DUE, candour.BreachWithdrawn, candour.ObligationDisputed)


def passes_over(kind: type[Record], harm: int, potential: int, flags: int) -> bool:
    """Where candour says something that `hears` names, the record comes here all the same, with it. A report
    by which a duty may be owed may be one that was missed."""
    if kind is Reported:
        return not flags & ASKED_OF_REPORTS and harm < RANK[LOWEST_HARM]
    return kind not in HEARD and issubclass(kind, CaseEvent)


def hears(outcome: Outcome) -> bool:
    """Of a duty that was opened without a due time there is nothing to note."""
    undated = isinstance(outcome, candour.ObligationOpened) and outcome.due_at is None
    return (isinstance(outcome, FROM_CANDOUR) and not undated) or _without_report(outcome)


def _without_report(outcome: Outcome) -> bool:
    return isinstance(outcome, candour.EvidenceTaken) and WITHOUT_REPORT in outcome.evidence.marks


def concerned(state: State, record: Record, heard: Sequence[Outcome]) -> Iterable[str | None]:
    if isinstance(record, PolicyAdopted):
        return (None,) if state.concerns(record) else ()
    cases = state.heard.cases(heard, FROM_CANDOUR) if heard and state.policy else ()
    if isinstance(record, CalendarAdopted):
        return (None, *cases)
    if state.policy is None:
        return ()
    if isinstance(record, CaseEvent) and (type(record) in HEARD or any(map(_without_report, heard))):
        return dict.fromkeys((*cases, record.case_id))
    return list(cases)


def about(state: State, case_id: str | None, record: Record, heard: Sequence[Outcome]) -> list[Outcome]:
    if case_id is None:
        return state.adopt(record) if isinstance(record, PolicyAdopted | CalendarAdopted) else []
    policy = state.policy
    assert policy is not None
    draft = _Draft(state, policy, case_id, record)
    told = state.heard.of(heard, FROM_CANDOUR, case_id) if heard else ()
    duties = _duties(state.case(case_id).duties, told)
    draft.note(duties)
    if isinstance(record, CaseEvent) and record.case_id == case_id and draft.is_news(record):
        _hear(draft, record, told, duties)
        if any(map(_without_report, heard)):
            _report_missed(draft, record)
    return draft.said


def order(outcome: Outcome) -> str:
    return outcome.subject


def _duties(before: dict[str, Instant], told: Sequence[Outcome]) -> dict[str, Instant]:
    duties = dict(before)
    for one in told:
        if isinstance(one, _DATED) and one.due_at is not None:
            duties[one.subject] = one.due_at
        elif isinstance(one, (*_DATED, *_NO_LONGER_DUE)):
            duties.pop(one.subject, None)
    return duties


def _hear(draft: "_Draft", event: CaseEvent, told: Sequence[Outcome], duties: dict[str, Instant]) -> None:
    match event:
        case HarmRegraded():
            _graded_down(draft, event, duties)
        case EventRetracted():
            for id, signal in draft.case.signals.items():
                if signal.standing and signal.about == event.retracted_event_id:
                    draft.end(id, "withdrawn", "What it was about was entered by mistake.")
        case _ if isinstance(event, EVIDENCE):
            _recorded_late(draft, event, told)
    if isinstance(event, Reported | Enriched) or (
        isinstance(event, EventRetracted) and event.retracted_type == "enriched"
    ):
        _quality(draft, event)
    for one in told:
        if isinstance(one, candour.ObligationDisputed):
            _accounts(draft, event, one)
    if isinstance(event, Reported):
        _report_came(draft)


def _graded_down(draft: "_Draft", event: HarmRegraded, duties: dict[str, Instant]) -> None:
    asked = draft.policy.graded_down
    if not asked.lowers(event.from_grade, event.to_grade):
        return
    crossed = asked.crosses(event.from_grade, event.to_grade)
    due_at, days = _nearest(draft.state, event.recorded_at, duties)
    near = days is not None and days <= asked.working_days_before_due
    if not crossed and not near:
        return
    because = [f"The {event.axis} harm was graded down from {event.from_grade} to {event.to_grade}."]
    if event.to_grade == "not_known":
        because = [f"The {event.axis} harm was {event.from_grade}, and is said not to be known any more."]
    if due_at is not None and days is not None:
        because.append(f"{days} working days before a duty was due, {day_in_words(due_at)}.")
    draft.ask(
        "harm_graded_down", asked, event, event.event_id, because,
        from_grade=event.from_grade, to_grade=event.to_grade, crossed=crossed,
        due_at=due_at, working_days_to_due=days,
    )  # fmt: skip


def _nearest(
    state: State, when: Instant, duties: dict[str, Instant]
) -> tuple[Instant, int] | tuple[None, None]:
    """The next due time of the case, and the working days to it."""
    ahead = [due for due in duties.values() if due >= when]
    if not ahead or state.calendar is None:
        return None, None
    due = min(ahead)
    return due, state.calendar.between(day_of(when), day_of(due))


def _recorded_late(draft: "_Draft", event: CaseEvent, told: Sequence[Outcome]) -> None:
    asked = draft.policy.recorded_late
    if snake(type(event).__name__) not in asked.kinds or not (draft.known or told):
        return
    days = (event.recorded_at - event.at) // DAY
    after_breach = any(isinstance(one, candour.BreachWithdrawn) for one in told)
    if days < (asked.days_after_breach if after_breach else asked.days):
        return
    because = [f"It is dated {day_in_words(event.at)} and was recorded {days} days later."]
    if after_breach:
        because.append("A breach had been said by then, which it withdraws.")
    draft.ask(
        "evidence_recorded_late", asked, event, event.event_id, because,
        days_late=days, after_breach=after_breach,
    )  # fmt: skip


def _quality(draft: "_Draft", event: CaseEvent) -> None:
    """Asked as long as it is not known; the answer ends it."""
    policy = draft.policy
    unknown = bool(event.flags & PROVIDER_NOT_KNOWN)
    undated = bool(event.flags & NEVER_EVENT_PROPOSED) and event.facts.occurred_at is None
    for kind, asked, open_, told in (
        ("provider_not_known", policy.provider_not_known, unknown, "No provider that is known was named."),
        (
            "never_event_without_date",
            policy.never_event_without_date,
            undated,
            "It may be a never event, and nobody said when it occurred.",
        ),
    ):
        _stand(draft, kind, asked, event, open_, told)  # type: ignore[arg-type]


def _accounts(draft: "_Draft", event: CaseEvent, heard: candour.ObligationDisputed) -> None:
    told = "The family says that it was not told; the provider recorded that it was."
    _stand(draft, "accounts_differ", draft.policy.accounts_differ, event, heard.disputed, told)


def _report_missed(draft: "_Draft", event: CaseEvent) -> None:
    asked = draft.policy.evidence_without_report
    if asked is not None:
        told = "By the facts that it carries a duty was owed, and no report of the case was read before it."
        draft.ask_later_kind("evidence_without_report", asked, event, told)


def _report_came(draft: "_Draft") -> None:
    id = signal_id(draft.case_id, "evidence_without_report")
    if id in draft.case.signals and draft.case.signals[id].standing:
        draft.end(id, "answered", "The report has been read by now.")


def _stand(draft: "_Draft", kind: SignalKind, asked: Asked, event: CaseEvent, open_: bool, told: str) -> None:
    id = signal_id(draft.case_id, kind)
    known = draft.case.signals.get(id)
    standing = draft.standing.get(id, known is not None and known.standing)
    # An echo of what came before it was asked or answered is no news, though nothing was said of it then.
    echo = known is not None and event.recorded_at <= known.changed_at
    if open_ and not standing and not echo:
        draft.ask(kind, asked, event, None, [told])
    elif standing and not open_:
        draft.end(id, "answered", "It is known by now.")


class _Draft:
    """What is said about one case because of one record."""

    def __init__(self, state: State, policy: Policy, case_id: str, record: Record) -> None:
        self.state, self.policy, self.case_id = state, policy, case_id
        self.known = case_id in state.cases
        self.case = state.case(case_id)
        calendar = state.calendar.version if state.calendar else None
        self.speaker = Speaker.of(record, policy.version, calendar)
        self.said: list[Outcome] = []
        self.standing: dict[str, bool] = {}

    def is_news(self, event: CaseEvent) -> bool:
        return event.event_id not in self.case.heard

    def note(self, duties: dict[str, Instant]) -> None:
        if duties != self.case.duties:
            told = "The due times of the case, as the candour rule has them now."
            noted = tuple(OpenDuty(obligation_id=id, due_at=due) for id, due in duties.items())
            subject = f"case:{self.case_id}"
            self.said.append(
                self.speaker.say(
                    DutiesNoted, subject, self.case.revision + 1, self.case_id, told, duties=noted
                )
            )

    def ask(
        self,
        kind: SignalKind,
        asked: Asked,
        event: CaseEvent,
        of: str | None,
        because: list[str],
        **fields: Any,
    ) -> None:
        """`of`: what the signal is one of; None where a case has but one of the kind."""
        self._raise(SignalRaised, signal_id(self.case_id, kind, of), kind, asked, event, because, **fields)

    def ask_later_kind(self, kind: str, asked: Asked, event: CaseEvent, told: str) -> None:
        self._raise(QuestionRaised, signal_id(self.case_id, kind), kind, asked, event, [told])

    def _raise(
        self,
        how: type[Outcome],
        subject: str,
        kind: str,
        asked: Asked,
        event: CaseEvent,
        because: list[str],
        **fields: Any,
    ) -> None:
        known = self.case.signals.get(subject)
        provider = getattr(event, "provider", None) or event.facts.providers[0].code
        self._say(
            how, subject, known.revision if known else 0, True, *because,
            signal=kind, question=asked.question, about=event.event_id,
            provider=provider, unit=f"{provider}|{event.by_role}", at=event.at, **fields,
        )  # fmt: skip

    def end(self, subject: str, how: SignalEnd, told: str) -> None:
        self._say(SignalEnded, subject, self.case.signals[subject].revision, False, told, how=how)

    def _say(
        self, kind: type[Outcome], subject: str, last: int, standing: bool, *because: str, **fields: Any
    ) -> None:
        if self.standing.get(subject) is not None:
            return  # said once for each record: several duties of a case may be disputed at a time
        self.standing[subject] = standing
        self.said.append(self.speaker.say(kind, subject, last + 1, self.case_id, *because, **fields))
