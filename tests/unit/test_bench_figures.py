"""What `make bench` keeps and prints: nothing that is no longer measured, and what others reach beside it."""

import json
from pathlib import Path

from rich.console import Console

from tests.bench import figures, replaying
from tests.bench.figures import Figure

RAW = Figure("raw_records_per_s", 400_000)
CANDOUR = Figure("replay_candour_records_per_s", 72_000)


def kept(place: Path) -> dict[str, float]:
    found: dict[str, float] = json.loads(place.read_text())
    return found


def test_figure_that_is_measured_no_more_is_dropped_and_other_benchmarks_stay(tmp_path: Path) -> None:
    place = tmp_path / "bench.json"
    before = {"replay": [Figure("raw_consume_records_per_s", 1)], "start": [Figure("up_s", 15)]}
    figures.keep(before, ("replay", "start"), place)
    figures.keep({"replay": [RAW]}, ("replay", "start"), place)
    assert kept(place) == {"raw_records_per_s": 400_000, "up_s": 15}
    figures.keep({"replay": [RAW]}, ("replay",), place)
    assert kept(place) == {"raw_records_per_s": 400_000}
    assert "| `raw_records_per_s` | 400,000 |" in place.with_suffix(".md").read_text()


def test_others_stand_beside_what_was_measured_with_their_shares_of_raw() -> None:
    console = Console(width=200, record=True)
    console.print(figures.beside_others([RAW, CANDOUR], figures.references()))
    lines = console.export_text().splitlines()

    def line(contender: str) -> list[str]:
        (one,) = [each for each in lines if contender in each]
        return [cell.strip() for cell in one.strip().strip("│").split("│")][1:]

    assert line("Kafka Streams, whole run") == ["217,000", "11.5%", CANDOUR.name, "72,000", "18.0%"]
    assert line("Quix Streams") == ["59,000", "3.1%", "–", "–", ""]
    assert line("p99") == ["3.5", "", "event_to_outcome_p99_ms", "–", ""]
    assert any("streams.md §6" in each for each in lines)


def test_figures_that_stand_beside_others_are_measured() -> None:
    one_run = {"records_per_s": 1.0, "cpu_s_per_million": 1.0, "peak_mb": 1.0}
    found = replaying._figures({name: [one_run] for name in replaying.CONTENDERS | {"replay_with_tick": ()}})
    ours = {one.ours for one in figures.references().records_per_s if one.ours}
    assert ours - {figure.name for figure in found} == {"live_engine_records_per_s"}
