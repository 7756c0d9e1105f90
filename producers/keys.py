"""Where the key of the vault lies: one file of 32 bytes, outside the database, for its owner alone."""

import os
from pathlib import Path

from producers.vault import KEY_BYTES


class NoKey(RuntimeError):
    """The vault cannot be opened; the message says what to do."""


def key_place(data: Path, chosen: Path | None = None) -> Path:
    """The file that was chosen (CANDOUR_VAULT_KEY_FILE), else DATA/secrets/vault.key."""
    named = os.environ.get("CANDOUR_VAULT_KEY_FILE")
    return chosen or (Path(named) if named else data / "secrets" / "vault.key")


def create_key(place: Path) -> None:
    """Make the key at the first start; a key that is there is never touched."""
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


def load_key(place: Path) -> bytes:
    """Raises `NoKey` where there is none or it has the wrong size."""
    try:
        key = place.read_bytes()
    except OSError as error:
        raise NoKey(
            f"The key of the vault cannot be read from {place} ({error.strerror}). Put it back from where it "
            "is kept safe; without it nothing that was written to the vault can be read."
        ) from error
    if len(key) != KEY_BYTES:
        raise NoKey(f"{place} holds {len(key)} bytes, no key of the vault, which has {KEY_BYTES}.")
    return key
