"""`candour contacts check`, and what `candour doctor` says of whom escalations reach."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec

from command.notifier import contacts_file, mail_server
from command.settings import Settings
from embedded.problems import StartError
from sinks.notify.contacts import Book, ContactsRefused, load
from sinks.notify.smtp import hindrance

MOST_NAMED = 6
Line = tuple[str, str, str | None]
"""What it is about, what is so, and how to mend it where something is wrong."""


def check(file: Path) -> None:
    """Prints whom the file reaches. Raises StartError that names every field that is wrong."""
    if not file.exists():
        raise StartError(f"There is no file {file}.")
    try:
        book = load(file)
    except ContactsRefused as refused:
        raise StartError(f"{file}: " + " ".join(str(refused).splitlines())) from None
    known = policy_roles(date.today())  # noqa: DTZ011  the day in the office, to the day
    print(f"{file} can be used: {len(book)} entries")
    strange = sorted(book.roles() - known)
    if strange:
        print(f"the escalation policy names no such role today, so nobody is told: {', '.join(strange)}")
    without = book.without(known)
    if without:
        print(f"the board only, where a provider has no entry of its own: {', '.join(without)}")


def policy_roles(day: date) -> set[str]:
    """Every role that the escalation policy of this release makes the owner of a level on that day."""
    from rules.escalation.contents import Content
    from rules.escalation.policy import default_content

    content = msgspec.json.decode(default_content()[1], type=Content)
    levels = [level for route in content.routes for level in route.level]
    tasks = {level.body for level in levels if level.body}
    return {role for level in levels for role in (level.office, level.on_call) if role} | {
        body.name
        for body in content.bodies
        if body.task in tasks and body.valid_from <= day <= (body.valid_to or date.max)
    }


def look(settings: Settings) -> Iterator[Line]:
    """For the doctor."""
    file = contacts_file(settings)
    try:
        book = load(file)
    except ContactsRefused as refused:
        yield "contacts", " ".join(str(refused).splitlines()), f"candour contacts check {file}"
        return
    yield (
        "contacts",
        f"{len(book)} entries in {file}" if len(book) else f"none in {file}: the board only",
        None,
    )
    yield from _without(book)
    yield from _mail(settings, book)


def _without(book: Book) -> Iterator[Line]:
    roles = book.without(policy_roles(date.today()))  # noqa: DTZ011
    if roles and len(book):
        further = f" and {len(roles) - MOST_NAMED} more" if len(roles) > MOST_NAMED else ""
        yield "roles with the board only", ", ".join(roles[:MOST_NAMED]) + further, None


def _mail(settings: Settings, book: Book) -> Iterator[Line]:
    try:
        server = mail_server(settings)
    except StartError as error:
        yield "mail server", str(error), "set the variable, or unset CANDOUR_SMTP_HOST"
        return
    if server is None:
        if "email" in book.kinds():
            yield "mail server", "none, and the contact book has e-mail in it", "set CANDOUR_SMTP_HOST"
        return
    where = f"{server.host}:{server.port}"
    hindered = hindrance(server)
    told = f"{where} takes messages" if hindered is None else f"{where}: {hindered}"
    yield "mail server", told, None if hindered is None else "mend it, or see CANDOUR_SMTP_… in the README"
