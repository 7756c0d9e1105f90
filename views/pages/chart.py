"""A stacked bar chart as SVG, drawn here: no script and no style attribute, as the strict policy asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

WIDTH, LABEL, BAR, GAP, TOP, LEGEND = 900, 250, 26, 14, 8, 24
PER_LINE = 3


@dataclass(frozen=True)
class Part:
    """One segment: where it lies, and what is written on it."""

    x: float
    width: float
    fill: str
    ink: str
    text: str
    says: str


@dataclass(frozen=True)
class Bar:
    y: int
    label: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Key:
    x: int
    y: int
    fill: str
    text: str


@dataclass(frozen=True)
class Chart:
    width: int
    height: int
    label: int
    bar: int
    bars: tuple[Bar, ...]
    keys: tuple[Key, ...]


def stacked(
    rows: Sequence[tuple[str, Mapping[str, int]]], series: Mapping[str, tuple[str, str, str]]
) -> Chart | None:
    """`rows`: label and counts; `series`: name, fill and ink of each count. None when all is nought."""
    most = max((sum(counts.get(name, 0) for name in series) for _, counts in rows), default=0)
    if most == 0:
        return None
    scale = (WIDTH - LABEL - 10) / most
    shown = [name for name in series if any(counts.get(name) for _, counts in rows)]
    lines = -(-len(shown) // PER_LINE)
    start = TOP + lines * LEGEND + GAP
    bars = tuple(
        Bar(start + place * (BAR + GAP), label, _parts(counts, shown, series, scale))
        for place, (label, counts) in enumerate(rows)
    )
    keys = tuple(
        Key(
            (place % PER_LINE) * (WIDTH // PER_LINE), TOP + (place // PER_LINE) * LEGEND, *series[name][1::-1]
        )
        for place, name in enumerate(shown)
    )
    return Chart(WIDTH, start + len(rows) * (BAR + GAP), LABEL, BAR, bars, keys)


def _parts(
    counts: Mapping[str, int], shown: Sequence[str], series: Mapping[str, tuple[str, str, str]], scale: float
) -> tuple[Part, ...]:
    numbers = [counts.get(name, 0) for name in shown]
    starts = [0, *accumulate(numbers)]
    return tuple(
        Part(
            round(LABEL + begin * scale, 1),
            # A hair of white between neighbours, so that they part without colour too.
            round(max(number * scale - 2, 1), 1),
            fill=series[name][1],
            ink=series[name][2],
            text=str(number) if number * scale > 24 else "",
            says=f"{series[name][0]}: {number}",
        )
        for name, number, begin in zip(shown, numbers, starts, strict=False)
        if number
    )
