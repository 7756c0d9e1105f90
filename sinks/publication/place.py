"""The public place: a folder for each release, written whole or not at all, and never changed."""

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path


class Altered(RuntimeError):
    """What lies in the public place is not what was published there; a person must look."""


def public_place(data: Path) -> Path:
    return data / "public" / "never-events"


def publish_folder(
    place: Path, name: str, files: Mapping[str, bytes], differs: Callable[[Path], Sequence[str]]
) -> bool:
    """Whether it was new. `differs` tells what is wrong with a folder that is there: raises `Altered`."""
    final = place / name
    if final.exists():
        if told := differs(final):
            raise Altered(
                f"{final} differs from the release that was signed: {' '.join(told)} It is left as it is; "
                "find out who changed it, and put back the folder as it was published."
            )
        return False
    place.mkdir(parents=True, exist_ok=True)
    aside = place.parent / f".{name}.{os.getpid()}"  # what is not whole yet lies outside the public place
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir()
    for file, content in files.items():
        _write(aside / file, content)
    _sync(aside)
    os.rename(aside, final)  # fails where somebody was first: a folder that is not empty is not replaced
    _sync(place)
    return True


def write_file(place: Path, name: str, content: bytes) -> None:
    """Whole, over the one that was there."""
    place.mkdir(parents=True, exist_ok=True)
    aside = place.parent / f".{name}.{os.getpid()}"
    _write(aside, content)
    os.replace(aside, place / name)
    _sync(place)


def _write(file: Path, content: bytes) -> None:
    with file.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    file.chmod(0o644)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
