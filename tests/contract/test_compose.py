"""docker-compose.yml: valid by the published Compose schema, and the same processes as `candour up`."""

import json
import re
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from command.processes import NAMES
from command.settings import Settings, read

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


def test_every_setting_is_one_and_its_value_fits(compose: dict[str, Any]) -> None:
    known = {f"CANDOUR_{name.upper()}" for name in Settings.__struct_fields__}
    for name, service in compose["services"].items():
        if service.get("image") == "candour:latest":
            ours = {key: _default(value) for key, value in service["environment"].items()}
            assert {key for key in ours if key.startswith("CANDOUR_")} <= known, name
            read(ours)


def test_the_sign_in_without_password_is_closed_and_the_port_is_for_this_machine(
    compose: dict[str, Any],
) -> None:
    web = compose["services"]["web"]
    ours = {key: _default(value) for key, value in web["environment"].items()}
    assert read(ours).sign_in == "here"
    assert read(ours | {"CANDOUR_SIGN_IN": "anywhere"}).sign_in == "anywhere"
    for name, service in compose["services"].items():
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", [])), name


def test_what_is_secret_goes_neither_into_the_repository_nor_into_the_image(compose: dict[str, Any]) -> None:
    folders = {Path(secret["file"]).parts[0] for secret in compose["secrets"].values()}
    for file in (".gitignore", ".dockerignore"):
        passed_over = {line.strip("/") for line in (ROOT / file).read_text(encoding="utf-8").splitlines()}
        assert folders <= passed_over, file


def _default(value: str) -> str:
    """`${NAME:-default}` where NAME is not set."""
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", str(value))


def test_the_image_copies_every_package() -> None:
    copied = {
        line.split()[1]
        for line in (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
        if line.startswith("COPY ") and "." not in line.split()[1] and "--" not in line
    }
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert copied == packages
