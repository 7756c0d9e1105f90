"""One case decided again from its own records and the ticks that concern it, beside a whole fold."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from hashlib import sha256

import pytest

from rules.candour import RULE
from rules.case_rules import RULES
from rules.rule import Rule
from schemas.codec import Codec
from schemas.event_types import CaseEvent, ClockTick, Instant, Record
from schemas.outcome_types import ObligationBreached, Outcome
from stream_apps.decision import Deliberation
from stream_apps.explaining import (
    Finding,
    Hearing,
    Stood,
    Unproven,
    compared,
    quarantines_said,
    recomputed,
    rereading,
)
from stream_apps.looking import TickSearch
from tests.bench.records import adoptions
from tests.fault.histories import Histories
from tests.fault.small_rules import small_rules
from tests.spec.notation import Case, genesis, ticks

CODEC = Codec.local()
DAY, HOUR = 86_400_000, 3_600_000
LINES = (
    "told", "told without=apology", "attempt", "declined", "letter facts enquiries apology",
    "investigated", "findings", "determined yes", "determined no", "regrade low moderate",
    "regrade moderate severe", "opt_in", "stand_down second=director", "again A", "retract A", "A: told",
)  # fmt: skip


def reading(log: Sequence[Record]) -> TickSearch:
    def between(start: int, end: int) -> Iterator[tuple[int, ClockTick]]:
        for offset in range(max(start, 0), min(end, len(log))):
            record = log[offset]
            if isinstance(record, ClockTick):
                yield offset, record

    return TickSearch(between)


def said_of(log: Sequence[Record], rules: Sequence[Rule], case_id: str) -> list[Stood]:
    """What a fold over all records puts on the logs about one case."""
    deliberation = Deliberation(rules, CODEC.encode, 0, rereading(dict(enumerate(log))))
    stood: list[Stood] = []
    for offset, record in enumerate(log):
        words = [word for part in deliberation.take(offset, record) for word in part]
        for number, word in enumerate(words, 1):
            if word.outcome.case_id == case_id:
                stood.append(
                    standing(word.rule, word.outcome, word.id, len(stood), offset, f"{number}/{len(words)}")
                )
    return stood


def standing(rule: str, outcome: Outcome, id: str, offset: int, source: int, part: str) -> Stood:
    return Stood(
        id=id, rule=rule, type=type(outcome).__name__, topic=rule, offset=offset, source_offset=source,
        part=part, sha256=sha256(CODEC.encode(outcome)).digest(), subject=outcome.subject,
        revision=outcome.revision, recorded_at=outcome.recorded_at, cause=outcome.cause, outcome=outcome,
    )  # fmt: skip


def shortly(log: Sequence[Record], rules: Sequence[Rule], case_id: str, said: list[Stood]) -> list[Finding]:
    """As a reader does: the case's records, the adoptions, and the ticks that something was said of."""
    mine = {
        offset: record
        for offset, record in enumerate(log)
        if not isinstance(record, ClockTick) and getattr(record, "case_id", case_id) == case_id
    }
    spoken = {one.source_offset for one in said}
    likely = {
        offset: log[offset] for offset in spoken if offset is not None and isinstance(log[offset], ClockTick)
    }
    newest = max((one.as_of for one in log if isinstance(one, ClockTick)), default=None)
    hearing = Hearing(rules, CODEC.encode, 0, case_id, rereading(mine), quarantines_said(said))
    told = recomputed(hearing, mine, len(log), newest, reading(log), likely)
    return compared(said, [one for one in told.follows if one.outcome.case_id == case_id])


def history(seed: int) -> tuple[list[Record], list[str]]:
    """Four cases of one partition with ticks between them, as the door would let them onto the log."""
    chance = random.Random(seed)
    log: list[Record] = genesis()
    cases = [Case(f"{seed} {number}") for number in range(4)]
    now, begun = 1_385_000_000_000 + chance.randrange(400) * DAY, [False] * 4  # 21 November 2013 and later
    for _ in range(60):
        now += chance.choice((60_000, HOUR, HOUR, DAY, 4 * DAY))
        if chance.random() < 0.35:
            log.append(ticks(now))
            continue
        number = chance.randrange(4)
        line = (
            chance.choice(LINES)
            if begun[number]
            else chance.choice(("report harm=moderate", "report harm=low"))
        )
        if line.startswith(("again", "retract")) and "A" not in cases[number].labels:
            line = "A: told"
        begun[number] = True
        log += cases[number].records(f"{_wall(now)} {line}")
    log.append(ticks(now + 30 * DAY))
    return log, [case.case_id for case in cases]


def _wall(when: Instant) -> str:
    from datetime import UTC, datetime

    return f"{datetime.fromtimestamp(when / 1000, UTC):%Y-%m-%d %H:%M:%SZ}"


@pytest.mark.parametrize("lot", range(4))
def test_a_case_alone_says_what_the_whole_partition_says_of_it(lot: int) -> None:
    verdicts = breaches = 0
    for seed in range(lot * 5, lot * 5 + 5):
        log, cases = history(seed)
        for case_id in cases:
            said = said_of(log, (RULE,), case_id)
            findings = shortly(log, (RULE,), case_id, said)
            assert [one for one in findings if not one.agrees] == [], (seed, case_id)
            assert len(findings) == len(said)
            verdicts += len(said)
            breaches += sum(isinstance(one.outcome, ObligationBreached) for one in said)
    assert verdicts > 100
    assert breaches > 1


def test_so_it_is_with_all_rules_of_the_engine() -> None:
    heard: set[str] = set()
    for seed in range(5):
        log, cases = history(seed)
        log = [*adoptions(0), *log[2:]]
        for case_id in cases:
            said = said_of(log, RULES, case_id)
            findings = shortly(log, RULES, case_id, said)
            assert [one for one in findings if not one.agrees] == [], (seed, case_id)
            heard |= {one.rule for one in said}
    assert {"candour", "escalation", "indemnity"} <= heard


@pytest.mark.parametrize("lot", range(4))
def test_rules_that_stumble_are_obeyed_and_released_cases_read_again(lot: int) -> None:
    quarantined = 0
    for seed in range(lot * 12, lot * 12 + 12):
        log = door_like(Histories(random.Random(seed)).records(120))
        for case_id in sorted({one.case_id for one in log if isinstance(one, CaseEvent)}):
            said = said_of(log, small_rules(), case_id)
            try:
                findings = shortly(log, small_rules(), case_id, said)
            except Unproven:
                continue  # told to read the partition instead: never wrong
            assert [one for one in findings if not one.agrees] == [], (seed, case_id)
            quarantined += len(quarantines_said(said))
    assert quarantined > 1


def door_like(records: list[Record]) -> list[Record]:
    """Without ticks that step back: the clock writes none."""
    newest, kept = -1, []
    for record in records:
        if isinstance(record, ClockTick):
            if record.as_of <= newest:
                continue
            newest = record.as_of
        kept.append(record)
    return kept


def breached_case() -> tuple[list[Record], str, list[Stood]]:
    case = Case("late")
    log: list[Record] = genesis()
    log += case.records("2013-12-20 09:00 report harm=moderate")
    log += [ticks(1_389_000_000_000), ticks(1_389_225_630_000), ticks(1_389_300_000_000)]
    log += case.records("2014-01-09 20:00 told at=2014-01-07T11:00")
    return log, case.case_id, said_of(log, (RULE,), case.case_id)


def test_a_doctored_verdict_is_told_field_by_field() -> None:
    log, case_id, said = breached_case()
    (at,) = [place for place, one in enumerate(said) if isinstance(one.outcome, ObligationBreached)]
    outcome = said[at].outcome
    assert isinstance(outcome, ObligationBreached)
    forged = ObligationBreached(
        **{name: getattr(outcome, name) for name in outcome.__struct_fields__}
        | {"due_at": outcome.due_at - DAY}
    )
    said[at] = standing(
        "candour", forged, said[at].id, said[at].offset, said[at].source_offset or 0, said[at].part or ""
    )
    (wrong,) = [one for one in shortly(log, (RULE,), case_id, said) if not one.agrees]
    (difference,) = wrong.differences
    assert (difference.field, difference.said, difference.follows) == (
        "due_at",
        forged.due_at,
        outcome.due_at,
    )


def test_a_verdict_that_was_never_said_is_missing() -> None:
    log, case_id, said = breached_case()
    kept = [one for one in said if not isinstance(one.outcome, ObligationBreached)]
    wrong = [one for one in shortly(log, (RULE,), case_id, kept) if not one.agrees]
    assert any(one.said is None and isinstance(one.outcome, ObligationBreached) for one in wrong)


def test_a_verdict_of_a_later_tick_than_the_first_past_the_due_time_differs() -> None:
    """A breach is said by the first tick past the due time: by the next one it would be another outcome."""
    log, case_id, said = breached_case()
    (at,) = [place for place, one in enumerate(said) if isinstance(one.outcome, ObligationBreached)]
    late = log.index(ticks(1_389_300_000_000))
    said[at] = replace(said[at], source_offset=late)
    (wrong,) = [one for one in shortly(log, (RULE,), case_id, said) if not one.agrees]
    assert [one.field for one in wrong.differences] == ["source_offset"]


def test_a_stranger_on_the_log_follows_from_nothing() -> None:
    log, case_id, said = breached_case()
    stray = replace(said[-1], id="stray", revision=99)
    (wrong,) = [one for one in shortly(log, (RULE,), case_id, [*said, stray]) if not one.agrees]
    assert wrong.follows is None
    assert wrong.said == stray


def test_an_id_that_came_with_two_contents_does_not_agree() -> None:
    _, _, said = breached_case()
    (only,) = [one for one in compared(said[:1], [], {said[0].id}) if not one.agrees]
    assert [one.field for one in only.differences] == ["content"]


@pytest.mark.parametrize("seed", range(12))
def test_the_first_tick_is_found_wherever_it_lies(seed: int) -> None:
    chance = random.Random(seed)
    (other,) = Case("x").records("2014-01-01 09:00 report")
    as_of, log = 0, [other]
    for number in range(chance.choice((10, 300, 5000))):
        if chance.random() < chance.choice((0.001, 0.05, 0.5)):
            as_of += chance.randrange(1, 50)
            log.append(ClockTick(partition=0, as_of=as_of, event_id=str(number)))
        else:
            log.append(other)
    search = reading(log)
    for _ in range(40):
        after, before = sorted((chance.randrange(-1, len(log) + 1), chance.randrange(-1, len(log) + 1)))
        wanted = chance.randrange(as_of + 2)
        expected = next(
            (
                (offset, one)
                for offset, one in enumerate(log)
                if after < offset < before and isinstance(one, ClockTick) and one.as_of >= wanted
            ),
            None,
        )
        assert search.first(after, before, wanted, None) == expected
        if expected is not None:
            assert search.first(after, before, wanted, expected[0]) == expected
        at_end = next((one for one in log[before : before + 1] if isinstance(one, ClockTick)), None)
        if at_end is not None and at_end.as_of >= wanted:
            assert search.first(after, before, wanted, before) == expected
