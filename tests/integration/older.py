"""A record as another release wrote it, under a schema that no contract of today is registered with."""

import json
from uuid import uuid4

import httpx

from schemas.codec import Codec
from schemas.contracts import FULL_NAMES, schema_text
from schemas.event_types import Record


def older(registry: str, codec: Codec, record: Record) -> bytes:
    """With one more field at its end, which is null."""
    schema = json.loads(schema_text(FULL_NAMES[type(record)]))
    schema["fields"].append({"name": "of_then", "type": ["null", "string"], "default": None})
    body = {"schema": json.dumps(schema), "schemaType": "AVRO"}
    answer = httpx.post(f"{registry}/subjects/older-{uuid4()}/versions", json=body).raise_for_status()
    return b"\0" + int(answer.json()["id"]).to_bytes(4, "big") + codec.encode(record)[5:] + b"\0"
