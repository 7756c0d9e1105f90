"""Who takes part: the providers of the demonstration in order, and invented ones where more are wanted."""

import tomllib
from datetime import date

from sqlalchemy import Connection, select

from producers.providers import DEMONSTRATION, Entry
from producers.simulation.plan import Participant, PlanRefused
from producers.tables import providers as table

MOST = 60
_INVENTED_TYPES = ("nhs_trust", "nhs_foundation_trust", "independent_hospital", "nhs_trust")


def participants(
    connection: Connection, count: int, first: date
) -> tuple[tuple[Participant, ...], list[Entry]]:
    """So many, as they are on that day; and the entries that the directory does not have yet.

    Raises `PlanRefused` where the directory is not that of the demonstration.
    """
    if not 1 <= count <= MOST:
        raise PlanRefused(f"--provider-count is {count}; it may be 1 to {MOST}")
    codes = _demonstration()
    found = [_standing(connection, code, first) for code in codes[:count]]
    invented = [_invented(number, first) for number in range(1, count - len(codes) + 1)]
    return (*found, *(_participant(entry) for entry in invented)), invented


def _demonstration() -> list[str]:
    content = tomllib.loads(DEMONSTRATION.read_text(encoding="utf-8"))
    return list(dict.fromkeys(entry["code"] for entry in content["provider"]))


def _standing(connection: Connection, code: str, day: date) -> Participant:
    row = connection.execute(
        select(table.c.type, table.c.scheme_member, table.c.nhs_contract).where(
            table.c.code == code,
            table.c.valid_from <= day.isoformat(),
            (table.c.valid_to.is_(None)) | (table.c.valid_to >= day.isoformat()),
        )
    ).first()
    if row is None:
        raise PlanRefused(
            f"the directory does not have the invented provider {code} on {day}: simulate fills only a stack "
            "with the directory of the demonstration, never one with real providers"
        )
    return Participant(code, row.type, row.scheme_member, row.nhs_contract)


def _invented(number: int, first: date) -> Entry:
    kind = _INVENTED_TYPES[number % len(_INVENTED_TYPES)]
    public = kind != "independent_hospital"
    return Entry(
        code=f"SIM{number:02}",
        name=f"Invented Hospital {number} (simulated)",
        type=kind,
        valid_from=date(first.year - 10, 4, 1),
        nhs_contract=True,
        scheme_member=public,
        commissioner="Invented Commissioning Group (simulated)",
    )


def _participant(entry: Entry) -> Participant:
    return Participant(entry.code, entry.type, entry.scheme_member, entry.nhs_contract)
