"""Who and what was said, encrypted with a key per case; destroying that key erases it for good.

The key of a case is wrapped by the key-encryption key. From the case's key come three: one to seal texts and
patients, one to seal the reporter, one for the keyed hashes that stand on the log.
"""

import hmac
import json
import os
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

KEY_BYTES = 32
_NONCE_BYTES = 12


class Sealed(ValueError):
    """This does not open: another key, another place than it was sealed for, or changed bytes."""


def _derived(key: bytes, purpose: str) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"candour {purpose}".encode()).derive(key)


def _seal(key: bytes, content: bytes, place: str) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, content, place.encode())


def _unseal(key: bytes, sealed: bytes, place: str) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], place.encode())
    except InvalidTag:
        raise Sealed(f"{place} does not open with this key") from None


@dataclass(frozen=True)
class CaseKey:
    """What can be done with the key of one case."""

    case_id: str
    key: bytes

    def seal(self, event_id: str, content: Any) -> bytes:
        """`content`: whatever JSON can hold. What is sealed for one event opens for that event only."""
        return self._sealed("texts", event_id, content)

    def unseal(self, event_id: str, sealed: bytes) -> Any:
        return self._unsealed("texts", event_id, sealed)

    def seal_reporter(self, event_id: str, content: Any) -> bytes:
        return self._sealed("reporter", event_id, content)

    def unseal_reporter(self, event_id: str, sealed: bytes) -> Any:
        return self._unsealed("reporter", event_id, sealed)

    def hash(self, text: str) -> str:
        """HMAC-SHA-256: says nothing to who has not the key, and nothing to anybody once it is destroyed."""
        return hmac.digest(_derived(self.key, "hash"), text.encode(), "sha256").hex()

    def _sealed(self, purpose: str, event_id: str, content: Any) -> bytes:
        place = f"{purpose}|{self.case_id}|{event_id}"
        return _seal(_derived(self.key, purpose), json.dumps(content).encode(), place)

    def _unsealed(self, purpose: str, event_id: str, sealed: bytes) -> Any:
        place = f"{purpose}|{self.case_id}|{event_id}"
        return json.loads(_unseal(_derived(self.key, purpose), sealed, place))


class Vault:
    """Holds the key-encryption key: 32 bytes."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"the key of the vault has {len(key)} bytes; it must have {KEY_BYTES}")
        self._wrapping = _derived(key, "wrap")
        self._wards = _derived(key, "ward")
        self._requests = _derived(key, "request")

    def new_key(self, case_id: str) -> tuple[CaseKey, bytes]:
        """A fresh key for a case, and the same wrapped, for keeping."""
        key = os.urandom(KEY_BYTES)
        return CaseKey(case_id, key), _seal(self._wrapping, key, f"key|{case_id}")

    def open_key(self, case_id: str, wrapped: bytes) -> CaseKey:
        return CaseKey(case_id, _unseal(self._wrapping, bytes(wrapped), f"key|{case_id}"))

    def ward_ref(self, provider: str, ward: str) -> str:
        """The same for the same ward however it is spaced and capitalised; its name stays in the vault."""
        return _ward_ref(self._wards, provider, " ".join(ward.split()).casefold())

    def fingerprint(self, request: bytes) -> bytes:
        """Tells whether two requests are the same, without keeping either."""
        return hmac.digest(self._requests, request, "sha256")


@lru_cache(maxsize=4096)
def _ward_ref(key: bytes, provider: str, ward: str) -> str:
    return hmac.digest(key, f"{provider}\0{ward}".encode(), "sha256").hex()
