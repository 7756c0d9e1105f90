"""Fetches the published jars and archives named in the lock files, checks each SHA-256, and keeps them.

A file lies in the cache under its final name only after its checksum was found right, so later starts
need neither network nor checking.
"""

import hashlib
import logging
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from embedded.problems import StartError
from embedded.progress import Progress

HERE = Path(__file__).parent
KAFKA_LOCK = HERE / "jgo.lock.toml"
REGISTRY_LOCK = HERE / "registry.lock.toml"
_AT_A_TIME = 6


def kafka_jars(cache: Path, progress: Progress, repository: str | None = None) -> list[Path]:
    """The jars of the broker in the order of the lock; fetched when they are not there."""
    wanted = locked_files(KAFKA_LOCK)
    jars = [cache / "maven" / entry.place for entry in wanted]
    missing = [entry for entry, jar in zip(wanted, jars, strict=True) if not jar.exists()]
    if missing:
        with progress.files("Apache Kafka", len(missing)) as advance, ThreadPoolExecutor(_AT_A_TIME) as pool:
            for _ in pool.map(lambda entry: _fetch(entry, cache, repository, None), missing):
                advance(1)
    return jars


def registry_home(cache: Path, progress: Progress, repository: str | None = None) -> Path:
    """The unpacked folder of the registry; fetched and unpacked when it is not there."""
    (entry,) = locked_files(REGISTRY_LOCK)
    home = cache / f"{entry.artifact}-{entry.version}-{entry.sha256[:12]}"
    if home.exists():
        return home
    archive = _fetch(entry, cache, repository, progress)
    unpacking = Path(tempfile.mkdtemp(prefix="unpacking-", dir=cache))
    try:
        _unpack(archive, unpacking)
        unpacking.chmod(0o755)
        if not home.exists():
            unpacking.rename(home)
    except OSError as error:
        if not home.exists():
            raise StartError(f"{archive.name} could not be unpacked in {cache}: {error}.") from error
    finally:
        shutil.rmtree(unpacking, ignore_errors=True)
    archive.unlink(missing_ok=True)
    return home


def _unpack(archive: Path, folder: Path) -> None:
    """All of it, owned by who unpacks it.

    Its checksum was found right, so nothing in it lies elsewhere; Python's filters for that came with 3.11.4.
    """
    with tarfile.open(archive) as tar:
        members = tar.getmembers()
        for member in members:
            member.uid, member.gid, member.uname, member.gname = os.getuid(), os.getgid(), "", ""
        tar.extractall(folder, members)


class Locked:
    """One file of a lock: coordinates, checksum, and its place below a Maven repository."""

    def __init__(self, entry: dict[str, str]) -> None:
        self.group, self.artifact, self.version = entry["groupId"], entry["artifactId"], entry["version"]
        self.classifier, self.packaging = entry.get("classifier", ""), entry["packaging"]
        self.sha256 = entry["sha256"]
        ending = f"-{self.classifier}" if self.classifier else ""
        self.file_name = f"{self.artifact}-{self.version}{ending}.{self.packaging}"
        self.place = Path(self.group.replace(".", "/"), self.artifact, self.version, self.file_name)


def locked_files(lock: Path) -> list[Locked]:
    """What a lock file names; a file without a checksum is refused."""
    import tomllib

    entries = tomllib.loads(lock.read_text(encoding="utf-8"))["dependencies"]
    for entry in entries:
        if not entry.get("sha256"):
            raise StartError(f"{lock.name} has no SHA-256 for {entry['artifactId']}; run `make lock`.")
    return [Locked(entry) for entry in entries]


def _fetch(entry: Locked, cache: Path, repository: str | None, progress: Progress | None) -> Path:
    place = cache / "maven" / entry.place
    if place.exists():
        return place
    place.parent.mkdir(parents=True, exist_ok=True)
    # jgo writes a file under its final name as it arrives, so it may only do so in a folder of its own.
    with tempfile.TemporaryDirectory(prefix="arriving-", dir=cache) as arriving:
        arrived = _download(entry, Path(arriving), repository, progress)
        found = _sha256(arrived)
        if found != entry.sha256:
            raise StartError(
                f"{entry.file_name} came with the wrong SHA-256 ({found[:12]}…, expected "
                f"{entry.sha256[:12]}…). It was thrown away. Try again; if it stays wrong, something "
                "between here and the repository changes files."
            )
        os.replace(arrived, place)
    return place


def _download(entry: Locked, arriving: Path, repository: str | None, progress: Progress | None) -> Path:
    import requests
    from jgo.maven import MavenContext
    from jgo.maven._resolver import PythonResolver

    # Its own complaints (a mirror without .sha1 files, say) mean nothing to who starts a stack.
    logging.getLogger("jgo").setLevel(logging.CRITICAL)
    context = MavenContext(
        resolver=PythonResolver(progress_callback=_bytes_of(progress)),
        repo_cache=arriving,
        remote_repos={"chosen": repository.rstrip("/")} if repository else None,
        timeout=60,
    )
    component = context.project(entry.group, entry.artifact).at_version(entry.version)
    try:
        path: Path = component.artifact(entry.classifier, entry.packaging).resolve()
    except (requests.RequestException, RuntimeError) as error:
        raise StartError(
            f"{entry.file_name} could not be fetched ({type(error).__name__}). The first start needs "
            "the network (the Maven repository, or a mirror named in CANDOUR_MAVEN_REPOSITORY); "
            "later ones do not."
        ) from error
    except OSError as error:
        raise StartError(
            f"{entry.file_name} could not be kept in {arriving.parent}: {error.strerror}."
        ) from error
    return path


def _bytes_of(progress: Progress | None):  # type: ignore[no-untyped-def]
    if progress is None:
        return None

    @contextmanager
    def show(file_name: str, total: int) -> Iterator[object]:
        with progress.bytes(file_name, total) as advance:
            yield advance

    return show


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
