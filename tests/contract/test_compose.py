"""docker-compose.yml: valid by the published Compose schema, and the same processes as `candour up`."""

import json
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from command.processes import NAMES

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def test_is_valid_by_the_compose_schema(compose: dict[str, Any]) -> None:
    published = distribution("check-jsonschema").locate_file(
        "check_jsonschema/builtin_schemas/vendor/compose-spec.json"
    )
    schema = json.loads(Path(str(published)).read_text(encoding="utf-8"))
    jsonschema.Draft7Validator(schema).validate(compose)


def test_has_every_process_of_the_stack(compose: dict[str, Any]) -> None:
    ours = {name for name, service in compose["services"].items() if service.get("image") == "candour:latest"}
    assert ours == {*NAMES, "prepare"}
    for name in NAMES:
        assert compose["services"][name]["command"] == ["run", name]


def test_every_service_that_stays_has_a_health_check(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert ("healthcheck" in service) == (name != "prepare"), name


def test_no_password_stands_in_it(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        for name, value in service.get("environment", {}).items():
            assert "PASSWORD" not in name or name.endswith("_FILE")
            assert "@" not in str(value) or ":" not in str(value).partition("//")[2].partition("@")[0]


def test_what_is_waited_for_is_there(compose: dict[str, Any]) -> None:
    for service in compose["services"].values():
        assert set(service.get("depends_on", {})) <= set(compose["services"])
        assert set(service.get("secrets", [])) <= set(compose["secrets"])


def test_the_image_copies_every_package() -> None:
    copied = {
        line.split()[1]
        for line in (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
        if line.startswith("COPY ") and "." not in line.split()[1] and "--" not in line
    }
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert copied == packages
