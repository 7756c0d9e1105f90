"""All tests: `python -m tests`, with what pytest takes. Three runs of it go on beside each other.

Tests on the real parts wait a good part of their time, so that two lanes of them fill what one leaves idle;
those that only compute fill a core and wait for nothing, and are given the lowest priority. Each line says
which run it is from.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO

HERE = Path(__file__).parent
WHOLE = HERE / "integration" / "whole"
KILLED = [str(HERE / "fault" / name) for name in ("test_whole_stack.py", "test_power_cut.py")]
LANES = {
    "whole": [str(WHOLE), str(HERE / "browser"), *KILLED],
    "parts": [
        str(HERE / "integration"),
        str(HERE / "fault"),
        *(f"--ignore={place}" for place in (WHOLE, *KILLED)),
    ],
}
"""Of about the same length. The files of one run in the order of their names, on which manual clocks rely."""
REAL = {"integration", "browser", "fault"}
QUICK = sorted(
    str(folder) for folder in {file.parent for file in HERE.glob("*/test_*.py")} if folder.name not in REAL
)
_LOWEST_PRIORITY = 19


def main(options: Sequence[str]) -> int:
    """The exit status of pytest, 0 only where every run is green; the others go on where one is not."""
    begun = {name: _begin(folders, options) for name, folders in LANES.items()}
    begun["quick"] = _begin(QUICK, options, _LOWEST_PRIORITY)
    tellers = [threading.Thread(target=_tell, args=(name, run.stdout)) for name, run in begun.items()]
    try:
        for teller in tellers:
            teller.start()
        for teller in tellers:
            teller.join()
        ended = {name: run.wait() for name, run in begun.items()}
    finally:
        for run in begun.values():
            run.terminate()
    print(
        ", ".join(
            f"{name}: {'green' if status == 0 else f'status {status}'}" for name, status in ended.items()
        )
    )
    return max(ended.values(), key=abs)


def _begin(folders: Sequence[str], options: Sequence[str], priority: int = 0) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", *options, *folders],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: os.nice(priority),
    )


def _tell(name: str, said: IO[str] | None) -> None:
    assert said is not None
    for line in said:
        print(f"{name:5} | {line}", end="", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
