"""Keeps a process from pausing where somebody waits for its answer."""

import gc
import sys

_TURN_SECONDS = 0.001


def short_pauses() -> None:
    """To be called once a process has started and before it serves.

    What the start has loaded stays until the end, so the collector need not look through it again and again:
    tens of milliseconds each time. Threads take shorter turns, so that the loop of a process does not wait
    for one that computes.
    """
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(_TURN_SECONDS)
