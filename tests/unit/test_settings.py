"""Settings come from the environment and the command line; what does not fit is named."""

from pathlib import Path

import pytest

from command.settings import Settings, read
from embedded.problems import StartError


def test_without_anything_there_is_a_default_for_all() -> None:
    assert read({}) == Settings()


def test_the_environment_is_read_by_its_names_and_types() -> None:
    environment = {
        "CANDOUR_DATA": "/srv/candour",
        "CANDOUR_PORT": "8100",
        "CANDOUR_CLOCK": "manual",
        "CANDOUR_TICK_SECONDS": "2.5",
        "CANDOUR_JAVA": "/usr/bin/java",
        "CANDOUR_UNKNOWN": "passed over",
        "KAFKA_BOOTSTRAP": "kafka:9092",
        "SCHEMA_REGISTRY_URL": "http://registry",
        "DATABASE_URL": "postgresql://one",
    }
    assert read(environment) == Settings(
        data=Path("/srv/candour"),
        port=8100,
        clock="manual",
        tick_seconds=2.5,
        java=Path("/usr/bin/java"),
        kafka="kafka:9092",
        registry="http://registry",
        database="postgresql://one",
    )


def test_what_is_given_stands_before_the_environment_and_nothing_given_does_not() -> None:
    environment = {"CANDOUR_PORT": "8100", "CANDOUR_DATA": "/srv/candour"}
    assert read(environment, port=8200, data=None) == Settings(port=8200, data=Path("/srv/candour"))


def test_an_empty_variable_is_none() -> None:
    assert read({"DATABASE_URL": "", "CANDOUR_PORT": ""}) == Settings()


@pytest.mark.parametrize(
    ("name", "value"),
    [("CANDOUR_PORT", "eighty"), ("CANDOUR_CLOCK", "lunar"), ("CANDOUR_TICK_SECONDS", "1h")],
)
def test_a_value_that_does_not_fit_is_named(name: str, value: str) -> None:
    with pytest.raises(StartError, match=f"{name}={value} does not fit"):
        read({name: value})
