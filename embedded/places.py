"""Where a stack keeps its things, and with what it runs."""

from dataclasses import dataclass, field
from pathlib import Path

from embedded.cache import default_cache
from embedded.java import java_program
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

    def java(self) -> Path:
        return java_program(self.chosen_java)

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
