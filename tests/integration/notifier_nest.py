"""A process that has everything loaded and forks notifiers from itself: they start at once, on any machine.

Each line on stdin is a wish, each answered with one line: {"start": …} with a pid, {"poll": pid} with how it
ended, by the numbers of `subprocess`, or null while it runs.
"""

import importlib
import json
import os
import sys
import traceback
from typing import Any

import msgspec

from command.notifier import run
from command.settings import read
from sinks.notify import faults
from sinks.notify.pace import Pace


def main() -> None:
    for line in sys.stdin:
        wish = json.loads(line)
        answer = _poll(wish["poll"]) if "poll" in wish else _start(wish["start"])
        print(json.dumps(answer), flush=True)


def _start(wish: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        _become(wish)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def _become(wish: dict[str, Any]) -> None:
    told = os.open(wish["log"], os.O_CREAT | os.O_APPEND | os.O_WRONLY)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, place in ((0, nothing), (1, told), (2, told)):
        os.dup2(place, number)
    os.environ.clear()
    os.environ.update(wish["environment"])
    importlib.reload(faults)  # it looks at the environment once
    settings = read(os.environ)
    assert settings.database is not None
    assert settings.kafka is not None
    assert settings.registry is not None
    run(
        settings,
        database=settings.database,
        kafka=settings.kafka,
        registry=settings.registry,
        health_port=0,
        pace=msgspec.convert(wish["pace"], Pace),
    )


def _poll(pid: int) -> int | None:
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


if __name__ == "__main__":
    main()
