"""How an outcome comes about: its time and its cause are those of the record it follows from."""

from typing import Any, TypeVar

from msgspec import Struct

from rules.rule import cause_of, time_of
from schemas.event_types import Instant, Record
from schemas.outcome_types import Outcome

Said = TypeVar("Said", bound=Outcome)


class Speaker(Struct, frozen=True):
    """Says things because of one record."""

    cause: str
    recorded_at: Instant
    policy_version: str | None
    calendar_version: str | None

    @classmethod
    def of(cls, record: Record, policy_version: str | None, calendar_version: str | None) -> "Speaker":
        return cls(cause_of(record), time_of(record), policy_version, calendar_version)

    def say(
        self,
        kind: type[Said],
        subject: str,
        revision: int,
        case_id: str | None,
        /,
        *because: str,
        **fields: Any,
    ) -> Said:
        return kind(
            subject=subject,
            revision=revision,
            case_id=case_id,
            recorded_at=self.recorded_at,
            cause=self.cause,
            because=because,
            policy_version=fields.pop("policy_version", self.policy_version),
            calendar_version=fields.pop("calendar_version", self.calendar_version),
            **fields,
        )
