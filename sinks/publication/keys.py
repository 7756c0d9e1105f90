"""The key that releases are signed with (Ed25519), and the public key that anybody checks them by."""

import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

KEY_BYTES = 32
PUBLIC_KEY = "public-key.pem"


class NoKey(RuntimeError):
    """Releases cannot be signed or checked; the message says what to do."""


def key_place(data: Path, chosen: Path | None = None) -> Path:
    """The file that was chosen (CANDOUR_RELEASE_KEY_FILE), else DATA/secrets/release-signing.key."""
    return chosen or data / "secrets" / "release-signing.key"


def signing_key(place: Path, public: Path) -> Ed25519PrivateKey:
    """The key, made at the first start; `public` is the public place. Raises `NoKey`.

    It is never made anew where something was published: that would look like another publisher.
    """
    if not place.exists() and not (public / PUBLIC_KEY).exists():
        _create(place)
    try:
        content = place.read_bytes()
    except OSError as error:
        raise NoKey(
            f"The key that releases are signed with cannot be read from {place} ({error.strerror}). Put it "
            "back from where it is kept safe; a new key would look like another publisher."
        ) from error
    if len(content) != KEY_BYTES:
        raise NoKey(f"{place} holds {len(content)} bytes, no key of releases, which has {KEY_BYTES}.")
    return Ed25519PrivateKey.from_private_bytes(content)


def public_pem(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def read_public(place: Path) -> Ed25519PublicKey:
    """Raises `NoKey` for what is no such key."""
    try:
        found = load_pem_public_key(place.read_bytes())
    except (OSError, ValueError) as error:
        raise NoKey(f"{place} is no public key (PEM): {error}") from error
    if not isinstance(found, Ed25519PublicKey):
        raise NoKey(f"{place} is a key of another kind; releases are signed with Ed25519.")
    return found


def signed(key: Ed25519PublicKey, content: bytes, signature: bytes) -> bool:
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return False
    return True


def _create(place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = place.with_name(f".{place.name}.{os.getpid()}")
    aside.touch(mode=0o600)
    try:
        aside.write_bytes(os.urandom(KEY_BYTES))
        os.link(aside, place)  # fails where the key exists, so that two starts cannot make two keys
    except FileExistsError:
        pass
    finally:
        aside.unlink()
