"""What is wrong with a request is named by its field alone, wherever in the request it stood."""

import pytest

from producers.faults import from_validation


@pytest.mark.parametrize("place", [("query", "limit"), ("body", "limit"), ("limit",)])
def test_a_field_is_named_alike_in_a_query_and_in_a_body(place: tuple[str, ...]) -> None:
    error = {"type": "less_than_equal", "loc": place, "msg": "Input should be less than or equal to 1000"}
    (fault,) = from_validation([error]).faults
    assert fault.pointer == "/limit"


def test_a_field_of_a_body_may_be_named_query() -> None:
    error = {"type": "string_type", "loc": ("body", "query"), "msg": "", "input": 1}
    assert from_validation([error]).faults[0].pointer == "/query"
