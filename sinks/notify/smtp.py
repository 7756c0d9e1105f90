"""Gives one e-mail to the mail server, step by step, so that it is always known how far it came.

Up to the end of the text the server has taken nothing; after that only its answer tells whether it has.
"""

import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from email.message import EmailMessage
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

import msgspec

from sinks.notify import faults
from sinks.notify.results import Deferred, Overtaken, Refused, Result, Took, Unknown

SECONDS = 10.0
Tls = Literal["required", "offered", "implicit"]


class MailServer(msgspec.Struct, frozen=True, kw_only=True):
    """`tls`: STARTTLS `required`, used where `offered`, or TLS from the first byte (`implicit`)."""

    host: str
    port: int = 587
    sender: str
    user: str | None = None
    password_file: Path | None = None
    tls: Tls = "required"


class _NotAsAsked(Exception):
    """The server is not as the settings want it; no attempt will change that."""


def send(server: MailServer, mail: EmailMessage, give_away: Callable[[], bool]) -> Result:
    """`give_away`: called when the server waits for the text; whether it may have it.

    What it keeps must be safe by the time it returns: from then on it is not certain who has the message.
    """
    try:
        client = _connected(server)
    except _NotAsAsked as error:
        return Refused(str(error))
    except (OSError, smtplib.SMTPException) as error:
        return _not_taken(error)
    try:
        result = _converse(client, mail, give_away)
        # Where the server still waits for the end of the text, a QUIT would be taken for some of it.
        if not isinstance(result, Overtaken | Unknown):
            with suppress(OSError, smtplib.SMTPException):
                client.quit()
        return result
    finally:
        client.close()


def hindrance(server: MailServer) -> str | None:
    """Why a message could not be given to this server now; None where it goes as far as the sign-in."""
    try:
        client = _connected(server)
    except _NotAsAsked as error:
        return str(error)
    except (OSError, smtplib.SMTPException) as error:
        return _not_taken(error).why
    with suppress(OSError, smtplib.SMTPException):
        client.quit()
    client.close()
    return None


def _connected(server: MailServer) -> smtplib.SMTP:
    context = ssl.create_default_context()
    client: smtplib.SMTP
    if server.tls == "implicit":
        client = smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
    else:
        client = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
    try:
        client.ehlo_or_helo_if_needed()
        covered = server.tls == "implicit"
        if not covered and client.has_extn("starttls"):
            client.starttls(context=context)
            client.ehlo()
            covered = True
        if server.tls == "required" and not covered:
            raise _NotAsAsked(f"{server.host} offers no STARTTLS, and CANDOUR_SMTP_TLS requires it")
        if server.user is not None:
            if not covered and not _here(server.host):
                raise _NotAsAsked("a password is not sent to another machine without TLS")
            client.login(server.user, _password(server))
    except BaseException:
        client.close()
        raise
    return client


def _converse(client: smtplib.SMTP, mail: EmailMessage, give_away: Callable[[], bool]) -> Result:
    try:
        client.ehlo_or_helo_if_needed()
        for code, _ in (client.mail(str(mail["From"])), client.rcpt(str(mail["To"]))):
            if code // 100 != 2:
                return _answered(code)
        faults.point("before_data")
        code, _ = client.docmd("DATA")
        if code != 354:
            return _answered(code)
    except (OSError, smtplib.SMTPException) as error:
        return _not_taken(error)
    if not give_away():
        return Overtaken()
    faults.point("handed_over")
    try:
        client.send(_on_the_wire(mail))
        code, _ = client.getreply()
    except (OSError, smtplib.SMTPException) as error:
        return Unknown(f"the mail server did not answer after it had the message: {type(error).__name__}")
    return Took("sent") if code // 100 == 2 else _answered(code)


def _on_the_wire(mail: EmailMessage) -> bytes:
    """With the dots that SMTP wants doubled, and the dot that ends it."""
    text = mail.as_bytes()
    ended = text if text.endswith(b"\r\n") else text + b"\r\n"
    return re.sub(rb"(?m)^\.", b"..", ended) + b".\r\n"


def _password(server: MailServer) -> str:
    if server.password_file is None:
        raise _NotAsAsked("CANDOUR_SMTP_USER is set, and CANDOUR_SMTP_PASSWORD_FILE is not")
    try:
        return server.password_file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise _NotAsAsked(f"{server.password_file} cannot be read: {error.strerror}") from None


def _not_taken(error: OSError | smtplib.SMTPException) -> Deferred | Refused:
    if isinstance(error, smtplib.SMTPResponseException):
        return _answered(error.smtp_code)
    if isinstance(error, ssl.SSLCertVerificationError):
        return Refused(f"the certificate of the mail server does not hold: {error.verify_message}")
    return Deferred(f"the mail server cannot be reached: {type(error).__name__}")


def _answered(code: int) -> Deferred | Refused:
    """The code alone: the words of a server may repeat the address."""
    why = f"the mail server answered {code}"
    return Refused(why) if code // 100 == 5 else Deferred(why)


def _here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
