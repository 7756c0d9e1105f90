"""Turns what goes wrong in a command into one line for the person, and an exit status."""

import os
import sys
import traceback
from collections.abc import Callable

from embedded.problems import StartError


def guarded(command: Callable[[], object]) -> None:
    """Runs a command; an error becomes one line on stderr and status 1. CANDOUR_DEBUG shows where it came from."""
    try:
        command()
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        if os.environ.get("CANDOUR_DEBUG") or "--debug" in sys.argv:
            traceback.print_exc()
        print(f"candour: {told(error)}", file=sys.stderr)
        sys.exit(1)


def told(error: Exception) -> str:
    """The error in one line: ours speak for themselves, others with their kind before them."""
    words = " ".join(str(error).split())
    if isinstance(error, StartError):
        return words
    return f"{type(error).__name__}: {words}" if words else type(error).__name__
