"""The live engine over a log and outcome logs in memory, which may be killed between any two writes."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from rules import candour
from rules.rule import Rule, outcome_id
from schemas.event_types import CaseEvent, Record
from schemas.outcome_types import Outcome
from stream_apps.engine import Engine
from tests.spec.partition import CODEC


class _Written(NamedTuple):
    rule: str
    offset: int
    part: str
    payload: bytes


class Live:
    """`log` is shared with whoever appends to it; `written` survives a crash, and so does `committed`."""

    def __init__(self, log: list[Record], rules: Sequence[Rule] = (candour.RULE,)) -> None:
        self.log = log
        self.rules = rules
        self.written: list[_Written] = []
        self.committed = 0
        self.engine = self._recovered()

    def _recovered(self) -> Engine:
        engine = Engine(self.rules, CODEC.encode, CODEC.decode, 0, self.committed, self._reread)
        for rule in self.rules:  # each has a topic of its own, read one after the other
            for word in self.written:
                if word.rule == rule.name:
                    engine.recall(word.rule, word.offset, word.part, word.payload)
        return engine

    def _reread(self, partition: int, start: int, end: int, case_id: str) -> Iterator[tuple[int, Record]]:
        for offset in range(start, end):
            record = self.log[offset]
            if isinstance(record, CaseEvent) and record.case_id == case_id:
                yield offset, record

    def work(self, write_at_most: int | None = None) -> None:
        """Hear all there is, and write; with a limit the process dies after that many writes."""
        left = write_at_most
        for offset in range(self.engine.next, len(self.log)):
            for unsaid in self.engine.hear(offset, self.log[offset]):
                for word in unsaid:
                    if left is not None:
                        if left == 0:
                            self.crash()
                            return
                        left -= 1
                    self.written.append(_Written(word.said.rule, word.offset, word.part, word.said.payload))

    def commit(self) -> None:
        self.committed = self.engine.next

    def crash(self) -> None:
        self.engine = self._recovered()

    def written_twice(self, since: int) -> None:
        """Another worker that had lost the partition wrote the same words again."""
        self.written += self.written[since:]

    def payloads(self, rule: str = "candour") -> list[bytes]:
        """What a reader that knows ids sees: each thing once, where it first stood."""
        seen: dict[str, bytes] = {}
        for word in self.written:
            if word.rule != rule:
                continue
            outcome = CODEC.decode(word.payload)
            assert isinstance(outcome, Outcome)
            id = outcome_id(rule, outcome)
            assert seen.setdefault(id, word.payload) == word.payload, f"{outcome} under an id that is taken"
        return list(seen.values())


def through_crashes(log: Sequence[Record], rules: Sequence[Rule], writes: Sequence[int]) -> Live:
    """Told record by record, committing now and then. `writes`: after how many it dies over each record, for
    the first ones."""
    live = Live([], rules)
    for number, record in enumerate(log):
        live.log.append(record)
        live.work(writes[number] if number < len(writes) else None)
        if number % 3 == 0 and live.engine.next == len(live.log):
            live.commit()
    live.work()
    live.crash()
    live.work()
    return live
