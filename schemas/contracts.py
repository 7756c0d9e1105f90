"""Finds the `.avsc` file of a record type, and what its names are."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from schemas.event_types import Record
from schemas.topics import DOOR_TYPES, OUTCOME_TYPES

Schema = dict[str, Any]

ROOT = Path(__file__).parent
FOLDERS = {"candour.events": ROOT / "events", "candour.outcomes": ROOT / "outcomes"}
TYPES: dict[str, type[Record]] = {
    **{f"candour.events.{kind.__name__}": kind for kind in DOOR_TYPES},
    **{f"candour.outcomes.{kind.__name__}": kind for kinds in OUTCOME_TYPES.values() for kind in kinds},
}
FULL_NAMES: dict[type[Record], str] = {kind: name for name, kind in TYPES.items()}


def snake(name: str) -> str:
    """`ClockTick` as `clock_tick`: the name of its file, and of its type in the JSON API."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")


@cache
def schema_text(full_name: str) -> str:
    namespace, _, name = full_name.rpartition(".")
    return (FOLDERS[namespace] / f"{snake(name)}.avsc").read_text(encoding="utf-8")


def schema(full_name: str) -> Schema:
    """The schema as it stands today, with its documentation and logical types."""
    parsed: Schema = json.loads(schema_text(full_name))
    return parsed
