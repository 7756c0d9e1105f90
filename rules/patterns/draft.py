"""What is said about one provider because of one record, and how its groups stand once that is heard."""

from typing import Any, TypeVar

from rules.patterns.policy import Policy
from rules.patterns.state import CLOSINGS, Closing, Group, Known, Member, Report, State, of_provider
from rules.speaker import Speaker
from schemas import pattern_types as words
from schemas.event_types import Instant, Record
from schemas.outcome_types import Outcome
from schemas.ward_events import WardCaseClosed

Said = TypeVar("Said", bound=Outcome)


class Draft:
    """The memory itself is not touched: of what is said now only the one report or closing is looked at."""

    def __init__(self, state: State, provider: str, record: Record) -> None:
        assert state.policy is not None
        self.state = state
        self.policy: Policy = state.policy
        self.provider = provider
        self.known: Known = state.known(provider)
        self.speaker = Speaker.of(record, self.policy.version, None)
        self.said: list[Outcome] = []
        self._revisions: dict[str, int] = {}
        self._more: dict[Group, Member] = {}
        self._less: dict[Group, Member] = {}
        self._closing: dict[str, Closing] = {}

    @property
    def now(self) -> Instant:
        return self.speaker.recorded_at

    def remembers(self, at: Instant) -> bool:
        """Whether a report of then is within reach of any window."""
        return at > self.now - self.policy.memory_ms

    def say(self, kind: type[Said], subject: str, /, *because: str, **fields: Any) -> Said:
        revision = self._revisions.get(subject, self.state.revision(subject)) + 1
        self._revisions[subject] = revision
        outcome = self.speaker.say(kind, subject, revision, None, *because, provider=self.provider, **fields)
        self.said.append(outcome)
        return outcome

    def of_provider(self, kind: type[Said], /, *because: str, **fields: Any) -> Said:
        return self.say(kind, of_provider(self.provider), *because, **fields)

    def take(self, case_id: str, report: Report) -> None:
        self._leave(case_id)
        self._more = dict.fromkeys(report.groups(), (report.at, case_id))
        self.of_provider(
            words.ReportTaken,
            "It counts towards the patterns of its provider.",
            of_case=case_id,
            version=report.version,
            ward_ref=report.ward_ref,
            incident_type=report.incident_type,
            factors=report.factors,
            at=report.at,
        )

    def drop(self, case_id: str, version: int) -> None:
        self._leave(case_id)
        told = "It was corrected, and counts no longer."
        self.of_provider(words.ReportDropped, told, of_case=case_id, version=version)

    def _leave(self, case_id: str) -> None:
        before = self.known.reports.get(case_id)
        self._less = dict.fromkeys(before.groups(), (before.at, case_id)) if before else {}

    def take_closing(self, record: WardCaseClosed) -> None:
        self._more = {CLOSINGS: (record.recorded_at, record.case_event_id)}
        self._closing = {record.case_event_id: Closing(at=record.recorded_at, case_id=record.case_id)}
        told = "A duty was closed, or harm graded down."
        self.of_provider(
            words.ClosingTaken,
            told,
            of_case=record.case_id,
            case_event_id=record.case_event_id,
            how=record.how,
            at=record.recorded_at,
        )

    def drop_closing(self, event_id: str) -> None:
        self._less = {CLOSINGS: (self.known.closings[event_id].at, event_id)}
        self.of_provider(words.ClosingDropped, "It was entered by mistake.", case_event_id=event_id)

    def members(self, group: Group, after: Instant, until: Instant | None = None) -> list[Member]:
        """Those later than `after`, up to and with `until`, oldest first, as they stand after this record."""
        held = self.known.groups.get(group)
        found: list[Member] = []
        if held is not None:
            top = None if until is None else (until, "\uffff")
            found = list(held.irange(minimum=(after, "\uffff"), maximum=top))
        if group in self._less and self._less[group] in found:
            found.remove(self._less[group])
        more = self._more.get(group)
        if more is not None and more not in found and more[0] > after and (until is None or more[0] <= until):
            found = sorted((*found, more))
        return found

    def case_of(self, group: Group, member: Member) -> str:
        if group != CLOSINGS:
            return member[1]
        return {**self._closing, **self.known.closings}[member[1]].case_id
