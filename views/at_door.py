"""What the door knows of a case: it has what has not come to the read model yet."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from producers.cases import KnownCase, known


class DoorAway(Exception):
    """The door's database does not answer; what it has accepted cannot be said."""


@dataclass(frozen=True)
class AtDoor:
    """`look`: None for a case the door never accepted. Raises `DoorAway`, and `Refused` for what is no id."""

    look: Callable[[str], KnownCase | None]

    @classmethod
    def of(cls, door: Engine) -> "AtDoor":
        def look(case_id: str) -> KnownCase | None:
            try:
                with door.connect() as connection:
                    return known(connection, case_id)
            except OperationalError as error:
                raise DoorAway from error

        return cls(look)
