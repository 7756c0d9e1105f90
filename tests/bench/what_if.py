"""Another policy over a million records, with progress shown: severe harm alone opens the duty of candour."""

import os

from rules.policy import read_folder
from rules.proposals import Proposal, checked
from stream_apps.what_if import what_if
from tests.bench.figures import Figure
from tests.bench.ground import Ground
from tests.bench.progress import Steps
from tests.bench.records import LAST, Mix


def measure(here: Ground, steps: Steps, *, quick: bool) -> list[Figure]:
    number = 20_000 if quick else 1_000_000
    here.make_topics()
    with steps.step(f"what if: writing {number:,} reports", number) as show:
        total = here.fill(Mix(here.codec).records(number), show) + here.tick(LAST)
    with steps.step(f"what if: {total:,} records under two policies", total) as show:
        shadow = what_if(kafka=here.kafka, registry=here.registry, proposals=[severe_only()], progress=show)
    if not shadow.rows or shadow.records != total:
        raise RuntimeError(f"{shadow.records} of {total} records heard, {len(shadow.rows)} rows")
    cores = len(os.sched_getaffinity(0))
    return [
        Figure("what_if_s", shadow.seconds, at_most=60, beside=f"{total:,} records, {cores} cores"),
        Figure("what_if_records_per_s", shadow.records / shadow.seconds),
    ]


def severe_only() -> Proposal:
    files = read_folder("candour")
    for instrument in files.values():
        for bound in instrument.get("bound", ()):
            bound["harm"] = "severe"
    return checked("candour", files)
