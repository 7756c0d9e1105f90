"""The description of the intake API says what the API does: every type, every field, every answer."""

import json
from typing import Any

import pytest
from fastapi import FastAPI

from producers.connections import engine
from producers.door import Door
from producers.faults import TYPES
from producers.now import SystemClock
from producers.sign_in import SignIn
from producers.vault import Vault
from producers.ward import router


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    door = Door(engine("postgresql://nobody@localhost/none"), Vault(b"k" * 32), SystemClock())
    app = FastAPI(title="candour", version="0")
    app.include_router(router(door, SignIn(demonstration=True)))
    document: dict[str, Any] = json.loads(json.dumps(app.openapi()))
    return document


def schema(described: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = described["components"]["schemas"][name]
    return found


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    def references(node: Any) -> list[str]:
        if isinstance(node, dict):
            here = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
            return here + [one for value in node.values() for one in references(value)]
        return [one for value in node for one in references(value)] if isinstance(node, list) else []

    found = set(references(described))
    assert found
    assert {one.removeprefix("#/components/schemas/") for one in found} <= set(
        described["components"]["schemas"]
    )


def test_a_report_asks_for_two_fields_only(described: dict[str, Any]) -> None:
    report = schema(described, "ReportBody")
    assert report["required"] == ["kind", "what_happened"]
    fields = (
        "kind what_happened provider other_providers ward occurred_at noticed_at reported_at harm "
        "harm_may_still_follow could_have_been immediate_risk never_event_type patients reporter anonymous "
        "incident_type factors"
    )
    assert set(report["properties"]) == set(fields.split())


def test_the_follow_ups_are_listed_by_their_type(described: dict[str, Any]) -> None:
    operation = described["paths"]["/api/cases/{case_id}/events"]["post"]
    body = operation["requestBody"]["content"]["application/json"]["schema"]
    assert set(body["discriminator"]["mapping"]) == set(TYPES)
    assert len(body["oneOf"]) == len(TYPES)


def test_a_regrade_is_described_as_it_is_sent(described: dict[str, Any]) -> None:
    fields = schema(described, "HarmRegradedBody")["properties"]
    assert {"from", "to", "axis", "patient", "reason", "second_person_role"} <= set(fields)
    assert "from_grade" not in fields


@pytest.mark.parametrize("path", ["/api/reports", "/api/cases/{case_id}/events"])
def test_answers_and_problems_are_described(described: dict[str, Any], path: str) -> None:
    answers = described["paths"][path]["post"]["responses"]
    assert {"201", "400", "401", "403", "413", "422", "503"} <= set(answers)
    problem = answers["422"]["content"]["application/problem+json"]["schema"]
    assert {"type", "title", "status", "detail", "errors"} == set(problem["properties"])


def test_the_key_is_described(described: dict[str, Any]) -> None:
    parameters = described["paths"]["/api/reports"]["post"]["parameters"]
    assert [one["name"] for one in parameters] == ["Idempotency-Key"]
