"""Puts the notifier together: where it reads, whom it may tell, and the door that its steps go through."""

from collections.abc import Sequence
from pathlib import Path

from command.settings import Settings
from embedded.problems import StartError
from producers.machine_events import DeliveryNote, MachineDoor
from producers.refusals import NotReady
from schemas.event_types import Instant
from sinks.notify import notifier
from sinks.notify.pace import Pace
from sinks.notify.recording import NotRecorded, Step
from sinks.notify.smtp import MailServer


def run(
    settings: Settings,
    *,
    database: str,
    kafka: str,
    registry: str,
    health_port: int,
    pace: Pace | None = None,
) -> None:
    """Returns after SIGTERM. Raises StartError where the settings of the mail server do not go together."""
    chosen = notifier.Settings(
        contacts=contacts_file(settings),
        address=settings.public_url or f"http://{settings.host}:{settings.port}",
        mail=mail_server(settings),
        pace=pace or Pace(),
    )
    door = MachineDoor.open(database, settings.clock)

    def now() -> Instant:
        try:
            return door.now()
        except NotReady as error:
            raise NotRecorded(str(error)) from error

    def to_door(steps: Sequence[Step]) -> dict[str, str]:
        try:
            return door.record_deliveries([DeliveryNote(*step) for step in steps])
        except NotReady as error:
            raise NotRecorded(str(error)) from error

    try:
        notifier.run(
            database=database,
            kafka=kafka,
            registry=registry,
            settings=chosen,
            now=now,
            to_door=to_door,
            health_port=health_port,
        )
    finally:
        door.close()


def contacts_file(settings: Settings) -> Path:
    return (settings.contacts or settings.data / "contacts.toml").expanduser().resolve()


def mail_server(settings: Settings) -> MailServer | None:
    """None where no mail server is named. Raises StartError."""
    if settings.smtp_host is None:
        return None
    if settings.smtp_from is None:
        raise StartError("CANDOUR_SMTP_FROM is not set: name the address that messages come from.")
    if settings.smtp_user is not None and settings.smtp_password_file is None:
        raise StartError(
            "CANDOUR_SMTP_USER is set, CANDOUR_SMTP_PASSWORD_FILE is not: name the file with its password."
        )
    return MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.smtp_from,
        user=settings.smtp_user,
        password_file=settings.smtp_password_file and settings.smtp_password_file.expanduser().resolve(),
        tls=settings.smtp_tls,
    )
