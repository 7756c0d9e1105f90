"""What is done once for servers that are there already, and the ids of the contracts that it keeps."""

import json
import os
from contextlib import closing
from pathlib import Path

import psycopg
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
    with psycopg.connect(environment["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT FROM door.providers WHERE code = 'RXX'").fetchall()


def test_commands_find_the_parts_by_the_three_addresses(infra: Stack, tmp_path: Path) -> None:
    """Nothing was started by `up` there, as in a container."""
    environment = dict(os.environ) | {
        "KAFKA_BOOTSTRAP": infra.kafka,
        "SCHEMA_REGISTRY_URL": infra.registry,
        "DATABASE_URL": fresh_database(infra.database),
        "CANDOUR_CLOCK": "manual",
        "CANDOUR_DATA": str(tmp_path / "new"),
    }
    prepared = candour("prepare", environment=environment)
    assert prepared.returncode == 0
    assert prepared.stderr.startswith("the manual clock begins now, at 20")
    back = candour("tick", "2013-12-20T09:00:00Z", environment=environment)
    assert back.returncode != 0
    assert "2013-12-20" in back.stderr, "it goes forward only"
    directory = tmp_path / "directory.csv"
    directory.write_text("code,name,type,valid_from\nRQ1,Ninebarrow NHS Trust,nhs_trust,2010-04-01\n")
    imported = candour("providers", "import", str(directory), environment=environment)
    assert (imported.stdout, imported.stderr) == ("1 providers loaded\n", "")
    cleared = candour("clock", "clear", "--by", "Pat Brown", environment=environment)
    assert cleared.stdout == "the clock waits for nobody; nothing to clear\n"
    none_yet = candour("policy", "show", environment=environment)
    assert none_yet.stderr == "candour: No policy of any rule has been adopted yet.\n"  # no engine runs there
    examined = candour("doctor", environment=environment)
    assert "  ok   stack: at the addresses of the environment, manual clock\n" in examined.stdout
    assert "  ok   registry answers: ready\n" in examined.stdout
    assert "  ok   set aside: nothing\n" in examined.stdout

    elsewhere = ("clock", "clear", "--by", "Pat Brown", "--data", str(tmp_path / "nowhere"))
    named = candour(*elsewhere, environment=environment)
    assert named.stderr.startswith(f"candour: No stack runs on {tmp_path / 'nowhere'}.")


def test_what_was_kept_is_used_without_asking(infra: Stack, tmp_path: Path) -> None:
    ids = contracts.register(tmp_path, infra.registry)
    kept = json.loads((tmp_path / contracts.FILE).read_text())
    (tmp_path / contracts.FILE).write_text(json.dumps(kept | {"registry": NOWHERE}))
    contracts.recall(tmp_path, NOWHERE)
    with closing(RegistryCodec(NOWHERE)) as codec:
        assert all(codec.knows(number) for number in ids.values())


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


def test_a_folder_that_cannot_be_written_is_told_and_no_fault(
    infra: Stack, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """As in a container whose root is read only."""
    (tmp_path / "data").touch()  # root may write into any folder, and nobody beneath a file
    ids = contracts.register(tmp_path / "data" / "run", infra.registry)
    assert ids == register_all(infra.registry)
    told = capsys.readouterr().err
    assert told.startswith(f"the ids of the contracts are not kept in {tmp_path / 'data' / 'run'} (")
    assert told.endswith("): each process asks the registry for them\n")
    assert registry._HANDED_OVER[infra.registry] == ids


def test_nothing_kept_is_no_fault(tmp_path: Path) -> None:
    contracts.recall(tmp_path, NOWHERE)
    assert registry._HANDED_OVER == {}
