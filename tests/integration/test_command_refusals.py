"""What the command `candour` says where no stack runs, where it is not understood, and where it may not."""

import re
from pathlib import Path

import pytest

from command import stack as stacks
from embedded import state
from tests.stack import candour

pytestmark = pytest.mark.timeout(300)


def words(told: str) -> str:
    """Without the frame that is drawn around it."""
    return " ".join(re.sub(r"[│╭╮╰╯─]", " ", told).split())


@pytest.mark.parametrize(
    "command",
    [
        ("tick", "2014-01-01T00:00:00Z"),
        ("verify",),
        ("rebuild",),
        ("replay",),
        ("import", __file__),
        ("providers", "import", __file__),
        ("dlq", "list"),
        ("dlq", "replay"),
    ],
    ids=" ".join,
)
def test_data_that_point_nowhere_are_said(command: tuple[str, ...], tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    done = candour(*command, "--data", str(nowhere))
    assert (done.returncode, done.stdout) == (1, "")
    start = f"Start one with `candour up --data {nowhere}`, or name another."
    assert done.stderr == f"candour: No stack runs on {nowhere}. {start}\n"
    assert not nowhere.exists()


def test_the_doctor_says_that_nothing_runs_and_how_to_start(tmp_path: Path) -> None:
    done = candour("doctor", "--data", str(tmp_path))
    assert done.returncode == 1
    assert f"WRONG  stack: none runs on {tmp_path}" in done.stdout
    assert f"to mend: candour up --data {tmp_path}" in done.stdout


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("fly",), "No such command 'fly'"),
        (("tick", "2014-01-09T00:00:30"), "is not a time with an offset, such as 2014-01-09T00:00:30Z"),
        (("tick", "tomorrow"), "is not a time with an offset"),
        (("tick",), "Missing argument 'AS_OF'"),
        (("import", "/no/such/file"), "ile '/no/such/file' does not exist"),
        (("up", "--clock", "lunar"), "Invalid value for --clock: is system or manual"),
        (("up", "--at", "2014-01-09T00:00:30Z"), "Invalid value for --at: is for --clock manual only"),
        (("up", "--clock", "manual", "--at", "2014-01-09"), "is not a time with an offset"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_is_not_understood_is_said_with_status_2(command: tuple[str, ...], told: str) -> None:
    done = candour(*command)
    assert done.returncode == 2
    assert told in words(done.stderr)


def test_with_the_system_clock_a_tick_is_refused_and_a_password_is_not_shown(tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    database = "postgresql://candour:secret@127.0.0.1:9/candour"
    url, registry = "http://127.0.0.1:9", "http://127.0.0.1:9/apis"
    stacks.write(run, stacks.Stack(str(tmp_path), url, "127.0.0.1:9", registry, database, "system"))
    with state.locked(run):
        refused = candour("tick", "2030-01-01T00:00:00Z", "--data", str(tmp_path))
        examined = candour("doctor", "--data", str(tmp_path))
    assert refused.returncode == 1
    assert refused.stderr == (
        "candour: This stack runs by the system clock; `tick` is for `candour up --clock manual`.\n"
    )
    assert examined.returncode == 1
    assert "DATABASE_URL=postgresql://candour@127.0.0.1:9/candour\n" in examined.stdout
    assert "WRONG  PostgreSQL: no answer" in examined.stdout
    assert "secret" not in examined.stdout + examined.stderr
