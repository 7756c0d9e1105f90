"""The candour rule over the whole log, beside a loop that only consumes it and one that decodes all of it."""

from tests.bench.figures import Figure, middle, spread
from tests.bench.ground import Ground, contender
from tests.bench.progress import Steps
from tests.bench.records import LAST, Mix

RUNS = 3
CONTENDERS = {"raw": ("raw",), "decode": ("decode",), "replay": ("fold", "0"), "replay_one": ("fold", "1")}


def measure(here: Ground, steps: Steps, *, quick: bool) -> list[Figure]:
    number = 200_000 if quick else 2_000_000
    found: dict[str, list[dict[str, float]]] = {name: [] for name in CONTENDERS}
    here.make_topics()
    with steps.step(f"replay: writing {number:,} reports", number) as show:
        here.fill(Mix(here.codec).records(number), show, as_of=LAST)
    for run in range(1 if quick else RUNS):
        for name, (kind, *more) in CONTENDERS.items():
            with steps.step(f"replay: {name}, run {run + 1}"):
                found[name].append(contender(kind, here.kafka, here.registry, *more))
    return _figures(found)


def _figures(found: dict[str, list[dict[str, float]]]) -> list[Figure]:
    def runs(name: str, what: str = "records_per_s") -> list[float]:
        return [run[what] for run in found[name]]

    # In the same round, so that what else the machine did weighs on both.
    ratios = [mine / raw for mine, raw in zip(runs("replay"), runs("raw"), strict=True)]
    efforts = [
        raw / mine
        for mine, raw in zip(
            runs("replay_one", "cpu_s_per_million"), runs("raw", "cpu_s_per_million"), strict=True
        )
    ]
    alone = [mine / raw for mine, raw in zip(runs("replay_one"), runs("raw"), strict=True)]
    return [
        Figure("raw_consume_records_per_s", middle(runs("raw")), beside=spread(runs("raw"))),
        Figure("decode_all_records_per_s", middle(runs("decode")), beside=spread(runs("decode"))),
        Figure("replay_records_per_s", middle(runs("replay")), beside=spread(runs("replay"))),
        Figure("replay_to_raw_ratio", middle(ratios), at_least=0.12, beside=spread(ratios)),
        Figure(
            "replay_one_process_records_per_s", middle(runs("replay_one")), beside=spread(runs("replay_one"))
        ),
        Figure("replay_one_process_to_raw_ratio", middle(alone), beside=spread(alone)),
        Figure(
            "replay_one_process_to_raw_cpu_ratio", middle(efforts), beside=f"of CPU time; {spread(efforts)}"
        ),
        *(
            Figure(f"{name}_cpu_s_per_million", middle(runs(name, "cpu_s_per_million")))
            for name in CONTENDERS
        ),
        Figure("replay_peak_rss_mb", middle(runs("replay", "peak_mb")), beside="the largest process"),
    ]
