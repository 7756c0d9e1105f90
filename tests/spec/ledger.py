"""Never events in the notation of the law, how the ledger stands in the end, and what is owed beside it.

2013-12-19 22:10  report never_event=2011/1 occurred=2013-12-19T21:00
2013-12-20 10:00  enrich never_event=2011/3 occurred=2013-12-18T21:00
2013-12-21 10:00  confirm 2011/1 subtype=wrong_side
2013-12-22 10:00  reject
2013-12-23 10:00  linked primary never_event
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from msgspec.structs import replace

from rules import candour, never_events
from rules.calendar import fingerprint
from rules.never_events import policy
from schemas.contracts import snake
from schemas.event_types import (
    NEVER_EVENT_PROPOSED,
    CaseLinked,
    Enriched,
    EventRetracted,
    PolicyAdopted,
    Record,
    Reported,
)
from schemas.never_event_events import NeverEventConfirmed, NeverEventRejected
from schemas.outcome_types import Outcome
from sinks.never_event import NeverEvent, step
from tests.spec.chain import Chain
from tests.spec.law import Law
from tests.spec.notation import DAWN, Case, Words, described, genesis, identity, lines, moment

RULES = (never_events.RULE, candour.RULE)
_POLICY = policy.default_content()


def policy_record() -> PolicyAdopted:
    version, content = _POLICY
    return PolicyAdopted(
        partition=0,
        event_id=identity("policy of never events"),
        recorded_at=DAWN,
        rule="never_events",
        version=version,
        sha256=fingerprint(content),
        content=content,
    )


class LedgerCase(Case):
    """Understands the words above beside those of candour."""

    def _report(self, words: Words, common: dict[str, Any]) -> Record:
        named = words.named.get("never_event")
        self.flags |= NEVER_EVENT_PROPOSED if named else 0
        record = super()._report(words, common)
        assert isinstance(record, Reported)
        return replace(record, never_event_type=named)

    def _enrich(self, words: Words, common: dict[str, Any]) -> Record:
        before = self.facts
        changed = []
        if "occurred" in words.named:
            self.facts = self._with(occurred_at=moment(words.named["occurred"]))
            changed.append("occurred_at")
        named = words.named.get("never_event")
        if named:
            self.flags |= NEVER_EVENT_PROPOSED
            changed.append("never_event_type")
        record = super()._enrich(words, common)
        assert isinstance(record, Enriched)
        assert before is not None
        self.facts_before[record.event_id] = before
        return replace(record, changed=(*record.changed, *changed), never_event_type=named)

    def _confirm(self, words: Words, common: dict[str, Any]) -> Record:
        version, _, number = words.plain[0].partition("/")
        return self._event(
            NeverEventConfirmed,
            common,
            list_version=version,
            type_no=int(number),
            subtype=words.named.get("subtype"),
        )

    def _reject(self, words: Words, common: dict[str, Any]) -> Record:
        return self._event(NeverEventRejected, common)

    def _linked(self, words: Words, common: dict[str, Any]) -> Record:
        record = super()._linked(words, common)
        assert isinstance(record, CaseLinked)
        return replace(record, other_never_event="never_event" in words.plain)

    def _retract(self, words: Words, common: dict[str, Any]) -> Record:
        record = super()._retract(words, common)
        assert isinstance(record, EventRetracted)
        mistaken = self.labels[words.plain[0]]
        return replace(record, retracted_type=snake(type(mistaken).__name__))


def tell(history: str) -> tuple[Chain, str]:
    """The chain and the id of its case."""
    chain, case = Chain(RULES), LedgerCase()
    chain.extend([*genesis(), policy_record()])
    for line in lines(history):
        chain.extend(case.records(line))
    return chain, case.case_id


def rows(said: Iterable[Outcome]) -> list[NeverEvent]:
    """What the read model shows of these outcomes."""
    found: dict[str, NeverEvent] = {}
    for outcome in said:
        after = step(found.get(outcome.subject), outcome)
        if after is not None:
            found[outcome.subject] = after
    return list(found.values())


@dataclass(frozen=True)
class LedgerLaw(Law):
    """`owed`: the entry as it stands, then the duties owed beside it."""

    heading = "How it stands in the end"
    nothing = "Nothing is on the ledger, and nothing is owed."

    def check(self) -> None:
        chain, case_id = tell(self.history)
        for rule in RULES:
            chain.check(rule)
        expected = lines(self.owed)
        ledger = [_entry(one, expected) for one in rows(chain.said["never_events"])]
        obligations = list(chain.states["candour"].case(case_id).obligations.values())
        several = len({(one.patient, one.provider) for one in obligations}) > 1
        owed = [described(one, (), several) for one in obligations]
        assert sorted([*ledger, *owed]) == sorted(expected)
        said = [*chain.said["never_events"], *chain.said["candour"]]
        counted = Counter(snake(type(outcome).__name__) for outcome in said)
        for line in lines(self.said):
            times, kind = line.split()
            assert counted[kind] == int(times.removesuffix("x")), f"{line}: {dict(counted)}"
        reasons = " ".join(reason for outcome in said for reason in outcome.because)
        assert self.because in reasons, reasons


def _entry(one: NeverEvent, expected: list[str]) -> str:
    """`counted 2011/1/wrong_side`, and of provider, day, gate and payment what the case is about."""
    asked = next((line for line in expected if not line.startswith(("tell", "write", "report", "expl"))), "")
    number = "?" if one.type_no is None else one.type_no
    cell = f"{one.list_version}/{number}" + (f"/{one.subtype}" if one.subtype else "")
    beside = one.why or one.waits_for
    values = {"by": one.provider, "on": one.occurred_on, "gate": one.gate, "payment": one.payment}
    values["proposed_by"] = one.by
    shown = [f"{name}={value}" for name, value in values.items() if f" {name}=" in asked]
    return " ".join(filter(None, (f"{one.state}:{beside}" if beside else one.state, cell, *shown)))
