"""A whole stack that the tests of this folder share, apart from the one of the browser tests."""

from collections.abc import Iterator

import pytest

from tests.conftest import DAWN
from tests.stack import Stack, gone


@pytest.fixture(scope="package")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Its manual clock begins at DAWN; the tests move it forward in the order of their files."""
    with Stack(tmp_path_factory.mktemp("whole"), clock="manual", at=DAWN) as stack:
        yield stack
    assert gone(stack.data), "SIGTERM ends everything and leaves nothing behind"


@pytest.fixture(scope="package")
def whole(shared: Stack) -> Stack:
    """The stack of a test. A file that needs a time or a law of its own puts one under this name."""
    return shared


@pytest.fixture(scope="package")
def one_registry(shared: Stack) -> dict[str, str]:
    """The environment of a further stack, by which it uses the registry of the shared stack.

    Contracts are the same for every stack; to have them registered once saves each a third of its start.
    """
    return {"SCHEMA_REGISTRY_URL": shared.registry}
