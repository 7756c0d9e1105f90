"""Records to bytes and back: Avro in the Confluent wire format (a zero byte, the schema's id, the record).

Reading uses the schema that the record was written with; what later versions added is filled in by the
defaults of the Python type. Times stay whole numbers, which halves the cost of reading them.
"""

import json
from collections.abc import Mapping
from io import BytesIO
from typing import Any

import msgspec
from fastavro import parse_schema, schemaless_reader, schemaless_writer

from schemas.contracts import TYPES, Schema, schema_text
from schemas.event_types import Record


class Undecodable(ValueError):
    """These bytes are no record of ours; the message says what is wrong with them."""


def without_logical_types(node: Any) -> Any:
    """The same schema, on the wire byte for byte, that reads a time as the number it is stored as."""
    if isinstance(node, dict):
        return {key: without_logical_types(value) for key, value in node.items() if key != "logicalType"}
    if isinstance(node, list):
        return [without_logical_types(item) for item in node]
    return node


class Codec:
    """Knows schemas by id, as a registry gave them out. See `schemas.registry` for the real ids."""

    def __init__(self, ids: Mapping[str, int], texts: Mapping[int, str] | None = None) -> None:
        """`ids`: full record name to the id it is written with. `texts`: further schemas that may be read."""
        self._readers: dict[int, tuple[type[Record], Schema]] = {}
        self._writers: dict[type[Record], tuple[bytes, Schema]] = {}
        for name, number in ids.items():
            self.learn(number, schema_text(name))
            kind, parsed = self._readers[number]
            self._writers[kind] = (b"\0" + number.to_bytes(4, "big"), parsed)
        for number, text in (texts or {}).items():
            self.learn(number, text)

    @classmethod
    def local(cls) -> "Codec":
        """Ids of our own making, for logs that never leave this process."""
        return cls({name: number for number, name in enumerate(sorted(TYPES), 1)})

    def learn(self, number: int, text: str) -> None:
        """Take in a schema, of whatever version, under its id."""
        written = without_logical_types(json.loads(text))
        name = f"{written.get('namespace')}.{written.get('name')}"
        if name not in TYPES:
            raise Undecodable(f"schema {number} is of {name}, which no reader here knows")
        parsed: Schema = parse_schema(written, named_schemas={})  # type: ignore[assignment]
        self._readers[number] = (TYPES[name], parsed)

    def reader(self, number: int) -> tuple[type[Record], Schema] | None:
        """The type that a schema id yields, and the schema it was written with; None while not known."""
        return self._readers.get(number)

    def knows(self, number: int) -> bool:
        return number in self._readers

    def kind_of(self, value: bytes | None) -> type[Record] | None:
        """By the first bytes alone; None where no schema is known for them. Raises as `knows` does."""
        try:
            number = schema_id(value)
        except Undecodable:
            return None
        return self._readers[number][0] if self.knows(number) else None

    def encode(self, record: Record) -> bytes:
        prefix, written = self._writers[type(record)]
        out = BytesIO()
        out.write(prefix)
        schemaless_writer(out, written, msgspec.to_builtins(record), strict=True)
        return out.getvalue()

    def decode(self, value: bytes | None) -> Record:
        """Raises `Undecodable` for anything that is not one whole record of a known schema."""
        number = schema_id(value)
        if number not in self._readers:
            raise Undecodable(f"no schema with id {number} is known")
        assert value is not None
        kind, written = self._readers[number]
        body = BytesIO(value)
        body.seek(5)
        try:
            fields = schemaless_reader(body, written, None)
            record = msgspec.convert(fields, kind)
        except Exception as error:  # fastavro raises whatever the bytes provoke
            raise Undecodable(f"not a {kind.__name__} of schema {number}: {error!r}") from error
        if body.tell() != len(value):
            raise Undecodable(f"{len(value) - body.tell()} bytes too many after a {kind.__name__}")
        return record


def schema_id(value: bytes | None) -> int:
    if not value:
        raise Undecodable("empty: no record, and tombstones are not used here")
    if len(value) < 6 or value[0] != 0:
        raise Undecodable("not in the Confluent wire format: a zero byte and a schema id were expected first")
    return int.from_bytes(value[1:5], "big")
