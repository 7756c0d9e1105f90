"""The peek holds against the full decode, for every schema and every routing field."""

import json
from io import BytesIO
from typing import Any, get_args

import fastavro
import pytest

from rules.case_rules import RULES
from rules.rule import Rule
from schemas.codec import Codec
from schemas.contracts import FULL_NAMES, schema_text
from schemas.event_types import (
    CaseEvent,
    CaseReleased,
    ClockTick,
    FeedbackGiven,
    Grade,
    Record,
    Reported,
    SupportOffered,
)
from schemas.topics import EVENT_TYPES
from stream_apps.peek import GRADES, Peek, plan
from tests.contract.releases import versions
from tests.fault.histories import FACTS

CODEC = Codec.local()
FLAGS = (0, 1, 2, 31, 63, 64, 100_000, -1)
SAMPLES: dict[object, Any] = {str: "x", int: 1, bool: True, tuple[str, ...]: ("x",)}


def example(kind: type[Record], harm: str, potential: str, flags: int) -> Record:
    routing = {"harm": harm, "potential": potential, "flags": flags, "facts": FACTS}
    fields: dict[str, Any] = {}
    for name, hint in kind.__annotations__.items():
        fields[name] = SAMPLES.get(hint) if hint in SAMPLES else (get_args(hint) or ("x",))[0]
    for base in kind.__mro__:
        for name, hint in getattr(base, "__annotations__", {}).items():
            fields.setdefault(name, SAMPLES.get(hint, "x"))
    wanted = set(kind.__struct_fields__)
    given = {name: value for name, value in (fields | routing).items() if name in wanted}
    given = {name: None if isinstance(value, type) else value for name, value in given.items()}
    return kind(**given)


WITH_ROUTING = [kind for kind in EVENT_TYPES if issubclass(kind, CaseEvent)]


@pytest.mark.parametrize("kind", WITH_ROUTING, ids=lambda kind: kind.__name__)
def test_what_the_plan_reads_is_what_the_decoder_reads(kind: type[Record]) -> None:
    found = plan(kind, json.loads(schema_text(FULL_NAMES[kind])))
    assert found is not None
    for harm in GRADES:
        for potential in GRADES:
            for flags in FLAGS:
                value = CODEC.encode(example(kind, harm, potential, flags))
                record = CODEC.decode(value)
                assert isinstance(record, CaseEvent)
                expected = (GRADES.index(record.harm), GRADES.index(record.potential), record.flags)
                assert found.read(value) == expected


def test_grades_are_counted_as_the_contract_counts_them() -> None:
    assert get_args(Grade) == GRADES
    symbols = json.loads(schema_text(FULL_NAMES[Reported]))["fields"][0]["type"]["symbols"]
    assert tuple(symbols) == GRADES


@pytest.mark.parametrize("kind", WITH_ROUTING, ids=lambda kind: kind.__name__)
def test_the_rules_are_asked_what_they_would_be_asked_of_the_decoded_record(kind: type[Record]) -> None:
    peek = Peek(RULES, CODEC)
    for harm in GRADES:
        for flags in FLAGS:
            value = CODEC.encode(example(kind, harm, "fatal", flags))
            routing = GRADES.index(harm), GRADES.index("fatal"), flags
            asked = kind is not CaseReleased and all(rule.passes_over(kind, *routing) for rule in RULES)
            assert peek.passes(value) is asked
            assert peek.passes(value) is asked, "and the same when it was judged before"


@pytest.mark.parametrize("kind", WITH_ROUTING, ids=lambda kind: kind.__name__)
def test_what_any_release_wrote_is_looked_into_alike(kind: type[Record]) -> None:
    """Its first bytes say what the whole of it says."""
    today = fastavro.parse_schema(json.loads(schema_text(FULL_NAMES[kind])))
    now = CODEC.encode(example(kind, "severe", "fatal", 64))[5:]
    for number, text in enumerate(versions(FULL_NAMES[kind]), 900):
        written, codec, out = fastavro.parse_schema(json.loads(text)), Codec.local(), BytesIO()
        fastavro.schemaless_writer(out, written, fastavro.schemaless_reader(BytesIO(now), today, written))
        value = b"\0" + number.to_bytes(4, "big") + out.getvalue()
        codec.learn(number, text)
        record, found = codec.decode(value), plan(kind, json.loads(text))
        assert isinstance(record, CaseEvent)
        assert found is not None
        assert found.read(value) == (GRADES.index(record.harm), GRADES.index(record.potential), record.flags)


def test_records_without_routing_fields_first_are_always_decoded() -> None:
    peek = Peek([anything_goes()], CODEC)
    tick = ClockTick(partition=0, as_of=1, event_id="t")
    assert not peek.passes(CODEC.encode(tick))
    written = json.loads(schema_text(FULL_NAMES[Reported]))
    written["fields"].insert(0, {"name": "earlier", "type": "string"})
    assert plan(Reported, written) is None
    turned = json.loads(schema_text(FULL_NAMES[Reported]))
    turned["fields"][2]["type"] = "long"
    assert plan(Reported, turned) is None


def test_a_writer_that_counts_grades_otherwise_is_read_by_their_names() -> None:
    written = json.loads(schema_text(FULL_NAMES[Reported]))
    written["fields"][0]["type"]["symbols"] = [*reversed(GRADES), "of another time"]
    found = plan(Reported, written)
    assert found is not None
    assert found.read(b"\0\0\0\0\1\0\2\0") == (GRADES.index("fatal"), GRADES.index("severe"), 0)
    assert found.read(bytes((0, 0, 0, 0, 1, 2 * len(GRADES), 0, 0))) is None


@pytest.mark.parametrize(
    "value",
    [
        None,
        b"",
        b"\0",
        b"garbage!garbage",
        b"\0\0\0\0\1\xff\xff\xff\xff\xff",
        b"\0\xff\xff\xff\xff\0\0\0\0",
        b"\1" * 9,
    ],
)
def test_garbage_is_never_passed_over(value: bytes | None) -> None:
    assert not Peek([anything_goes()], CODEC).passes(value)


def test_a_release_is_never_passed_over_and_support_offered_is() -> None:
    peek = Peek([anything_goes()], CODEC)
    assert not peek.passes(CODEC.encode(example(CaseReleased, "none", "none", 0)))
    assert peek.passes(CODEC.encode(example(SupportOffered, "none", "none", 0)))


@pytest.mark.parametrize("harm", GRADES)
def test_feedback_to_the_reporter_moves_no_rule(harm: str) -> None:
    """Whatever the case is about: only a report and what changes it are weighed."""
    peek = Peek(RULES, CODEC)
    for potential in GRADES:
        for flags in FLAGS:
            assert peek.passes(CODEC.encode(example(FeedbackGiven, harm, potential, flags)))


def anything_goes() -> Rule:
    return Rule(
        name="idle",
        topic="nowhere",
        new_state=dict,
        concerned=lambda state, record, heard: (),
        about=lambda state, case, record, heard: [],
        apply=lambda state, outcome: None,
        passes_over=lambda kind, harm, potential, flags: True,
        order=lambda outcome: 0,
    )
