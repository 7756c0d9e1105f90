"""The key that wraps the keys of the vault: made at the first start, readable by its owner alone."""

import os
import secrets
from pathlib import Path

KEY_BYTES = 32
FILE = "vault.key"


def make_vault_key(folder: Path) -> Path:
    """DATA/secrets/vault.key with 32 random bytes in hexadecimal; one that is there stays as it is."""
    path = folder / FILE
    if path.exists():
        return path
    aside = folder / f"{FILE}.{os.getpid()}.new"
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(KEY_BYTES))
        file.flush()
        # Lost, it cannot be made again, and with it every name in the vault is lost.
        os.fsync(file.fileno())
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()
    return path
