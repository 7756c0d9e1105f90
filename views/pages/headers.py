"""Headers of every answer: nothing fetched from outside, framed, sniffed or cached wrongly."""

import secrets

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

FIXED = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def content_security_policy(nonce: str) -> str:
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'nonce-{nonce}'",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            "font-src 'none'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


class Guarded:
    """ASGI middleware. It adds headers and ends what was cut off; streams go through unbuffered."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        nonce = secrets.token_urlsafe(16)
        scope.setdefault("state", {})["nonce"] = nonce

        under_way = False

        async def guarded(message: Message) -> None:
            nonlocal under_way
            under_way = message["type"] == "http.response.start" or bool(message.get("more_body"))
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in FIXED.items():
                    headers.setdefault(name, value)
                headers["Content-Security-Policy"] = content_security_policy(nonce)
                headers.setdefault("Cache-Control", _kept(scope))
            await send(message)

        await self._app(scope, receive, guarded)
        if under_way:
            # A stream that the end of the process cut off; without its end the server logs an error.
            await send({"type": "http.response.body", "body": b"", "more_body": False})


def _kept(scope: Scope) -> str:
    """Assets are asked for by their version and never change; everything else is about patients."""
    if scope["path"].startswith("/assets/"):
        return (
            "public, max-age=31536000, immutable" if scope["query_string"].startswith(b"v=") else "no-cache"
        )
    return "no-store"
