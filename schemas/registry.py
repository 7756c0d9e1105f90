"""The schema registry: registers every contract at start, and knows the schemas that were written before.

Subjects follow TopicRecordNameStrategy (`topic-namespace.Name`); compatibility is FULL_TRANSITIVE, so that
what was written in one year is read in any other. Speaks the Confluent-compatible API.
"""

import json
import time
from collections.abc import Container, Mapping
from concurrent.futures import ThreadPoolExecutor

import httpx

from schemas.codec import Codec, Undecodable, schema_id
from schemas.contracts import FULL_NAMES, schema_text
from schemas.event_types import Record
from schemas.topics import RECORDS

COMPATIBILITY = "FULL_TRANSITIVE"
MEDIA_TYPE = "application/vnd.schemaregistry.v1+json"


class RegistryRefused(RuntimeError):
    """The registry does not take a schema; the message carries its reason."""


_AT_ONCE = 8
_HANDED_OVER: dict[str, Mapping[str, int]] = {}


def hand_over(url: str, ids: Mapping[str, int]) -> None:
    """The ids that the registry at `url` gave when this start registered the contracts, as `register_all`
    answers them: the codecs of this process then need not ask for each contract again."""
    _HANDED_OVER[url] = ids


def contract_ids(url: str) -> Mapping[str, int]:
    """The id of each contract: as it was handed over, else as `register_all` answers."""
    return _HANDED_OVER.get(url) or register_all(url)


def subject(topic: str, full_name: str) -> str:
    return f"{topic}-{full_name}"


def register_all(url: str) -> dict[str, int]:
    """Register each contract under its topic; answers the id of each full record name.

    Safe to repeat. Raises `RegistryRefused` where a changed contract would break old readers or writers.
    """
    with httpx.Client(base_url=url, timeout=30, headers={"content-type": MEDIA_TYPE}) as client:
        # for all first, so that no subject stands unguarded between its registration and its own setting
        setting = client.put("/config", json={"compatibility": COMPATIBILITY})
        if setting.is_error:
            raise RegistryRefused(f"compatibility: {setting.status_code} {setting.text}")
        wanted = [
            (subject(topic, FULL_NAMES[kind]), FULL_NAMES[kind])
            for topic in RECORDS
            for kind in RECORDS[topic]
        ]
        listed = client.get("/subjects")
        there = frozenset(listed.json() if listed.is_success else ())
        # one after the other, each would wait for the registry to have read its own journal
        with ThreadPoolExecutor(_AT_ONCE) as hands:
            ids = hands.map(lambda each: _register(client, each[0], schema_text(each[1]), there), wanted)
            return {name: number for (_, name), number in zip(wanted, ids, strict=True)}


def _register(client: httpx.Client, under: str, text: str, there: Container[str]) -> int:
    """`there`: the subjects that it knows; it may have more, to which the same schema adds nothing."""
    body = {"schema": text, "schemaType": "AVRO"}
    if under in there:
        known = client.post(f"/subjects/{under}", json=body)
        if known.status_code == httpx.codes.OK:
            return int(known.json()["id"])
    answer = client.post(f"/subjects/{under}/versions", json=body)
    if answer.is_error:
        raise RegistryRefused(f"{under}: {answer.status_code} {answer.text}")
    setting = client.put(f"/config/{under}", json={"compatibility": COMPATIBILITY})
    if setting.is_error:
        raise RegistryRefused(f"compatibility of {under}: {setting.status_code} {setting.text}")
    return int(answer.json()["id"])


class RegistryCodec(Codec):
    """A codec with the registry's ids, that asks for a schema it meets for the first time."""

    def __init__(self, url: str) -> None:
        """Has the ids of all contracts from its beginning, handed over or registered: a registry that is only
        just starting does not know its schemas for a moment, and what was learnt one by one then would be
        passed over as unknown."""
        self._client = httpx.Client(base_url=url, timeout=10)
        self._refused: dict[int, float] = {}
        super().__init__(contract_ids(url))

    def close(self) -> None:
        self._client.close()

    def decode(self, value: bytes | None) -> Record:
        """As `Codec.decode`, whatever version it was written with. Raises as `knows` does, too."""
        self.knows(schema_id(value))
        return super().decode(value)

    def knows(self, number: int) -> bool:
        """Raises `httpx.HTTPError` when the registry cannot be asked: try again later."""
        if super().knows(number):
            return True
        if time.monotonic() < self._refused.get(number, 0):
            return False
        answer = self._client.get(f"/schemas/ids/{number}")
        if answer.status_code == httpx.codes.OK:
            try:
                self.learn(number, json.loads(answer.text)["schema"])
                return True
            except Undecodable:
                pass
        elif answer.status_code != httpx.codes.NOT_FOUND:
            answer.raise_for_status()
        self._refused[number] = time.monotonic() + 60
        return False
