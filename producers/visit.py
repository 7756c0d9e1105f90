"""One transaction of the door: what it reads, and all that it will write, gathered and written at the end."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args
from uuid import uuid4

import msgspec
from sqlalchemy import Connection, Table, select, update

from producers import outbox, providers, tables
from producers.facts import CaseState, Changes, from_plain
from producers.now import Clock
from producers.refusals import Refused, unknown_case, wrong
from producers.said import as_json
from producers.vault import CaseKey, Vault
from producers.ward_view import WardView, ward_records, ward_view
from producers.writing import insert_all
from rules.case_rules import RULES
from rules.london import day_of
from schemas.codec import Codec
from schemas.contracts import snake
from schemas.event_types import CaseEvent, Grade, Instant, Provider, Reported
from schemas.never_event_events import ReleaseSigned
from schemas.ward_events import OfProvider

_INSERTED = (
    tables.cases,
    tables.case_keys,
    tables.events,
    tables.vault,
    tables.reporters,
    tables.receipts,
    tables.answers,
)
_GRADES: tuple[str, ...] = get_args(Grade)

KnownProviders = dict[tuple[str, date], tuple[Provider, bool]]
"""By code and day; who writes much at once may hand it from one visit to the next."""


@dataclass
class OpenCase:
    """A case in the hands of one transaction. `key` is None where it was destroyed."""

    case_id: str
    state: CaseState
    key: CaseKey | None
    duplicate_of: str | None = None
    new: bool = False
    touched: bool = False
    shown: WardView | None = None
    """What patterns over many cases know of it."""

    def hashed(self, text: str | None) -> str | None:
        """The keyed hash that stands on the log for a text in the vault."""
        return self.key.hash(text) if text and self.key else None


class Visit:
    """Everything that is written here has the same time of recording."""

    def __init__(self, connection: Connection, clock: Clock, vault: Vault, codec: Codec) -> None:
        self.connection, self.vault = connection, vault
        opening = clock.open(connection)
        self.xid, self.now = opening.xid, opening.now
        self._codec = codec
        self._cases: dict[str, OpenCase] = {}
        self._rows: dict[Table, list[dict[str, Any]]] = {table: [] for table in (*_INSERTED, tables.outbox)}
        self._awaited = False
        self.providers: KnownProviders = {}

    def provider(self, code: str, when: Instant) -> tuple[Provider, bool]:
        """As the directory knew it on that day, and whether it did."""
        known = code, day_of(when)
        if known not in self.providers:
            self.providers[known] = providers.find(self.connection, code, when)
        return self.providers[known]

    def open_new(self, state: CaseState) -> OpenCase:
        case_id = str(uuid4())
        key, wrapped = self.vault.new_key(case_id)
        self._rows[tables.case_keys].append({"case_id": case_id, "wrapped": wrapped})
        self._cases[case_id] = OpenCase(case_id, state, key, new=True, touched=True)
        return self._cases[case_id]

    def case(self, case_id: str) -> OpenCase:
        """The case, held until the end of the transaction. Raises `Refused` (404)."""
        if case_id not in self._cases:
            self._cases[case_id] = self._load(case_id)
        return self._cases[case_id]

    def knows(self, case_id: str) -> bool:
        try:
            self.case(case_id)
        except Refused:
            return False
        return True

    def change(self, case: OpenCase, state: CaseState) -> None:
        case.state, case.touched = state, True

    def append(
        self, case: OpenCase, record: CaseEvent, *, changes: Changes | None = None, twin: str | None = None
    ) -> None:
        """Send a record on its way to the log. `twin`: its counterpart on another case."""
        try:
            row = outbox.case_row(self._codec, record)
        except outbox.TooLarge as error:
            raise wrong(
                "", f"is too large for the log: {error}", "Name fewer patients or providers."
            ) from None
        self._rows[tables.outbox].append(row)
        self._awaited |= _awaited(record)
        self._tell_wards(case, record)
        self._rows[tables.events].append(
            {
                "event_id": record.event_id,
                "case_id": case.case_id,
                "type": snake(type(record).__name__),
                "at": record.at,
                "recorded_at": self.now,
                "changes": changes or {},
                "twin": twin,
            }
        )

    def events_of(self, case: OpenCase) -> list[tuple[str, Changes]]:
        """Type and changes of each event of the case, those of this transaction included."""
        mine = select(tables.events.c.type, tables.events.c.changes).where(
            tables.events.c.case_id == case.case_id
        )
        kept = [] if case.new else [(kind, changes) for kind, changes in self.connection.execute(mine)]
        gathered = [row for row in self._rows[tables.events] if row["case_id"] == case.case_id]
        return kept + [(row["type"], row["changes"]) for row in gathered]

    def _tell_wards(self, case: OpenCase, record: CaseEvent) -> None:
        """In the same transaction, what this changes for patterns over many cases."""
        after = ward_view(case.state, is_duplicate=case.duplicate_of is not None)
        if after != case.shown:
            version = case.state.ward_version + 1
            self.change(case, msgspec.structs.replace(case.state, ward_version=version))
        for told in ward_records(case.shown, after, case.state.ward_version, record):
            self._rows[tables.outbox].append(outbox.ward_row(self._codec, told))
        case.shown = after

    def append_sign_off(self, record: ReleaseSigned) -> None:
        """It is about no case, and lies in the partition that it names."""
        row = outbox.partition_row(self._codec, record, record.event_id, record.partition, self.now)
        self._rows[tables.outbox].append(row)
        self._awaited = True

    def tell_wards(self, record: OfProvider) -> None:
        """Of what is about no case."""
        self._rows[tables.outbox].append(outbox.ward_row(self._codec, record))
        self._awaited = True

    def keep(self, case: OpenCase, event_id: str, content: dict[str, Any], aside: dict[str, Any]) -> None:
        """Put what was said into the vault."""
        if case.key is None:
            detail = "The key of this case was destroyed, so that no text can be kept with it any more."
            raise Refused(409, "This case was erased", [wrong("", detail).faults[0]])
        as_json([content, aside])  # refuses what cannot be kept
        sealed = case.key.seal(event_id, {"said": content, "kept_aside": aside})
        row = {"event_id": event_id, "case_id": case.case_id, "sealed": sealed, "recorded_at": self.now}
        self._rows[tables.vault].append(row)

    def keep_reporter(self, case: OpenCase, event_id: str, content: dict[str, Any]) -> None:
        """Put into the vault, apart from what was said, who in person said it."""
        assert case.key is not None
        as_json(content)  # refuses what cannot be kept
        row = {
            "event_id": event_id,
            "case_id": case.case_id,
            "sealed": case.key.seal_reporter(event_id, content),
        }
        self._rows[tables.reporters].append(row)

    def keep_receipt(self, case: OpenCase, report_id: str, receipt: str) -> None:
        self._rows[tables.receipts].append(
            {"report_id": report_id, "case_id": case.case_id, "receipt": receipt}
        )

    def keep_answer(self, key: str, fingerprint: bytes, answer: dict[str, Any]) -> None:
        """What the same request will be answered with; a clash with another that was first undoes all."""
        row = {"key": key, "fingerprint": fingerprint, "answer": answer, "recorded_at": self.now}
        self._rows[tables.answers].append(row)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """All or nothing, for what touches no case that was open before."""
        rows = {table: len(gathered) for table, gathered in self._rows.items()}
        cases = dict(self._cases)
        try:
            yield
        except BaseException:
            for table, length in rows.items():
                del self._rows[table][length:]
            self._cases = cases
            raise

    def write(self) -> None:
        """Everything gathered so far, in a handful of statements."""
        for case in self._cases.values():
            if case.new:
                row = {"case_id": case.case_id, "recorded_at": self.now, **_case_values(case)}
                self._rows[tables.cases].append(row)
            elif case.touched:
                self.connection.execute(
                    update(tables.cases)
                    .where(tables.cases.c.case_id == case.case_id)
                    .values(**_case_values(case))
                )
            case.new = case.touched = False
        if any(self._rows.values()):
            insert_all(self.connection, self._rows, outbox.wake(self._awaited))
        self._awaited = False
        for gathered in self._rows.values():
            gathered.clear()

    def _load(self, case_id: str) -> OpenCase:
        found = self.connection.execute(
            select(tables.cases.c.state, tables.cases.c.duplicate_of, tables.case_keys.c.wrapped)
            .join(tables.case_keys, tables.case_keys.c.case_id == tables.cases.c.case_id)
            .where(tables.cases.c.case_id == case_id)
            .with_for_update(of=tables.cases)
        ).first()
        if found is None:
            raise unknown_case(case_id)
        state, duplicate_of, wrapped = found
        key = self.vault.open_key(case_id, wrapped) if wrapped is not None else None
        facts = from_plain(state)
        shown = ward_view(facts, is_duplicate=duplicate_of is not None)
        return OpenCase(case_id, facts, key, duplicate_of, shown=shown)


def _awaited(record: CaseEvent) -> bool:
    """Whether somebody may be waiting for what follows: a rule needs it, or somebody is to grade it."""
    routing = _GRADES.index(record.harm), _GRADES.index(record.potential), record.flags
    ungraded = isinstance(record, Reported) and record.harm == "not_known"
    return ungraded or not all(rule.passes_over(type(record), *routing) for rule in RULES)


def _case_values(case: OpenCase) -> dict[str, Any]:
    return {"state": case.state.plain(), "duplicate_of": case.duplicate_of}
