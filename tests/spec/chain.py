"""One partition of the log, heard by several rules in their order: each hears what those before it said."""

from collections.abc import Iterable, Sequence
from typing import Any

from rules.rule import Rule, outcome_id
from schemas.codec import Codec
from schemas.event_types import Record
from schemas.outcome_types import CaseQuarantined, Outcome
from stream_apps.decision import passed_over, routing_of

CODEC = Codec.local()


class Chain:
    """The reference: no engine, no threads, no Kafka. `log` went in, `said` came out, by rule."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = rules
        self.states: dict[str, Any] = {rule.name: rule.new_state() for rule in rules}
        self.log: list[Record] = []
        self.said: dict[str, list[Outcome]] = {rule.name: [] for rule in rules}

    def append(self, record: Record) -> None:
        heard: list[Outcome] = []
        drawn: list[tuple[Rule, Outcome]] = []
        routing = routing_of(record)
        for rule in self.rules:
            said = rule.decide(self.states[rule.name], record, heard, len(self.log))
            silent = routing is not None and passed_over(rule, routing, heard)
            assert not (silent and said), f"{rule.name} is passed over, and would have said {said}"
            drawn += [(rule, outcome) for outcome in said]
            heard = [*heard, *said]
        for rule, outcome in drawn:
            rule.evolve(self.states[rule.name], outcome)
            self.said[rule.name].append(outcome)
        self.log.append(record)

    def extend(self, records: Iterable[Record]) -> None:
        for record in records:
            self.append(record)

    def check(self, rule: Rule) -> None:
        """Its outcomes fit their contracts, tell the whole state, have ids of their own; none stumbled."""
        said = self.said[rule.name]
        assert not [one for one in said if isinstance(one, CaseQuarantined)]
        again = rule.new_state()
        for outcome in said:
            heard = CODEC.decode(CODEC.encode(outcome))
            assert isinstance(heard, Outcome)
            rule.evolve(again, heard)
        assert again == self.states[rule.name]
        ids = [outcome_id(rule.name, outcome) for outcome in said]
        assert len(ids) == len(set(ids))
