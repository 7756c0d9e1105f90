"""One partition of the log, folded in plain order: what the rule says of each record, and what it knows."""

from collections.abc import Iterable

from rules.candour import RULE
from rules.candour.state import State
from schemas.codec import Codec
from schemas.event_types import Record
from schemas.outcome_types import CaseQuarantined, Outcome

CODEC = Codec.local()


class Partition:
    """The reference: no engine, no threads, no Kafka. `log` is what went in, `said` what came out."""

    def __init__(self) -> None:
        self.state: State = RULE.new_state()
        self.log: list[Record] = []
        self.said: list[Outcome] = []

    def append(self, record: Record) -> list[Outcome]:
        said = RULE.decide(self.state, record, (), len(self.log))
        for outcome in said:
            RULE.evolve(self.state, outcome)
        self.log.append(record)
        self.said += said
        return said

    def payloads(self) -> list[bytes]:
        return [CODEC.encode(outcome) for outcome in self.said]


def fold(log: Iterable[Record]) -> Partition:
    partition = Partition()
    for record in log:
        partition.append(record)
    return partition


def rebuilt(said: Iterable[Outcome]) -> State:
    """What the rule remembers when it hears its own outcomes again, as they lie on the outcome log."""
    state: State = RULE.new_state()
    for outcome in said:
        heard = CODEC.decode(CODEC.encode(outcome))
        assert isinstance(heard, Outcome)
        RULE.evolve(state, heard)
    return state


def stumbles(said: Iterable[Outcome]) -> list[CaseQuarantined]:
    return [outcome for outcome in said if isinstance(outcome, CaseQuarantined)]
