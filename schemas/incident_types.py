"""The value set of incident types and contributory factors: code to words (reference/incident_types.toml)."""

import tomllib
from pathlib import Path

_SAID = tomllib.loads((Path(__file__).parent / "reference" / "incident_types.toml").read_text("utf-8"))

TYPES: dict[str, str] = _SAID["types"]["codes"]
FACTORS: dict[str, str] = _SAID["factors"]["codes"]
