"""The live engine over a log and an outcome log in memory, which may be killed between any two writes."""

from collections.abc import Iterator

from rules.rule import outcome_id
from schemas.event_types import CaseEvent, Record
from schemas.outcome_types import Outcome
from stream_apps.case_rules import RULES
from stream_apps.engine import Engine
from tests.spec.partition import CODEC


class Live:
    """`log` is shared with whoever appends to it; `written` survives a crash, and so does `committed`."""

    def __init__(self, log: list[Record]) -> None:
        self.log = log
        self.written: list[tuple[int, str, bytes]] = []
        self.committed = 0
        self.engine = self._recovered()

    def _recovered(self) -> Engine:
        engine = Engine(RULES, CODEC.encode, CODEC.decode, 0, self.committed, self._reread)
        for offset, part, payload in self.written:
            engine.recall(RULES[0].name, offset, part, payload)
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
                    self.written.append((word.offset, word.part, word.said.payload))

    def commit(self) -> None:
        self.committed = self.engine.next

    def crash(self) -> None:
        self.engine = self._recovered()

    def written_twice(self, since: int) -> None:
        """Another worker that had lost the partition wrote the same words again."""
        self.written += self.written[since:]

    def payloads(self) -> list[bytes]:
        """What a reader that knows ids sees: each thing once, where it first stood."""
        seen: dict[str, bytes] = {}
        for _, _, payload in self.written:
            outcome = CODEC.decode(payload)
            assert isinstance(outcome, Outcome)
            id = outcome_id(RULES[0].name, outcome)
            assert seen.setdefault(id, payload) == payload, f"{outcome} under an id that is taken"
        return list(seen.values())
