"""Puts histories through the one door, under a manual clock that ticks as their days go by.

Of each stretch between two ticks the tick comes first, and then all that was entered in it: what is recorded
has the time of the tick. Evidence lies between 07:00 and 22:00, so no due time falls between an act and its
record. A second run with the same plan goes on where the first one stopped.
"""

import hashlib
import json
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from pathlib import Path

from sqlalchemy import Connection, select

from producers import now
from producers.connections import engine as pool
from producers.door import Door, patiently
from producers.follow_ups import FOLLOW_UP
from producers.following import follow_up
from producers.keys import key_place, load_key
from producers.lines import PREFIX
from producers.now import Opening
from producers.outbox import codec_of
from producers.refusals import NotReady, Refused
from producers.reporting import report
from producers.reports import ReportBody
from producers.simulation.draft import Action
from producers.simulation.plan import Plan, PlanRefused
from producers.simulation.references import Ids, resolved
from producers.tables import answers
from producers.ticking import last_tick, step
from producers.vault import Vault
from producers.visit import KnownProviders, Visit
from rules.london import in_words
from schemas.codec import Codec
from schemas.event_types import Instant

ACTIONS_AT_ONCE = 40
"""In one transaction, which may not last long; a busy machine is met by halving."""
_REFUSALS_KEPT = 20


@dataclass
class Progress:
    """How far a run is. `reached`: the newest tick. `kinds` counts what this run had accepted, by type."""

    stretches: int
    done: int = 0
    reached: Instant | None = None
    ticks: int = 0
    already_there: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    refusals: list[str] = field(default_factory=list)

    @property
    def reports(self) -> int:
        return self.kinds["report"]

    @property
    def follow_ups(self) -> int:
        return self.kinds.total() - self.reports


@dataclass(frozen=True)
class Stretch:
    """A tick, and what was entered between the one before and it."""

    tick: Instant
    actions: Sequence[Action]


class Filling:
    """One run over histories that are drawn. `run` may be interrupted anywhere: each transaction is whole."""

    def __init__(self, plan: Plan, actions: Sequence[Action], *, database: str, data: Path) -> None:
        """Raises `producers.keys.NoKey`."""
        self._run = fingerprint(plan, actions)
        self._stretches = list(stretches(plan.ticks(), actions))
        self._ids = Ids()
        self._providers: KnownProviders = {}
        self._clock = _SteppingClock()
        self._door = Door(pool(database, connections=2), Vault(load_key(key_place(data))), self._clock)
        self.progress = Progress(len(self._stretches))

    def begin(self) -> None:
        """Finds what an earlier run left. Raises `PlanRefused` where the clock of the stack does not fit."""
        with self._door.engine.connect() as connection:
            _read_ids(connection, self._run, self._ids)
            self._clock.codec = codec_of(connection)
            self.progress.reached = last_tick(connection)
        ticks = [one.tick for one in self._stretches]
        whole = all(self._ids.has(action) for one in self._stretches for action in one.actions)
        check_clock(ticks, self.progress.reached, begun=self._ids.any(), whole=whole)

    def run(self, tell: Callable[[Progress], None]) -> Progress:
        """Accepts all that is not there yet. Raises `NotReady` where the database goes away."""
        for stretch in self._stretches:
            behind = self.progress.reached is None or self.progress.reached < stretch.tick
            self._clock.coming = stretch.tick if behind else None  # an earlier run may have come further
            self._enter(stretch.actions)
            if behind:
                self.progress.ticks += 1
                self.progress.reached = stretch.tick
            self.progress.done += 1
            tell(self.progress)
        return self.progress

    def close(self) -> None:
        self._door.close()

    def _enter(self, actions: Sequence[Action]) -> None:
        left = [action for action in actions if not self._ids.has(action)]
        self.progress.already_there += len(actions) - len(left)
        remaining = iter(left)
        while (batch := list(islice(remaining, ACTIONS_AT_ONCE))) or self._clock.coming is not None:
            self._take(batch)

    def _take(self, batch: list[Action]) -> None:
        """In halves, where a busy machine cannot take so many in the time that a transaction has."""
        for wait in (0.0, 1.0, 5.0):
            time.sleep(wait)
            try:
                fresh = patiently(lambda: self._write(batch))
            except NotReady as error:
                if len(batch) > 1:
                    self._take(batch[: len(batch) // 2])
                    self._take(batch[len(batch) // 2 :])
                    return
                away = error
            except _Refusal as error:
                self._note(error)
                self._take([one for one in batch if one is not error.action])
                return
            else:
                self._clock.coming = None
                self._ids.update(fresh)
                self.progress.kinds.update(action.kind for action in batch)
                return
        raise away

    def _write(self, batch: list[Action]) -> Ids:
        fresh = Ids(self._ids)
        with self._door.visit() as visit:
            visit.providers = self._providers
            for action in batch:
                try:
                    case_id, event_id = _accept(visit, action, fresh)
                except (Refused, KeyError) as error:
                    raise _Refusal(action, error) from None
                fresh.know(action.case, action.number, case_id, event_id)
                answer = {"case_id": case_id, "event_id": event_id}
                visit.keep_answer(_key(self._run, action), bytes.fromhex(self._run), answer)
        return fresh

    def _note(self, refusal: "_Refusal") -> None:
        self.progress.refused += 1
        if len(self.progress.refusals) < _REFUSALS_KEPT:
            self.progress.refusals.append(str(refusal))


class _SteppingClock(now.ManualClock):
    """Ticks first in the transaction that writes what was entered up to that tick: one instead of two."""

    codec: Codec
    coming: Instant | None = None

    def open(self, connection: Connection) -> Opening:
        if self.coming is not None:
            step(connection, self.codec, self.coming)
        return super().open(connection)


def stretches(ticks: Sequence[Instant], actions: Sequence[Action]) -> Iterator[Stretch]:
    """Each action with the first tick that is not before it. `actions` in the order of their entry."""
    placed = {
        place: list(group)
        for place, group in groupby(actions, lambda action: bisect_left(ticks, action.when))
    }
    for place, tick in enumerate(ticks):
        yield Stretch(tick, placed.get(place, []))


def fingerprint(plan: Plan, actions: Sequence[Action]) -> str:
    """The same for the same histories, in hex: what one run knows another by."""
    content = [(one.when, one.case, one.number, one.body, repr(one.refers)) for one in actions]
    return hashlib.sha256(json.dumps([plan.name(), content], sort_keys=True).encode()).hexdigest()[:24]


def check_clock(ticks: Sequence[Instant], last: Instant | None, *, begun: bool, whole: bool) -> None:
    """Raises `PlanRefused` unless the clock stands before all ticks, or where this same run left it."""
    if last is None or whole or (not begun and last < ticks[0]):
        return
    if not begun:
        raise PlanRefused(
            f"the clock of this stack stands at {in_words(last)}, and --from begins before that. Choose a "
            "later --from, or fill a new folder: `candour up --clock manual --at … --data NEW`"
        )
    if last not in ticks:
        raise PlanRefused(
            f"this simulation was begun here and not finished, and the clock was moved on since, to "
            f"{in_words(last)}. What is missing would be recorded too late; begin anew in a new folder"
        )


def _accept(visit: Visit, action: Action, ids: Ids) -> tuple[str, str]:
    """Case and event that became of it. Raises `Refused`; `KeyError` where it refers to what was refused."""
    if action.number == 0:
        answer = report(visit, ReportBody.model_validate(action.body), None)
        return answer["case_id"], answer["report_id"]
    body = FOLLOW_UP.validate_python(resolved(action, ids))
    answer = follow_up(visit, ids.case(action.case), body, None)
    return answer["case_id"], answer["event_id"]


def _key(run: str, action: Action) -> str:
    return f"{PREFIX}simulate:{run}:{action.case}:{action.number}"


def _read_ids(connection: Connection, run: str, ids: Ids) -> None:
    prefix = f"{PREFIX}simulate:{run}:"
    rows = connection.execute(
        select(answers.c.key, answers.c.answer).where(answers.c.key.startswith(prefix, autoescape=True))
    )
    for key, answer in rows:
        case, number = key.removeprefix(prefix).split(":")
        ids.know(int(case), int(number), answer["case_id"], answer["event_id"])


class _Refusal(Exception):
    def __init__(self, action: Action, error: Refused | KeyError) -> None:
        reasons = (
            "; ".join(map(str, error.faults)) if isinstance(error, Refused) else "refers to what was refused"
        )
        super().__init__(f"{action.kind} of case {action.case} at {in_words(action.when)}: {reasons}")
        self.action = action
