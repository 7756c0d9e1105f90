"""What is done once for servers that are there already, and the ids of the contracts that it keeps."""

import json
import os
from contextlib import closing
from pathlib import Path

import pytest

from command import contracts
from schemas import registry
from schemas.registry import RegistryCodec, register_all
from tests.integration.door_room import fresh_database
from tests.stack import Stack, candour

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]
NOWHERE = "http://127.0.0.1:9/apis/ccompat/v7"


@pytest.fixture(autouse=True)
def nothing_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_HANDED_OVER", {})


def test_servers_that_are_there_are_prepared_twice_alike(infra: Stack, tmp_path: Path) -> None:
    data = tmp_path / "new"
    environment = dict(os.environ) | {
        "KAFKA_BOOTSTRAP": infra.kafka,
        "SCHEMA_REGISTRY_URL": infra.registry,
        "DATABASE_URL": fresh_database(infra.database),
        "CANDOUR_DATA": str(data),
    }
    for _ in range(2):
        done = candour("prepare", environment=environment)
        assert (done.returncode, done.stderr) == (0, "")
    kept = json.loads((data / "run" / contracts.FILE).read_text())
    assert kept["ids"] == register_all(infra.registry)


def test_what_was_kept_is_used_without_asking(infra: Stack, tmp_path: Path) -> None:
    ids = contracts.register(tmp_path, infra.registry)
    kept = json.loads((tmp_path / contracts.FILE).read_text())
    (tmp_path / contracts.FILE).write_text(json.dumps(kept | {"registry": NOWHERE}))
    contracts.recall(tmp_path, NOWHERE)
    with closing(RegistryCodec(NOWHERE)) as codec:
        assert set(codec.kinds()) == set(ids.values())


@pytest.mark.parametrize(
    "changed", [{"sha256": "of other contracts"}, {"registry": "http://another"}, {"ids": None}]
)
def test_what_was_kept_for_anything_else_is_not_used(
    infra: Stack, tmp_path: Path, changed: dict[str, object]
) -> None:
    contracts.register(tmp_path, infra.registry)
    kept = json.loads((tmp_path / contracts.FILE).read_text())
    (tmp_path / contracts.FILE).write_text(json.dumps(kept | changed))
    registry._HANDED_OVER.clear()
    contracts.recall(tmp_path, infra.registry)
    assert registry._HANDED_OVER == {}


def test_nothing_kept_is_no_fault(tmp_path: Path) -> None:
    contracts.recall(tmp_path, NOWHERE)
    assert registry._HANDED_OVER == {}
