"""Errors as RFC 9457 problem details: what was wrong, at which field, and how to mend it."""

from typing import Any

from fastapi.responses import JSONResponse

from producers.refusals import NotReady, Refused

MEDIA_TYPE = "application/problem+json"
KIND = "urn:candour:problem:"
_KINDS = {
    400: "malformed",
    401: "sign-in",
    403: "forbidden",
    404: "not-found",
    409: "conflict",
    413: "too-large",
    415: "media-type",
    422: "invalid",
    503: "away",
}


def problem(refused: Refused) -> JSONResponse:
    errors = [{"pointer": one.pointer, "detail": one.detail, "mend": one.mend} for one in refused.faults]
    headers = {"WWW-Authenticate": "Bearer"} if refused.status == 401 else {}
    detail = "; ".join(str(fault) for fault in refused.faults) or refused.title
    return _answer(refused.status, refused.title, detail, headers, errors=errors)


def away(error: NotReady) -> JSONResponse:
    title = "Nothing can be taken in just now"
    return _answer(503, title, str(error), {"Retry-After": str(error.retry_after_seconds)})


def _answer(status: int, title: str, detail: str, headers: dict[str, str], **more: Any) -> JSONResponse:
    content = {"type": KIND + _KINDS.get(status, "other"), "title": title, "status": status, "detail": detail}
    return JSONResponse({**content, **more}, status, headers, MEDIA_TYPE)


_PROBLEM = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail", "mend"],
                "properties": {
                    "pointer": {
                        "type": "string",
                        "description": "JSON pointer of the field; empty for the whole",
                    },
                    "detail": {"type": "string"},
                    "mend": {"type": "string"},
                },
            },
        },
    },
}

DOCUMENTED: dict[int | str, dict[str, Any]] = {
    status: {"description": text, "content": {MEDIA_TYPE: {"schema": _PROBLEM}}}
    for status, text in (
        (400, "The body is no JSON in UTF-8"),
        (401, "Nobody is signed in"),
        (403, "Not for this role, or not a case of this provider"),
        (413, "The request is too large"),
        (422, "A field cannot be taken as it is; `errors` names it and says how to mend it"),
        (503, "The database is away: send the same again, with the same Idempotency-Key"),
    )
}
