"""The pages in docs/law are those that the tables give."""

from pathlib import Path

from tests.spec.render import FOLDER, MODULES, pages


def test_the_pages_are_up_to_date() -> None:
    found = {file.name: file.read_text(encoding="utf-8") for file in FOLDER.glob("*.md")}
    assert found == pages(), "run: python -m tests.spec.render"


def test_every_topic_is_rendered() -> None:
    with_cases = {
        file.stem
        for file in Path(__file__).parent.glob("test_*.py")
        if "\nTOPIC = " in file.read_text(encoding="utf-8")
    }
    assert with_cases == set(MODULES)
