"""Every contract: type and `.avsc` are the same, what is written is read, versions understand each other."""

import json
import re
import types
from contextlib import suppress
from functools import cache
from itertools import permutations
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import avro.schema
import pytest
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rules.rule import outcome_id
from schemas.codec import Codec, Undecodable
from schemas.contracts import FOLDERS, FULL_NAMES, TYPES, schema, schema_text, snake
from schemas.event_types import CaseEvent, Grade, Instant, Record
from schemas.outcome_types import SHARED_OUTCOMES, Evidence, EvidenceTaken, Outcome
from schemas.topics import OF_BOTH_LOGS, RECORDS, RULES
from tests.contract.releases import names, versions

CODEC = Codec.local()
NAMES = sorted(TYPES)
PRIMITIVE = {"string": str, "int": int, "long": int, "boolean": bool}
quick = settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.too_slow])


# -- the types -------------------------------------------------------------------------------------


def shape_of_type(kind: Any) -> Any:
    """A Python type as names and primitives, so that it can be laid beside a schema."""
    origin = get_origin(kind)
    if origin is Literal:
        return ("enum", get_args(kind))
    if origin in (Union, types.UnionType):
        return ("null or", *(shape_of_type(one) for one in get_args(kind) if one is not type(None)))
    if origin is tuple:
        item, dots = get_args(kind)
        assert dots is ..., "a tuple of any length"
        return ("array", shape_of_type(item))
    if isinstance(kind, type) and issubclass(kind, Record):
        hints = get_type_hints(kind)
        return ("record", kind.__name__, tuple((name, shape_of_type(hints[name])) for name in fields(kind)))
    return kind.__name__


def shape_of_schema(node: Any, named: dict[str, Any]) -> Any:
    if isinstance(node, str):
        return named[node] if node in named else PRIMITIVE[node].__name__
    if isinstance(node, list):
        assert node[0] == "null", "a value that may be missing begins with null"
        return ("null or", *(shape_of_schema(one, named) for one in node[1:]))
    kind = node["type"]
    if kind == "enum":
        named[node["name"]] = ("enum", tuple(node["symbols"]))
        return named[node["name"]]
    if kind == "array":
        return ("array", shape_of_schema(node["items"], named))
    if kind == "record":
        parts = tuple((field["name"], shape_of_schema(field["type"], named)) for field in node["fields"])
        named[node["name"]] = ("record", node["name"], parts)
        return named[node["name"]]
    return shape_of_schema(kind, named)


def fields(kind: type[Record]) -> tuple[str, ...]:
    names: tuple[str, ...] = kind.__struct_fields__
    return names


@pytest.mark.parametrize("name", NAMES)
def test_names_order_types_and_symbols_are_the_same(name: str) -> None:
    written = schema(name)
    named: dict[str, Any] = {}
    _, record, parts = shape_of_schema(written, named)
    _, kind, ours = shape_of_type(TYPES[name])
    assert f"{written['namespace']}.{record}" == name
    assert record == kind
    if issubclass(TYPES[name], CaseEvent | Outcome):
        assert dict(parts) == dict(ours)
    else:
        assert parts == ours


@pytest.mark.parametrize("name", [name for name in NAMES if issubclass(TYPES[name], CaseEvent)])
def test_routing_fields_stand_first(name: str) -> None:
    assert [field["name"] for field in schema(name)["fields"][:3]] == ["harm", "potential", "flags"]


def test_each_file_is_a_type_and_each_type_a_file() -> None:
    files = {
        f"{namespace}.{file.stem}" for namespace, folder in FOLDERS.items() for file in folder.glob("*.avsc")
    }
    assert files == {f"{name.rpartition('.')[0]}.{snake(name.rpartition('.')[2])}" for name in NAMES}


def test_each_type_belongs_to_one_topic_but_what_every_rule_says() -> None:
    shared = (*SHARED_OUTCOMES, *OF_BOTH_LOGS)
    on_topics = [kind for kinds in RECORDS.values() for kind in kinds if kind not in shared]
    assert sorted(FULL_NAMES[kind] for kind in (*on_topics, *shared)) == NAMES
    assert all(set(SHARED_OUTCOMES) <= set(kinds) for topic, kinds in RECORDS.items() if topic in RULES)


@pytest.mark.parametrize("name", NAMES)
def test_times_are_marked_as_times(name: str) -> None:
    """A reader that is not ours sees a time where we see a whole number."""

    def longs(node: Any) -> list[Any]:
        if isinstance(node, dict):
            found = [node] if node.get("type") == "long" else []
            return found + [one for value in node.values() for one in longs(value)]
        if isinstance(node, list):
            return [one for item in node for one in longs(item)]
        return []

    times = [field for field in schema(name)["fields"] if field["name"] != "source_offset"]
    assert all(one.get("logicalType") == "timestamp-millis" for one in longs(times))


TEXTS_OF_OUTCOMES = set(
    re.findall(
        r"\w+",
        """
        about alert_id basis because by_role calendar_version case_event_id case_id cause claim_id content
        duty earlier earlier_list_version earlier_provider earlier_subtype error event_id evidence_hashes
        factors found_by found_case found_event_id framework from_grade grade ground group_ref harm how
        incident_type informed instrument into_case_id kind list_version markers marks newest_case next_step
        obligation_id of of_case other_case_id owner_role patient policy_version provider provider_type
        providers question relation relation_why retracted_event_id rule sha256 signal step subject subtype
        threshold to to_grade told_event_id trigger unit ward_ref word
        """,
    )
)
"""All that could hold a word of any kind: references, roles, what a rule says of itself; no person at fault.

Whoever adds one asks first whether a name could stand in it.
"""


@pytest.mark.parametrize("name", NAMES)
def test_no_record_has_a_field_for_a_person(name: str) -> None:
    """Roles, references and hashes only: who it is lies in the vault."""
    written = {field["name"] for field in _fields_in(schema(name))}
    forbidden = {"name", "nhs_number", "date_of_birth", "person", "nurse", "staff_id", "email", "reporter"}
    assert not written & forbidden


def test_the_fields_of_outcomes_that_can_hold_text_are_these() -> None:
    outcomes = [name for name in NAMES if issubclass(TYPES[name], Outcome)]
    found = {
        field["name"] for name in outcomes for field in _fields_in(schema(name)) if _is_text(field["type"])
    }
    assert found == TEXTS_OF_OUTCOMES


@pytest.mark.parametrize("kind", ["string", ["null", "string"], {"type": "array", "items": "string"}])
def test_a_field_for_whoever_was_at_fault_would_be_seen(kind: Any) -> None:
    node = {"type": "record", "name": "Blamed", "fields": [{"name": "culprit", "type": kind}]}
    within = {"fields": [{"name": "markers", "type": {"type": "array", "items": node}}]}
    assert [field["name"] for field in _fields_in(within) if _is_text(field["type"])] == ["culprit"]


def _fields_in(node: Any) -> list[dict[str, Any]]:
    """The fields of a schema, and of the records in it."""
    if isinstance(node, dict):
        return [*node.get("fields", ()), *(one for value in node.values() for one in _fields_in(value))]
    if isinstance(node, list):
        return [one for item in node for one in _fields_in(item)]
    return []


def _is_text(kind: Any) -> bool:
    """Strings and bytes, in a list or a choice as well; what is in a record is a field of its own."""
    if isinstance(kind, list):
        return any(map(_is_text, kind))
    if isinstance(kind, dict):
        return _is_text(kind["items"] if kind["type"] == "array" else kind.get("values", kind["type"]))
    return kind in ("string", "bytes")


# -- round trips -----------------------------------------------------------------------------------

texts = st.text(st.characters(codec="utf-8"), max_size=20)
small = st.integers(0, 31)  # flags, revisions and partitions take one byte in what is written
instants = st.integers(0, 2**45)


@cache
def records(kind: type[Record]) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    times = _time_fields(schema(FULL_NAMES[kind])) if kind in FULL_NAMES else set()
    return st.builds(
        kind, **{name: values(hints[name], name in times or name.endswith("_at")) for name in fields(kind)}
    )


def values(kind: Any, is_time: bool = False) -> st.SearchStrategy[Any]:
    origin = get_origin(kind)
    if origin is Literal:
        return st.sampled_from(get_args(kind))
    if origin in (Union, types.UnionType):
        inner = [values(one, is_time) for one in get_args(kind) if one is not type(None)]
        return st.one_of(st.none(), *inner)
    if origin is tuple:
        return st.lists(values(get_args(kind)[0]), max_size=3).map(tuple)
    if isinstance(kind, type) and issubclass(kind, Record):
        return records(kind)
    if kind is int:
        return instants if is_time else small
    return {str: texts, bool: st.booleans()}[kind]


def _time_fields(node: dict[str, Any]) -> set[str]:
    return {field["name"] for field in node["fields"] if "timestamp-millis" in json.dumps(field["type"])}


@pytest.mark.parametrize("name", NAMES)
@quick
@given(data=st.data())
def test_what_is_written_is_read_and_what_is_damaged_is_refused(name: str, data: st.DataObject) -> None:
    record = data.draw(records(TYPES[name]))
    payload = CODEC.encode(record)
    assert CODEC.decode(payload) == record
    assert CODEC.encode(CODEC.decode(payload)) == payload
    assert CODEC.kind_of(payload) is TYPES[name]
    if isinstance(record, CaseEvent):
        grades = get_args(Grade)
        assert (grades[payload[5] >> 1], grades[payload[6] >> 1]) == (record.harm, record.potential)
    for cut in {
        0,
        1,
        4,
        5,
        6,
        len(payload) // 2,
        len(payload) - 1,
        data.draw(st.integers(0, len(payload) - 1)),
    }:
        with pytest.raises(Undecodable):
            CODEC.decode(payload[:cut])
    with pytest.raises(Undecodable, match="too many"):
        CODEC.decode(payload + b"\0")
    flipped = bytearray(payload)
    flipped[data.draw(st.integers(0, len(payload) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    decoded_or_refused(bytes(flipped))


# -- bytes that are no record ----------------------------------------------------------------------


def decoded_or_refused(payload: bytes | None) -> None:
    """Either a record, or `Undecodable`; anything else is the failure of the test."""
    with suppress(Undecodable):
        assert isinstance(CODEC.decode(payload), Record)


@settings(quick, max_examples=300)
@given(st.binary(max_size=200))
@example(b"")
@example(b"\0")
@example(b"\0\0\0\0\1")
@example(b"\0\0\0\0\xff\0")
@example(b"\1\0\0\0\1\0\0")
@example(b'{"type": "reported"}')
def test_garbage_is_refused_and_nothing_else_happens(payload: bytes) -> None:
    decoded_or_refused(payload)


@settings(quick, max_examples=300)
@given(number=st.integers(1, len(NAMES)), body=st.binary(max_size=200))
def test_garbage_under_a_known_schema_is_refused(number: int, body: bytes) -> None:
    decoded_or_refused(b"\0" + number.to_bytes(4, "big") + body)


def test_a_tombstone_is_refused() -> None:
    with pytest.raises(Undecodable, match="tombstones"):
        CODEC.decode(None)


def test_an_unknown_schema_is_refused() -> None:
    with pytest.raises(Undecodable, match="no schema with id 4711"):
        CODEC.decode(b"\0" + (4711).to_bytes(4, "big") + b"\0\0\0")


def test_a_schema_of_another_house_is_refused() -> None:
    foreign = '{"type": "record", "namespace": "other", "name": "Reported", "fields": []}'
    with pytest.raises(Undecodable, match=r"other\.Reported, which no reader here knows"):
        Codec.local().learn(900, foreign)


# -- versions --------------------------------------------------------------------------------------


def incompatible(reader: str, writer: str) -> list[str]:
    checker: Any = ReaderWriterCompatibilityChecker  # published without types
    result = checker().get_compatibility(avro.schema.parse(reader), avro.schema.parse(writer))
    return [] if result.compatibility is SchemaCompatibilityType.compatible else list(result.messages)


@pytest.mark.parametrize("name", NAMES)
def test_every_version_reads_every_other(name: str) -> None:
    """FULL_TRANSITIVE, in all pairs, by the library of Apache Avro."""
    every = versions(name)
    for reader, writer in [(every[-1], every[-1]), *permutations(every, 2)]:
        assert not incompatible(reader, writer)


def with_field(record: str, **field: Any) -> str:
    written = schema(record)
    return json.dumps({**written, "fields": [*written["fields"], field]})


def test_the_check_sees_a_field_without_a_default() -> None:
    tick = "candour.events.ClockTick"
    assert incompatible(with_field(tick, name="by", type="string"), schema_text(tick))


def test_the_check_lets_a_field_with_a_default_pass_both_ways() -> None:
    tick = "candour.events.ClockTick"
    later = with_field(tick, name="by", type="string", default="")
    assert not incompatible(later, schema_text(tick))
    assert not incompatible(schema_text(tick), later)


def test_what_an_earlier_version_wrote_is_read_today() -> None:
    """A field that came later is filled in by the default of the Python type."""
    name = "candour.outcomes.EvidenceTaken"
    written = schema(name)
    earlier = {**written, "fields": [one for one in written["fields"] if one["name"] != "calendar_version"]}
    codec = Codec.local()
    codec.learn(900, json.dumps(earlier))
    whole = CODEC.encode(_evidence())
    without = whole[:1] + (900).to_bytes(4, "big") + whole[5:].replace(_CALENDAR, b"", 1)
    read = codec.decode(without)
    assert isinstance(read, Outcome)
    assert read.calendar_version is None
    assert outcome_id("candour", read) == outcome_id("candour", _evidence())


_CALENDAR = b"\x02\x12some mark"


def _evidence() -> Outcome:
    when: Instant = 1_400_000_000_000
    evidence = Evidence(event_id="e", kind="told", at=when, recorded_at=when, marks=(), counts=True)
    return EvidenceTaken(
        subject="case:c",
        revision=1,
        case_id="c",
        recorded_at=when,
        cause="e",
        because=(),
        calendar_version="some mark",
        evidence=evidence,
    )


def test_released_contracts_are_of_records_that_still_exist() -> None:
    """Nothing is dropped from the contracts: old records stay on the log."""
    assert names()
    assert names() <= set(NAMES)
