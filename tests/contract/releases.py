"""The contracts of each release, one file to a release, one line to a contract: what a log may hold.

`python -m tests.contract.releases` writes the file of the version in pyproject.toml, if there is none. A file
that is there is never written again: records of that release lie on somebody's log.
"""

import json
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from schemas.contracts import TYPES, schema, schema_text

FOLDER = Path(__file__).parent / "released"


def released(name: str) -> list[str]:
    """The contract of this name in each release that had it, the oldest first."""
    return [text for file in _files() for full_name, text in _contracts(file) if full_name == name]


def names() -> set[str]:
    """Of every contract that any release had."""
    return {full_name for file in _files() for full_name, _ in _contracts(file)}


def versions(name: str) -> list[str]:
    """Of every release, then today's."""
    return [*released(name), schema_text(name)]


def write(version: str) -> Path:
    """Raises `FileExistsError` where the release has its file."""
    place = FOLDER / f"{version}.jsonl"
    lines = (json.dumps(_undocumented(schema(name)), separators=(",", ":")) for name in sorted(TYPES))
    with place.open("x", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)
    return place


def _files() -> list[Path]:
    return sorted(FOLDER.glob("*.jsonl"), key=lambda file: [int(part) for part in file.stem.split(".")])


def _contracts(file: Path) -> Iterator[tuple[str, str]]:
    for line in file.read_text(encoding="utf-8").splitlines():
        parsed = json.loads(line)
        yield f"{parsed['namespace']}.{parsed['name']}", line


def _undocumented(part: Any) -> Any:
    if isinstance(part, dict):
        return {key: _undocumented(value) for key, value in part.items() if key != "doc"}
    return [_undocumented(one) for one in part] if isinstance(part, list) else part


if __name__ == "__main__":
    project = Path(__file__).parents[2] / "pyproject.toml"
    version = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"]
    try:
        print(write(version))
    except FileExistsError:
        sys.exit(f"{version} is released already: its contracts stay. Raise the version in pyproject.toml.")
