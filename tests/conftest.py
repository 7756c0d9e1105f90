"""Fixtures for more than one folder of tests: a real stack, and the real parts without our processes."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from tests.people import Person
from tests.stack import Stack

DAWN = "2013-12-20T09:00:00Z"

# How fast this machine is says nothing about what is tested.
settings.register_profile(
    "unhurried", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def infra(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Kafka, registry and PostgreSQL; no topics, no tables, none of our processes."""
    with Stack(tmp_path_factory.mktemp("infra"), only="infra") as parts:
        yield parts


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A whole stack with the manual clock at 2013-12-20T09:00:00Z, shared by the tests of a run."""
    with Stack(tmp_path_factory.mktemp("stack"), clock="manual", at=DAWN) as whole:
        yield whole


@pytest.fixture
def person(whole: Stack) -> Iterator[Person]:
    """Somebody at the stack of the folder or file, whichever the name `whole` stands for there."""
    with Person(whole.url) as made:
        yield made


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """In CI a test that was skipped has not been run, and a run that left one out is not green."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(reporter.stats.get("skipped", [])) if reporter is not None else 0
    if os.environ.get("CI") and skipped and exitstatus == pytest.ExitCode.OK:
        print(f"\n{skipped} skipped: in CI that fails the run")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
