"""Compares what the live engine said with one plain fold over the whole log.

Also the door with the log: what it took in and has handed on must be there.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, create_engine, make_url, text

from rules.rule import Rule
from schemas.cloud_events import rfc3339
from schemas.codec import Codec, Undecodable
from schemas.registry import RegistryCodec
from schemas.topics import CASE_EVENTS
from stream_apps import patterns
from stream_apps.case_engine import GROUP
from stream_apps.log_records import source
from stream_apps.partition_reader import PartitionReader, committed
from stream_apps.replay import Fold, case_rules
from stream_apps.verdict import Found, Verdict

_HANDED_ON = """
    select event_id::text as event_id, type, case_id, recorded_at from door.events as e
    where not exists (select from door.outbox as o where o.event_id = e.event_id::text)
    order by seq
"""

App = tuple[Sequence[Rule], str]
"""The rules of an app that carries them, and its consumer group."""


def verify(
    *,
    kafka: str,
    registry: str,
    database: str | None = None,
    group: str = GROUP,
    rules: Sequence[Rule] | None = None,
) -> Verdict:
    """Up to what the engine has committed, and patterns with it; false where anything differs."""
    beside = [(patterns.RULES, patterns.GROUP)] if rules is None else []
    return judge(kafka, RegistryCodec(registry), rules or case_rules(), group, database, beside)


def judge(
    kafka: str,
    codec: Codec,
    rules: Sequence[Rule],
    group: str,
    database: str | None = None,
    beside: Sequence[App] = (),
) -> Verdict:
    """The same with a codec at hand. `database`: of the door. `beside`: further apps."""
    verdict = Verdict()
    for app in ((rules, group), *beside):
        _judge_app(verdict, kafka, codec, app)
    if database is not None:
        verdict.lost = _lost(database, kafka)
    return verdict


def _judge_app(verdict: Verdict, kafka: str, codec: Codec, app: App) -> None:
    rules, group = app
    heard = rules[0].source
    folding = Fold(kafka, codec, rules, codec.encode)
    with PartitionReader(kafka) as reader:
        partitions = range(reader.partitions(heard))
    for partition, until in committed(kafka, group, heard, partitions).items():
        due: dict[str, dict[str, Found]] = {rule.name: {} for rule in rules}
        for offset, said in folding.partition(partition, until):
            for number, word in enumerate(said, 1):
                due[word.rule][word.id] = Found(offset, f"{number}/{len(said)}", word.payload)
        with PartitionReader(kafka) as reader:
            on_log = written(reader, rules, partition, until, verdict)
        for name, there in on_log.items():
            compare(verdict, due[name], there, f"{name}/{partition}", codec)
    verdict.records += folding.seen


def written(
    reader: PartitionReader, rules: Sequence[Rule], partition: int, until: int, verdict: Verdict
) -> dict[str, dict[str, Found]]:
    """By rule and id, in the order of first appearance, what the log holds about records before `until`."""
    found: dict[str, dict[str, Found]] = {rule.topic: {} for rule in rules}
    later: list[tuple[int, str]] = []
    for batch in reader.whole(found, partition):
        for message in batch:
            topic, value = message.topic() or "", message.value()
            if value is None:
                continue
            place = f"{topic}/{partition} offset {message.offset()}"
            try:
                (offset, part), id = source(message), _id(message.headers())
            except (AssertionError, KeyError, ValueError):
                verdict.strangers.append(f"{place}: it has no id, or names no record")
                continue
            if offset >= until:
                later.append((offset, place))
                continue
            verdict.written += 1
            said = Found(offset, part, value)
            first = found[topic].setdefault(id, said)
            if first is not said:
                verdict.repeats += 1
                if first != said:
                    verdict.two_payloads.append(f"{topic}/{partition} {id}: two payloads on the log")
    _, end = reader.bounds(rules[0].source, partition)
    verdict.strangers += [f"{place}: there is no record {offset}" for offset, place in later if offset >= end]
    return {rule.name: found[rule.topic] for rule in rules}


def compare(
    verdict: Verdict, due: dict[str, Found], there: dict[str, Found], where: str, codec: Codec
) -> None:
    verdict.expected += len(due)
    missing = [id for id in due if id not in there]
    strangers = [id for id in there if id not in due]
    verdict.missing += [_told(where, id, due[id], codec) for id in missing]
    verdict.strangers += [_told(where, id, there[id], codec) for id in strangers]
    for id, said in there.items():
        if id in due and not _same(due[id], said, codec):
            verdict.two_payloads.append(
                f"{_told(where, id, said, codec)} ought to be {_told('', id, due[id], codec)}"
            )
    if not missing and not strangers and list(there) != list(due):
        first = next(a for a, b in zip(there, due, strict=True) if a != b)
        verdict.order.append(f"{where} from {_told('', first, there[first], codec)} on")


def _same(one: Found, other: Found, codec: Codec) -> bool:
    if one[:2] != other[:2]:
        return False
    # The bytes may differ by the id of the schema alone, after an upgrade.
    return one.payload == other.payload or codec.decode(one.payload) == codec.decode(other.payload)


def _told(where: str, id: str, found: Found, codec: Codec) -> str:
    try:
        outcome = codec.decode(found.payload)
    except Undecodable:
        what = "bytes that nobody can read"
    else:
        subject = getattr(outcome, "subject", "")
        revision = getattr(outcome, "revision", "")
        what = f"{type(outcome).__name__} {subject} r{revision}"
    return f"{where} {what}, part {found.part} of record {found.offset} ({id})"


def _id(headers: object) -> str:
    id = dict(headers or ())["id"]  # type: ignore[call-overload]
    return id.decode() if isinstance(id, bytes) else str(id)


def _lost(database: str, kafka: str) -> list[str]:
    """What the door took in and the relay has delivered, and the log does not have."""
    # Before the log: what the relay has delivered by now is there when it is read.
    handed_on = {
        row.event_id: f"{row.type} {row.event_id} of case {row.case_id}, recorded {rfc3339(row.recorded_at)}"
        for row in _rows(database, _HANDED_ON)
    }
    with PartitionReader(kafka) as reader:
        for partition in range(reader.partitions(CASE_EVENTS)):
            for message in reader.messages(CASE_EVENTS, partition):
                handed_on.pop(_event_id(message.headers()), None)
    return [*handed_on.values()]


def _event_id(headers: object) -> str:
    id = dict(headers or ()).get("ce_id", b"")  # type: ignore[call-overload]
    return id.decode("utf-8", "replace") if isinstance(id, bytes) else str(id)


def _rows(database: str, question: str) -> Sequence[Row[Any]]:
    engine = create_engine(make_url(database).set(drivername="postgresql+psycopg"))
    try:
        with engine.connect() as connection:
            return connection.execute(text(question)).all()
    finally:
        engine.dispose()
