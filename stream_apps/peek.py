"""Tells by a record's first bytes that no rule needs it, so that it is never decoded.

The wire format starts with a zero byte and the schema's id; the routing fields harm, potential and flags
stand first in the record. Where a schema has them elsewhere, or not at all, its records are always decoded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, get_args

from rules.rule import Rule
from schemas.codec import Codec
from schemas.event_types import CaseReleased, Grade, Record

GRADES: tuple[str, ...] = get_args(Grade)
HEAD = 8  # zero byte, four of the schema id, harm, potential, first byte of the flags
Routing = tuple[int, int, int]  # index of harm, index of potential, flags


@dataclass(frozen=True)
class Plan:
    """How to find the routing fields in what was written with one schema."""

    kind: type[Record]
    harm: tuple[int | None, ...]  # by the writer's index: the index that readers know today
    potential: tuple[int | None, ...]

    def read(self, value: bytes) -> Routing | None:
        """None where the bytes do not say it plainly; then the record must be decoded."""
        harm, potential = _grade(value[5], self.harm), _grade(value[6], self.potential)
        flags = _varint(value, 7)
        return None if harm is None or potential is None or flags is None else (harm, potential, flags)


def plan(kind: type[Record], written: dict[str, Any]) -> Plan | None:
    """The plan for a writer's schema, None where its first three fields are not the routing fields."""
    fields = written.get("fields", [])
    if [field["name"] for field in fields[:3]] != ["harm", "potential", "flags"]:
        return None
    enums = {node["name"].rpartition(".")[2]: node for node in _enums(fields[:2])}
    kinds = [_enum_named(field["type"], enums) for field in fields[:2]]
    if None in kinds or fields[2]["type"] not in ("int", {"type": "int"}):
        return None
    harm, potential = (tuple(_today(symbol) for symbol in enum["symbols"]) for enum in kinds if enum)
    return Plan(kind, harm, potential)


class Peek:
    """Knows which records all rules pass over."""

    def __init__(self, rules: Sequence[Rule], codec: Codec) -> None:
        self._rules = rules
        self._codec = codec
        self._plans: dict[int, Plan | None] = {}
        self.passed: set[bytes] = set()  # heads that were judged; batch loops look into it by themselves
        self._needed: set[bytes] = set()

    def passes(self, value: bytes | None) -> bool:
        """Whether no rule needs this; False for all that is not plainly so, garbage included."""
        if value is None or len(value) < HEAD:
            return False
        head = value[:HEAD]
        return head in self.passed or (head not in self._needed and self._judge(value))

    def _judge(self, value: bytes) -> bool:
        found = self._plan(int.from_bytes(value[1:5], "big")) if value[0] == 0 else None
        routing = found.read(value) if found else None
        # A release is for the engine itself, whatever the rules say.
        if found is None or routing is None or found.kind is CaseReleased:
            return False
        passes = all(rule.passes_over(found.kind, *routing) for rule in self._rules)
        if value[7] < 0x80:  # the flags end within the head, so the head alone tells
            (self.passed if passes else self._needed).add(value[:HEAD])
        return passes

    def _plan(self, number: int) -> Plan | None:
        if number not in self._plans:
            reader = self._codec.reader(number)
            if reader is None:  # may be learnt later
                return None
            self._plans[number] = plan(*reader)
        return self._plans[number]


def _enums(fields: list[dict[str, Any]]) -> list[dict[str, Any]]:
    types = [field["type"] for field in fields]
    return [kind for kind in types if isinstance(kind, dict) and kind.get("type") == "enum"]


def _enum_named(kind: Any, enums: dict[str, dict[str, Any]]) -> dict[str, Any] | None:
    if isinstance(kind, str):
        return enums.get(kind.rpartition(".")[2])
    return kind if isinstance(kind, dict) and kind.get("type") == "enum" else None


def _today(symbol: str) -> int | None:
    return GRADES.index(symbol) if symbol in GRADES else None


def _grade(byte: int, known: tuple[int | None, ...]) -> int | None:
    index, odd = divmod(byte, 2)  # zigzag: odd bytes are negative numbers
    return None if odd or index >= len(known) or byte >= 0x80 else known[index]


def _varint(value: bytes, at: int) -> int | None:
    """A zigzag varint of at most five bytes."""
    number = 0
    for shift, byte in zip(range(0, 35, 7), value[at : at + 5], strict=False):
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            return (number >> 1) ^ -(number & 1)
    return None
