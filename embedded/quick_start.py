"""Makes the two Java parts start in half the time: the JVM keeps what it has loaded and linked in a file.

A cache file belongs to one Java, one set of jars and one set of flags; another combination starts without it.
"""

import tempfile
from dataclasses import replace
from pathlib import Path

from embedded import ports
from embedded.kafka import kafka
from embedded.parts import Node, Part
from embedded.places import Places
from embedded.registry import registry
from embedded.supervisor import Supervisor, to_stderr

_ASSEMBLING_SECONDS = 180.0


def train(places: Places) -> None:
    """Starts broker and registry once on a throw-away folder and lets them write their caches as they end.

    Does nothing where the caches are there. Takes half a minute.
    """
    with tempfile.TemporaryDirectory(prefix="candour-") as folder:
        trial = replace(places, data=Path(folder).resolve(), training=True)
        trial.make()
        chosen = ports.choose(trial.run / "ports.json", ["kafka", "controller", "registry", "management"])
        broker = kafka(trial, chosen["kafka"], chosen["controller"])
        address = f"127.0.0.1:{chosen['kafka']}"
        schemas = registry(trial, chosen["registry"], chosen["management"], address, ("kafka",))
        if not any(_would_train(part) for part in (broker, schemas)):
            return
        to_stderr("making later starts quick: about half a minute, this once")
        nodes: list[Node] = [replace(part, stop_seconds=_ASSEMBLING_SECONDS) for part in (broker, schemas)]
        supervisor = Supervisor(nodes, trial)
        supervisor.run(supervisor.stop)


def _would_train(part: Part) -> bool:
    return any(str(word).startswith("-XX:AOTCacheOutput=") for word in part.command())
