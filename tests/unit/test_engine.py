"""The engine in memory: histories cut anywhere, with echoes, lost commits and several lives of it."""

import random
from collections.abc import Iterable, Iterator

import pytest

from rules.rule import Rule
from schemas.codec import Codec
from schemas.event_types import CaseEvent, CaseReleased, ClockTick, Record
from schemas.outcome_types import CaseQuarantined, CaseReadAgain, ObligationBreached, Outcome
from stream_apps.decision import Deliberation, Quarantines, Said
from stream_apps.engine import Drift, Engine, Gap, Unsaid
from tests.fault.histories import Histories
from tests.fault.small_rules import small_rules

CODEC = Codec.local()
Line = tuple[int, str, str, bytes]  # source offset, part, id, payload
Logs = dict[str, list[Line]]


def rereading(records: list[Record]):  # type: ignore[no-untyped-def]
    def reread(partition: int, start: int, end: int, case_id: str) -> Iterator[tuple[int, Record]]:
        for offset in range(start, end):
            if getattr(records[offset], "case_id", None) == case_id:
                yield offset, records[offset]

    return reread


def engine_from(logs: Logs, committed: int, records: list[Record], rules: Iterable[Rule]) -> Engine:
    engine = Engine(tuple(rules), CODEC.encode, CODEC.decode, 0, committed, rereading(records))
    for name, lines in logs.items():
        for offset, part, _, payload in lines:
            engine.recall(name, offset, part, payload)
    return engine


def lines_of(engine: Engine, records: list[Record], start: int, stop: int) -> Logs:
    said: Logs = {"watch": [], "listen": []}
    for offset in range(start, stop):
        for part in engine.hear(offset, records[offset]):
            for unsaid in part:
                said[unsaid.said.rule].append(line(unsaid))
    return said


def line(unsaid: Unsaid) -> Line:
    return unsaid.offset, unsaid.part, unsaid.id, unsaid.said.payload


def folded(
    records: list[Record], rules: Iterable[Rule], obeyed: Quarantines | None = None
) -> tuple[Logs, Deliberation]:
    """What must be on the logs: the rules and nothing else."""
    deliberation = Deliberation(tuple(rules), CODEC.encode, 0, rereading(records), obeyed)
    logs: Logs = {"watch": [], "listen": []}
    for offset, record in enumerate(records):
        said: list[Said] = [word for part in deliberation.take(offset, record) for word in part]
        for number, word in enumerate(said, 1):
            logs[word.rule].append((offset, f"{number}/{len(said)}", word.id, word.payload))
    return logs, deliberation


def first_appearances(lines: list[Line]) -> list[Line]:
    seen: dict[str, Line] = {}
    for said in lines:
        assert seen.setdefault(said[2], said) == said, "one id with two payloads"
    return list(seen.values())


@pytest.mark.parametrize("lot", range(5))
def test_a_history_cut_anywhere_says_what_one_fold_says(lot: int) -> None:
    for seed in range(lot * 200, lot * 200 + 200):
        one_history(seed)


def one_history(seed: int) -> None:
    chance = random.Random(seed)
    records = Histories(chance).records(chance.randint(20, 160))
    logs: Logs = {"watch": [], "listen": []}
    zombies: list[tuple[str, list[Line]]] = []
    committed = 0
    for _ in range(8):
        stop = chance.randint(committed, len(records))
        start = chance.randint(0, committed) if chance.random() < 0.3 else committed
        safe = stop
        for name, queue in lines_of(
            engine_from(logs, committed, records, small_rules()), records, start, stop
        ).items():
            cut = chance.choice(
                (len(queue), chance.randint(0, len(queue)))
            )  # each topic gets as far as it gets
            logs[name] += queue[:cut]
            zombies.append((name, queue[cut:]))
            if cut < len(queue):
                safe = min(safe, queue[cut][0])
        committed = max(committed, chance.randint(committed, max(committed, safe)))
        if chance.random() < 0.2:
            committed = chance.choice((0, chance.randint(0, committed)))  # commits lost, all or some
        if chance.random() < 0.5:  # one that was frozen writes on
            name, rest = chance.choice(zombies)
            cut = chance.randint(0, len(rest))
            logs[name] += rest[:cut]
            del rest[:cut]
    last = engine_from(logs, committed, records, small_rules())
    for name, queue in lines_of(last, records, committed, len(records)).items():
        logs[name] += queue
    due, whole = folded(records, small_rules())
    for name, lines in logs.items():
        assert first_appearances(lines) == due[name], f"seed {seed}: {name}"
    assert last.states == whole.states, f"seed {seed}: another state"


def test_the_histories_hold_what_they_are_meant_to_try() -> None:
    kinds: set[str] = set()
    for seed in range(50):
        chance = random.Random(seed)
        logs, _ = folded(Histories(chance).records(200), small_rules())
        kinds |= {
            type(CODEC.decode(payload)).__name__ for lines in logs.values() for _, _, _, payload in lines
        }
    assert kinds == {
        "BreachWithdrawn",
        "CaseQuarantined",
        "CaseReadAgain",
        "DeadlineWarned",
        "ObligationBreached",
        "ObligationConfirmed",
        "ObligationMet",
        "ObligationReopened",
    }


def test_a_mended_rule_folds_obeying_what_was_said_while_it_stumbled() -> None:
    """Half of each history is heard with the bugs, half after an upgrade that mends them."""
    released = 0
    for seed in range(200):
        chance = random.Random(seed)
        records = Histories(chance).records(300)
        logs = lines_of(engine_from({}, 0, records, small_rules()), records, 0, 150)
        later = engine_from(logs, 150, records, small_rules(mended=True))
        for name, queue in lines_of(later, records, 150, len(records)).items():
            logs[name] += queue
        stumbles: dict[tuple[int, str, str, int], str] = {}
        for name, lines in logs.items():
            for offset, _, _, payload in lines:
                said = CODEC.decode(payload)
                released += isinstance(said, CaseReadAgain)
                if isinstance(said, CaseQuarantined):
                    stumbles[offset, name, str(said.case_id), said.source_offset] = said.error
        due, _ = folded(records, small_rules(mended=True), stumbles)
        assert logs == due, f"seed {seed}"
    assert released > 200


def reported(case: str, role: str = "", harm: str = "moderate") -> CaseEvent:
    histories = Histories(random.Random(1))
    common = histories._common(1, 100) | {"case_id": case, "by_role": role, "harm": harm}
    from schemas.event_types import Reported

    return Reported(**common, reporter_role="nurse")


def tick(as_of: int) -> ClockTick:
    return ClockTick(partition=0, as_of=as_of, event_id=f"t{as_of}")


def test_a_stumble_quarantines_one_case_and_the_others_go_on() -> None:
    records: list[Record] = [reported("a", "bug:now"), reported("b"), tick(120)]
    logs, _ = folded(records, small_rules())
    said = [CODEC.decode(payload) for _, _, _, payload in logs["watch"]]
    assert [type(word).__name__ for word in said] == [
        "CaseQuarantined",
        "ObligationReopened",
        "ObligationBreached",
    ]
    assert [word.case_id for word in said] == ["a", "b", "b"]  # type: ignore[attr-defined]


def test_what_no_schema_takes_quarantines_the_case_and_never_reaches_the_log() -> None:
    histories = Histories(random.Random(3))
    told = histories._told(1)
    unfit = type(told)(
        **{name: getattr(told, name) for name in told.__struct_fields__} | {"by_role": "bug:unfit"}
    )
    logs, _ = folded([unfit], small_rules())
    (only,) = logs["watch"]
    said = CODEC.decode(only[3])
    assert isinstance(said, CaseQuarantined)
    assert said.source_offset == 0


def test_a_released_case_is_read_again_from_where_the_rule_stumbled() -> None:
    release = CaseReleased(**Histories(random.Random(1))._common(1, 100) | {"case_id": "a"}, rule="watch")
    records: list[Record] = [reported("a", "bug:now"), reported("b"), tick(120), release, tick(121)]
    logs = lines_of(engine_from({}, 0, records, small_rules()), records, 0, 3)
    after = lines_of(engine_from(logs, 3, records, small_rules(mended=True)), records, 3, 5)["watch"]
    kinds = [type(CODEC.decode(payload)).__name__ for _, _, _, payload in after]
    assert kinds == ["CaseReadAgain", "ObligationReopened", "ObligationBreached"]
    assert [(offset, part) for offset, part, _, _ in after] == [(3, "1/2"), (3, "2/2"), (4, "1/2")]
    reopened = CODEC.decode(after[1][3])
    assert isinstance(reopened, Outcome)
    assert reopened.recorded_at == release.recorded_at, "what is said only now was not known before"


def test_a_tick_for_very_many_cases_comes_in_slices_each_with_the_right_number() -> None:
    number = 5000
    records: list[Record] = [
        *(reported(f"c{n}", harm="severe" if n % 2 else "moderate") for n in range(number)),
        tick(200),
    ]
    engine = engine_from({}, 0, records, small_rules()[:1])
    for offset in range(number):
        for _ in engine.hear(offset, records[offset]):
            pass
    slices = list(engine.hear(number, records[number]))
    said = [unsaid for part in slices for unsaid in part]
    assert max(len(part) for part in slices) <= 256
    assert sum(not part for part in slices) > 10, "others get their turn while it decides"
    assert [unsaid.part for unsaid in said] == [f"{n}/{number}" for n in range(1, number + 1)]
    dues = [word.said.outcome.due_at for word in said if isinstance(word.said.outcome, ObligationBreached)]
    assert dues == sorted(dues)
    assert len(dues) == number


def test_a_record_that_was_left_out_ends_the_process() -> None:
    engine = engine_from({}, 3, [], small_rules())
    with pytest.raises(Gap):
        list(engine.hear(4, tick(1)))
    with pytest.raises(Gap):
        engine.pass_over(5)


def test_what_is_passed_over_counts_in_its_turn_in_whatever_order_it_is_told() -> None:
    engine = engine_from({}, 3, [], small_rules())
    for told, reached in ((range(50, 60), 3), (range(4, 6), 3), (range(3, 4), 6), (range(2, 5), 6)):
        engine.overlook(told)
        assert engine.next == reached
    list(engine.hear(6, tick(1)))
    engine.overlook(range(7, 50))
    assert engine.next == 60


def test_a_hole_in_the_log_before_the_commit_ends_the_process() -> None:
    records: list[Record] = [reported("a"), tick(120)]
    logs, _ = folded(records, small_rules())
    with pytest.raises(Gap):
        engine_from({"watch": logs["watch"][1:]}, 2, records, small_rules())


def test_a_part_of_a_record_that_the_rules_do_not_say_is_drift() -> None:
    records: list[Record] = [reported("a"), tick(120)]
    logs, _ = folded(records, small_rules())
    offset, _, id, payload = logs["watch"][1]
    engine = engine_from(
        {"watch": [logs["watch"][0], (offset, "2/2", id, payload)]}, 0, records, small_rules()
    )
    list(engine.hear(0, records[0]))
    with pytest.raises(Drift):
        list(engine.hear(1, records[1]))


def test_an_id_that_waits_for_a_later_record_may_not_be_used() -> None:
    records: list[Record] = [reported("a"), reported("a")]
    logs, _ = folded(records[:1], small_rules())
    _, part, id, payload = logs["watch"][0]
    engine = engine_from({"watch": [(1, part, id, payload)]}, 0, records, small_rules())
    with pytest.raises(Drift, match="later words"):
        list(engine.hear(0, records[0]))


def test_words_about_a_record_that_cannot_be_heard_are_drift() -> None:
    records: list[Record] = [reported("a")]
    logs, _ = folded(records, small_rules())
    engine = engine_from({"watch": logs["watch"]}, 0, records, small_rules())
    assert engine.waits_for(0)
    with pytest.raises(Drift):
        engine.pass_over(0)


def test_a_whole_group_stands_as_it_was_said_whatever_the_rules_say_today() -> None:
    records: list[Record] = [reported("a", harm="moderate")]
    logs, _ = folded(records, small_rules())
    other: list[Record] = [reported("a", harm="none")]
    engine = engine_from({"watch": logs["watch"]}, 0, other, small_rules())
    assert list(engine.hear(0, other[0])) == []
    assert engine.states["watch"].watches["a"].status == "open"
