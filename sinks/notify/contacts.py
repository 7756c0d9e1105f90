"""The contact book: for each role, at each provider, the ways to reach whoever holds it, in order.

A file of its own (TOML), outside the database and never on the log. Without an entry a role has the board.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, NamedTuple
from urllib.parse import urlsplit

import msgspec

LEAST_SECRET_CHARACTERS = 32
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}", re.ASCII)
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", re.ASCII)

Kind = Literal["email", "webhook"]


class ContactsRefused(ValueError):
    """The contact book cannot be used; the message names each field and its mend, a line for each."""


class Channel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way to reach a role. `secret_file`: beside the contact book unless it is a whole path."""

    name: str
    email: str | None = None
    webhook: str | None = None
    secret_file: str | None = None

    @property
    def kind(self) -> Kind:
        return "email" if self.email is not None else "webhook"


class Contact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A role and its channels. Without a provider: of every provider that has no entry of its own for it."""

    role: str
    provider: str | None = None
    channel: tuple[Channel, ...]


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    contact: tuple[Contact, ...] = ()


class Reached(NamedTuple):
    """Where a channel leads; `secrets`: each of them signs, so that a new one can be brought in."""

    kind: Kind
    to: str
    secrets: tuple[bytes, ...] = ()


class Book:
    """What one reading of the file gave."""

    def __init__(self, contacts: Iterable[Contact], folder: Path) -> None:
        self._contacts = {(one.role, one.provider): one for one in contacts}
        self._folder = folder

    def channels(self, role: str, provider: str) -> tuple[Channel, ...]:
        """In the order in which they are tried; none where nobody is entered."""
        one = self._contacts.get((role, provider)) or self._contacts.get((role, None))
        return one.channel if one else ()

    def reach(self, role: str, provider: str, name: str) -> Reached | None:
        """The named channel as it is now; None where it was taken out. Raises `ContactsRefused`."""
        for one in self.channels(role, provider):
            if one.name == name:
                if one.email is not None:
                    return Reached("email", one.email)
                return Reached("webhook", one.webhook or "", secrets_of(self._folder, one))
        return None

    def roles(self) -> set[str]:
        return {role for role, _ in self._contacts}

    def kinds(self) -> set[Kind]:
        return {channel.kind for one in self._contacts.values() for channel in one.channel}

    def without(self, roles: Iterable[str]) -> list[str]:
        """Those of the roles that have the board only, at some provider at least."""
        return sorted(role for role in set(roles) if (role, None) not in self._contacts)

    def __len__(self) -> int:
        return len(self._contacts)


def load(file: Path) -> Book:
    """The book, checked whole. No file is an empty book. Raises `ContactsRefused`."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return Book((), file.parent)
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
        raise ContactsRefused(f"{file} cannot be read: {why}.") from None
    return parse(text, file.parent)


def parse(text: str, folder: Path) -> Book:
    """`folder`: where secret files lie that are named without one. Raises `ContactsRefused`."""
    try:
        contacts = msgspec.convert(tomllib.loads(text), _File).contact
    except tomllib.TOMLDecodeError as error:
        raise ContactsRefused(f"It is no TOML: {error}.") from None
    except msgspec.ValidationError as error:
        raise ContactsRefused(f"{_plain(str(error))} See the example in docs/notifications.md.") from None
    faults = [*_faults(contacts, folder)]
    if faults:
        raise ContactsRefused("\n".join(faults))
    return Book(contacts, folder)


def secrets_of(folder: Path, channel: Channel) -> tuple[bytes, ...]:
    """One secret on each line of its file. Raises `ContactsRefused`."""
    place = folder / (channel.secret_file or "")
    try:
        lines = place.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no ASCII text"
        raise ContactsRefused(f"the secret of {channel.name} cannot be read from {place}: {why}.") from None
    secrets = tuple(line.strip() for line in lines if line.strip())
    if not secrets or min(map(len, secrets)) < LEAST_SECRET_CHARACTERS:
        raise ContactsRefused(
            f"{place}: a secret has at least {LEAST_SECRET_CHARACTERS} characters, one secret on each line. "
            f"`openssl rand -hex 32 > {place}` makes one."
        )
    return tuple(secret.encode() for secret in secrets)


def _faults(contacts: tuple[Contact, ...], folder: Path) -> Iterator[str]:
    seen: set[tuple[str, str | None]] = set()
    for number, one in enumerate(contacts, 1):
        where = f"contact {number} ({one.role or 'no role'}{f' of {one.provider}' if one.provider else ''})"
        if not one.role.strip():
            yield f"{where}: role is empty. Write the role as the escalation policy names it."
        if (one.role, one.provider) in seen:
            yield f"{where}: role and provider are entered before. Put all channels into one entry."
        seen.add((one.role, one.provider))
        if one.provider is not None and not one.provider.strip():
            yield f"{where}: provider is empty. Write its code, or leave the line out for all providers."
        if not one.channel:
            yield f"{where}: channel is empty. Add a [[contact.channel]], or take the entry out."
        names = [channel.name for channel in one.channel]
        for channel in one.channel:
            if names.count(channel.name) > 1:
                yield f"{where}: channel name {channel.name!r} stands twice. Give each channel its own name."
            yield from _of_channel(f"{where}, channel {channel.name!r}", channel, folder)


def _of_channel(where: str, channel: Channel, folder: Path) -> Iterator[str]:
    if not _NAME.fullmatch(channel.name):
        yield f"{where}: name may have small letters, digits and hyphens, 40 at most. It is no person's name."
    if (channel.email is None) == (channel.webhook is None):
        yield f"{where}: write either email or webhook, one of them."
        return
    if channel.email is not None:
        if not _ADDRESS.fullmatch(channel.email):
            yield f"{where}: email {channel.email!r} is no address. Write one as in duty@example.org."
        if channel.secret_file is not None:
            yield f"{where}: secret_file is for a webhook. Take the line out."
        return
    yield from (f"{where}: {fault}" for fault in _of_address(channel.webhook or ""))
    if channel.secret_file is None:
        yield f"{where}: secret_file is missing. Name the file with the secret that signs."
        return
    try:
        secrets_of(folder, channel)
    except ContactsRefused as refused:
        yield f"{where}: secret_file: {refused}"


def _of_address(address: str) -> Iterator[str]:
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https"):
        yield f"webhook {address!r} is no address. Write one as in https://pager.example.org/candour."
        return
    if parts.username is not None or parts.password is not None:
        yield "webhook holds a user or a password. The signature tells who sends; take them out."
    if parts.scheme == "http" and not _here(host):
        yield "webhook would go in the clear. Write https; http is for this machine only."


def _here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _plain(told: str) -> str:
    """msgspec's sentence, with the place in front where it is known."""
    words, _, place = told.partition(" - at ")
    return f"{place.strip('`').lstrip('$.') or 'the file'}: {words}."
