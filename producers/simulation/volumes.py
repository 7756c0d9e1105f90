"""How much is reported and how it is mixed: reference data with sources, for the simulation only."""

import tomllib
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

SOURCE = Path(__file__).parents[2] / "schemas" / "reference" / "volumes.toml"
GRADES = ("none", "low", "moderate", "severe", "fatal")


class HarmShares(msgspec.Struct, frozen=True, kw_only=True):
    valid_from: date
    valid_to: date = date.max
    none: float
    low: float
    moderate: float
    severe: float
    fatal: float

    def weights(self) -> tuple[float, ...]:
        """In the order of `GRADES`."""
        return self.none, self.low, self.moderate, self.severe, self.fatal


class NeverEventKind(msgspec.Struct, frozen=True, kw_only=True):
    """`harmed`: counts by the list of 2011 with severe harm or death only; `theatre`: where there is one."""

    name: str
    share: float
    numbers: dict[str, int]
    subtypes: tuple[str, ...] = ()
    theatre: bool = False
    harmed: bool = False
    anywhere: bool = False


class Uploads(msgspec.Struct, frozen=True, kw_only=True):
    """Which shares of what harmed little were sent on in bundles, and until when."""

    last_day: date
    monthly_share: float
    half_yearly_share: float
    half_years_close: tuple[str, ...]

    def closes(self, year: int) -> list[date]:
        return [date.fromisoformat(f"{year}-{day}") for day in self.half_years_close]


class Volumes(msgspec.Struct, frozen=True, kw_only=True):
    harm: tuple[HarmShares, ...]
    near_misses_of_no_harm: float
    case_mix: dict[str, float]
    never_event_lists: dict[str, date]
    never_event_kinds: tuple[NeverEventKind, ...]
    weights: dict[str, float]
    uploads: Uploads

    def harm_on(self, day: date) -> HarmShares:
        """Raises `ValueError` before the national reporting system began."""
        for shares in self.harm:
            if shares.valid_from <= day <= shares.valid_to:
                return shares
        raise ValueError(f"no shares of harm are known for {day}")

    def list_on(self, day: date) -> str:
        """The list of never events by day of occurrence. Raises `ValueError` before the first of them."""
        begun = [(first, version) for version, first in self.never_event_lists.items() if first <= day]
        if not begun:
            raise ValueError(f"no list of never events is kept here for {day}")
        return max(begun)[1]


@lru_cache(maxsize=1)
def volumes() -> Volumes:
    content = tomllib.loads(SOURCE.read_text(encoding="utf-8"))
    return Volumes(
        harm=msgspec.convert(content["harm"], tuple[HarmShares, ...]),
        near_misses_of_no_harm=content["near_misses"]["share_of_no_harm"],
        case_mix=_figures(content["case_mix"]),
        never_event_lists=content["never_events"]["lists"],
        never_event_kinds=msgspec.convert(content["never_events"]["kind"], tuple[NeverEventKind, ...]),
        weights=_figures(content["weights"]),
        uploads=msgspec.convert(content["uploads"], Uploads),
    )


def _figures(table: dict[str, Any]) -> dict[str, float]:
    return {name: value for name, value in table.items() if not isinstance(value, str)}
