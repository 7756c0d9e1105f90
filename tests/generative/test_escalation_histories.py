"""Random histories of escalations and serious incidents: crashes, repeats, disorder, silence and mistakes.

Each history is written in the notation of tests/spec, so that a failing one can be read and kept as a case.
`CANDOUR_EXAMPLES` sets how many are tried.
"""

import os
from collections import defaultdict
from datetime import UTC, datetime

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from rules import candour, escalation
from rules.london import SECOND, instant
from schemas import event_types as events
from schemas.escalation_types import EscalationClosed, EscalationReturned
from schemas.event_types import CaseEvent, ClockTick, Instant, Record
from schemas.outcome_types import CaseQuarantined, Outcome
from tests.generative.escalation_law import History
from tests.generative.live import Live
from tests.spec.chain import CODEC, Chain
from tests.spec.escalations import EscalationCase, policy_record
from tests.spec.notation import genesis

RULES = (candour.RULE, escalation.RULE)
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 24 * 3600 * SECOND
BEGINNINGS = (
    "2013-12-20T17",
    "2013-12-21T22",
    "2014-04-17T09",
    "2015-03-30T03",
    "2014-10-25T23",
    "2023-09-29T18",
)
GRADES = ("severe", "severe", "fatal", "moderate", "low", "not_known", "none")
PROVIDERS = ("RXX", "RXX", "RYY", "NZZ", "VZZ", "???")
MORE = ("", "", "", " danger", " never_event", " may_still_follow", " danger never_event")
TRIGGERS = (
    "death_or_severe_harm",
    "death_or_severe_harm",
    "immediate_danger",
    "never_event",
    "serious_near_miss",
    "cluster/C-1",
    "obligation_breached/tell/SC35_2013",
    "obligation_nearly_due/tell/SC35_2013",
)
ACTS = ("made_safe", "investigation_started", "no_action_needed")
STEPS = (
    "declared grade_1",
    "declared grade_2 investigation=independent",
    "declared",
    "steis",
    "steis",
    "reviewed",
    "final_report root_cause lessons action_plan",
    "final_report lessons",
    "updated",
    "updated",
    "closed monitored",
    "closed finished",
    "delogged agreed",
    "delogged",
)

which = st.sampled_from((0, 0, 0, 1))
triggers = st.sampled_from(TRIGGERS)
dated = st.sampled_from((0, 0, 0, -HOUR, -DAY, -5 * DAY, 2 * DAY))


class Histories(RuleBasedStateMachine):
    """Grows one partition's log. The plain fold hears each record at once, the live engine when it works."""

    @initialize(
        beginning=st.sampled_from(BEGINNINGS),
        harm=st.sampled_from(GRADES),
        by=st.sampled_from(PROVIDERS),
        more=st.sampled_from(MORE),
    )
    def begin(self, beginning: str, harm: str, by: str, more: str) -> None:
        self.chain = Chain(RULES)
        self.cases = [EscalationCase("one"), EscalationCase("two")]
        self.lines: list[str] = []
        self.drawn: dict[str, list[list[Outcome]]] = {one.name: [] for one in RULES}
        self.held: list[Record] = []
        self.labels = 0
        self.now = instant(datetime.fromisoformat(f"{beginning}:00").replace(tzinfo=UTC))
        self.newest_tick = 0
        self.live = Live(self.chain.log, RULES)
        for record in (*genesis(), policy_record()):
            self._append(record)
        self._line(self.cases[0], f"report harm={harm} by={by}{more}")

    def _append(self, record: Record) -> list[Outcome]:
        before = {name: len(said) for name, said in self.chain.said.items()}
        self.chain.append(record)
        for name, said in self.chain.said.items():
            self.drawn[name].append(said[before[name] :])
        return self.drawn["escalation"][-1]

    def _line(self, case: EscalationCase, words: str, hold: bool = False) -> None:
        self.labels += 1
        self.now += MINUTE
        line = f"{_text(self.now).replace('T', ' ')}  {case.name}{self.labels}: {words}"
        self.lines.append(line)
        for record in case.records(line):
            if hold:
                self.held.append(record)
            else:
                self._append(record)

    def _write(self, number: int, words: str, date: int = 0, hold: bool = False) -> None:
        case = self.cases[number]
        if case.facts is not None:
            at = f" at={_text(self.now + MINUTE + date)}" if date else ""
            self._line(case, words + at, hold)

    # -- what people record ------------------------------------------------------------------------

    @precondition(lambda self: self.cases[1].facts is None)
    @rule(
        harm=st.sampled_from(GRADES),
        potential=st.sampled_from(("not_known", "low", "severe", "fatal")),
        kind=st.sampled_from(("incident", "incident", "near_miss", "hazard", "good_care")),
        by=st.sampled_from(PROVIDERS),
        more=st.sampled_from(MORE),
        hold=st.booleans(),
    )
    def report(self, harm: str, potential: str, kind: str, by: str, more: str, hold: bool) -> None:
        words = f"report kind={kind} harm={harm} potential={potential} by={by}{more}"
        self._line(self.cases[1], words, hold)

    @rule(number=which, trigger=triggers, by=st.sampled_from(("safety", "director")), date=dated)
    def somebody_acknowledges(self, number: int, trigger: str, by: str, date: int) -> None:
        self._write(number, f"acknowledged {trigger} by={by}", date)

    @rule(number=which, trigger=triggers, act=st.sampled_from(ACTS), hold=st.booleans())
    def somebody_acts(self, number: int, trigger: str, act: str, hold: bool) -> None:
        self._write(number, f"acted {trigger} {act}", hold=hold)

    @rule(number=which, trigger=triggers, step=st.sampled_from(("sent", "delivered", "displayed", "failed")))
    def it_is_delivered(self, number: int, trigger: str, step: str) -> None:
        self._write(number, f"delivered {trigger} email {step}")

    @rule(number=which, after=st.sampled_from(GRADES))
    def regrade(self, number: int, after: str) -> None:
        case = self.cases[number]
        if case.facts is not None and case.facts.patients[0].physical != after:
            self._write(number, f"regrade {case.facts.patients[0].physical} {after}")

    @rule(
        number=which,
        words=st.sampled_from(
            ("danger", "never_event", "potential=fatal", "noticed=2014-01-02T08:00", "by=RYY", "by=NZZ")
        ),
    )
    def enrich(self, number: int, words: str) -> None:
        self._write(number, f"enrich {words}")

    @rule(number=which, id=st.sampled_from(("C-1", "C-1", "C-2")))
    def a_cluster_is_found(self, number: int, id: str) -> None:
        self._write(number, f"pattern cluster {id}")

    @rule(number=which, words=st.sampled_from(("told", "declined", "attempt", "determined no")), date=dated)
    def the_family_hears(self, number: int, words: str, date: int) -> None:
        self._write(number, words, date)

    @rule(number=which, words=st.sampled_from(STEPS), date=dated)
    def a_step_of_the_serious_incident(self, number: int, words: str, date: int) -> None:
        self._write(number, words, date)

    @rule(
        number=which, side=st.sampled_from(("duplicate", "primary")), harm=st.sampled_from(("low", "fatal"))
    )
    def link(self, number: int, side: str, harm: str) -> None:
        self._write(number, f"linked {side} harm={harm}")

    @rule(number=which, back=st.integers(0, 6))
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

    @rule(length=st.integers(1, 6))
    def the_relay_repeats_its_last_records(self, length: int) -> None:
        for record in self.chain.log[-length:]:
            said = self._append(record)
            if isinstance(record, CaseEvent) and said:
                before = [one.cause for place in self.drawn["escalation"][:-1] for one in place]
                assert record.event_id not in before, f"{record} was taken twice\n{self._told()}"
            if isinstance(record, events.Enriched | events.CaseLinked):
                moved = [one for one in said if isinstance(one, EscalationReturned | EscalationClosed)]
                assert not moved, f"an echo sent it elsewhere, or closed it\n{self._told()}"

    # -- time --------------------------------------------------------------------------------------

    @rule(by=st.sampled_from((MINUTE, 20 * MINUTE, HOUR, 10 * HOUR, DAY, 3 * DAY, 20 * DAY)))
    def tick(self, by: int) -> None:
        self.now += by
        self._tick(self.now)

    @rule(by=st.sampled_from((HOUR, DAY)))
    def time_passes_in_silence(self, by: int) -> None:
        self.now += by

    @rule(late=st.sampled_from((0, SECOND - 1, SECOND)))
    def tick_about_the_time_to_answer(self, late: int) -> None:
        """At the very second in which somebody still answers in time, and just after it."""
        cases = self.chain.states["escalation"].cases.values()
        times = [one.acknowledge_by for case in cases for one in case.escalations.values()]
        ahead = [when + late for when in times if when + late > self.newest_tick]
        if ahead:
            self.now = max(self.now, min(ahead))
            self._tick(min(ahead))

    @rule(back=st.sampled_from((0, HOUR)))
    def the_clock_repeats_itself_or_steps_back(self, back: int) -> None:
        if self.newest_tick:
            self._tick(self.newest_tick - back)

    def _tick(self, as_of: Instant) -> None:
        self.lines.append(f"{_text(as_of)} tick")
        self._append(ClockTick(partition=0, as_of=as_of, event_id=f"tick {len(self.chain.log)}"))
        self.newest_tick = max(self.newest_tick, as_of)

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
        for drawn in self.drawn.values() if hasattr(self, "drawn") else ():
            assert not drawn or not [one for one in drawn[-1] if isinstance(one, CaseQuarantined)], (
                self._told()
            )

    def _told(self) -> str:
        return "\n".join(self.lines)

    def teardown(self) -> None:
        if not hasattr(self, "chain"):
            return
        for record in self.held:
            self._append(record)
        self._tick(max(self.now, self.newest_tick) + 40 * DAY)
        said = self.chain.said["escalation"]
        revisions: dict[str, list[int]] = defaultdict(list)
        for outcome in said:
            revisions[outcome.subject].append(outcome.revision)
        for subject, found in revisions.items():
            assert found == list(range(1, len(found) + 1)), f"{subject}: {found}\n{self._told()}"
        try:
            History(self.chain.log, self.drawn["escalation"], self.drawn["candour"]).check()
            self.chain.check(escalation.RULE)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self._told()}") from error
        self.live.work()
        assert self.live.payloads("escalation") == [CODEC.encode(one) for one in said], self._told()
        self.live.crash()
        self.live.work()
        assert self.live.engine.states["escalation"] == self.chain.states["escalation"], self._told()


def _text(when: Instant) -> str:
    return datetime.fromtimestamp(when / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{when % 1000:03}Z"


TestEscalationHistories = Histories.TestCase
TestEscalationHistories.settings = settings(
    max_examples=int(os.environ.get("CANDOUR_EXAMPLES", "200")),
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    print_blob=True,
)
