"""Random histories of wards: the live engine, killed between any two writes, equals the plain fold."""

from collections.abc import Iterable
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from rules.patterns import RULE, policy
from rules.patterns.policy import DAY
from rules.rule import outcome_id
from schemas.event_types import ClockTick, Record
from schemas.outcome_types import CaseQuarantined
from schemas.ward_events import WardReported, WardReportWithdrawn
from tests.generative.live import Live
from tests.spec.notation import moment
from tests.spec.wards import CODEC, Wards, check

POLICY = policy.parse(policy.default_content()[1])
BEGIN = moment("2013-07-01T09:00")
KILL = st.tuples(st.just("kill"), st.integers(0, 6))
LINE = st.one_of(
    st.tuples(st.just("report"), st.integers(0, 30), st.sampled_from("ab"), st.sampled_from(("low", "none"))),
    st.tuples(st.just("reports"), st.integers(2, 9), st.sampled_from("ab"), st.sampled_from(("1h", "1d"))),
    st.tuples(st.just("withdraw"), st.integers(0, 30)),
    st.tuples(st.just("close"), st.integers(1, 11)),
    st.tuples(st.just("retract")),
    st.tuples(st.just("alert"), st.sampled_from(("medication", "device")), st.booleans()),
    st.tuples(st.just("again"), st.integers(1, 12)),
    st.tuples(st.just("tick")),
    KILL,
)


def written(wards: Wards, line: tuple, at: int) -> list[Record]:  # type: ignore[type-arg]
    """The records of one line of a random history, recorded at this time; none where it speaks of nothing."""
    day = f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%MZ}"
    match line:
        case ("report", number, ward, harm):
            return wards.records(f"{day}  report c{number} ward={ward} harm={harm} type=medication")
        case ("reports", number, ward, every):
            return wards.records(f"{day}  reports {number} ward={ward} every={every} factors=staffing")
        case ("withdraw", number) if f"c{number}" in wards.cases:
            return wards.records(f"{day}  withdraw c{number} duplicate")
        case ("close", number):
            return wards.records(f"{day}  close {number} every=1m")
        case ("retract",) if any(type(one).__name__ == "WardCaseClosed" for one in wards.log):
            return wards.records(f"{day}  retract")
        case ("alert", kind, back):
            return wards.records(f"{day}  alert A-1 type={kind}{' back' if back else ''}")
        case ("again", number) if number < len(wards.log):
            return [wards.log[-number]]
        case ("tick",):
            return wards.records(f"{day}  tick")
    return []


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(LINE, st.integers(1, 9)), min_size=3, max_size=30))
def test_the_live_engine_equals_the_fold_and_a_count_over_the_whole_log(
    history: list[tuple[tuple, int]],  # type: ignore[type-arg]
) -> None:
    wards, now = Wards(), BEGIN
    live = Live(wards.log, (RULE,))
    for line, days in history:
        now += days * DAY
        if line[0] == "kill":
            live.work(line[1])
            continue
        for record in written(wards, line, now):
            wards.append(record)
            now = max(now, getattr(record, "recorded_at", now))
        live.work()
        if days % 2:
            live.commit()
    live.crash()
    live.work()

    assert not [one for one in wards.said if isinstance(one, CaseQuarantined)]
    check(wards)
    said = {outcome_id("patterns", one): CODEC.encode(one) for one in wards.said}
    found = {outcome_id("patterns", CODEC.decode(one.payload)): one.payload for one in live.written}  # type: ignore[arg-type]
    assert found == said
    assert live.engine.states["patterns"] == wards.state
    _counts_agree(wards)


def _counts_agree(wards: Wards) -> None:
    """A cluster of a ward that stands has as many reports in its window as the whole log says."""
    latest: dict[str, WardReported | None] = {}
    versions: dict[str, int] = {}
    for record in wards.log:
        if not isinstance(record, WardReported | WardReportWithdrawn):
            continue
        if record.version > versions.get(record.case_id, 0):
            versions[record.case_id] = record.version
            latest[record.case_id] = record if isinstance(record, WardReported) else None
    counting = {one.case_id for one in _counting(latest.values())}
    remembered = wards.state.known("RXX").reports
    assert {case_id for case_id, one in remembered.items() if one.counts} <= counting
    assert {
        case_id for case_id in counting if case_id in remembered and not remembered[case_id].counts
    } == set()
    cluster = POLICY.clusters["ward"]
    for subject, pattern in wards.state.known("RXX").patterns.items():
        if pattern.standing and pattern.group is not None and pattern.group[0] == "ward":
            count, first_at, last_at = pattern.said
            inside = [
                one.at
                for one in _counting(latest.values())
                if one.ward_ref == pattern.group[1] and first_at <= one.at <= last_at
            ]
            assert len(inside) == count >= cluster.least, subject
            assert last_at - first_at < cluster.window_days * DAY


def _counting(reports: Iterable[WardReported | None]) -> list[WardReported]:
    return [one for one in reports if one is not None and POLICY.counts(one.kind, one.harm, one.potential)]


def test_ticks_never_find_a_cluster_that_no_report_made() -> None:
    wards = Wards().tell("2013-07-01 09:00  reports 7 ward=a every=1d\n2014-01-01 09:00  tick")
    assert isinstance(wards.log[-1], ClockTick)
    assert wards.stands() == ["RXX quiet ward a"]
