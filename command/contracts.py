"""The ids that the registry gave to the contracts of this release, kept by each start for its processes.

Nine processes that each ask for every contract make the registry the slowest part of a start.
"""

import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import msgspec

from embedded.state import write_json
from schemas.contracts import TYPES, schema_text
from schemas.registry import hand_over, register_all

FILE = "contracts.json"


class Kept(msgspec.Struct, frozen=True):
    """What one registry gave for one set of contracts."""

    registry: str
    sha256: str
    ids: dict[str, int]


def register(run: Path, registry: str) -> Mapping[str, int]:
    """Registers every contract and keeps the ids in RUN/contracts.json, for this process too.

    Where nothing can be written, as in a container of its own, each process asks for itself.
    """
    ids = register_all(registry)
    try:
        run.mkdir(parents=True, exist_ok=True)
        write_json(run / FILE, msgspec.to_builtins(Kept(registry, _digest(), ids)))
    except OSError as error:
        print(
            f"the ids of the contracts are not kept in {run} ({error.strerror}): "
            "each process asks the registry for them",
            file=sys.stderr,
        )
    hand_over(registry, ids)
    return ids


def recall(run: Path, registry: str) -> None:
    """Hands over what was kept for this registry and these contracts; without it each codec asks."""
    try:
        kept = msgspec.json.decode((run / FILE).read_bytes(), type=Kept)
    except (OSError, msgspec.DecodeError):
        return
    if kept.registry == registry and kept.sha256 == _digest():
        hand_over(registry, kept.ids)


def _digest() -> str:
    return sha256("\0".join(schema_text(name) for name in sorted(TYPES)).encode()).hexdigest()
