"""Places where a process may be told to die, for tests of recovery. Without CANDOUR_FAULT there are none.

CANDOUR_FAULT=place:chance, or place:chance:flush to deliver first what was written so far.
"""

import os
import random
import signal
from collections.abc import Callable

Flush = Callable[[float], int]

_place, _chance, _flush, *_ = (os.environ.get("CANDOUR_FAULT", "") + ":::").split(":")


def _nowhere(name: str, flush: Flush | None = None) -> None:
    """What `point` is in production."""


def _somewhere(name: str, flush: Flush | None = None) -> None:
    if name == _place and _dice.random() < float(_chance):
        if _flush and flush:
            flush(2)
        os.write(2, f"fault: {name}\n".encode())
        os.kill(os.getpid(), signal.SIGKILL)


_dice = random.Random(int(os.environ.get("CANDOUR_FAULT_SEED", "0")))
point = _somewhere if _place else _nowhere
