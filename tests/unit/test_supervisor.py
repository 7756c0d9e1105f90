"""The supervisor on small programs: order of start and end, restarts, giving up, leftovers."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from command.infrastructure import INNER_PORTS, infrastructure
from command.processes import NAMES, processes
from command.settings import read
from command.stack import Stack
from embedded import diagnosis, ports, state
from embedded.parts import Node, Part, Step, in_order
from embedded.places import Places
from embedded.problems import StartError
from embedded.supervisor import Supervisor, pause_after

SLEEPER = "import time; time.sleep(600)"
STUBBORN = "import signal as s, time; s.signal(s.SIGTERM, s.SIG_IGN); print(1, flush=True); time.sleep(600)"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    made = Places(data=tmp_path / "data", cache=tmp_path / "cache")
    made.make()
    return made


def part(name: str, code: str = SLEEPER, *, needs: tuple[str, ...] = (), stop_seconds: float = 20.0) -> Part:
    return Part(
        name,
        command=lambda: [sys.executable, "-S", "-c", code],
        ready=lambda: True,
        needs=needs,
        stop_seconds=stop_seconds,
    )


class Run:
    """A supervisor in a thread of its own, as the tests look at it from outside."""

    def __init__(self, nodes: list[Node], places: Places, give_up: float = 300.0) -> None:
        self.told: list[str] = []
        self.run_folder = places.run
        self.supervisor = Supervisor(nodes, places, tell=self.told.append, give_up=give_up)
        self.ready = threading.Event()
        self.error: Exception | None = None
        self.thread = threading.Thread(target=self._go)
        self.thread.start()

    def _go(self) -> None:
        try:
            self.supervisor.run(self.ready.set)
        except Exception as error:
            self.error = error

    def end(self) -> None:
        self.supervisor.stop()
        self.thread.join(30)

    def pids(self) -> dict[str, int]:
        return {each.name: each.pid for each in state.read(self.run_folder) if each.pid}


@contextlib.contextmanager
def running(nodes: list[Node], places: Places, give_up: float = 300.0) -> Iterator[Run]:
    run = Run(nodes, places, give_up)
    try:
        yield run
    finally:
        run.end()


def until(true: Callable[[], bool], seconds: float = 10) -> None:
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit, "did not come true"
        time.sleep(0.02)


def test_what_is_needed_comes_first() -> None:
    nodes: list[Node] = [part("c", needs=("b",)), Step("b", lambda: None, needs=("a",)), part("a")]
    assert [node.name for node in in_order(nodes)] == ["a", "b", "c"]


def test_a_circle_of_needs_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be met"):
        in_order([part("a", needs=("b",)), part("b", needs=("a",))])


def test_starts_in_order_and_ends_in_the_reverse_order(places: Places, tmp_path: Path) -> None:
    diary = tmp_path / "diary"
    code = (
        "import signal, sys, time\n"
        "def note(what):\n"
        f"    open({str(diary)!r}, 'a').write(what + ' NAME\\n')\n"
        "def end(*_):\n"
        "    time.sleep(0.1); note('end'); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end); note('start'); time.sleep(600)\n"
    )

    def writer(name: str, needs: tuple[str, ...] = ()) -> Part:
        made = part(name, code.replace("NAME", name), needs=needs)
        return Part(
            made.name, made.command, ready=lambda: f"start {name}" in diary.read_text(), needs=made.needs
        )

    with running(
        [writer("second", ("between",)), Step("between", lambda: None, ("first",)), writer("first")], places
    ) as run:
        assert run.ready.wait(10)
    assert diary.read_text().split("\n")[:-1] == ["start first", "start second", "end second", "end first"]
    assert run.error is None


def test_a_part_that_dies_is_started_again_and_shown(places: Places) -> None:
    with running([part("a")], places) as run:
        assert run.ready.wait(10)
        first = run.pids()["a"]
        os.kill(first, signal.SIGKILL)
        until(lambda: run.pids().get("a") not in (None, first))
        until(lambda: "a is back" in run.told)
        assert run.told[0].startswith("a: it was ended by SIGKILL; starting it again in 0.5 s")
        (record,) = state.read(places.run)
        assert record.restarts == 1


def test_a_first_start_that_fails_ends_all(places: Places) -> None:
    bad = part("bad", "print('Address already in use'); raise SystemExit(3)", needs=("good",))
    nodes: list[Node] = [part("good"), replace(bad, ready=lambda: False)]
    with running(nodes, places) as run:
        run.thread.join(20)
        assert not run.ready.is_set()
        assert "bad: its port is in use" in str(run.error)
        assert str(places.logs / "bad.log") in str(run.error)
        assert run.pids() == {}


def test_an_answer_of_another_program_is_not_taken_for_its_own(places: Places) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        deaf = part(
            "deaf", "import time; time.sleep(1); print('Address already in use'); raise SystemExit(3)"
        )
        with running([replace(deaf, port=other.getsockname()[1])], places) as run:
            run.thread.join(20)
            assert not run.ready.is_set()
            assert "deaf: its port is in use" in str(run.error)


def test_a_step_that_fails_ends_all(places: Places) -> None:
    def fail() -> None:
        raise StartError("no room")

    with running([part("good"), Step("bad", fail, needs=("good",))], places) as run:
        run.thread.join(20)
        assert str(run.error) == "no room"
        assert run.pids() == {}


def test_restarts_without_end_are_given_up(places: Places, tmp_path: Path) -> None:
    once = tmp_path / "once"
    code = (
        f"import os, time\nif os.path.exists({str(once)!r}): raise SystemExit(4)\n"
        f"open({str(once)!r}, 'w').close(); time.sleep(0.3)"
    )
    spec = part("a", code)
    spec = Part("a", spec.command, ready=once.exists)
    with running([spec], places, give_up=1.0) as run:
        run.thread.join(30)
        assert "given up after" in str(run.error)


def test_a_part_that_is_not_vital_is_started_again_for_as_long_as_it_takes(
    places: Places, tmp_path: Path
) -> None:
    once = tmp_path / "once"
    code = (
        f"import os, time\nif os.path.exists({str(once)!r}): raise SystemExit(70)\n"
        f"open({str(once)!r}, 'w').close(); time.sleep(0.3)"
    )
    engine = replace(part("engine", code), ready=once.exists, vital=False)
    with running([part("web"), engine], places, give_up=0.2) as run:
        until(lambda: any("starting it again in 2 s" in line for line in run.told))
        assert run.error is None
        assert psutil.pid_exists(run.pids()["web"])
        assert any(line.startswith("engine: it ended with status 70; starting") for line in run.told)
        until(lambda: {each.name: each.state for each in state.read(places.run)}["engine"] == "restarting")
        shown = {each.name: each for each in state.read(places.run)}
        assert "status 70" in str(shown["engine"].problem)


def test_the_first_start_of_a_part_that_nothing_waits_for_ends_nothing(places: Places) -> None:
    sink = replace(part("sink", "raise SystemExit('run candour rebuild')"), ready=lambda: False, vital=False)
    with running([part("web"), sink], places) as run:
        until(lambda: len(run.told) >= 2)
        assert run.error is None
        assert not run.ready.is_set()
        assert "web" in run.pids()
        assert "run candour rebuild" in run.told[0]


def test_the_first_start_of_what_others_wait_for_ends_all(places: Places) -> None:
    kafka = replace(part("kafka", "raise SystemExit(3)"), ready=lambda: False, vital=False)
    with running([kafka, part("web", needs=("kafka",))], places) as run:
        run.thread.join(20)
        assert "kafka: it ended with status 3" in str(run.error)


def test_what_intake_needs_is_vital_and_nothing_else(places: Places) -> None:
    settings = read({"CANDOUR_DATA": str(places.data)})
    infra = infrastructure(settings, places, dict.fromkeys(INNER_PORTS, 1))
    stack = Stack("", "", "", "", "", "system", dict.fromkeys(NAMES, 1))
    parts = [*infra.parts, *processes(settings, stack)]
    assert {part.name for part in parts if part.vital} == {"postgres", "web"}


def test_pauses_grow_to_the_longest_and_no_further() -> None:
    assert [pause_after(failures) for failures in (0, 1, 4, 5, 5000)] == [0.5, 1.0, 8.0, 15.0, 15.0]


def test_a_part_that_will_not_end_is_killed(places: Places) -> None:
    with running([part("a", STUBBORN, stop_seconds=0.5)], places) as run:
        assert run.ready.wait(10)
        until(lambda: (places.logs / "a.log").read_text() != "")
        pid = run.pids()["a"]
    assert not psutil.pid_exists(pid)


def test_leftovers_of_a_killed_supervisor_are_ended(places: Places) -> None:
    left = subprocess.Popen([sys.executable, "-S", "-c", SLEEPER])
    started = psutil.Process(left.pid).create_time()
    state.write(places.run, [state.PartRecord("a", "running", left.pid, started)])
    assert state.end_leftovers(places.run) == ["a"]
    left.wait(5)
    assert not psutil.pid_exists(left.pid)


def test_a_stranger_with_the_pid_of_a_leftover_is_left_alone(places: Places) -> None:
    stranger = subprocess.Popen([sys.executable, "-S", "-c", SLEEPER])
    try:
        started = psutil.Process(stranger.pid).create_time() - 100
        state.write(places.run, [state.PartRecord("a", "running", stranger.pid, started)])
        assert state.end_leftovers(places.run) == []
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_damaged_state_file_is_no_obstacle(places: Places) -> None:
    (places.run / state.PARTS_FILE).write_text("{half")
    assert state.read(places.run) == []
    assert state.end_leftovers(places.run) == []


def test_parts_end_when_their_supervisor_is_killed(places: Places) -> None:
    program = (
        "import sys; from pathlib import Path; from embedded.parts import Part\n"
        "from embedded.places import Places\n"
        "from embedded.supervisor import Supervisor\n"
        f"places = Places(data=Path({str(places.data)!r}), cache=Path({str(places.cache)!r}))\n"
        f"sleeper = Part('a', lambda: [sys.executable, '-S', '-c', {SLEEPER!r}], lambda: True)\n"
        "Supervisor([sleeper], places).run(lambda: print('ready', flush=True))\n"
    )
    supervisor = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    with supervisor:
        assert supervisor.stdout is not None
        assert supervisor.stdout.readline() == "ready\n"
        (record,) = state.read(places.run)
        child = record.process()
        assert child is not None
        supervisor.kill()
        child.wait(5)


def test_a_second_start_on_the_same_folder_is_refused(places: Places) -> None:
    with state.locked(places.run):
        assert state.in_use(places.run)
        with (
            pytest.raises(StartError, match=f"in use by another `candour up` \\(process {os.getpid()}\\)"),
            state.locked(places.run),
        ):
            pass
    assert not state.in_use(places.run)


def test_ports_are_kept_while_they_are_free(tmp_path: Path) -> None:
    remembered = tmp_path / "ports.json"
    first = ports.choose(remembered, ["a", "b"])
    assert len(set(first.values())) == 2
    assert all(ports.LOWEST <= port <= ports.HIGHEST for port in first.values())
    assert ports.choose(remembered, ["a", "b"]) == first
    assert json.loads(remembered.read_text()) == first


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("java.net.BindException: Address already in use", "its port is in use"),
        ("FATAL: could not write: No space left on device", "the disk is full"),
        ("java.lang.OutOfMemoryError: Java heap space", "not enough memory"),
        ("Error: UnsupportedClassVersionError: kafka/Kafka", "its Java does not fit"),
        ("Error: Could not find or load main class kafka.Kafka", "its program files are damaged"),
        ("PANIC:  could not locate a valid checkpoint record", "its data under DATA/part is damaged"),
        ("FATAL: data directory has wrong ownership", "it may not read or write"),
        (
            "Traceback (most recent call last):\nValueError: no such thing",
            "saying: ValueError: no such thing",
        ),
    ],
)
def test_the_reason_is_said_with_what_to_do(tmp_path: Path, told: str, expected: str) -> None:
    log = tmp_path / "part.log"
    log.write_text(told)
    (tmp_path / "DATA").mkdir()
    said = diagnosis.why("part", 1, log, 0, tmp_path / "DATA", tmp_path).replace(f"{tmp_path}/", "")
    assert expected in said
    assert said.endswith("Its log: part.log")


def test_only_the_last_run_is_asked_for_the_reason(tmp_path: Path) -> None:
    log = tmp_path / "part.log"
    log.write_text("Address already in use\n")
    since = log.stat().st_size
    with log.open("a") as file:
        file.write("ValueError: something else\n")
    assert "something else" in diagnosis.why("part", 1, log, since, tmp_path, tmp_path)
