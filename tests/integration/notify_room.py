"""A notifier as a process of its own, a real mail server, a real receiver of webhooks, a door behind it."""

import hashlib
import hmac
import json
import os
import signal
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import psycopg
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from confluent_kafka import Producer

import sinks.migrations
from command.topics import create_topics
from producers.connections import libpq
from rules.rule import outcome_id
from schemas.codec import Codec
from schemas.escalation_types import (
    DeliveryHeard,
    EscalationClimbed,
    EscalationClosed,
    EscalationRaised,
    EscalationTaken,
)
from schemas.outcome_types import Outcome
from schemas.registry import register_all
from schemas.topics import ESCALATIONS, TOPICS
from sinks.notify import migrations
from tests.integration.door_room import Room, open_room
from tests.stack import Stack

MINUTE = 60_000
SECRET = "0123456789abcdef0123456789abcdef"
QUICK = {"first_seconds": 0.2, "longest_seconds": 0.5, "least_ms": 2_000, "attempts": 4}


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def until(what: Callable[[], Any], seconds: float = 90) -> Any:
    """The first answer that is one; the last one, whatever it is, when time is up."""
    end = time.monotonic() + seconds
    while not (answer := what()) and time.monotonic() < end:
        time.sleep(0.05)
    assert answer, f"not within {seconds} s"
    return answer


def signed_by(secret: str, header: str, body: bytes) -> bool:
    """As docs/notifications.md tells a receiver to check it, written without the sender's code."""
    parts = [part.split("=", 1) for part in header.split(",")]
    (stamp,) = (value for name, value in parts if name == "t")
    digest = hmac.new(secret.encode("ascii"), stamp.encode("ascii") + b"." + body, hashlib.sha256).hexdigest()
    fresh = abs(time.time() - int(stamp)) < 300
    return fresh and any(name == "v1" and hmac.compare_digest(value, digest) for name, value in parts)


@dataclass
class Request:
    at: float
    key: str
    signature: str
    body: bytes

    @property
    def said(self) -> dict[str, Any]:
        return cast(dict[str, Any], json.loads(self.body))


class Receiver:
    """Answers as it is told, one answer after the other, then with 204. An answer: a status, or a status and
    headers, or seconds to hang before the connection is dropped without an answer."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.answers: list[int | tuple[int, dict[str, str]] | float] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                key, signature = self.headers["Idempotency-Key"], self.headers["Candour-Signature"]
                receiver.requests.append(Request(time.monotonic(), key, signature, body))
                answer = receiver.answers.pop(0) if receiver.answers else 204
                if isinstance(answer, float):
                    time.sleep(answer)
                    self.close_connection = True
                    return
                status, headers = answer if isinstance(answer, tuple) else (answer, {})
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self) -> None:
                receiver.requests.append(Request(time.monotonic(), "a redirect was followed", "", b"{}"))
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/pager"

    @property
    def pages(self) -> set[str]:
        """What a receiver that keeps to the key pages for."""
        return {one.key for one in self.requests}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Mailbox:
    """A real SMTP server. `refuse`: what it says to a recipient that it does not take.

    `starttls`: it takes nothing before STARTTLS. `implicit`: TLS from the first byte. `account`: the one
    name and password that may sign in.
    """

    def __init__(
        self,
        *,
        starttls: ssl.SSLContext | None = None,
        implicit: ssl.SSLContext | None = None,
        account: tuple[str, str] | None = None,
    ) -> None:
        self.mails: list[EmailMessage] = []
        self.signed_in: list[tuple[str, str, bool]] = []  # name, password, whether TLS covered them
        self.refuse: dict[str, str] = {}
        self.closed = False
        self._account = account
        options: dict[str, Any] = {"ssl_context": implicit}
        if starttls:
            options |= {"tls_context": starttls, "require_starttls": True}
        if account:
            # Whether a password is sent in clear is the sender's to decide, not this server's.
            options |= {"authenticator": self._authenticate, "auth_require_tls": False}
        self._controller = Controller(self, hostname="127.0.0.1", port=_free_port(), **options)
        self._controller.start()
        self.port: int = self._controller.port

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any
    ) -> AuthResult:
        name, password = given.login.decode(), given.password.decode()
        self.signed_in.append((name, password, session.ssl is not None or bool(self._controller.ssl_context)))
        return AuthResult(success=(name, password) == self._account, handled=False)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.mails.append(message_from_bytes(cast(bytes, envelope.content), policy=default))
        return "250 taken"

    def close(self) -> None:
        """Away for good; a second time it is away already."""
        if not self.closed:
            self.closed = True
            self._controller.stop()


class Nest:
    """Notifiers that start at once (`notifier_nest`)."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.integration.notifier_nest"],
            cwd=Path(__file__).parents[2],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, environment: dict[str, str], pace: dict[str, Any], log: Path) -> "Notifier":
        pid = self.ask({"start": {"environment": environment, "pace": pace, "log": str(log)}})
        return Notifier(self, int(pid))

    def ask(self, wish: dict[str, Any]) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(wish) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        with self._process:
            self._process.terminate()


class Notifier:
    """One of them, used as a `subprocess.Popen` is."""

    def __init__(self, nest: Nest, pid: int) -> None:
        self._nest, self.pid = nest, pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self._nest.ask({"poll": self.pid})
        return self.returncode

    def wait(self, seconds: float) -> int:
        end = time.monotonic() + seconds
        while self.poll() is None:
            if time.monotonic() > end:
                raise subprocess.TimeoutExpired("notifier", seconds)
            time.sleep(0.05)
        assert self.returncode is not None
        return self.returncode

    def terminate(self) -> None:
        os.kill(self.pid, signal.SIGTERM)

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)


def _free_port() -> int:
    import socket

    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@dataclass
class Notify:
    """One trust of its own for each test, so that what other tests left on the log concerns nobody here."""

    room: Room
    kafka: str
    registry: str
    folder: Path
    codec: Codec
    receiver: Receiver
    mailbox: Mailbox
    nest: Nest
    provider: str = field(default_factory=lambda: f"T{uuid4().hex[:8].upper()}")
    book: dict[str, str] = field(default_factory=dict)
    pace: dict[str, Any] = field(default_factory=lambda: dict(QUICK))
    _running: list[Notifier] = field(default_factory=list)

    def contacts(self, **roles: list[str]) -> None:
        """`medical_director=["mail", "hook"]`: the channels of a role of this trust, in order."""
        self.key_file.write_text(SECRET + "\n")
        lines = []
        for role, channels in roles.items():
            lines.append(f'[[contact]]\nrole = "{role.replace("_", " ")}"\nprovider = "{self.provider}"')
            for number, channel in enumerate(channels, 1):
                way = {
                    "mail": f'email = "{self.address}"',
                    "hook": f'webhook = "{self.receiver.url}"\nsecret_file = "{self.key_file.name}"',
                }[channel]
                lines.append(f'[[contact.channel]]\nname = "{channel}-{number}"\n{way}')
        self.book[self.provider] = "\n".join(lines)
        aside = self.folder / "contacts.new"
        aside.write_text("\n".join(self.book.values()) + "\n")
        aside.replace(self.folder / "contacts.toml")

    @property
    def key_file(self) -> Path:
        return self.folder / f"{self.provider}.key"

    @property
    def address(self) -> str:
        return f"duty@{self.provider.lower()}.example.org"

    @property
    def mails(self) -> list[EmailMessage]:
        return [mail for mail in self.mailbox.mails if mail["To"] == self.address]

    def refuse_mail(self) -> None:
        self.mailbox.refuse[self.address] = "550 no such mailbox"

    def start(self, fault: str | None = None) -> Notifier:
        environment = {
            **os.environ,
            "KAFKA_BOOTSTRAP": self.kafka,
            "SCHEMA_REGISTRY_URL": self.registry,
            "DATABASE_URL": libpq(self.room.database),
            "CANDOUR_DATA": str(self.folder),
            "CANDOUR_CLOCK": self.room.mode,
            "CANDOUR_PUBLIC_URL": "https://candour.example.org",
            "CANDOUR_SMTP_HOST": "127.0.0.1",
            "CANDOUR_SMTP_PORT": str(self.mailbox.port),
            "CANDOUR_SMTP_FROM": "candour@example.org",
            "CANDOUR_SMTP_TLS": "offered",
            **({"CANDOUR_FAULT": fault} if fault else {}),
        }
        process = self.nest.start(environment, self.pace, self.folder / "notifier.log")
        self._running.append(process)
        return process

    def dies(self, fault: str) -> None:
        """Starts one that is killed at the named place."""
        assert self.start(fault).wait(120) == -signal.SIGKILL

    def stop(self) -> None:
        for process in self._running:
            if process.poll() is None:
                process.terminate()
        for process in self._running:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)
        self._running.clear()

    # -- what the rule says --------------------------------------------------------------------------------

    def say(self, *outcomes: Outcome) -> None:
        producer = Producer({"bootstrap.servers": self.kafka, "acks": "all", "linger.ms": 0, "log_level": 0})
        for one in outcomes:
            headers: list[tuple[str, str | bytes | None]] = [("id", outcome_id("escalation", one).encode())]
            producer.produce(
                ESCALATIONS, value=self.codec.encode(one), key=one.case_id, partition=0, headers=headers
            )
        producer.flush(30)

    def raised(self, case_id: str, *, minutes: float = 15, at: int | None = None) -> EscalationRaised:
        now = now_ms() if at is None else at
        return EscalationRaised(
            **_common(f"esc-{uuid4()}", 1, case_id, now),
            trigger="severe_harm",
            ground=f"event-{case_id}",
            urgency=2,
            level=1,
            owner_role="ward lead",
            next_step="See that the patient is safe.",
            provider=self.provider,
            provider_type="nhs_trust",
            raised_at=now,
            acknowledge_by=now + round(minutes * MINUTE),
            act_by=now + 240 * MINUTE,
            informed=(),
        )

    def climbed(self, before: EscalationRaised, role: str, level: int = 2) -> EscalationClimbed:
        now = now_ms()
        return EscalationClimbed(
            **_common(before.subject, level, before.case_id, now),
            waited_until=before.acknowledge_by,
            level=level,
            owner_role=role,
            next_step="Nobody took this on in time.",
            acknowledge_by=now + 15 * MINUTE,
            act_by=now + 240 * MINUTE,
            informed=("ward lead",),
            as_of=now,
        )

    def taken(self, before: EscalationRaised, revision: int = 2) -> EscalationTaken:
        now = now_ms()
        common = _common(before.subject, revision, before.case_id, now)
        return EscalationTaken(**common, level=1, by_role="director", acknowledged_at=now)

    def closed(self, before: EscalationRaised, revision: int = 2) -> EscalationClosed:
        now = now_ms()
        common = _common(before.subject, revision, before.case_id, now)
        return EscalationClosed(**common, how="acted", act="made_safe", closed_at=now)

    def heard(self, before: EscalationRaised, event: Any, revision: int) -> DeliveryHeard:
        """What the rule says when it reads a `DeliveryRecorded`."""
        common = _common(before.subject, revision, before.case_id, now_ms(), cause=event.event_id)
        fields = {name: getattr(event, name) for name in ("level", "channel", "step", "attempt", "at")}
        return DeliveryHeard(**common, **fields)

    # -- what became of it ---------------------------------------------------------------------------------

    def case(self) -> str:
        return str(self.room.report(provider=self.provider)["case_id"])

    def states(self, one: EscalationRaised) -> list[tuple[str, str]]:
        """Channel and state of each delivery about it, by level and place."""
        return [
            (row[0], row[1])
            for row in self.rows(
                "SELECT channel, state FROM notify.deliveries WHERE escalation_id = %s ORDER BY level, place",
                one.subject,
            )
        ]

    def steps(self, case_id: str) -> list[tuple[str, str]]:
        """Channel and step of what went on its way to the log, in its order."""
        return [(one.channel, one.step) for one in self.events(case_id)]

    def events(self, case_id: str) -> list[Any]:
        return [one for one in self.room.records(case_id) if type(one).__name__ == "DeliveryRecorded"]

    def wait_for(self, one: EscalationRaised, *states: tuple[str, str], seconds: float = 90) -> None:
        end = time.monotonic() + seconds
        while self.states(one) != list(states) and time.monotonic() < end:
            time.sleep(0.05)
        assert self.states(one) == list(states), self.log()

    def rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with psycopg.connect(libpq(self.room.database)) as connection:
            return connection.execute(statement.encode(), values).fetchall()

    def log(self) -> str:
        return (self.folder / "notifier.log").read_text()[-3000:]


def _common(
    subject: str, revision: int, case_id: str | None, now: int, cause: str = "report"
) -> dict[str, Any]:
    return {
        "subject": subject,
        "revision": revision,
        "case_id": case_id,
        "recorded_at": now,
        "cause": cause,
        "because": ("Severe harm.",),
    }


def prepare(infra: Stack) -> None:
    """The topics and contracts that all share."""
    create_topics(infra.kafka, TOPICS)
    register_all(infra.registry)


@contextmanager
def furnished(infra: Stack) -> Iterator[Room]:
    """A database of its own with the tables of all."""
    with open_room(infra.database, "system", (sinks.migrations.upgrade, migrations.upgrade)) as room:
        yield room


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    try:
        yield receiver
    finally:
        receiver.close()


@contextmanager
def mailing(**options: Any) -> Iterator[Mailbox]:
    """Options: those of `Mailbox`."""
    mailbox = Mailbox(**options)
    try:
        yield mailbox
    finally:
        mailbox.close()


@contextmanager
def nesting() -> Iterator[Nest]:
    nest = Nest()
    try:
        yield nest
    finally:
        nest.close()
