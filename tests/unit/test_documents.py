"""What the documents name is there: a hazard is held by a test only as long as the test exists."""

import re
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
