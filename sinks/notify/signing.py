"""The signature of a webhook: HMAC-SHA256 over the time of sending and the body, for each secret in use.

`Candour-Signature: t=1387659900,v1=HEX[,v1=HEX]`; the signed bytes are the digits of `t`, a dot, the body.
"""

import hmac
from collections.abc import Iterable

HEADER = "Candour-Signature"


def signature(secrets: Iterable[bytes], body: bytes, sent_at: int) -> str:
    """`sent_at`: seconds since the epoch, by which a receiver tells an old message that is sent again."""
    signed = b"%d." % sent_at + body
    marks = (f"v1={hmac.digest(secret, signed, 'sha256').hex()}" for secret in secrets)
    return ",".join((f"t={sent_at}", *marks))
