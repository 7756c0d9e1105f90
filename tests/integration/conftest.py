"""A whole stack that the tests of this folder share, apart from the one of the browser tests."""

from collections.abc import Iterator

import pytest

from tests.conftest import DAWN
from tests.stack import Stack


@pytest.fixture(scope="package")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Its manual clock begins at DAWN; the tests move it forward in the order of their files."""
    with Stack(tmp_path_factory.mktemp("whole"), clock="manual", at=DAWN) as stack:
        yield stack
