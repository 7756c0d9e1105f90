"""Random histories: crashes, rebalances, repeats, disorder, lateness and faulty clocks are ordinary items.

Each history is written in the notation of tests/spec, so that a failing one can be read and kept as a case.
`CANDOUR_EXAMPLES` sets how many are tried.
"""

import os
from collections import Counter, defaultdict
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from rules.candour.state import Obligation
from rules.identity import obligation_id
from rules.london import SECOND, instant
from schemas import event_types as events
from schemas.event_types import CaseEvent, ClockTick, Instant, Record
from schemas.outcome_types import (
    BreachWithdrawn,
    CaseQuarantined,
    DeadlineWarned,
    EvidenceTaken,
    ObligationBreached,
    ObligationMerged,
    ObligationOpened,
    ObligationRedated,
    ObligationReopened,
    ObligationStoodDown,
    Outcome,
)
from tests.generative.law import Duty, Opened, Opening, Owed, breached, contract_duties, due_at
from tests.generative.live import Live
from tests.spec.notation import Case, genesis
from tests.spec.partition import Partition, fold, rebuilt

HOUR, DAY = 3600 * SECOND, 24 * 3600 * SECOND
BEGINNINGS = ("2013-06-03", "2013-12-20", "2014-03-27", "2014-11-26", "2015-03-27", "2015-06-01")
GRADES = ("moderate", "moderate", "severe", "low", "not_known", "none")
PATIENTS = ("p1:{0}", "p1:{0}", "p1:{0}", "p1:{0},p2:{1}")
PROVIDERS = ("RXX", "RXX", "RXX", "RXX", "NZZ", "VZZ", "RXX,NZZ")
DATED = (0, 0, 0, 0, -HOUR, -DAY, -5 * DAY, -21 * DAY, 5 * 60 * SECOND, 2 * DAY)

CLOSED = ObligationStoodDown | ObligationMerged

GRADED = {"raise": "moderate", "lower": "low"}
STORIES = (
    ("attempt", "declined"),
    ("attempt", "declined", "attempt reached"),
    ("attempt", "declined", "attempt reached", "after", "forget"),
    ("attempt", "declined", "attempt reached", "told"),
    ("after", "told"),
    ("after", "told", "retract"),
    ("after", "attempt", "declined"),
    ("told", "after", "retract"),
    ("told", "investigated", "after", "findings"),
    ("determined no", "told", "determined yes"),
    ("stand_down second=director", "opt_in"),
    ("stand_down second=director", "told", "opt_in", "after"),
    ("after", "stand_down never second=director"),
    ("stand_down second=director", "after", "retract"),
    ("near", "stand_down", "after"),
    ("near", "stand_down second=director", "after"),
    ("lower", "stand_down", "after"),
    ("opt_in", "raise", "lower", "stand_down", "after"),
    ("told", "near", "stand_down", "forget", "after"),
    ("told", "letter facts enquiries apology", "retract"),
    ("told", "stand_down second=director", "support", "forget", "after"),
)

which = st.sampled_from((0, 0, 0, 1))
grades = st.sampled_from(GRADES)
dates = st.one_of(st.sampled_from(DATED), st.sampled_from(("due", "after due")))
scope = st.integers(0, 3)


class Histories(RuleBasedStateMachine):
    """Grows one partition's log. The plain fold hears each record at once, the live engine when it works."""

    @initialize(
        beginning=st.sampled_from(BEGINNINGS),
        harm=grades,
        patients=st.sampled_from(PATIENTS),
        by=st.sampled_from(PROVIDERS),
    )
    def begin(self, beginning: str, harm: str, patients: str, by: str) -> None:
        self.partition = Partition()
        self.cases = [Case("one"), Case("two")]
        self.lines: list[str] = []
        self.said_by: list[list[Outcome]] = []
        self.held: list[Record] = []
        self.labels = 0
        self.ended = False
        self.now = instant(datetime.fromisoformat(beginning).replace(hour=9, tzinfo=UTC))
        self.newest_tick = 0
        self.live = Live(self.partition.log)
        for record in genesis():
            self._append(record)
        self._line(self.cases[0], f"report by={by} patients={patients.format(harm, 'severe')}")

    # -- the log -----------------------------------------------------------------------------------

    def _append(self, record: Record) -> list[Outcome]:
        said = self.partition.append(record)
        self.said_by.append(said)
        return said

    def _write(self, number: int, words: str, dated: int | str = 0, *, hold: bool = False) -> None:
        case = self.cases[number]
        if case.facts is None:
            return
        at = self._date(case, dated)
        self._line(case, words if at is None else f"{words} at={_text(at)}", hold)

    def _line(self, case: Case, words: str, hold: bool = False) -> None:
        self.labels += 1
        self.now += 60 * SECOND
        line = f"{_text(self.now).replace('T', ' ')}  {case.name}{self.labels}: {words}"
        self.lines.append(line)
        for record in case.records(line):
            if hold:
                self.held.append(record)
            else:
                self._append(record)

    def _date(self, case: Case, dated: int | str) -> Instant | None:
        if isinstance(dated, int):
            return self.now + 60 * SECOND + dated if dated else None
        due = [one.due_at for one in self._owed(case) if one.due_at is not None]
        if not due:
            return None
        return due[-1] + (SECOND if dated == "after due" else 0)

    def _owed(self, case: Case) -> list[Obligation]:
        return list(self.partition.state.case(case.case_id).obligations.values())

    def _scope(self, case: Case, number: int) -> str:
        """Usually what the door would ask for; sometimes one duty by its name, sometimes nothing."""
        owed = self._owed(case)
        if number == 3 and owed:
            one = owed[len(self.lines) % len(owed)]
            return f" of={one.duty}/{one.instrument}/{one.patient}/{one.provider}"
        assert case.facts is not None
        words = ""
        if number and len(case.facts.patients) > 1:
            words += f" patient={case.facts.patients[number % 2].ref}"
        if number and len(case.facts.providers) > 1:
            words += f" provider={case.facts.providers[number % 2].code}"
        return words

    # -- what people record ------------------------------------------------------------------------

    @precondition(lambda self: self.cases[1].facts is None)
    @rule(
        harm=grades,
        other=grades,
        patients=st.sampled_from(PATIENTS),
        by=st.sampled_from(PROVIDERS),
        noticed=st.sampled_from((0, 0, DAY, 5 * DAY, 30 * DAY)),
        kind=st.sampled_from(("incident", "incident", "incident", "outcome", "near_miss")),
        more=st.sampled_from(("", "", "", " may_still_follow", " occurred")),
        hold=st.booleans(),
    )
    def report(
        self,
        harm: str,
        other: str,
        patients: str,
        by: str,
        noticed: int,
        kind: str,
        more: str,
        hold: bool,
    ) -> None:
        words = f"report kind={kind} by={by} patients={patients.format(harm, other)}"
        if noticed:
            words += f" noticed={_text(self.now - noticed)}"
        words += f" occurred={_text(self.now - 40 * DAY)}" if more == " occurred" else more
        self._line(self.cases[1], words, hold)

    @rule(
        number=which,
        dated=dates,
        scope=scope,
        without=st.sampled_from(("", "", "", "apology", "in_person", "offer", "facts")),
        hold=st.booleans(),
    )
    def told(self, number: int, dated: int | str, scope: int, without: str, hold: bool) -> None:
        words = "told" + (f" without={without}" if without else "")
        self._follow(number, words, scope, dated, hold)

    @rule(
        number=which,
        dated=dates,
        scope=scope,
        words=st.sampled_from(
            (
                "letter facts enquiries apology",
                "letter facts",
                "letter enquiries apology results",
                "attempt",
                "attempt reached",
                "declined",
                "declined",
                "explained",
                "investigated",
                "findings",
                "family not_told",
                "family told",
                "support",
                "determined yes",
                "determined no",
                "determined yes but=no",
                "opt_in",
            )
        ),
        hold=st.booleans(),
    )
    def follow_up(self, number: int, dated: int | str, scope: int, words: str, hold: bool) -> None:
        self._follow(number, words, scope, dated, hold)

    def _follow(self, number: int, words: str, scope: int, dated: int | str, hold: bool = False) -> None:
        case = self.cases[number]
        if case.facts is not None:
            self._write(number, words + self._scope(case, scope), dated, hold=hold)

    @rule(number=which, scope=scope, dated=dates, story=st.sampled_from(STORIES))
    def a_story_is_told(self, number: int, scope: int, dated: int | str, story: tuple[str, ...]) -> None:
        """What belongs together, so that deep places are reached. `after` is a tick after a due time, `near`
        a time before it at which closing the duty takes two persons."""
        for words in story:
            if words == "after":
                self.tick_about_a_due_time(number, SECOND)
            elif words == "near":
                due = [one.due_at for one in self._owed(self.cases[number]) if one.due_at is not None]
                self.now = max([self.now, *(when - 2 * DAY for when in due[:1])])
            elif words in GRADED:
                self.regrade(number, GRADED[words], "", 0, 0)
            elif words == "retract":
                self.retract(number, 0)
            elif words == "forget":
                self.retract(number, 2)
            else:
                self._follow(number, words, scope, dated)

    @rule(number=which, scope=scope, words=st.sampled_from(("", " never", " never")), second=st.booleans())
    def stand_down(self, number: int, scope: int, words: str, second: bool) -> None:
        self._follow(number, f"stand_down{words}" + (" second=director" if second else ""), scope, 0)

    @rule(number=which, after=grades, axis=st.sampled_from(("", "", " mind")), dated=dates, one=which)
    def regrade(self, number: int, after: str, axis: str, dated: int | str, one: int) -> None:
        case = self.cases[number]
        if case.facts is None:
            return
        patient = case.facts.patients[one % len(case.facts.patients)]
        before = patient.psychological if axis else patient.physical
        if before != after:
            self._write(number, f"regrade {before} {after} patient={patient.ref}{axis}", dated)

    @rule(number=which, noticed=st.sampled_from((DAY, 10 * DAY)), by=st.sampled_from(("", " by=RXX,NZZ")))
    def enrich(self, number: int, noticed: int, by: str) -> None:
        self._write(number, f"enrich noticed={_text(self.now - noticed)}{by}")

    @rule(
        number=which,
        side=st.sampled_from(("duplicate", "primary")),
        harm=st.sampled_from(("low", "moderate")),
        earlier=st.sampled_from((-DAY, DAY, 20 * DAY)),
    )
    def link(self, number: int, side: str, harm: str, earlier: int) -> None:
        self._write(number, f"linked {side} harm={harm} reported={_text(self.now - earlier)}")

    @rule(number=which, back=st.integers(0, 5))
    def retract(self, number: int, back: int) -> None:
        case = self.cases[number]
        labels = [
            label
            for label, record in case.labels.items()
            if isinstance(record, CaseEvent) and not isinstance(record, events.EventRetracted)
        ]
        if labels:
            self._write(number, f"retract {labels[-1 - back % len(labels)]}")

    # -- disorder ----------------------------------------------------------------------------------

    @precondition(lambda self: self.held)
    @rule(newest_first=st.booleans())
    def what_was_held_up_arrives(self, newest_first: bool) -> None:
        records, self.held = self.held, []
        for record in reversed(records) if newest_first else records:
            self._append(record)

    @rule(back=st.integers(1, 12))
    def a_record_is_repeated(self, back: int) -> None:
        record, said = self.partition.log[-back:][0], self.said_by[-back:][0]
        if isinstance(record, events.PolicyAdopted | events.CalendarAdopted):
            return
        again = self._append(record)
        assert not (said and again), f"{record} was taken twice\n{self._told()}"

    @rule(length=st.integers(2, 6))
    def the_relay_repeats_its_last_records(self, length: int) -> None:
        for record in self.partition.log[-length:]:
            self._append(record)

    # -- time --------------------------------------------------------------------------------------

    @rule(by=st.sampled_from((HOUR, DAY, 3 * DAY, 15 * DAY, 60 * DAY)))
    def time_passes_in_silence(self, by: int) -> None:
        self.now += by

    @rule(by=st.sampled_from((60 * SECOND, HOUR, DAY, 15 * DAY)))
    def tick(self, by: int) -> None:
        self.now += by
        self._tick(self.now)

    @rule(number=which, late=st.sampled_from((0, SECOND - 1, SECOND, DAY)))
    def tick_about_a_due_time(self, number: int, late: int) -> None:
        due = [one.due_at or one.target_at for one in self._owed(self.cases[number])]
        times = [when for when in due if when is not None and when + late > self.newest_tick]
        if times:
            self.now = max(self.now, min(times) + late)
            self._tick(min(times) + late)

    @rule(back=st.sampled_from((0, HOUR, 5 * DAY)))
    def the_clock_repeats_itself_or_steps_back(self, back: int) -> None:
        if self.newest_tick:
            self._tick(self.newest_tick - back)

    def _tick(self, as_of: Instant) -> None:
        self.lines.append(f"{_text(as_of)} tick")
        tick = ClockTick(partition=0, as_of=as_of, event_id=f"tick {len(self.partition.log)}")
        said = self._append(tick)
        breaches = {one.subject for one in said if isinstance(one, ObligationBreached)}
        warned = {one.subject for one in said if isinstance(one, DeadlineWarned)}
        assert not breaches & warned, "warned of what it also breaches"
        if as_of > self.newest_tick:
            self.newest_tick = as_of
            self._compare_with_the_law()

    @rule(holiday=st.sampled_from((2, 5, 9, 14)))
    def a_holiday_is_proclaimed(self, holiday: int) -> None:
        day = datetime.fromtimestamp((self.now + holiday * DAY) / 1000, UTC).date()
        case = Case()
        line = f"{_text(self.now).replace('T', ' ')} calendar c{len(self.lines)} more={day}"
        self.lines.append(line)
        for record in case.records(line):
            self._append(record)

    # -- the process -------------------------------------------------------------------------------

    @rule()
    def the_engine_works_and_commits(self) -> None:
        self.live.work()
        self.live.commit()

    @rule(writes=st.integers(0, 7))
    def the_engine_dies_between_two_writes(self, writes: int) -> None:
        self.live.work(write_at_most=writes)

    @rule()
    def the_partition_moves_before_a_commit(self) -> None:
        self.live.work()
        self.live.crash()

    @rule(since=st.integers(0, 40))
    def a_worker_that_lost_the_partition_writes_again(self, since: int) -> None:
        self.live.written_twice(since)
        self.live.crash()

    # -- what must hold ----------------------------------------------------------------------------

    @invariant()
    def nothing_stumbles(self) -> None:
        if self.said_by:
            assert not [one for one in self.said_by[-1] if isinstance(one, CaseQuarantined)], self._told()

    @invariant()
    def what_the_law_never_allows(self) -> None:
        for case in self.cases:
            for one in self._owed(case):
                if one.due_at is None:
                    assert not one.breached, f"{one} has no due time\n{self._told()}"
                if one.instrument.startswith("REG20"):
                    assert one.due_at is None
                if one.status == "met_late":
                    assert one.due_at is not None
                    assert one.settled_at is not None
                    assert one.settled_at >= one.due_at + SECOND

    def _compare_with_the_law(self) -> None:
        """Law.md §1.9.4, after every tick that brings the time forward."""
        log = self.partition.log
        agreed = frozenset(
            one.evidence.event_id
            for one in self.partition.said
            if isinstance(one, EvidenceTaken) and one.evidence.counts
        )
        said_of = self._said_of()
        steady = all(one < other for one, other in pairwise(t.as_of for t in log if isinstance(t, ClockTick)))
        for case in self.cases:
            self._compare_what_is_owed(case)
            lawful = self._by_law(case)
            owed: dict[str, Owed] = {}
            for one in self._owed(case):  # the duty to tell before what follows from it
                dues = tuple((place, due) for place, _, due in said_of[one.id] if due is not None)
                moved = dues and min(due for _, due in dues) < dues[-1][1]
                if not dues or (one.status == "merged" and (moved or not steady)):
                    continue  # whether a tick said it before the link hangs on more than the law says
                by_itself = lawful.get(Duty(one.patient, one.provider, one.duty, one.instrument))
                opened = Opened(*said_of[one.id][0][:2])
                if by_itself is not None:
                    opened = Opened(by_itself.place, by_itself.event.event_id)
                tell_id = obligation_id(case.case_id, one.patient, one.provider, "tell", one.instrument)
                owed[one.id] = Owed(
                    id=one.id,
                    case_id=case.case_id,
                    patient=one.patient,
                    provider=one.provider,
                    duty=one.duty,
                    instrument=one.instrument,
                    opened=opened,
                    dues=dues,
                    tell=owed[tell_id] if one.duty == "share_findings" else None,
                )
                by_law = breached(log, owed[one.id], agreed)
                assert one.breached == by_law, f"by law breached: {by_law}\n{one}\n{self._told()}"

    def _said_of(self) -> dict[str, list[tuple[int, str, Instant | None]]]:
        """Of each duty where in the log which record gave it a due time, the first time that it opened it."""
        found: dict[str, list[tuple[int, str, Instant | None]]] = defaultdict(list)
        for place, said in enumerate(self.said_by):
            for one in said:
                if isinstance(one, ObligationOpened | ObligationReopened | ObligationRedated):
                    found[one.subject].append((place, one.cause, one.due_at))
        return found

    def _compare_what_is_owed(self, case: Case) -> None:
        """Law.md §1.9.1, §1.9.2 and §2: which duties under the contract there are, and by when."""
        log = self.partition.log
        lawful = self._by_law(case)
        owed = {
            Duty(one.patient, one.provider, one.duty, one.instrument): one
            for one in self._owed(case)
            if one.duty in ("report", "tell") and one.instrument.startswith("SC35")
        }
        assert owed.keys() == lawful.keys(), f"{[*owed]}, by law {[*lawful]}\n{self._told()}"
        mistakes = {one.retracted_event_id for one in log if isinstance(one, events.EventRetracted)}
        calendars = sum(isinstance(one, events.CalendarAdopted) for one in log)
        closed = {one.subject for one in self.partition.said if isinstance(one, CLOSED)}
        for duty, one in owed.items():
            # What was closed and opened again counts from then; what is settled keeps the calendar it had.
            moves = one.status in ("open", "met_late") or calendars == 1
            if one.id not in closed and lawful[duty].event.event_id not in mistakes and moves:
                by_law = due_at(log, duty, lawful[duty])
                assert one.due_at == by_law, f"due by law {by_law}: {one}\n{self._told()}"

    def _by_law(self, case: Case) -> dict[Duty, Opening]:
        return contract_duties(
            self.partition.log, case.case_id, lambda duty, place: self._stood_down(case, duty, place)
        )

    def _stood_down(self, case: Case, duty: Duty, place: int) -> bool:
        id = obligation_id(case.case_id, duty.patient, duty.provider, duty.name, duty.instrument)
        changes = ObligationOpened | ObligationReopened | ObligationStoodDown
        said = [one for said in self.said_by[:place] for one in said if one.subject == id]
        last = next((one for one in reversed(said) if isinstance(one, changes)), None)
        return isinstance(last, ObligationStoodDown)

    def _told(self) -> str:
        return "\n".join(self.lines)

    def teardown(self) -> None:
        if not hasattr(self, "partition"):
            return
        for record in self.held:
            self._append(record)
        self._tick(max(self.now, self.newest_tick) + 60 * DAY)
        partition = self.partition
        self._revisions_have_no_holes()
        self._a_breach_is_said_once_for_each_stretch()
        self._near_misses_and_lesser_harm_open_nothing()
        assert rebuilt(partition.said) == partition.state, self._told()
        assert fold(partition.log).payloads() == partition.payloads(), "the same history twice"
        self.live.work()
        assert self.live.payloads() == partition.payloads(), self._told()
        self.live.crash()
        self.live.work()
        assert self.live.engine.states["candour"] == partition.state, self._told()

    def _revisions_have_no_holes(self) -> None:
        revisions: dict[str, list[int]] = defaultdict(list)
        for outcome in self.partition.said:
            revisions[outcome.subject].append(outcome.revision)
        for subject, found in revisions.items():
            assert found == list(range(1, len(found) + 1)), f"{subject}: {found}"

    def _a_breach_is_said_once_for_each_stretch(self) -> None:
        stretches: dict[str, list[type[Outcome]]] = defaultdict(list)
        for outcome in self.partition.said:
            if isinstance(outcome, ObligationBreached | BreachWithdrawn):
                stretches[outcome.subject].append(type(outcome))
        for subject, kinds in stretches.items():
            assert kinds[0] is ObligationBreached, subject
            assert all(one is not other for one, other in pairwise(kinds)), f"{subject}: {self._told()}"

    def _near_misses_and_lesser_harm_open_nothing(self) -> None:
        for record, said in zip(self.partition.log, self.said_by, strict=True):
            opened = [one for one in said if isinstance(one, ObligationOpened)]
            by_rule = isinstance(record, events.Reported | events.HarmRegraded | events.Enriched)
            follows = Counter(
                one.duty for one in opened if one.duty in ("write", "explain", "share_findings")
            )
            if not opened or not by_rule or follows.total() == len(opened):
                continue
            assert isinstance(record, CaseEvent)
            assert record.facts.kind in ("incident", "outcome")
            for one in opened:
                graded = one.harm in ("moderate", "severe", "fatal") or one.duty in follows
                assert graded or record.flags & events.MAY_STILL_FOLLOW, f"{one}\n{self._told()}"


def _text(when: Instant) -> str:
    return datetime.fromtimestamp(when / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{when % 1000:03}Z"


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=int(os.environ.get("CANDOUR_EXAMPLES", "300")),
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    print_blob=True,
)


@pytest.mark.parametrize("beginning", BEGINNINGS)
@pytest.mark.parametrize("story", STORIES, ids=", ".join)
def test_each_story_by_itself(story: tuple[str, ...], beginning: str) -> None:
    """Whatever the dice say."""
    for harm, by in (("moderate", "RXX"), ("low", "RXX"), ("severe", "NZZ")):
        told = Histories()
        told.begin(beginning=beginning, harm=harm, patients="p1:{0}", by=by)
        told.a_story_is_told(number=0, scope=0, dated=0, story=story)
        told.teardown()
