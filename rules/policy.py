"""Dated law as data: what every rule's policy files share, and what is refused when they are loaded."""

import json
import tomllib
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol, TypeVar

FOLDER = Path(__file__).parent.parent / "schemas" / "policy"

IN_FORCE = "in_force"


class PolicyRefused(ValueError):
    """A policy that must not be adopted; the message names the file's id, what is wrong, and the mend."""


class Dated(Protocol):
    """A version of an instrument: valid on London days from `valid_from` up to and with `valid_to`."""

    @property
    def id(self) -> str: ...
    @property
    def valid_from(self) -> date | None: ...
    @property
    def valid_to(self) -> date | None: ...


T = TypeVar("T", bound=Dated)


def read_folder(name: str) -> dict[str, dict[str, Any]]:
    """Each file of a rule's policy by its name without ending. Raises `PolicyRefused` naming the file."""
    return read(FOLDER / name)


def read(folder: Path) -> dict[str, dict[str, Any]]:
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise PolicyRefused(f"{folder}: no policy files (*.toml) here")
    parsed = {}
    for file in files:
        try:
            parsed[file.stem] = tomllib.loads(file.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise PolicyRefused(f"{file.name}: not TOML: {error}") from error
    return parsed


def canonical(content: Any) -> str:
    """JSON with sorted keys and no spaces, dates as YYYY-MM-DD: the same content, the same bytes."""
    return json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=date.isoformat
    )


def check_versions(versions: Iterable[T], line_of: Callable[[T], Iterable[Hashable]]) -> None:
    """Refuse two versions of one line in force on one day, and a day that falls between two of them."""
    lines: dict[Hashable, list[T]] = defaultdict(list)
    for version in versions:
        for line in line_of(version):
            lines[line].append(version)
    for line, members in lines.items():
        members.sort(key=lambda member: member.valid_from or date.min)
        for earlier, later in pairwise(members):
            _check_neighbours(line, earlier, later)


def _check_neighbours(line: Hashable, earlier: Dated, later: Dated) -> None:
    starts = later.valid_from
    ends = earlier.valid_to
    if starts is None or ends is None or starts <= ends:
        raise PolicyRefused(
            f"{earlier.id} and {later.id} overlap for {line}: "
            f"{earlier.id} is valid to {ends or 'open'}, {later.id} from {starts or 'ever'}; "
            "end the earlier one first"
        )
    if starts - ends > timedelta(days=1):
        raise PolicyRefused(
            f"a gap between {earlier.id} and {later.id} for {line}: nothing is in force after {ends} "
            f"and before {starts}; move one of the two dates"
        )
