"""The one door to the log: vault, facts of the case, receipt and outbox in one transaction.

The plain functions beneath the JSON API, the pages and the import: `accept_report`, `accept_follow_up`.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TypeVar

import psycopg
from pydantic import BaseModel
from sqlalchemy import Engine, literal, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnection

from producers import now
from producers.alerts import ALERT, AlertBody, declare_complete
from producers.cases import require_id
from producers.connections import engine as pool
from producers.follow_ups import AnyFollowUp
from producers.following import follow_up
from producers.keys import key_place, load_key
from producers.now import Clock
from producers.outbox import codec_of
from producers.provider_release import RELEASE, ProviderReleaseBody, release
from producers.refusals import KEY_USED, Fault, NotReady, Refused
from producers.reporting import report
from producers.reports import ReportBody
from producers.roles import REPORT, Caller, require
from producers.said import as_json, said
from producers.tables import Xid8, adoptions, answers
from producers.vault import Vault
from producers.visit import Visit
from rules.defaults import DEFAULTS
from schemas.codec import Codec

Answer = dict[str, Any]
T = TypeVar("T")
NEEDED = frozenset({"calendar", *(f"policy:{rule}" for rule in DEFAULTS)})
_KEY_CHARACTERS = 255
_ONCE = "once:"
_IN_DOUBT = (
    "The database was lost before it confirmed: this may have been taken in. Sent again under the same "
    "Idempotency-Key it is taken in once and has the same answer; sent without one, look for it first."
)
_ATTEMPTS = 3
# Serialization, deadlock, and the same key at the same moment: whoever was first has answered it.
_AGAIN = ("40001", "40P01", "23505")


class Door:
    """Open once per process; every method may be called from any thread."""

    def __init__(self, engine: Engine, vault: Vault, clock: Clock) -> None:
        self.engine, self.vault, self.clock = engine, vault, clock
        self._codec: Codec | None = None
        self._adopted = False

    @classmethod
    def open(
        cls,
        *,
        database: str,
        data: Path,
        clock: Literal["system", "manual"] = "system",
        connections: int = 10,
    ) -> "Door":
        """Raises `producers.keys.NoKey`. PostgreSQL may be away; then each request says so."""
        vault = Vault(load_key(key_place(data)))
        return cls(pool(database, connections=connections), vault, now.clock(clock))

    def close(self) -> None:
        self.engine.dispose()

    def accept_report(self, body: ReportBody, caller: Caller | None, key: str | None = None) -> Answer:
        """What `POST /api/reports` answers. Raises `Refused`, `NotReady`. `key`: the Idempotency-Key."""
        require(caller, REPORT)
        return self._once(REPORT, body, key, lambda visit: report(visit, body, caller))

    def accept_follow_up(
        self,
        case_id: str,
        body: AnyFollowUp,
        caller: Caller | None,
        key: str | None = None,
        *,
        notes: Sequence[str] = (),
    ) -> Answer:
        """What `POST /api/cases/{case_id}/events` answers. Raises `Refused`, `NotReady`.

        `notes`: what the caller knows of it beside what is found here.
        """
        require(caller, body.type)
        wanted = require_id(case_id)
        return self._once(
            wanted, body, key, lambda visit: _noted(follow_up(visit, wanted, body, caller), notes)
        )

    def accept_once(
        self,
        case_id: str,
        body: AnyFollowUp,
        caller: Caller | None,
        what: str,
        key: str | None = None,
        *,
        notes: Sequence[str] = (),
    ) -> Answer:
        """A follow-up that `what` allows once. Raises `Refused` (409 for the second), `NotReady`."""
        require(caller, body.type)
        wanted, once = require_id(case_id), f"{_ONCE}{what}"
        fingerprint = self.fingerprint(wanted, body)

        def accept(visit: Visit) -> Answer:
            visit.case(wanted)  # held from here on: whoever comes at the same moment waits
            if visit.connection.scalar(select(answers.c.key).where(answers.c.key == once)):
                raise Refused(409, "Done before", [Fault("", "Somebody did this a moment ago.")])
            answer = _noted(follow_up(visit, wanted, body, caller), notes)
            visit.keep_answer(once, fingerprint, answer)
            return answer

        return self._once(wanted, body, key, accept)

    def accept_alert(self, body: AlertBody, caller: Caller | None, key: str | None = None) -> Answer:
        """What `POST /api/alerts/complete` answers. Raises `Refused`, `NotReady`."""
        require(caller, ALERT)
        assert caller is not None
        return self._once(ALERT, body, key, lambda visit: declare_complete(visit, body, caller))

    def accept_release(
        self, body: ProviderReleaseBody, caller: Caller | None, key: str | None = None
    ) -> Answer:
        """What `POST /api/patterns/releases` answers. Raises `Refused`, `NotReady`."""
        require(caller, RELEASE)
        assert caller is not None
        return self._once(RELEASE, body, key, lambda visit: release(visit, body, caller))

    @contextmanager
    def visit(self) -> Iterator[Visit]:
        """A transaction that commits at the end of the block. Raises `NotReady`."""
        if self._codec is None:
            with self.engine.connect() as connection:
                self._codec = codec_of(connection)
        written = False
        try:
            with self.engine.begin() as connection:
                visit = Visit(connection, self.clock, self.vault, self._codec)
                if not self._adopted:
                    _check_adopted(visit)
                self._adopted = True  # ids of transactions only grow, so this holds for all later ones
                yield visit
                visit.write()
                written = True
        except (DBAPIError, psycopg.Error) as error:
            if written and _away(error):
                raise NotReady(_IN_DOUBT) from error
            raise

    def lacks(self) -> str | None:
        """What keeps it from taking anything in; None where it would."""

        def look() -> None:
            with self.visit():
                pass

        try:
            patiently(look)
        except (NotReady, DBAPIError) as error:
            return str(error)
        return None

    def answered(self, visit: Visit, key: str, fingerprint: bytes) -> Answer | None:
        """The answer that was given to this key. Raises `Refused` where it was for something else."""
        found = visit.connection.execute(
            select(answers.c.fingerprint, answers.c.answer).where(answers.c.key == key)
        ).first()
        if found is None:
            return None
        if bytes(found.fingerprint) != fingerprint:
            detail = "This Idempotency-Key was used for another request."
            raise Refused(422, KEY_USED, [Fault("", detail, "Send a new request under a new key.")])
        return dict(found.answer)

    def fingerprint(self, place: str, *bodies: BaseModel) -> bytes:
        return self.vault.fingerprint(as_json([place, *(said(body) for body in bodies)]))

    def _once(
        self, place: str, body: BaseModel, key: str | None, accept: Callable[[Visit], Answer]
    ) -> Answer:
        key = _checked(key)
        fingerprint = self.fingerprint(place, body) if key else b""

        def attempt() -> Answer:
            with self.visit() as visit:
                if key and (known := self.answered(visit, key, fingerprint)):
                    return known
                answer = accept(visit)
                if key:
                    visit.keep_answer(key, fingerprint, answer)
                return answer

        return patiently(attempt)


def _noted(answer: Answer, notes: Sequence[str]) -> Answer:
    return answer | {"notes": [*answer["notes"], *notes]}


def patiently(attempt: Callable[[], T]) -> T:
    """Tries again what PostgreSQL asks to have tried again. Raises `NotReady` where it is away."""
    for last in (False,) * (_ATTEMPTS - 1) + (True,):
        try:
            return attempt()
        except NoConnection as error:
            raise NotReady("All ways to the database are in use.", 1) from error
        except (DBAPIError, psycopg.Error) as error:
            if last or _state(error) not in _AGAIN:
                raise _reason(error) from error
    raise AssertionError("unreachable")


def _state(error: DBAPIError | psycopg.Error) -> str:
    """What PostgreSQL calls it; empty where there was no connection."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "sqlstate", None) or ""


def _away(error: DBAPIError | psycopg.Error) -> bool:
    """Whether the connection was lost; asked of a commit, what became of it is not known then."""
    state = _state(error)
    return not state or state[:2] in ("08", "57")


def _reason(error: DBAPIError | psycopg.Error) -> Exception:
    state = _state(error)
    # Beside the connection, 08 and 57: 53 resources, 25P too long, others clash.
    if _away(error) or state[:2] in ("23", "40", "53") or state.startswith("25P"):
        return NotReady("The database does not answer; nothing was taken in.")
    return error


def _checked(key: str | None) -> str | None:
    if key is None:
        return None
    ours = key.startswith(("import:", _ONCE))
    if not key.strip() or len(key) > _KEY_CHARACTERS or not key.isprintable() or ours:
        detail = (
            f"The Idempotency-Key must be 1 to {_KEY_CHARACTERS} printable characters, "
            f"not `import:…` or `{_ONCE}…`."
        )
        raise Refused(422, "This key cannot be used", [Fault("", detail, "A random UUID is a good key.")])
    return key


def _check_adopted(visit: Visit) -> None:
    """Policy and calendar must lie on every partition before this: committed, and under a lower id."""
    adopted = visit.connection.execute(
        select(adoptions.c.subject).where(adoptions.c.xid < literal(visit.xid, Xid8()).cast(Xid8()))
    )
    if NEEDED - set(adopted.scalars()):
        raise NotReady(
            "Policy and calendar have not been adopted yet; it takes some seconds after a first start."
        )
