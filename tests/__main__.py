"""All tests: `python -m tests`, with what pytest takes. The quick ones run beside the others.

Tests on the real parts often wait and seldom fill the machine; those that only compute fill a core and wait
for nothing. They are given the lowest priority, so that the others hardly notice, and are told of at the end.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
REAL = ("integration", "fault", "browser")
QUICK = sorted({file.parent.name for file in HERE.glob("*/test_*.py")} - set(REAL))
_LOWEST_PRIORITY = 19


def main(options: Sequence[str]) -> int:
    """The exit status of pytest: 0 only where both parts are green."""
    with tempfile.TemporaryFile("w+") as told:
        quick = subprocess.Popen(
            _command(QUICK, options),
            stdout=told,
            stderr=subprocess.STDOUT,
            preexec_fn=lambda: os.nice(_LOWEST_PRIORITY),
        )
        try:
            real = subprocess.run(_command(REAL, options), check=False).returncode
            status = quick.wait()
        finally:
            quick.kill()
        told.seek(0)
        print(told.read(), flush=True)
    return real or status


def _command(folders: Sequence[str], options: Sequence[str]) -> list[str]:
    return [sys.executable, "-m", "pytest", *options, *(str(HERE / folder) for folder in folders)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
