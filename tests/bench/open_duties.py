"""Reports that each open one duty, with what the engine says of them, as both lie on the log.

What is said is drawn from a few hundred reports by the rule itself; each outcome is one of those under ids
of its own. `check` holds some of them against the rule.
"""

import random
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rules.case_rules import RULES
from rules.identity import obligation_id
from rules.rule import outcome_id
from schemas.cloud_events import headers
from schemas.codec import Codec
from schemas.contracts import FULL_NAMES
from schemas.event_types import Record
from schemas.outcome_types import ObligationOpened, Outcome
from stream_apps.decision import Deliberation, Said
from tests.bench.records import DAY, LAST, OnWire, adoptions, report, uuid_text

Headers = list[tuple[str, bytes]]
_EVENT, _CASE = "e" * 36, "c" * 36
_TEMPLATES = 500


class Opened(NamedTuple):
    report: OnWire
    payload: bytes
    headers: Headers  # all but the place that it was drawn from


class OpenDuties:
    def __init__(self, codec: Codec, seed: int = 7) -> None:
        chance = random.Random(seed)
        self._codec, self._seed = codec, seed
        self._templates = [self._template(chance, n) for n in range(_TEMPLATES)]

    def all(self, number: int) -> Iterator[Opened]:
        bits = random.Random(self._seed + 1).getrandbits
        for n in range(number):
            written, said, payload = self._templates[n * _TEMPLATES // number]
            event, case = uuid_text(bits(128)), uuid_text(bits(128))
            subject = obligation_id(case, said.patient, said.provider, said.duty, said.instrument)
            id = outcome_id("candour", _Named(case, subject, said.revision))  # type: ignore[arg-type]
            ids = ((_EVENT, event), (_CASE, case), (said.subject, subject))
            yield Opened(
                OnWire(case.encode(), _under(written, ids[:2])),
                _under(payload, ids),
                outcome_headers(said, id, subject),
            )

    def check(self, number: int = 200) -> None:
        """Raises where the rule says anything else of these reports."""
        rule = Deliberation(RULES, self._codec.encode, 0, lambda *_: ())
        before = adoptions(0)
        for offset, record in enumerate(before):
            _taken(rule, offset, record)
        for offset, opened in enumerate(self.all(number), len(before)):
            said = _taken(rule, offset, self._codec.decode(opened.report.value))
            if [word.payload for word in said] != [opened.payload]:
                raise AssertionError(f"the rule says {said}")

    def _template(self, chance: random.Random, number: int) -> tuple[bytes, ObligationOpened, bytes]:
        when = LAST - DAY + DAY * number // _TEMPLATES
        record = report(chance, when, _EVENT, _CASE, relevant=True)
        while record.harm != "moderate":  # what is graver is escalated as well
            record = report(chance, when, _EVENT, _CASE, relevant=True)
        rule = Deliberation(RULES, self._codec.encode, 0, lambda *_: ())
        before = adoptions(0)
        for offset, adoption in enumerate(before):
            _taken(rule, offset, adoption)
        (word,) = _taken(rule, len(before), record)
        assert isinstance(word.outcome, ObligationOpened)
        return self._codec.encode(record), word.outcome, word.payload


def said_of_adoptions(codec: Codec, partition: int) -> list[list[tuple[str, bytes, Headers]]]:
    """What each rule says of each policy and of the calendar of a partition: topic, payload, headers."""
    rule = Deliberation(RULES, codec.encode, partition, lambda *_: ())
    topics = {each.name: each.topic for each in RULES}
    return [
        [
            (
                topics[word.rule],
                word.payload,
                outcome_headers(word.outcome, word.id, word.outcome.subject),
            )
            for word in _taken(rule, offset, record)
        ]
        for offset, record in enumerate(adoptions(partition))
    ]


def outcome_headers(outcome: Outcome, id: str, subject: str) -> Headers:
    attributes = headers(FULL_NAMES[type(outcome)], id, "/candour/case-engine", outcome.recorded_at, subject)
    return [("id", id.encode()), ("part", b"1/1"), *attributes]


class _Named(NamedTuple):
    case_id: str
    subject: str
    revision: int


def _taken(rule: Deliberation, offset: int, record: Record) -> list[Said]:
    return [word for part in rule.take(offset, record) for word in part]


def _under(value: bytes, ids: Iterable[tuple[str, str]]) -> bytes:
    for placeholder, id in ids:
        value = value.replace(placeholder.encode(), id.encode())
    return value
