"""Nothing is lost, doubled or changed, whatever dies; with a safeguard left out the same attack shows it.

CANDOUR_CHAOS_ROUNDS: rounds of each lane (default 2). CANDOUR_CHAOS_SEED: where the seeds begin (default 1).
"""

import os
import signal
import time
from pathlib import Path
from typing import Literal

import pytest

from tests.fault.chaos import Lane, Plan

pytestmark = [pytest.mark.real, pytest.mark.slow, pytest.mark.timeout(0)]

ROUNDS = int(os.environ.get("CANDOUR_CHAOS_ROUNDS", "2"))
SEED = int(os.environ.get("CANDOUR_CHAOS_SEED", "1"))
CAUGHT_WITHIN = 8  # rounds

LANES = {
    "processes": Plan(of="law", records_per_second=200),
    "broker": Plan(faults=("kill", "freeze", "hook", "join", "broker freeze", "broker kill")),
    "slow deliveries": Plan(lingers=(500, 1500), hooks=("after_commit", "before_commit", "between_outcomes")),
    "wards": Plan(of="wards", records_per_second=200),
}


@pytest.mark.parametrize("name", LANES)
def test_nothing_is_lost_doubled_or_changed(name: str, tmp_path: Path) -> None:
    with Lane(tmp_path, SEED, LANES[name]) as lane:
        for number in range(ROUNDS):
            seed = SEED * 1000 + number
            lane.seed(seed)
            lane.round(last=number + 1 == ROUNDS)
            waited = lane.quiet()
            where = f"{name}, seed {SEED}, round {number}, {dict(lane.faults)}; logs in {tmp_path}"
            assert waited is not None, f"still behind: {where}"
            verdict = lane.verdict()
            print(f"{name} {number}: lag 0 in {waited:.1f} s; {verdict.lines()[0]}; {dict(lane.faults)}")
            assert verdict.clean, "\n".join([where, *verdict.lines()])
        assert verdict.expected > 0
        assert not lane.not_yet, "each fault of the plan happened"


@pytest.mark.parametrize("safeguard", ["barrier", "recovery"])
def test_a_safeguard_left_out_is_caught(safeguard: str, tmp_path: Path) -> None:
    with Lane(tmp_path, SEED, Plan(without=safeguard)) as lane:
        for number in range(CAUGHT_WITHIN):
            if caught(lane, SEED * 1000 + number):
                return
    pytest.fail(f"left out the {safeguard}, and nothing was noticed in {CAUGHT_WITHIN} rounds, seed {SEED}")


def test_with_all_safeguards_the_same_attack_finds_nothing(tmp_path: Path) -> None:
    with Lane(tmp_path, SEED, Plan()) as lane:
        for number in range(2):
            seed = SEED * 1000 + number
            assert not caught(lane, seed), "\n".join([f"seed {seed}", *lane.verdict().lines()])


@pytest.mark.parametrize("of", ["small", "law", "wards"])
def test_a_seed_gives_the_same_records_whatever_faults_are_chosen_meanwhile(
    of: Literal["small", "law", "wards"], tmp_path: Path
) -> None:
    plain, disturbed = Lane(tmp_path, SEED, Plan(of=of)), Lane(tmp_path, SEED, Plan(of=of))
    for _ in range(500):
        disturbed.chance.random()
        assert list(plain.drawn()) == list(disturbed.drawn())


def caught(lane: Lane, seed: int) -> bool:
    """A crash between commit and delivery, with deliveries held back; then a sound worker goes on."""
    lane.seed(seed)
    lane.start("after_commit:1:", linger=1500)
    lane.write_some(400)
    ended_by_itself(lane)
    lane.start(linger=0)
    # Its own log found broken, a worker ends again and again: that is being caught, slowness is not.
    waited = lane.quiet(until=lane.refused)
    assert waited is not None or lane.refused(), f"still behind, seed {seed}"
    return lane.refused() or not lane.verdict().clean


def ended_by_itself(lane: Lane, seconds: float = 30.0) -> None:
    (worker,) = [worker for worker in lane.workers if worker.fault]
    until = time.monotonic() + seconds
    while worker.alive and time.monotonic() < until:
        time.sleep(0.1)
    worker.signal(signal.SIGKILL)
    worker.process.wait()
    lane.kill_all()
