"""Turns what goes wrong in a command into one line for the person, and an exit status."""

import os
import sys
import traceback
from collections.abc import Callable

OURS = {"command", "embedded", "health", "producers", "rules", "schemas", "sinks", "stream_apps", "views"}


def guarded(command: Callable[[], object]) -> None:
    """Runs a command; an error becomes one line on stderr and status 1 (CANDOUR_DEBUG: and its trace)."""
    try:
        command()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if os.environ.get("CANDOUR_DEBUG") or "--debug" in sys.argv:
            traceback.print_exc()
        print(f"candour: {told(error)}", file=sys.stderr, flush=True)
        # At once: a thread that waits for an answer which will not come must not hold the person up.
        sys.stdout.flush()
        os._exit(1)


def told(error: Exception) -> str:
    """The error in one line: ours speak for themselves, others with their kind before them."""
    words = " ".join(str(error).split())
    if type(error).__module__.partition(".")[0] in OURS and words:
        return words
    return f"{type(error).__name__}: {words}" if words else type(error).__name__
