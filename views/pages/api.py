"""The pages are a client of the JSON API, in process: one place says what is valid and who may do what."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import orjson
from fastapi import Request

from producers.refusals import KEY_USED
from producers.sign_in import COOKIE, of_anybody
from views.pages.fields import Errors, labelled, name_of, sentence
from views.pages.told import plain


@dataclass(frozen=True)
class Answer:
    status: int
    body: dict[str, Any]

    @property
    def accepted(self) -> bool:
        return 200 <= self.status < 300

    @property
    def key_used(self) -> bool:
        """Something else was taken under the same idempotency key."""
        return self.body.get("title") == KEY_USED

    @property
    def detail(self) -> str:
        """All that was wrong, in the words of the pages."""
        said = " ".join(_whole(name, text) for name, text in self._faults())
        return said or plain(
            str(self.body.get("detail") or self.body.get("title") or "The request was refused.")
        )

    def errors(self) -> Errors:
        """What to mend, by the names of the form's fields (RFC 9457 problem details with `errors`)."""
        found: Errors = {}
        for name, text in self._faults():
            if name:  # what is about the whole body has no pointer; `detail` says it
                found.setdefault(name, text)
        return found

    def _faults(self) -> Iterator[tuple[str, str]]:
        for one in self.body.get("errors") or ():
            text = " ".join(filter(None, (one.get("detail"), one.get("mend"))))
            yield name_of(str(one.get("pointer") or "")), plain(text)


def _whole(name: str, text: str) -> str:
    """A sentence by itself; what names no field is about the case."""
    if name:
        return sentence(name.replace("_", " "), labelled(text, ()))
    return labelled(f"The case {text}" if text[:1].islower() else text, ())


async def get(request: Request, path: str, query: Mapping[str, Any] | None = None) -> Answer:
    return await _call(request, "GET", path, query=query)


async def post(
    request: Request, path: str, body: Mapping[str, Any], *, key: str | None = None, who: bool = True
) -> Answer:
    """`key` is the idempotency key; `who=False` tells of who is signed in the provider alone.

    No more goes with an anonymous report, and without that it would reach nobody.
    """
    return await _call(request, "POST", path, body=body, key=key, who=who)


async def _call(
    request: Request,
    method: str,
    path: str,
    *,
    query: Mapping[str, Any] | None = None,
    body: Mapping[str, Any] | None = None,
    key: str | None = None,
    who: bool = True,
) -> Answer:
    # The address of the real client goes with the call: signing in for demonstration is for loopback only.
    client = (request.client.host, request.client.port) if request.client else ("0.0.0.0", 0)
    transport = httpx.ASGITransport(app=request.app, client=client, raise_app_exceptions=False)
    headers = {"Accept": "application/json"}
    cookie = request.cookies.get(COOKIE)
    if cookie and (said := cookie if who else of_anybody(cookie)):
        headers["Cookie"] = f"{COOKIE}={said}"
    if key:
        headers["Idempotency-Key"] = key
    content = None if body is None else orjson.dumps(body)
    if content is not None:
        headers["Content-Type"] = "application/json"
    asked = {name: value for name, value in (query or {}).items() if value not in (None, "")}
    async with httpx.AsyncClient(transport=transport, base_url=str(request.base_url)) as caller:
        answer = await caller.request(method, path, params=asked, content=content, headers=headers)
    return Answer(answer.status_code, _json(answer.content))


def _json(content: bytes) -> dict[str, Any]:
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}
