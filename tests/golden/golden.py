"""Golden logs: for each release a log and what followed from it, both kept as they were.

    0.1.0/cases.ndjson         0.1.0/cases.outcomes.ndjson      all rules of a case, over `histories.txt`
    0.1.0/corrections.ndjson   …                                the same, over `corrections.txt`
    0.1.0/wards.ndjson         …                                patterns, over `wards.txt`

A record a line, with its type; times as people read them, what is null left out. Beside it
`….outcomes.sha256` has the SHA-256 of the bytes of each outcome, and `contracts.json` that of the contracts
that they were written by: under a contract that has grown since, the same is said in other bytes. The logs
hold the policies that they were decided under: an earlier one gives the same for ever, whatever became of the
law's files.
`python -m tests.golden` writes today's version anew and touches no other.
"""

import hashlib
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from fastavro.schema import fingerprint as fingerprint_of
from fastavro.schema import to_parsing_canonical_form

from rules import calendar
from rules.calendar import fingerprint
from rules.case_rules import RULES
from rules.defaults import DEFAULTS
from rules.rule import Rule
from schemas.codec import Codec
from schemas.contracts import FULL_NAMES, TYPES, schema_text
from schemas.event_types import PolicyAdopted, Record
from schemas.outcome_types import Outcome
from stream_apps import patterns
from stream_apps.decision import Deliberation
from stream_apps.explaining import rereading
from tests.spec.asked import AskedCase
from tests.spec.claims import ClaimCase
from tests.spec.escalations import EscalationCase
from tests.spec.notation import DAWN, calendar_of, identity, moment
from tests.spec.wards import Wards

HERE = Path(__file__).parent
_PROJECT = HERE.parent.parent / "pyproject.toml"
TODAY: str = tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]["version"]
APPS: dict[str, Sequence[Rule]] = {"cases": RULES, "corrections": RULES, "wards": patterns.RULES}
HISTORIES = {"cases": "histories.txt", "corrections": "corrections.txt", "wards": "wards.txt"}

WIRE_PREFIX = 5
"""A zero byte and the id of the schema, which a registry gives out."""

Line = dict[str, Any]


class GoldenCase(EscalationCase, ClaimCase, AskedCase):
    """Understands the words of every rule."""


# -- what is told -------------------------------------------------------------------------------------------


def told(app: str) -> list[Record]:
    """The log as the histories tell it, under the law's files as they are now."""
    lines = _lines(HISTORIES[app])
    return [*adoptions(APPS[app]), *(_wards(lines) if app == "wards" else _cases(lines))]


def adoptions(rules: Iterable[Rule], partition: int = 0) -> Iterator[Record]:
    """The policies of these rules, and for those of a case the calendar: first in a partition."""
    for rule in rules:
        version, content = DEFAULTS[rule.name]()
        yield PolicyAdopted(
            partition=partition,
            event_id=identity(f"{rule.name} policy"),
            recorded_at=DAWN,
            rule=rule.name,
            version=version,
            sha256=fingerprint(content),
            content=content,
        )
    if rules is RULES:
        yield calendar_of(*calendar.default_content(), recorded_at=DAWN, partition=partition)


def _cases(told: Iterable[str]) -> Iterator[Record]:
    lines: list[tuple[int, GoldenCase, str]] = []
    for line in told:
        if line.startswith("= "):
            case = GoldenCase(line.removeprefix("= "))
        else:
            day, clock, _ = line.split(maxsplit=2)
            lines.append((moment(f"{day}T{clock}"), case, line))
    for _, case, line in sorted(lines, key=lambda one: one[0]):
        yield from case.records(line)


def _wards(told: Iterable[str]) -> list[Record]:
    wards = Wards()
    return wards.tell("\n".join(told)).log[1:]  # after the adoption


def _lines(name: str) -> list[str]:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


# -- what follows -------------------------------------------------------------------------------------------


def decided(log: Sequence[Record], rules: Sequence[Rule]) -> Iterator[tuple[Line, str]]:
    """What the rules say over this log, in their order, each with the hash of its bytes."""
    deliberation = Deliberation(rules, Codec.local().encode, 0, rereading(dict(enumerate(log))))
    for offset, record in enumerate(log):
        for said in deliberation.take(offset, record):
            for word in said:
                shown = _shown(word.outcome)
                shown.pop("content", None)  # its hash stands beside it, and the log holds it
                body = word.payload[WIRE_PREFIX:]
                yield {"offset": offset, "rule": word.rule, **shown}, hashlib.sha256(body).hexdigest()


def contracts() -> dict[str, str]:
    """What the bytes of each outcome are made by: the contract without its defaults and words."""
    names = sorted(FULL_NAMES[kind] for kind in FULL_NAMES if issubclass(kind, Outcome))
    return {
        name: fingerprint_of(to_parsing_canonical_form(json.loads(schema_text(name))), "SHA-256")
        for name in names
    }


def other_bytes(release: str, app: str, now: Sequence[tuple[Line, str]]) -> list[str]:
    """The outcomes whose bytes are others than in that release, though their contract is the same."""
    then, today = json.loads((HERE / release / "contracts.json").read_text(encoding="utf-8")), contracts()
    kept = (HERE / release / f"{app}.outcomes.sha256").read_text(encoding="utf-8").split()
    return [
        f"{line['rule']} {line['subject']} #{line['revision']}, {line['type']}"
        for (line, sha256), was in zip(now, kept, strict=True)
        if sha256 != was and then[line["type"]] == today[line["type"]]
    ]


def differences(before: Iterable[Line], now: Iterable[Line]) -> list[str]:
    """What was said otherwise, no more, or not before: a line for each, with what differs."""
    said, says = _by_id(before), _by_id(now)
    found = []
    for id in dict.fromkeys((*said, *says)):
        was, is_ = said.get(id, {}), says.get(id, {})
        if was != is_:
            fields = [name for name in dict.fromkeys((*was, *is_)) if was.get(name) != is_.get(name)]
            shown = [f"  {name}: was {was.get(name)!r}, is {is_.get(name)!r}" for name in fields]
            what = {**was, **is_}
            found.append("\n".join([f"{id}, {what['type']} at {what['offset']}:", *shown]))
    return found or (["the same in another order"] if [*said] != [*says] else [])


def _by_id(lines: Iterable[Line]) -> dict[str, Line]:
    return {f"{one['rule']} {one['subject']} #{one['revision']}": one for one in lines}


# -- files --------------------------------------------------------------------------------------------------


def write() -> None:
    """Today's version."""
    folder = HERE / TODAY
    folder.mkdir(exist_ok=True)
    for app, rules in APPS.items():
        log = told(app)
        _write(folder / f"{app}.ndjson", map(_shown, log))
        outcomes = list(decided(log, rules))
        _write(folder / f"{app}.outcomes.ndjson", (line for line, _ in outcomes))
        hashes = "".join(f"{sha256}\n" for _, sha256 in outcomes)
        (folder / f"{app}.outcomes.sha256").write_text(hashes, encoding="utf-8")
    (folder / "contracts.json").write_text(json.dumps(contracts(), indent=1) + "\n", encoding="utf-8")


def _write(file: Path, lines: Iterable[Line]) -> None:
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    file.write_text(text, encoding="utf-8")


def read_log(release: str, app: str) -> list[Record]:
    return [_record(line) for line in read(f"{release}/{app}.ndjson")]


def read(name: str) -> list[Line]:
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]


def _shown(record: Record) -> Line:
    fields: Line = msgspec.to_builtins(record)
    return {"type": FULL_NAMES[type(record)], **_each(fields, _as_text)}


def _record(line: Line) -> Record:
    record: Record = msgspec.convert(_each(line, _as_instant), TYPES[line["type"]])
    return record


def _each(value: Any, change: Callable[[Any], Any]) -> Any:
    if isinstance(value, dict):
        return {name: _each(one, change) for name, one in value.items() if one is not None}
    if isinstance(value, list | tuple):
        return [_each(one, change) for one in value]
    return change(value)


_FIRST = 10**11  # ms: no other number is so great
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def _as_text(value: Any) -> Any:
    if type(value) is not int or value < _FIRST:
        return value
    return f"{datetime.fromtimestamp(value / 1000, UTC):%Y-%m-%dT%H:%M:%S}.{value % 1000:03}Z"


def _as_instant(value: Any) -> Any:
    if not isinstance(value, str) or not _TIME.fullmatch(value):
        return value
    return round(datetime.fromisoformat(value).timestamp() * 1000)
