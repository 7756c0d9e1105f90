"""The provider directory: who a code was, on a day. Nothing is looked up by code alone."""

import csv
import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from producers.connections import transaction
from producers.tables import providers
from rules.london import day_of
from schemas.event_types import Instant, Provider

DEMONSTRATION = Path(__file__).parent.parent / "schemas" / "reference" / "providers.toml"
HEALTH_SERVICE_BODY, OTHER_PERSON = "health_service_body", "other_registered_person"
NOT_KNOWN = "not_known"
CODE = re.compile(r"[A-Z0-9]{2,10}", re.ASCII)
TYPES = {
    "nhs_trust": HEALTH_SERVICE_BODY,
    "nhs_foundation_trust": HEALTH_SERVICE_BODY,
    "special_health_authority": HEALTH_SERVICE_BODY,
    "independent_hospital": OTHER_PERSON,
    "care_home": OTHER_PERSON,
    "gp_practice": OTHER_PERSON,
    "dental_practice": OTHER_PERSON,
    "other": OTHER_PERSON,
}
COLUMNS = (
    "code",
    "name",
    "class",
    "type",
    "nhs_contract",
    "scheme_member",
    "valid_from",
    "valid_to",
    "commissioner",
    "successor",
)
_YES, _NO = {"true", "yes", "1", "y"}, {"false", "no", "0", "n", ""}


class DirectoryRefused(ValueError):
    """A directory that cannot be taken; the message names the line and what is wrong with it."""


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a provider was from one day to another, both included; `valid_to` open where it still is."""

    code: str
    name: str
    type: str
    valid_from: date
    valid_to: date | None = None
    nhs_contract: bool = False
    scheme_member: bool = False
    commissioner: str | None = None
    successor: str | None = None


def load_demonstration(database: str) -> None:
    """Fill an empty directory with invented providers. A directory with entries is left alone."""
    content = tomllib.loads(DEMONSTRATION.read_text(encoding="utf-8"))
    with transaction(database) as connection:
        if not connection.execute(select(func.count()).select_from(providers)).scalar_one():
            _save(connection, msgspec.convert(content["provider"], list[Entry]))


def import_file(database: str, path: Path) -> int:
    """Take in a CSV with the header `COLUMNS`; gives the number of entries. All or nothing.

    An entry with the code and first day of one that is there replaces it. Raises `DirectoryRefused`.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [
            name for name in ("code", "name", "type", "valid_from") if name not in (reader.fieldnames or ())
        ]
        if missing:
            raise DirectoryRefused(
                f"{path.name}, line 1: header lacks {', '.join(missing)}. It may have {', '.join(COLUMNS)}."
            )
        entries = [_entry(row, f"{path.name}, line {reader.line_num}") for row in reader]
    with transaction(database, limited=False) as connection:
        _save(connection, entries)
    return len(entries)


def add(database: str, entries: Iterable[Entry]) -> None:
    """Take in entries that were made here. All or nothing. Raises `DirectoryRefused`."""
    with transaction(database, limited=False) as connection:
        _save(connection, entries)


_ON_A_DAY = select(providers.c.type, providers.c.nhs_contract, providers.c.scheme_member).where(
    providers.c.code == bindparam("code"),
    providers.c.valid_from <= bindparam("day"),
    (providers.c.valid_to.is_(None)) | (providers.c.valid_to >= bindparam("day")),
)
"""Built once: each report asks it."""


def find(connection: Connection, code: str, when: Instant) -> tuple[Provider, bool]:
    """The provider as it was on that day (London), and whether the directory knows it."""
    row = connection.execute(_ON_A_DAY, {"code": code, "day": day_of(when).isoformat()}).first()
    if row is None:
        return Provider(code=code, type=NOT_KNOWN, nhs_contract=False, scheme_member=False), False
    return Provider(code=code, type=row[0], nhs_contract=row[1], scheme_member=row[2]), True


_NAMED_ON_A_DAY = select(providers.c.code).where(
    func.lower(func.regexp_replace(func.trim(providers.c.name), r"\s+", " ", "g"))
    == func.lower(bindparam("name")),
    providers.c.valid_from <= bindparam("day"),
    (providers.c.valid_to.is_(None)) | (providers.c.valid_to >= bindparam("day")),
)


def named(connection: Connection, words: str, when: Instant) -> str | None:
    """The code of the one provider of that name on that day, however it is spaced and capitalised."""
    asked = {"name": " ".join(words.split()), "day": day_of(when).isoformat()}
    codes = connection.execute(_NAMED_ON_A_DAY, asked).scalars().all()
    return codes[0] if len(codes) == 1 else None


def _entry(row: Mapping[str, str | None], where: str) -> Entry:
    said = {name: (value or "").strip() for name, value in row.items() if name in COLUMNS}
    try:
        if not said["code"]:
            raise ValueError("code is empty")
        return Entry(
            code=said["code"].upper(),
            name=said["name"],
            type=said["type"],
            valid_from=date.fromisoformat(said["valid_from"]),
            valid_to=date.fromisoformat(said["valid_to"]) if said.get("valid_to") else None,
            nhs_contract=_yes("nhs_contract", said),
            scheme_member=_yes("scheme_member", said),
            commissioner=said.get("commissioner") or None,
            successor=said.get("successor") or None,
        )
    except ValueError as error:
        raise DirectoryRefused(f"{where}: {error}.") from None


def _yes(name: str, said: Mapping[str, str]) -> bool:
    value = said.get(name, "").lower()
    if value not in _YES | _NO:
        raise ValueError(f"{name} is neither yes nor no: {value}")
    return value in _YES


def _save(connection: Connection, entries: Iterable[Entry]) -> None:
    rows = [_row(entry) for entry in entries]
    _check_overlaps(connection, rows)
    if rows:
        statement = upsert(providers).values(rows)
        columns = {name: statement.excluded[name] for name in rows[0] if name not in ("code", "valid_from")}
        connection.execute(
            statement.on_conflict_do_update(index_elements=["code", "valid_from"], set_=columns)
        )


def _row(entry: Entry) -> dict[str, Any]:
    if entry.type not in TYPES:
        raise DirectoryRefused(f"{entry.code}: type {entry.type} is none of {', '.join(TYPES)}.")
    if entry.valid_to is not None and entry.valid_to < entry.valid_from:
        raise DirectoryRefused(f"{entry.code}: ends on {entry.valid_to}, before it begins.")
    return {
        **{name: getattr(entry, name) for name in COLUMNS if name not in ("class", "valid_from", "valid_to")},
        "class": TYPES[entry.type],
        "valid_from": entry.valid_from.isoformat(),
        "valid_to": entry.valid_to.isoformat() if entry.valid_to else None,
    }


def _check_overlaps(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """A code may not be two providers on one day: which instrument binds it would be a toss."""
    coming = {(row["code"], row["valid_from"]): (row["valid_to"]) for row in rows}
    codes = {row["code"] for row in rows}
    there = connection.execute(
        select(providers.c.code, providers.c.valid_from, providers.c.valid_to).where(
            providers.c.code.in_(codes)
        )
    )
    spans = {(code, first): last for code, first, last in there} | coming
    ordered = sorted(spans.items())
    for ((code, first), last), ((next_code, next_first), _) in pairwise(ordered):
        if code == next_code and (last is None or last >= next_first):
            raise DirectoryRefused(
                f"{code}: what begins on {first} is not over when the next begins, {next_first}."
            )
