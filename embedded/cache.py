"""Where fetched things lie: one folder of the user's, shared by all stacks."""

import os
from pathlib import Path


def default_cache() -> Path:
    """CANDOUR_CACHE, else the XDG cache folder's `candour`."""
    chosen = os.environ.get("CANDOUR_CACHE")
    if chosen:
        return Path(chosen).expanduser()
    xdg = os.environ.get("XDG_CACHE_HOME")
    return (Path(xdg) if xdg else Path.home() / ".cache") / "candour"
