"""The contracts in the real registry: all are taken, a change that would break readers is refused."""

import json
from contextlib import closing

import httpx
import pytest

from schemas import registry
from schemas.codec import Codec
from schemas.contracts import TYPES, schema, schema_text
from schemas.registry import MEDIA_TYPE, RegistryCodec, RegistryRefused, register_all, subject
from schemas.topics import CASE_EVENTS
from tests.spec.notation import Case
from tests.stack import Stack

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]

NAME = "candour.events.SupportOffered"


def later(**field: object) -> str:
    written = schema(NAME)
    return json.dumps({**written, "fields": [*written["fields"], field]})


def test_every_contract_is_taken_and_taking_it_again_gives_the_same_ids(infra: Stack) -> None:
    ids = register_all(infra.registry)
    assert set(ids) == set(TYPES)
    assert len(set(ids.values())) == len(TYPES)
    assert register_all(infra.registry) == ids


def test_each_subject_is_compatible_in_full_with_all_its_versions(infra: Stack) -> None:
    register_all(infra.registry)
    setting = httpx.get(f"{infra.registry}/config/{subject(CASE_EVENTS, NAME)}")
    assert setting.json()["compatibilityLevel"] == "FULL_TRANSITIVE"


@pytest.mark.parametrize(
    "broken",
    [
        later(name="by", type="string"),
        json.dumps(
            {**schema(NAME), "fields": [one for one in schema(NAME)["fields"] if one["name"] != "at"]}
        ),
    ],
    ids=["a new field without a default", "a field that is gone"],
)
def test_a_change_that_would_break_readers_is_refused(
    infra: Stack, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    register_all(infra.registry)
    monkeypatch.setattr(registry, "schema_text", lambda name: broken if name == NAME else schema_text(name))
    with pytest.raises(RegistryRefused, match="SupportOffered: 409"):
        register_all(infra.registry)


def test_a_version_that_came_later_is_asked_for_and_read(infra: Stack) -> None:
    with closing(RegistryCodec(infra.registry)) as codec:
        _reads_later(infra, codec)


def _reads_later(infra: Stack, codec: RegistryCodec) -> None:
    compatible = later(name="by_telephone", type="boolean", default=False)
    answer = httpx.post(
        f"{infra.registry}/subjects/later-{NAME}/versions",
        json={"schema": compatible, "schemaType": "AVRO"},
        headers={"content-type": MEDIA_TYPE},
    )
    number = int(answer.raise_for_status().json()["id"])
    case = Case()
    case.records("2015-06-01 10:00  report harm=moderate")
    (record,) = case.records("2015-06-02 10:00  support")
    payload = Codec.local().encode(record)
    of_later = b"\0" + number.to_bytes(4, "big") + payload[5:] + b"\1"
    assert codec.knows(number)
    assert codec.decode(of_later) == record


def test_an_id_that_the_registry_does_not_know_is_not_known(infra: Stack) -> None:
    with closing(RegistryCodec(infra.registry)) as codec:
        assert not codec.knows(2**30)
