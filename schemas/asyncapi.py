"""The AsyncAPI 3 document of the log, from the contracts; `GET /api/asyncapi.json` gives it.

For consumers outside this system: which topics there are, what key their records have, and what is in them.
"""

from functools import cache
from typing import Any

from schemas.contracts import FULL_NAMES, schema
from schemas.event_types import Record
from schemas.topics import DEAD_LETTERS, RECORDS, TOPICS

AVRO = "application/vnd.apache.avro+json;version=1.9.0"
BINDING = "0.5.0"
ABOUT = {
    DEAD_LETTERS: "Records that could not be read, as they came, until somebody has handled them.",
}
KEYS = {DEAD_LETTERS: "The key of the record that could not be read."}
_KEY = "case_id, or partition:N for what concerns a whole partition."


@cache
def document() -> dict[str, Any]:
    """The whole document; the same contracts give the same document."""
    kinds = sorted({kind for kinds in RECORDS.values() for kind in kinds}, key=FULL_NAMES.__getitem__)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Candour",
            "version": "1",
            "description": (
                "The log of patient safety incidents and the duty of candour. Records are Avro in the "
                "Confluent wire format; their attributes are CloudEvents 1.0 headers in binary mode. Times "
                "are milliseconds since 1970-01-01T00:00:00Z."
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/avro",
        "channels": {topic: _channel(topic, RECORDS.get(topic, ())) for topic in TOPICS},
        "operations": {_operation(topic): _receive(topic) for topic in TOPICS},
        "components": {
            "messages": {FULL_NAMES[kind]: _message(kind) for kind in kinds},
            "messageTraits": {"cloudEvent": _cloud_event()},
        },
    }


def _channel(topic: str, kinds: tuple[type[Record], ...]) -> dict[str, Any]:
    names = sorted(FULL_NAMES[kind] for kind in kinds)
    channel: dict[str, Any] = {
        "address": topic,
        "description": ABOUT.get(topic, "Kept for ever; one application writes it."),
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {
            "kafka": {
                "topic": topic,
                "partitions": TOPICS[topic],
                "topicConfiguration": {"retention.ms": -1},
                "bindingVersion": BINDING,
            }
        },
    }
    if not names:
        channel["messages"] = {"any": {"contentType": "application/octet-stream"}}
    return channel


def _operation(topic: str) -> str:
    return "read " + topic


def _receive(topic: str) -> dict[str, Any]:
    reference = topic.replace("~", "~0").replace("/", "~1")
    key = KEYS.get(topic, _KEY)
    return {
        "action": "receive",
        "channel": {"$ref": f"#/channels/{reference}"},
        "description": f"Key: {key}",
    }


def _message(kind: type[Record]) -> dict[str, Any]:
    name = FULL_NAMES[kind]
    contract = schema(name)
    return {
        "name": name,
        "title": kind.__name__,
        "summary": contract["doc"],
        "contentType": "application/avro",
        "payload": {"schemaFormat": AVRO, "schema": contract},
        "traits": [{"$ref": "#/components/messageTraits/cloudEvent"}],
    }


def _cloud_event() -> dict[str, Any]:
    required = ("ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time", "content-type")
    text = {"type": "string"}
    return {
        "headers": {
            "type": "object",
            "required": list(required),
            "properties": {
                **dict.fromkeys((*required, "ce_subject"), text),
                "id": {**text, "description": "Of an outcome: who says the same again gives it the same id."},
                "source_offset": {**text, "description": "Of an outcome: the record it was drawn from."},
                "part": {**text, "description": "Of an outcome: i/n of all that was drawn from that record."},
            },
        }
    }
