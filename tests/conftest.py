"""Fixtures that more than one folder of tests uses: a real stack, and the real parts without our processes."""

from collections.abc import Iterator

import pytest

from tests.stack import Stack

DAWN = "2013-12-20T09:00:00Z"


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
