"""Where a stack keeps its things, and with what it runs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from embedded.cache import default_cache
from embedded.java import java_program, quick
from embedded.problems import StartError
from embedded.progress import Progress


@dataclass(frozen=True)
class Places:
    """A data folder with its parts' data, logs/ and run/, and the cache of fetched things."""

    data: Path
    cache: Path = field(default_factory=default_cache)
    chosen_java: Path | None = None
    maven_repository: str | None = None
    progress: Progress = field(default_factory=Progress)
    training: bool = False
    """Whether the Java parts write the caches that make later starts quick."""

    @property
    def run(self) -> Path:
        """State of the running stack: pids, ports, addresses."""
        return self.data / "run"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def secrets(self) -> Path:
        return self.data / "secrets"

    def plain_java(self) -> Path:
        return java_program(self.chosen_java)

    def java(self, name: str, arguments: Sequence[str]) -> list[str]:
        """The command line that runs Java with these flags and its cache, where there is one."""
        program = java_program(self.chosen_java)
        return [
            str(program),
            *quick(program, name, arguments, self.cache / "quick", self.training),
            *arguments,
        ]

    def make(self) -> None:
        """Makes the folders; run, logs and secrets for their owner alone."""
        _make(self.cache, "CANDOUR_CACHE")
        _make(self.data, "--data")
        for folder in (self.run, self.logs, self.secrets):
            _make(folder, "--data")
            folder.chmod(0o700)


def _make(folder: Path, chosen_by: str) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StartError(
            f"The folder {folder} cannot be made: {error.strerror}. Choose another with {chosen_by}."
        ) from error
