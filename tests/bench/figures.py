"""Figures: each has its unit in its name; some have an aim, and a reference measured in the same run."""

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import msgspec
from rich.table import Table

PLACE = Path("var") / "bench.json"
REFERENCES = Path(__file__).parent / "references.toml"


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


class Reference(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What another contender was said to reach; `ours` names the figure that stands beside it."""

    what: str
    given: float
    ours: str | None = None


class References(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    source: str
    records_per_s: tuple[Reference, ...]
    ms: tuple[Reference, ...]


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


def references() -> References:
    return msgspec.toml.decode(REFERENCES.read_bytes(), type=References)


def beside_others(figures: Sequence[Figure], others: References) -> Table:
    """What others were said to reach, and what was measured here; rates also as shares of raw `consume`."""
    measured = {figure.name: figure.value for figure in figures}
    shown = Table(title="given elsewhere, and measured here", caption=others.source)
    for heading in ("contender", "given", "of raw", "figure", "measured", "of raw"):
        shown.add_column(heading)
    raw = others.records_per_s[0]
    for one in (*others.records_per_s, *others.ms):
        of_raw = one in others.records_per_s
        ours, ours_raw = measured.get(one.ours or ""), measured.get(raw.ours or "")
        shown.add_row(
            one.what,
            _short(one.given),
            _share(one.given, raw.given if of_raw else None),
            one.ours or "–",
            _short(ours) or "–",
            _share(ours, ours_raw if of_raw else None),
        )
    return shown


def _share(value: float | None, of: float | None) -> str:
    return f"{value / of:.1%}" if value is not None and of else ""


def markdown(figures: Sequence[Figure]) -> str:
    """The same for `docs/performance.md`."""
    lines = ["| Figure | Measured | Aim | | Beside |", "|---|---:|---:|---|---|"]
    for one in figures:
        mark = "" if not one.aim else "missed" if one.missed else "met"
        lines.append(f"| `{one.name}` | {_short(one.value)} | {one.aim} | {mark} | {one.beside} |")
    return "\n".join(lines) + "\n"


def keep(measured: Mapping[str, Sequence[Figure]], benchmarks: Collection[str], place: Path = PLACE) -> None:
    """One flat object of what each benchmark measured last, and nothing that it no longer measures.

    Beside it, the same by benchmark, and this run's table as Markdown.
    """
    place.parent.mkdir(parents=True, exist_ok=True)
    by_benchmark = place.with_suffix(".by-benchmark.json")
    try:
        known = json.loads(by_benchmark.read_text())
    except (OSError, ValueError):
        known = {}
    kept = {name: known[name] for name in benchmarks if name in known}
    for name, figures in measured.items():
        kept[name] = {figure.name: round(figure.value, 4) for figure in figures}
    flat = {name: value for figures in kept.values() for name, value in figures.items()}
    for written, found in ((by_benchmark, kept), (place, flat)):
        written.write_text(json.dumps(found, indent=2, sort_keys=True) + "\n")
    place.with_suffix(".md").write_text(markdown([each for found in measured.values() for each in found]))


def _short(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
