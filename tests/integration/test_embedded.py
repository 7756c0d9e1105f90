"""The real Kafka, registry and PostgreSQL: they answer, come back, say what is wrong, leave nothing."""

import os
import resource
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest
from confluent_kafka.admin import AdminClient

from tests.stack import Stack, StackEnded, gone, processes_of

INFRASTRUCTURE = {"kafka", "registry", "postgres"}


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Parts that the tests of this file may kill."""
    with Stack(tmp_path_factory.mktemp("own"), only="infra") as parts:
        yield parts


def test_all_three_answer(infra: Stack) -> None:
    assert AdminClient({"bootstrap.servers": infra.kafka}).list_topics(timeout=10).brokers
    assert httpx.get(f"{infra.registry}/subjects").status_code == 200
    with psycopg.connect(infra.database) as connection:
        version = connection.execute("show server_version_num").fetchone()
    assert version is not None
    assert int(version[0]) >= 180000
    assert set(infra.pids()) == INFRASTRUCTURE


def test_nothing_listens_beyond_the_loopback_address(infra: Stack) -> None:
    for pid in infra.pids().values():
        for connection in psutil.Process(pid).net_connections("inet"):
            if connection.status == psutil.CONN_LISTEN:
                assert connection.laddr.ip in ("127.0.0.1", "::1", "::ffff:127.0.0.1")


def test_what_the_folder_holds_of_patients_is_for_its_owner_alone(infra: Stack) -> None:
    for folder in ("postgres", "run", "secrets", "logs"):
        assert (infra.data / folder).stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("part", ["postgres", "kafka", "registry"])
def test_comes_back_after_kill_9(own: Stack, part: str) -> None:
    before = own.pids()[part]
    own.kill(part)
    own.wait_running(part, other_than=before)
    assert f"{part}: it was ended by SIGKILL; starting it again" in own.said
    assert AdminClient({"bootstrap.servers": own.kafka}).list_topics(timeout=10).brokers
    assert httpx.get(f"{own.registry}/subjects", timeout=20).status_code == 200
    with psycopg.connect(own.database) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_two_stacks_run_side_by_side(infra: Stack, own: Stack) -> None:
    assert {infra.kafka, infra.registry, infra.database}.isdisjoint({own.kafka, own.registry, own.database})
    assert set(infra.pids()) == set(own.pids()) == INFRASTRUCTURE


def test_a_second_up_on_the_same_folder_is_refused(own: Stack) -> None:
    with pytest.raises(StackEnded, match="is in use by another `candour up`"):
        Stack(own.data, only="infra").start(30)


def test_the_doctor_tells_addresses_and_parts(own: Stack) -> None:
    told = own.command("doctor", accept=(0, 1))
    assert told.startswith(f"KAFKA_BOOTSTRAP={own.kafka}\nSCHEMA_REGISTRY_URL={own.registry}\nDATABASE_URL=")
    for part in INFRASTRUCTURE:
        assert f"ok   {part}: running" in told


def test_however_it_was_ended_the_next_start_recovers_and_sigterm_leaves_no_process(tmp_path: Path) -> None:
    stack = Stack(tmp_path, only="infra").start()
    with psycopg.connect(stack.database) as connection:
        connection.execute("create table kept as select 1 as one")
    stack.end(signal.SIGKILL)  # of the supervisor alone
    assert gone(tmp_path)
    check_recovers(stack)

    pids = [*stack.pids().values()]
    assert stack.process is not None
    stack.process.kill()
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    stack.process.wait()
    check_recovers(stack)

    assert stack.stop() == 0
    assert processes_of(tmp_path) == []
    assert set(stack.states().values()) == {"stopped"}


def check_recovers(stack: Stack) -> None:
    stack.start(60)
    with psycopg.connect(stack.database) as connection:
        assert connection.execute("select one from kept").fetchone() == (1,)


def test_a_port_in_use_is_said(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(StackEnded, match=f"Port {port} on 127.0.0.1 is in use by another program"):
            Stack(tmp_path, port=port, at="2013-12-20T09:00:00Z").start(30)


def test_damaged_data_is_said(tmp_path: Path) -> None:
    elsewhere = {"SCHEMA_REGISTRY_URL": "http://127.0.0.1:9"}  # it has no data of its own
    stack = Stack(tmp_path, only="infra", environment=elsewhere).start()
    stack.stop()
    control, properties = (
        tmp_path / "postgres" / "global" / "pg_control",
        tmp_path / "kafka" / "meta.properties",
    )
    whole = control.read_bytes(), properties.read_text()

    control.write_bytes(b"\0" * 8192)
    with pytest.raises(StackEnded, match=r"postgres: its data under .*postgres is damaged"):
        stack.start(60)
    assert gone(tmp_path)
    control.write_bytes(whole[0])

    properties.write_text("node.id=7\ncluster.id=another\nversion=1\n")
    with pytest.raises(StackEnded, match=r"kafka: its data under .*kafka is damaged"):
        stack.start(60)
    properties.unlink()
    with pytest.raises(StackEnded, match=r"kafka is damaged: meta.properties is missing"):
        stack.start(60)
    assert gone(tmp_path)

    properties.write_text(whole[1])
    stack.start(60)
    assert stack.stop() == 0


def test_that_there_is_not_enough_memory_is_said(tmp_path: Path) -> None:
    """What is held back is address space: less than the broker asks for."""
    stack = Stack(tmp_path, only="infra")
    stack.begin()
    assert stack.process is not None
    resource.prlimit(stack.process.pid, resource.RLIMIT_AS, (1 << 30, 1 << 30))
    with pytest.raises(StackEnded, match=r"kafka: .*there is not enough memory"):
        stack.wait_ready(60)
    stack.stop()
    assert gone(tmp_path)


def test_a_java_that_does_not_run_is_said(tmp_path: Path) -> None:
    with pytest.raises(StackEnded, match=r"CANDOUR_JAVA=\S+/false does not run as a Java"):
        Stack(tmp_path, only="infra", environment={"CANDOUR_JAVA": shutil.which("false") or ""}).start(60)
