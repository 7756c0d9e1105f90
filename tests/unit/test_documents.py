"""What the documents name is there: a hazard is held by a test only as long as the test exists."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from command.processes import NAMES

ROOT = Path(__file__).parents[2]
TESTS = {path: path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")}


@pytest.mark.parametrize("document", ["docs/clinical-safety.md", "README.md"])
def test_every_test_that_a_document_names_is_there(document: str) -> None:
    page = (ROOT / document).read_text(encoding="utf-8")
    named = re.findall(r"`(?:([\w/]*test_\w+\.py)|…)?(?:::(test_\w+))?`", page)
    gone, file = [], ""
    for named_file, function in named:
        file = named_file or file  # `…` stands for the file named before it
        found = [text for path, text in TESTS.items() if path.as_posix().endswith(f"/{file}")]
        if not any(f"def {function}(" in text if function else True for text in found):
            gone.append((file, function))
    assert gone == []
    assert sum(bool(file) for file, _ in named) >= 10, "the page is no longer read as it is written"


def test_the_runbook_names_the_log_of_every_process() -> None:
    page = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    logs = re.search(r"`DIR/logs/PART\.log`, for `([^`]*)`", page)
    assert logs is not None
    assert logs[1].split() == ["kafka", "registry", "postgres", *NAMES]


ROOMS = ("schemas", "rules", "producers", "stream_apps", "sinks", "views", "command", "docs", "tests")
SOURCES = ROOT / "docs" / "sources.md"
NUMBERS = r"\d+(?:(?:, | and | to )\d+)*"


def cited(text: str) -> Iterator[str]:
    """What a text refers to of papers that are not in the repository, as docs/sources.md names it."""
    yield from re.findall(r"\bS\d{1,3}[a-z]?\b|\bCLK-\d+[a-z]?\b", text)
    yield from re.findall(r"§1\.7 trap \d|§13 no\. \d+|\bpoint \d\b", text)
    for paper, section in re.findall(r"(?:\b(design|streams\.md) )?§(\d+(?:\.\d+)*)", text):
        yield f"{paper} §{section}".strip()
    for parts in re.findall(r"\brequirements(?:\.md)? ([BC](?:, [BC])*)\b", text):
        yield from parts.split(", ")
    for part, rows in re.findall(rf"(?<![/\w])(A\d{{1,2}})\b(?:,? (?:row )?\(?({NUMBERS}))?", text):
        yield part
        yield from (f"row {number}" for number in numbers(rows))
    for traps in re.findall(rf"(?<!§1\.7 )\btraps? ({NUMBERS})", text, re.IGNORECASE):
        yield from (f"trap {number}" for number in numbers(traps))
    for stories in re.findall(rf"\bstor(?:y|ies) ({NUMBERS})", text, re.IGNORECASE):
        yield from (f"story {number}" for number in numbers(stories))


def numbers(listed: str) -> Iterator[int]:
    for part in re.split(", | and ", listed) if listed else ():
        first, _, last = part.partition(" to ")
        yield from range(int(first), int(last or first) + 1)


def test_everything_that_is_cited_has_its_line_among_the_sources() -> None:
    texts = [*ROOT.glob("*.md"), *(path for room in ROOMS for path in (ROOT / room).rglob("*.*"))]
    places: dict[str, Path] = {}
    for path in texts:
        if path.suffix in (".md", ".py", ".toml") and path not in (SOURCES, Path(__file__)):
            places |= dict.fromkeys(cited(path.read_text(encoding="utf-8")), path.relative_to(ROOT))
    lines = set(re.findall(r"^\| ([^|]+) \|", SOURCES.read_text(encoding="utf-8"), re.MULTILINE))
    assert {key: path for key, path in places.items() if key not in lines} == {}
    forms = {"S12b", "§1.9.4", "§1.7 trap 6", "§13 no. 10", "design §4", "streams.md §6", "CLK-05b"}
    forms |= {"A7", "B", "C", "row 34", "row 58", "trap 23", "trap 55", "story 12", "point 3"}
    assert forms <= places.keys(), "references are no longer read as they are written"
