"""Checks a published release offline: with its folder and the public key, and nothing else."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from rules.publication.checks import checks
from rules.publication.release import Release, canonical, fingerprint, read
from sinks.publication.files import PACKAGE, RELEASE, SIGN_OFF, SIGNATURE
from sinks.publication.keys import read_public, signed
from sinks.publication.tabular import csv_files

_OF_OTHERS = {"changes_add_up"}
"""What only the release before could tell."""


def problems(folder: Path, public_key: Path) -> list[str]:
    """What is wrong, in plain sentences; empty where all of it is as it was signed. Raises `NoKey`."""
    return wrong(folder, read_public(public_key))


def wrong(folder: Path, key: Ed25519PublicKey) -> list[str]:
    try:
        listed, signature = (folder / PACKAGE).read_bytes(), (folder / SIGNATURE).read_bytes()
    except OSError as error:
        return [f"{error.filename}: {error.strerror}; a release has both {PACKAGE} and {SIGNATURE}."]
    if not signed(key, listed, signature):
        return [f"{PACKAGE} is not what was signed, or was signed with another key than this one."]
    found = list(_files(folder, listed))
    return found or list(_content(folder))


def _files(folder: Path, listed: bytes) -> Iterator[str]:
    """Each file that the package lists is as it says, and there is no other."""
    resources: list[dict[str, Any]] = msgspec.json.decode(listed)["resources"]
    for resource in resources:
        try:
            content = (folder / resource["path"]).read_bytes()
        except OSError:
            yield f"{resource['path']} is missing."
            continue
        if f"sha256:{fingerprint(content)}" != resource["hash"]:
            yield f"{resource['path']} was changed after it was signed."
    known = {resource["path"] for resource in resources} | {PACKAGE, SIGNATURE}
    for file in sorted(folder.iterdir()):
        if file.name not in known:
            yield f"{file.name} does not belong to the release."


def _content(folder: Path) -> Iterator[str]:
    """What was signed agrees with itself: the tables with the figures, and those with each other."""
    content = (folder / RELEASE).read_bytes()
    try:
        one = read(content)
    except (msgspec.MsgspecError, ValueError) as error:
        yield f"{RELEASE} is no release: {error}."
        return
    if canonical(one) != content:
        yield f"{RELEASE} is not in its canonical form."
    sign_off = msgspec.json.decode((folder / SIGN_OFF).read_bytes())
    if (sign_off["release"], sign_off["sha256"]) != (one.id, fingerprint(content)):
        yield f"{SIGN_OFF} is for another release, or for other figures."
    for name, wanted in csv_files(one).items():
        if _rows((folder / name).read_bytes(), wanted) != _rows(wanted, wanted):
            yield f"{name} does not hold the figures of {RELEASE}."
    yield from _reconciled(one)


def _rows(content: bytes, wanted: bytes) -> list[list[str]]:
    """Without columns that this version does not know: an older or newer one may have others."""
    rows = list(csv.reader(io.StringIO(content.decode())))
    ours = next(csv.reader(io.StringIO(wanted.decode())))
    kept = [place for place, name in enumerate(rows[0]) if name in ours]
    return [[row[place] for place in kept] for row in rows]


def _reconciled(one: Release) -> Iterator[str]:
    for check in checks(one, canonical(one), None):
        if not check.passed and check.id not in _OF_OTHERS:
            yield check.told
