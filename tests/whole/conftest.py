"""The fixtures of the integration tests, for what takes a whole stack of its own for minutes."""

from tests.integration.conftest import person, whole

__all__ = ["person", "whole"]
