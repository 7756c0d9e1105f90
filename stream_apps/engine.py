"""One partition's engine: first `recall` the outcome logs, then `hear` the input from the commit on.

A commit vouches that what was said about all earlier records is on the logs in full. About later ones it
may be there whole, in part or not at all: that waits until the record is heard again.
"""

import heapq
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, cast

from rules.rule import Rule, outcome_id
from schemas.event_types import Record
from schemas.outcome_types import Outcome
from stream_apps.decision import SLICE, Deliberation, Encode, Reread, Said

Decode = Callable[[bytes], Record]


class Gap(Exception):
    """Something was left out before this."""


class Drift(Exception):
    """A record decided again does not say what the logs hold."""


class Unsaid(NamedTuple):
    """What is still to be written about a record: the i-th of the n outcomes that all rules drew from it."""

    offset: int
    part: str  # "i/n"
    id: str
    said: Said


class _OnLog(NamedTuple):
    """What the logs hold about a record that is not vouched for."""

    rule: str
    id: str
    payload: bytes


_Parts = dict[str, _OnLog]


class Engine:
    """For one thread. After `Gap` or `Drift` the process must end: the state is no longer right.

    `next`: the offset up to which all is heard and all that follows from it was handed out to be written.
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        encode: Encode,
        decode: Decode,
        partition: int,
        committed: int,
        reread: Reread,
    ) -> None:
        self.partition = partition
        self.committed = self.next = committed
        self._overlooked: list[tuple[int, int]] = []  # (start, stop), a heap: ahead of what is to be heard
        self._decode = decode
        self._deliberation = Deliberation(rules, encode, partition, reread)
        self.states = self._deliberation.states
        self._waiting: dict[int, _Parts] = {}  # by offset
        self._taken: set[str] = set()  # the ids of those waiting

    def recall(self, rule: str, offset: int, part: str, payload: bytes) -> None:
        """Hear what a rule's log holds, in its order. Raises `Gap` where words before it are missing."""
        outcome = self._outcome(payload)
        if offset >= self.committed:
            id = outcome_id(rule, outcome)
            self._waiting.setdefault(offset, {}).setdefault(part, _OnLog(rule, id, payload))
            self._taken.add(id)
            return
        last = self.states[rule].revision(outcome.subject)
        if outcome.revision > last + 1:
            raise Gap(
                f"record {offset}: before revision {outcome.revision} of {outcome.subject} comes {last}"
            )
        if outcome.revision == last + 1:  # else the echo of a worker that had lost the partition
            self._deliberation.evolve(rule, outcome)

    @property
    def quarantined(self) -> int:
        return len(self._deliberation.quarantined)

    @property
    def known(self) -> int:
        """How many records there must be: those that were heard, and those that the logs hold words about."""
        return max(self.committed, *(offset + 1 for offset in self._waiting), 0)

    def waits_for(self, offset: int) -> bool:
        """Whether the logs hold words about this record already; then it may not be passed over unread."""
        return offset in self._waiting

    def pass_over(self, offset: int) -> None:
        """Nothing can be said about this record: it cannot be read."""
        if offset < self.next:
            return
        self._expect(offset)
        if offset in self._waiting:
            raise Drift(f"record {offset}: the logs hold words about what cannot be heard")
        self._goes_on(offset + 1)

    def overlook(self, offsets: range) -> None:
        """Nothing follows from these records. They may be told ahead, in any order: each counts in its turn.

        After a rebalance some of what was fetched before it may be told first.
        """
        heapq.heappush(self._overlooked, (offsets.start, offsets.stop))
        self._goes_on(self.next)

    def hear(self, offset: int, record: Record) -> Iterator[list[Unsaid]]:
        """What is left to say about this record; exhaust it before the next.

        Comes in slices, some of them empty, between which others may work. Nothing is handed out before
        all of it is decided and remembered: n is known from the first part on, and what this state
        stumbles over never reaches the log.
        """
        if offset < self.next:
            return
        self._expect(offset)
        said = self._waiting.pop(offset, {})
        self._taken -= {word.id for word in said.values()}
        if _whole(said):
            self._stand(said)
            self._goes_on(offset + 1)
            return
        drawn: list[Said] = []
        for part in self._deliberation.take(offset, record):
            if part:
                drawn += part
            else:
                yield []
        unsaid = self._unsaid(offset, drawn, said)
        for start in range(0, len(unsaid), SLICE):
            yield unsaid[start : start + SLICE]
        self._goes_on(offset + 1)

    def _goes_on(self, next: int) -> None:
        while self._overlooked and self._overlooked[0][0] <= next:
            next = max(next, heapq.heappop(self._overlooked)[1])
        self.next = next

    def _expect(self, offset: int) -> None:
        if offset > self.next:
            raise Gap(f"expected record {self.next}, got {offset}")

    def _stand(self, said: _Parts) -> None:
        """A whole group stands as it was said, whatever the rules would say today."""
        for number in range(1, len(said) + 1):
            word = said[f"{number}/{len(said)}"]
            self._deliberation.evolve(word.rule, self._outcome(word.payload))

    def _unsaid(self, offset: int, drawn: list[Said], said: _Parts) -> list[Unsaid]:
        n = len(drawn)
        unsaid = []
        for number, word in enumerate(drawn, 1):
            part, id = f"{number}/{n}", word.id
            held = said.pop(part, None)
            if held is None:
                unsaid.append(Unsaid(offset, part, id, word))
            elif held.id != id or not self._same(held, word):
                raise Drift(f"record {offset}: part {part} on the logs is not {word.outcome}")
        if said:
            raise Drift(f"record {offset}: the logs hold {list(said)}, the rules draw {n} outcomes")
        if self._taken and (taken := [word.said.outcome for word in unsaid if word.id in self._taken]):
            raise Drift(f"record {offset}: later words are on the logs under the ids of {taken}")
        return unsaid

    def _same(self, held: _OnLog, word: Said) -> bool:
        # The bytes may differ by the id of the schema alone, after an upgrade.
        return held.payload == word.payload or self._decode(held.payload) == self._decode(word.payload)

    def _outcome(self, payload: bytes) -> Outcome:
        return cast(Outcome, self._decode(payload))


def _whole(said: _Parts) -> bool:
    return bool(said) and {int(part.partition("/")[2]) for part in said} == {len(said)}
