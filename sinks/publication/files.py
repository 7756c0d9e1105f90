"""The files of a published release: the same for the same release, sign-off and key, byte for byte."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from rules.publication.checks import Check
from rules.publication.release import Release, canonical, fingerprint
from sinks.publication.keys import PUBLIC_KEY, public_pem
from sinks.publication.page import document
from sinks.publication.tabular import TITLES, csv_files, table_schema

PACKAGE, SIGNATURE = "datapackage.json", "datapackage.json.sig"
RELEASE, SIGN_OFF, CHECKS, PAGE, STYLE = (
    "release.json", "sign-off.json", "checks.json", "index.html", "release.css",
)  # fmt: skip
_STYLE = Path(__file__).parent / "release.css"
_MEDIA = {".csv": "text/csv", ".json": "application/json", ".html": "text/html", ".css": "text/css"}


class SignOff(msgspec.Struct, frozen=True, kw_only=True):
    """Who took responsibility: a role. The name lies in the vault. `signed_at`: RFC 3339, UTC."""

    release: str
    sha256: str
    by_role: str
    signed_at: str
    event_id: str


def drafted_files(one: Release, checked: Sequence[Check], *, signed: bool = False) -> dict[str, bytes]:
    """Figures, tables, page and checks, by file name: what there is before anybody has signed."""
    return {
        RELEASE: canonical(one),
        **csv_files(one),
        PAGE: document(one, signed=signed).encode(),
        STYLE: _STYLE.read_bytes(),
        CHECKS: _json(list(checked)),
    }


def package(one: Release, files: dict[str, bytes]) -> bytes:
    """Frictionless Data Package: each file with its size and SHA-256, so that one signature covers all."""
    described = {
        "$schema": "https://datapackage.org/profiles/2.0/datapackage.json",
        "name": f"never-events-{one.id}",
        "title": one.title,
        "version": str(one.revision),
        "created": one.as_of,
        "description": "Never-event figures. What they mean and do not mean stands in caveats.csv.",
        "resources": [_resource(name, files[name]) for name in sorted(files)],
    }
    return _json(described)


def signed_files(
    one: Release, checked: Sequence[Check], sign_off: SignOff, key: Ed25519PrivateKey
) -> dict[str, bytes]:
    """All files of the folder. `datapackage.json.sig` is the raw Ed25519 signature of `datapackage.json`."""
    files = drafted_files(one, checked, signed=True)
    files |= {SIGN_OFF: _json(sign_off), PUBLIC_KEY: public_pem(key)}
    listed = package(one, files)
    return files | {PACKAGE: listed, SIGNATURE: key.sign(listed)}


def _resource(name: str, content: bytes) -> dict[str, Any]:
    stem, _, ending = name.rpartition(".")
    found: dict[str, Any] = {
        "name": name.replace(".", "-").replace("_", "-"),
        "path": name,
        "bytes": len(content),
        "hash": f"sha256:{fingerprint(content)}",
        "mediatype": _MEDIA.get(f".{ending}", "application/octet-stream"),
    }
    if ending == "csv":
        found |= {"type": "table", "title": TITLES[stem], "format": "csv", "encoding": "utf-8"}
        found["schema"] = table_schema(stem)
    return found


def _json(value: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=2) + b"\n"
