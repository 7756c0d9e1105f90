"""Import of newline-delimited JSON: each line a report, or `{"report": …, "events": […], "key": "…"}`.

A report and its follow-ups go in one transaction, so that nothing can be judged between them. A line that was
taken in before is passed over, by its `key` or by its content. A line that is not taken in is named in a file
beside the first, with the reasons and without its content.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice
from pathlib import Path
from typing import Literal

from sqlalchemy import select

from producers import now
from producers.connections import engine as pool
from producers.connections import transaction
from producers.door import Door, patiently
from producers.keys import key_place, load_key
from producers.lines import Line, Misread, read_line
from producers.now import Clock, clock_of_log
from producers.progress import shown
from producers.refusals import NotReady, Refused
from producers.tables import answers
from producers.vault import Vault
from producers.visit import Visit

LINES_AT_ONCE = 50


@dataclass
class Summary:
    """Lines, each with one report; `events` counts the follow-ups that came with those accepted now."""

    accepted: int = 0
    rejected: int = 0
    already_there: int = 0
    events: int = 0
    reject_file: Path | None = None

    def __str__(self) -> str:
        told = f"{self.accepted} lines accepted with {self.events} follow-ups, "
        told += f"{self.already_there} already there, {self.rejected} rejected"
        return told + (f": see {self.reject_file}" if self.reject_file else "")


def import_file(
    path: Path,
    *,
    database: str,
    data: Path,
    clock: Literal["system", "manual"] | None = None,
    progress: bool = True,
) -> Summary:
    """Take in a file; running it twice changes nothing. `clock`: that of the stack, found out if None.

    Raises `NotReady` when the database goes away: the same command then goes on where it stopped.
    """
    timing = now.clock(clock) if clock else _clock_of(database)
    door = Door(pool(database, connections=2), Vault(load_key(key_place(data))), timing)
    rejects = path.with_name(f"{path.stem}.rejected.ndjson")
    rejects.unlink(missing_ok=True)
    summary = Summary()
    try:
        with path.open("rb") as file, shown(path, progress) as advance:
            numbered = enumerate(file, 1)
            while batch := list(islice(numbered, LINES_AT_ONCE)):
                _Batch(door, summary, rejects).take(batch)
                advance(sum(len(raw) for _, raw in batch), str(summary))
    finally:
        door.close()
    return summary


class _Batch:
    """Some lines in one transaction; alone, where a line looks at what others wrote."""

    def __init__(self, door: Door, summary: Summary, rejects: Path) -> None:
        self._door, self._summary, self._rejects = door, summary, rejects

    def take(self, raw_lines: list[tuple[int, bytes]]) -> None:
        for alone, group in groupby(self._read(raw_lines), lambda line: line.looks_at_others):
            for lines in ([line] for line in group) if alone else (list(group),):
                self._go_on(lines)

    def _go_on(self, lines: list[Line]) -> None:
        """In halves, where a busy machine cannot take so many in the time that a transaction has."""
        for wait in (0.0, 1.0, 5.0):
            time.sleep(wait)
            try:
                self._count(patiently(lambda: self._write(lines)))
                return
            except NotReady as error:
                if len(lines) > 1:
                    for half in (lines[: len(lines) // 2], lines[len(lines) // 2 :]):
                        self._go_on(half)
                    return
                away = error
        raise away

    def _read(self, raw_lines: list[tuple[int, bytes]]) -> Iterator[Line]:
        for number, raw in raw_lines:
            if not raw.strip():
                continue
            try:
                yield read_line(number, raw, self._door)
            except Misread as error:
                self._reject(number, error.reasons)

    def _write(self, lines: list[Line]) -> "_Written":
        written = _Written()
        try:
            with self._door.visit() as visit:
                known = _known(visit, lines)
                for line in lines:
                    if line.key not in known:
                        self._take_in(visit, line, written)
                    elif known[line.key] == line.fingerprint:
                        written.there += 1
                    else:
                        written.refused[line.number] = ["/key: was used before for another line"]
                    known.setdefault(line.key, line.fingerprint)
        except _Alone as error:
            return _Written(refused={lines[0].number: error.reasons})
        return written

    def _take_in(self, visit: Visit, line: Line, written: "_Written") -> None:
        try:
            with visit.attempt():
                answer = line.take_in(visit)
        except Refused as error:
            reasons = [str(fault) for fault in error.faults]
            if line.looks_at_others:  # something of it may be written already: take back the transaction
                raise _Alone(reasons) from None
            written.refused[line.number] = reasons
            return
        visit.keep_answer(line.key, line.fingerprint, answer)
        written.taken.append(line)

    def _count(self, written: "_Written") -> None:
        self._summary.already_there += written.there
        self._summary.accepted += len(written.taken)
        self._summary.events += sum(len(line.events) for line in written.taken)
        for number, reasons in written.refused.items():
            self._reject(number, reasons)

    def _reject(self, number: int, reasons: list[str]) -> None:
        self._summary.rejected += 1
        self._summary.reject_file = self._rejects
        with self._rejects.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"line": number, "reasons": reasons}) + "\n")


@dataclass
class _Written:
    taken: list[Line] = field(default_factory=list)
    refused: dict[int, list[str]] = field(default_factory=dict)
    there: int = 0


class _Alone(Exception):
    def __init__(self, reasons: list[str]) -> None:
        super().__init__(*reasons)
        self.reasons = reasons


def _known(visit: Visit, lines: list[Line]) -> dict[str, bytes]:
    keys = [line.key for line in lines]
    rows = visit.connection.execute(
        select(answers.c.key, answers.c.fingerprint).where(answers.c.key.in_(keys))
    )
    return {row.key: bytes(row.fingerprint) for row in rows}


def _clock_of(database: str) -> Clock:
    with transaction(database) as connection:
        return clock_of_log(connection)
