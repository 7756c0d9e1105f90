"""The rules over the whole log, beside a loop that only consumes it and one that decodes all of it.

The log holds reports and what stands before them. Then a tick is put at its end, so late that each duty comes
due that the reports ever opened, and the log is folded once more.
"""

from rules import candour
from rules.case_rules import RULES
from tests.bench.figures import Figure, middle, spread
from tests.bench.ground import Ground, contender
from tests.bench.progress import Steps
from tests.bench.records import LAST, Mix

RUNS = 3
ALL = RULES[-1].name
REPLAY = "fold", "0", ALL
CONTENDERS = {
    "raw": ("raw",),
    "decode": ("decode",),
    "replay": REPLAY,
    "replay_candour": ("fold", "0", candour.RULE.name),
    "replay_one_process": ("fold", "1", ALL),
}
Found = dict[str, list[dict[str, float]]]


def measure(here: Ground, steps: Steps, *, quick: bool) -> list[Figure]:
    number = 200_000 if quick else 2_000_000
    found: Found = {name: [] for name in (*CONTENDERS, "replay_with_tick")}

    def run(name: str, kind: str, *more: str) -> None:
        with steps.step(f"replay: {name}, run {len(found[name]) + 1}"):
            found[name].append(contender(kind, here.kafka, here.registry, *more))

    here.make_topics()
    with steps.step(f"replay: writing {number:,} reports", number) as show:
        here.fill(Mix(here.codec).records(number), show)
    for _ in range(1 if quick else RUNS):
        for name, how in CONTENDERS.items():
            run(name, *how)
    here.tick(LAST)
    run("replay_with_tick", *REPLAY)
    return _figures(found)


def _figures(found: Found) -> list[Figure]:
    def runs(name: str, what: str = "records_per_s") -> list[float]:
        return [run[what] for run in found[name]]

    def to_raw(name: str) -> list[float]:
        """In the same round, so that what else the machine did weighs on both."""
        return [mine / raw for mine, raw in zip(runs(name), runs("raw"), strict=True)]

    return [
        Figure(
            "replay_to_raw_ratio", middle(to_raw("replay")), at_least=0.10, beside=spread(to_raw("replay"))
        ),
        Figure(
            "replay_candour_to_raw_ratio",
            middle(to_raw("replay_candour")),
            at_least=0.12,
            beside=spread(to_raw("replay_candour")),
        ),
        Figure(
            "replay_one_process_to_raw_ratio",
            middle(to_raw("replay_one_process")),
            beside=spread(to_raw("replay_one_process")),
        ),
        *(Figure(f"{name}_records_per_s", middle(runs(name)), beside=spread(runs(name))) for name in found),
        *(Figure(f"{name}_cpu_s_per_million", middle(runs(name, "cpu_s_per_million"))) for name in found),
        Figure("replay_peak_rss_mb", middle(runs("replay", "peak_mb")), beside="the largest process"),
    ]
