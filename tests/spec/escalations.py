"""Escalations and serious incidents in the notation of the law, and how they stand in the end.

2013-12-21 22:10  report harm=severe danger never_event potential=fatal
2013-12-21 22:30  acknowledged death_or_severe_harm by=director
2013-12-21 23:00  acted death_or_severe_harm made_safe
2013-12-21 22:11  delivered death_or_severe_harm email sent
2013-12-23 09:00  pattern cluster C-7 same=ward count=5 days=30
2013-12-23 09:00  declared grade_2 investigation=independent
2013-12-24 09:00  steis
2014-01-06 09:00  reviewed
2014-02-03 09:00  final_report root_cause lessons action_plan
2014-02-03 09:00  extended 2014-03-31
2014-02-03 09:00  updated
2014-04-01 09:00  closed finished monitored
2014-04-01 09:00  delogged agreed
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from rules import candour, escalation, never_events
from rules.calendar import fingerprint
from rules.escalation import policy
from rules.identity import escalation_id
from rules.london import at, day_of, last_second
from schemas import escalation_events as actions
from schemas.contracts import snake
from schemas.event_types import (
    IMMEDIATE_RISK,
    NEVER_EVENT_PROPOSED,
    CaseEvent,
    Enriched,
    Instant,
    PolicyAdopted,
    Record,
)
from schemas.outcome_types import Outcome
from sinks import escalation as standing
from tests.spec import ledger
from tests.spec.chain import Chain
from tests.spec.law import Law
from tests.spec.ledger import LedgerCase
from tests.spec.notation import DAWN, Words, genesis, identity, lines, moment

RULES = (never_events.RULE, candour.RULE, escalation.RULE)
_POLICY = policy.default_content()
DANGER = {
    "danger": (IMMEDIATE_RISK, "immediate_risk"),
    "never_event": (NEVER_EVENT_PROPOSED, "never_event_type"),
}


def policy_record() -> PolicyAdopted:
    version, content = _POLICY
    return PolicyAdopted(
        partition=0,
        event_id=identity("escalation policy"),
        recorded_at=DAWN,
        rule="escalation",
        version=version,
        sha256=fingerprint(content),
        content=content,
    )


class EscalationCase(LedgerCase):
    """Understands the words above beside those of candour and of the ledger of never events."""

    def _report(self, words: Words, common: dict[str, Any]) -> Record:
        for word, (flag, _) in DANGER.items():
            self.flags |= flag if word in words.plain else 0
        return super()._report(words, common)

    def _enrich(self, words: Words, common: dict[str, Any]) -> Record:
        """`enrich danger`, `enrich potential=severe`, `enrich by=RYY`"""
        changed = []
        for word, (flag, name) in DANGER.items():
            if word in words.plain:
                self.flags |= flag
                changed.append(name)
        if "potential" in words.named:
            self.potential = words.named["potential"]
            changed.append("could_have_been")
        if not changed:
            return super()._enrich(words, common)
        return self._event(Enriched, common, changed=tuple(changed))

    def escalation(self, words: Words) -> str:
        """`death_or_severe_harm`, or `obligation_breached/tell/SC35_2013`, or `cluster/C-7`"""
        trigger, _, about = words.plain[0].partition("/")
        if trigger == "never_event":
            about = f"never_event:{self.case_id}"
        elif trigger.startswith("obligation"):
            about = self._obligation(about)
        return escalation_id(self.case_id, trigger, about or None)

    def _acknowledged(self, words: Words, common: dict[str, Any]) -> Record:
        common |= {"by_role": words.named.get("by", "safety")}
        return self._event(actions.EscalationAcknowledged, common, escalation_id=self.escalation(words))

    def _acted(self, words: Words, common: dict[str, Any]) -> Record:
        act = words.plain[1] if len(words.plain) > 1 else "made_safe"
        return self._event(actions.EscalationActed, common, escalation_id=self.escalation(words), act=act)

    def _delivered(self, words: Words, common: dict[str, Any]) -> Record:
        _, channel, step = words.plain
        level = int(words.named.get("level", "1"))
        fields = {"channel": channel, "step": step, "level": level, "attempt": 1}
        return self._event(actions.DeliveryRecorded, common, escalation_id=self.escalation(words), **fields)

    def _pattern(self, words: Words, common: dict[str, Any]) -> Record:
        kind, id = words.plain
        return self._event(
            actions.PatternDetected,
            common,
            pattern_id=id,
            pattern=kind,
            grouped_by=words.named.get("same", "ward"),
            group_ref="g",
            count=int(words.named.get("count", "5")),
            window_days=int(words.named.get("days", "30")),
            first_at=common["recorded_at"],
            last_at=common["recorded_at"],
        )

    def _declared(self, words: Words, common: dict[str, Any]) -> Record:
        grade = words.plain[0] if words.plain else "not_graded"
        investigation = words.named.get("investigation", "not_said")
        return self._event(actions.SeriousIncidentDeclared, common, grade=grade, investigation=investigation)

    def _steis(self, words: Words, common: dict[str, Any]) -> Record:
        return self._event(actions.SteisReported, common)

    def _reviewed(self, words: Words, common: dict[str, Any]) -> Record:
        return self._event(actions.InitialReviewSubmitted, common)

    def _final_report(self, words: Words, common: dict[str, Any]) -> Record:
        held = {name: name in words.plain for name in ("root_cause", "lessons", "action_plan")}
        return self._event(actions.FinalReportSubmitted, common, **held)

    def _extended(self, words: Words, common: dict[str, Any]) -> Record:
        until = last_second(day_of(moment(f"{words.plain[0]}T12:00")))
        return self._event(actions.InvestigationExtended, common, extended_to=until)

    def _updated(self, words: Words, common: dict[str, Any]) -> Record:
        return self._event(actions.CommissionerUpdated, common)

    def _closed(self, words: Words, common: dict[str, Any]) -> Record:
        held = {f"actions_{name}": name in words.plain for name in ("finished", "monitored")}
        return self._event(actions.SeriousIncidentClosed, common, **held)

    def _delogged(self, words: Words, common: dict[str, Any]) -> Record:
        return self._event(
            actions.SeriousIncidentDelogged, common, commissioner_agreed="agreed" in words.plain
        )


def tell(history: str) -> Chain:
    chain, case = Chain(RULES), EscalationCase()
    chain.extend([*genesis(), ledger.policy_record(), policy_record()])
    for line in lines(history):
        chain.extend(case.records(line))
    return chain


@dataclass(frozen=True)
class EscalationLaw(Law):
    """`owed`: every escalation raised and every clock started, as each stands in the end."""

    heading = "How it stands in the end"
    nothing = "Nobody is called, and no clock runs."

    def check(self) -> None:
        chain = tell(self.history)
        said = chain.said["escalation"]
        for rule in RULES:
            chain.check(rule)
        assert described(said, lines(self.owed)) == sorted(lines(self.owed))
        counted = Counter(snake(type(outcome).__name__) for outcome in said)
        for line in lines(self.said):
            times, kind = line.split()
            assert counted[kind] == int(times.removesuffix("x")), f"{line}: {dict(counted)}"
        reasons = " ".join(reason for outcome in said for reason in outcome.because)
        assert self.because in reasons, reasons


def rows(said: Iterable[Outcome]) -> tuple[list[standing.Escalation], list[standing.SeriousClock]]:
    """What the read model shows of these outcomes."""
    escalations: dict[str, Any] = {}
    clocks: dict[str, Any] = {}
    for outcome in said:
        for found, step in ((escalations, standing.step), (clocks, standing.clock_step)):
            after = step(found.get(outcome.subject), outcome)
            if after is not None:
                found[outcome.subject] = after
    return list(escalations.values()), list(clocks.values())


def described(said: Iterable[Outcome], expected: list[str]) -> list[str]:
    escalations, clocks = rows(said)
    shown = [_escalation(one, expected) for one in escalations] + [_clock(one, expected) for one in clocks]
    return sorted(shown)


def _escalation(one: standing.Escalation, expected: list[str]) -> str:
    """`TRIGGER STATE:HOW L2 owner="medical director"`, and of times those that the case is about."""
    how = f":{one.act or one.how}" if one.state == "closed" else ""
    begins = f"{one.trigger} {one.state}{how} L{one.level}"
    late = " overdue" if one.overdue_at is not None and one.state != "closed" else ""
    values = {
        "owner": one.owner_role.replace(" ", "_"),
        "by": time(one.acknowledge_by),
        "act": time(one.act_by),
        "informed": ",".join(name.replace(" ", "_") for name in one.informed) or "-",
        "provider": one.provider,
    }
    return begins + late + _asked(begins, values, expected)


def _clock(one: standing.SeriousClock, expected: list[str]) -> str:
    month = f" {at(one.due_at):%Y-%m}" if one.clock == "update" and one.due_at else ""
    beside = " missed-stands" if one.missed_at is not None and one.state != "missed" else ""
    begins = f"{one.clock}{month} {one.framework} {one.state}{beside}"
    values = {"due": time(one.due_at), "starts": time(one.starts_at)}
    return begins + _asked(begins, values, expected)


def _asked(begins: str, values: dict[str, str], expected: list[str]) -> str:
    """The values that the line of the case beginning so names, in its order."""
    line = next((one for one in expected if f"{one} ".startswith(f"{begins} ")), "")
    names = [word.partition("=")[0] for word in line.split() if "=" in word]
    return "".join(f" {name}={values[name]}" for name in names if name in values)


def time(when: Instant | None) -> str:
    if when is None:
        return "-"
    if when == last_second(day_of(when)):
        return f"{day_of(when)}"
    return f"{at(when):%Y-%m-%dT%H:%M}"


def events_of(chain: Chain) -> list[CaseEvent]:
    return [record for record in chain.log if isinstance(record, CaseEvent)]
