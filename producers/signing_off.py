"""A director signs a release of never-event figures: through the door, like everything else on the log.

The log gets the role and the fingerprint of what was seen; the name lies sealed beside the reporters' names.
"""

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID, uuid5

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from producers.body_types import Body, Said
from producers.connections import transaction
from producers.door import Door, patiently
from producers.keys import key_place, load_key
from producers.refusals import Fault, Refused
from producers.roles import Caller, require
from producers.tables import case_keys, reporters
from producers.vault import CaseKey, Vault
from producers.vault_reading import reporters as reporters_of
from producers.visit import Visit
from schemas.cloud_events import rfc3339
from schemas.never_event_events import ReleaseSigned

RELEASE_SIGNED = "release_signed"
_RELEASES = UUID("3b6f6f0e-64d3-4a56-8c62-1f0f0e7b6a21")
_PARTITION = 0


class SignOffBody(Body):
    """Who signs, and the SHA-256 of the release's canonical JSON as they saw it."""

    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    name: Said


def sign_off(door: Door, release_id: str, body: SignOffBody, caller: Caller | None) -> dict[str, Any]:
    """Raises `Refused` (401, 403; 409 where it was signed before) and `NotReady`.

    That there is such a release, checked and with this fingerprint, is for whoever shows releases to see to.
    """
    require_director(caller)

    def attempt() -> dict[str, Any]:
        with door.visit() as visit:
            return _sign(visit, release_id, body)

    return patiently(attempt)


def require_director(caller: Caller | None) -> None:
    """Raises `Refused`. A release is about every provider, so a provider's own director cannot sign it."""
    require(caller, RELEASE_SIGNED)
    if caller is not None and caller.provider is not None:
        detail = f"A release holds figures of all providers; you are signed in for {caller.provider}."
        raise Refused(
            403, "Not yours to sign", [Fault("", detail, "Sign in as a director of the publisher.")]
        )


def signers(database: str, data: Path, release_id: str, *, by_role: str, purpose: str) -> tuple[str, ...]:
    """Who signed a release, by name. The reading is written down, like that of who reported a case.

    Raises `Erased` where nobody has signed it, or the key of its sign-off was destroyed.
    """
    opener = Vault(load_key(key_place(data)))
    with transaction(database) as connection:
        read = reporters_of(connection, opener, book(release_id), by_role=by_role, purpose=purpose)
    return tuple(one["name"] for one in read)


def book(release_id: str) -> str:
    """Where the vault keeps the sign-off of a release, as it keeps a case."""
    return str(uuid5(_RELEASES, release_id))


def _sign(visit: Visit, release_id: str, body: SignOffBody) -> dict[str, Any]:
    # The same release with the same figures is signed once: its event has one id.
    event_id = str(uuid5(_RELEASES, f"{release_id}|{body.sha256}"))
    key = _key(visit, book(release_id))
    sealed = key.seal_reporter(event_id, {"name": body.name, "role": "director", "release": release_id})
    # Whoever takes names in may not read them, so what was kept before shows in that nothing is added.
    row = insert(reporters).values(event_id=event_id, case_id=key.case_id, sealed=sealed)
    added = row.on_conflict_do_nothing().execution_options(preserve_rowcount=True)
    if visit.connection.execute(added).rowcount == 0:
        raise Refused(409, "Signed before", [Fault("", f"{release_id} has been signed; that stands.")])
    visit.append_sign_off(
        ReleaseSigned(
            partition=_PARTITION,
            event_id=event_id,
            recorded_at=visit.now,
            release_id=release_id,
            sha256=body.sha256,
            by_role="director",
        )
    )
    return {"release_id": release_id, "event_id": event_id, "recorded_at": rfc3339(visit.now)}


def _key(visit: Visit, kept_with: str) -> CaseKey:
    """Of all sign-offs of a release: other figures of it, should there ever be any, are signed again.

    Raises `Refused` where the key was destroyed.
    """
    fresh = insert(case_keys).values(case_id=kept_with, wrapped=visit.vault.new_key(kept_with)[1])
    visit.connection.execute(fresh.on_conflict_do_nothing())
    wrapped = visit.connection.scalar(select(case_keys.c.wrapped).where(case_keys.c.case_id == kept_with))
    if wrapped is None:
        detail = "The key of this sign-off was destroyed, so that no name can be kept with it any more."
        raise Refused(409, "This sign-off was erased", [Fault("", detail)])
    return visit.vault.open_key(kept_with, wrapped)
