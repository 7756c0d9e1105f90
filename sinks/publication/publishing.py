"""Takes signatures from the log to the releases they are for, and makes public what was checked and signed.

This is the one way to the public place, and it begins with a `ReleaseSigned` of a director on the log.
"""

from collections.abc import Mapping
from functools import partial
from pathlib import Path

import msgspec
import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Engine, exists, select, update

from rules.publication.checks import Check
from rules.publication.release import Release, fingerprint, read, utc
from rules.publication.succession import taken
from sinks.alarms import clear_alarm, raise_alarm
from sinks.publication import history
from sinks.publication.feed import FEED, Published, atom
from sinks.publication.files import RELEASE, SIGN_OFF, SignOff, signed_files
from sinks.publication.keys import PUBLIC_KEY, public_pem
from sinks.publication.place import Altered, publish_folder, write_file
from sinks.publication.verifying import wrong
from sinks.tables import alarms, publication_records, releases

NOT_FOR_THIS = "a signature is for no release that may be published"
ALTERED = "what was published has been altered"

_SIGNED = publication_records.c.payload
_REFUSED_BEFORE = exists().where(
    alarms.c.kind == NOT_FOR_THIS, alarms.c.about == publication_records.c.event_id
)
_WAITING = (
    select(publication_records)
    .join(releases, releases.c.id == _SIGNED["release_id"].astext)
    .where(
        publication_records.c.type == "release_signed",
        releases.c.status.in_(("draft", "checked")),
        ~_REFUSED_BEFORE,
    )
    .order_by(publication_records.c.recorded_at, publication_records.c.event_id)
)

log = structlog.get_logger()

NEWS_OF_SIGNATURES = exists(_WAITING.order_by(None)) | exists(
    select(releases.c.id).where(releases.c.status == "signed")
)
"""Whether a signature waits to be taken, or a release to be published."""


def take_signatures(store: Engine) -> None:
    """Mark as signed what a director signed and may become public; any other signature is an alarm."""
    with store.connect() as connection:
        rows = connection.execute(_WAITING).all()
        count = taken(history.made(connection), history.signatures(connection)) if rows else {}
    for row in rows:
        release_id = row.payload["release_id"]
        with store.begin() as connection:
            if release_id not in count or count[release_id].event_id != row.event_id:
                told = (
                    f"{release_id} was signed, but a check had stopped it, its figures are not those that "
                    "were signed, or it does not say what changed since the release of its year that was "
                    "signed last. It is not published."
                )
                raise_alarm(connection, NOT_FOR_THIS, row.event_id, told)
                continue
            connection.execute(
                update(releases)
                .where(releases.c.id == release_id, releases.c.status == "checked")
                .values(
                    status="signed",
                    signed_at=row.recorded_at,
                    signed_by=row.payload["by_role"],
                    signed_event_id=row.event_id,
                )
            )


def publish_signed(store: Engine, place: Path, key: Ed25519PrivateKey) -> list[str]:
    """Write what was signed to the public place; the ids that are public now. Raises `OSError`."""
    with store.connect() as connection:
        wanted = select(releases).where(releases.c.status == "signed")
        rows = connection.execute(wanted.order_by(releases.c.signed_at, releases.c.id)).all()
    done = []
    for row in rows:
        content = row.content.encode()
        if fingerprint(content) != row.sha256:
            raise Altered(
                f"{row.id}: the figures in the read model are not those that were signed; rebuild it."
            )
        sign_off = SignOff(
            release=row.id,
            sha256=row.sha256,
            by_role=row.signed_by,
            signed_at=utc(row.signed_at),
            event_id=row.signed_event_id,
        )
        files = signed_files(read(content), msgspec.convert(row.checks, list[Check]), sign_off, key)
        try:
            publish_folder(place, row.id, files, partial(_differences, files, key))
        except Altered as error:
            with store.begin() as connection:
                if raise_alarm(connection, ALTERED, row.id, str(error)):
                    log.error("published release altered", release=row.id, reason=str(error))
            continue
        _mark_published(store, place, key, row.id)
        done.append(row.id)
        log.info("published", release=row.id)
    return done


def _differences(files: Mapping[str, bytes], key: Ed25519PrivateKey, folder: Path) -> list[str]:
    """What is wrong with what lies there. Its page and tables may be of an earlier version of this software:

    they are what was signed then, and hold these figures with this sign-off.
    """
    found = wrong(folder, key.public_key())
    return found or [
        f"{name} is not that of this release."
        for name in (RELEASE, SIGN_OFF)
        if (folder / name).read_bytes() != files[name]
    ]


def _mark_published(store: Engine, place: Path, key: Ed25519PrivateKey, id: str) -> None:
    """The feed first: after a crash in between it is written again, the same."""
    write_file(place, PUBLIC_KEY, public_pem(key))
    with store.connect() as connection:
        write_file(place, FEED, atom(_published(connection, id)))
    with store.begin() as connection:
        clear_alarm(connection, ALTERED, id)
        connection.execute(update(releases).where(releases.c.id == id).values(status="published"))


def _published(connection: Connection, and_now: str) -> list[Published]:
    public = (releases.c.status == "published") | (releases.c.id == and_now)
    rows = connection.execute(select(releases).where(public)).all()
    return [_entry(read(row.content.encode()), utc(row.signed_at)) for row in rows]


def _entry(one: Release, signed_at: str) -> Published:
    totals = one.totals
    summary = (
        f"Provisional. {totals.completeness.recorded} recorded: {totals.count} meet the definition, "
        f"{totals.under_review} under review. Revision {one.revision} for {one.year}."
    )
    return Published(one.id, one.title, summary, signed_at)
