"""What is fetched is kept only when its checksum is right, and once; from a server on this machine."""

import hashlib
import io
import tarfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from embedded import archives
from embedded.problems import StartError
from embedded.progress import Progress

JAR = b"a jar" * 1000
NOBODY = 65534
FAR_TOO_LONG = 10**9


def archive() -> bytes:
    """As a registry is packed: a file and a program, owned by somebody whom this machine does not know."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, mode in (("lib/app.jar", 0o644), ("bin/start", 0o755)):
            member = tarfile.TarInfo(name)
            member.size, member.mode, member.uid, member.uname = len(JAR), mode, NOBODY, "somebody"
            tar.addfile(member, io.BytesIO(JAR))
    return packed.getvalue()


class Repository:
    """Serves `files` below a path of Maven's form, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.breaks_off = False
        self.asked: list[str] = []
        here = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.rsplit("/", 1)[-1]
                here.asked.append(name)
                content = here.files.get(name)
                self.send_response(200 if content is not None else 404)
                length = FAR_TOO_LONG if here.breaks_off else len(content or b"")
                self.send_header("Content-Length", str(length))
                self.end_headers()
                self.wfile.write(content or b"")

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def repository() -> Iterator[Repository]:
    made = Repository()
    yield made
    made.close()


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With locks that name a small jar and a small archive."""
    for name, content, packaging in (("KAFKA_LOCK", JAR, "jar"), ("REGISTRY_LOCK", archive(), "tar.gz")):
        lock = tmp_path / f"{name}.toml"
        lock.write_text(
            f'[[dependencies]]\ngroupId = "org.example"\nartifactId = "part"\nversion = "1"\n'
            f'packaging = "{packaging}"\nsha256 = "{hashlib.sha256(content).hexdigest()}"\n'
        )
        monkeypatch.setattr(archives, name, lock)
    made = tmp_path / "cache"
    made.mkdir()
    return made


def left(cache: Path) -> list[Path]:
    return [path for path in cache.rglob("*") if path.is_file()]


def test_what_came_whole_is_kept_and_needs_no_network_afterwards(cache: Path, repository: Repository) -> None:
    repository.files["part-1.jar"] = JAR
    (jar,) = archives.kafka_jars(cache, Progress(), repository.url)
    assert jar.read_bytes() == JAR
    asked = len(repository.asked)
    repository.close()
    assert archives.kafka_jars(cache, Progress(), repository.url) == [jar]
    assert len(repository.asked) == asked


def test_what_came_with_another_checksum_is_thrown_away_and_can_be_fetched_again(
    cache: Path, repository: Repository
) -> None:
    repository.files["part-1.jar"] = b"something else"
    with pytest.raises(
        StartError, match=r"part-1\.jar came with the wrong SHA-256 .* thrown away. Try again"
    ):
        archives.kafka_jars(cache, Progress(), repository.url)
    assert left(cache) == []
    repository.files["part-1.jar"] = JAR
    (jar,) = archives.kafka_jars(cache, Progress(), repository.url)
    assert jar.read_bytes() == JAR


@pytest.mark.parametrize("fault", ["breaks off", "has no such file", "is away"])
def test_what_did_not_come_is_said_and_leaves_nothing_behind(
    cache: Path, repository: Repository, fault: str
) -> None:
    if fault == "breaks off":
        repository.files["part-1.jar"], repository.breaks_off = JAR, True
    if fault == "is away":
        repository.close()
    with pytest.raises(StartError, match=r"^part-1\.jar (could not be fetched|came with the wrong SHA-256)"):
        archives.kafka_jars(cache, Progress(), repository.url)
    assert left(cache) == []


def test_the_archive_is_unpacked_once_as_ones_own(cache: Path, repository: Repository) -> None:
    repository.files["part-1.tar.gz"] = archive()
    home = archives.registry_home(cache, Progress(), repository.url)
    jar, program = home / "lib" / "app.jar", home / "bin" / "start"
    assert jar.read_bytes() == JAR
    assert program.stat().st_mode & 0o111
    assert program.stat().st_uid == cache.stat().st_uid
    repository.close()
    assert archives.registry_home(cache, Progress(), repository.url) == home
    assert sorted(left(cache)) == sorted([jar, program]), "the archive itself is not kept beside it"
