"""Lets a failing case of the law show both tables."""

import pytest

pytest.register_assert_rewrite("tests.spec.law")
pytest.register_assert_rewrite("tests.spec.escalations")
