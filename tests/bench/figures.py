"""Figures: each has its unit in its name; some have an aim, and a reference measured in the same run."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from rich.table import Table

PLACE = Path("var") / "bench.json"


@dataclass(frozen=True)
class Figure:
    """`at_least` or `at_most` is the aim, where there is one; `beside` says what it is compared with."""

    name: str
    value: float
    at_least: float | None = None
    at_most: float | None = None
    beside: str = ""

    @property
    def aim(self) -> str:
        if self.at_least is not None:
            return f"≥ {_short(self.at_least)}"
        return f"≤ {_short(self.at_most)}" if self.at_most is not None else ""

    @property
    def missed(self) -> bool:
        below = self.at_least is not None and self.value < self.at_least
        return below or (self.at_most is not None and self.value > self.at_most)


def middle(values: Sequence[float]) -> float:
    return float(median(values))


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest value that so many percent of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def spread(values: Sequence[float]) -> str:
    """The runs behind a median, for the eye."""
    return "runs: " + ", ".join(_short(value) for value in values)


def table(figures: Sequence[Figure]) -> Table:
    shown = Table("figure", "measured", "aim", "", "beside", title="candour, measured")
    for figure in figures:
        mark = "" if not figure.aim else "[red]missed[/red]" if figure.missed else "[green]met[/green]"
        shown.add_row(figure.name, _short(figure.value), figure.aim, mark, figure.beside)
    return shown


def markdown(figures: Sequence[Figure]) -> str:
    """The same for `docs/performance.md`."""
    lines = ["| Figure | Measured | Aim | | Beside |", "|---|---:|---:|---|---|"]
    for one in figures:
        mark = "" if not one.aim else "missed" if one.missed else "met"
        lines.append(f"| `{one.name}` | {_short(one.value)} | {one.aim} | {mark} | {one.beside} |")
    return "\n".join(lines) + "\n"


def keep(figures: Sequence[Figure], place: Path = PLACE) -> None:
    """One flat object; what was measured in another run stays. Beside it, this run's table as Markdown."""
    place.parent.mkdir(parents=True, exist_ok=True)
    try:
        known: dict[str, float] = json.loads(place.read_text())
    except (OSError, ValueError):
        known = {}
    known |= {figure.name: round(figure.value, 4) for figure in figures}
    place.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n")
    place.with_suffix(".md").write_text(markdown(figures))


def _short(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
